public import Congestion

/// Something a room wants told to the service. Participants are named by their index in the room.
public enum RoomEvent: Hashable, Sendable, BitwiseCopyable {
  /// Who is in this participant's slots changed; read `Room.occupant(ofSlot:of:)`.
  case slotsChanged(participant: Int)
  /// Who is speaking changed; read `Room.speakers()`.
  case speaking
  /// The first packet of a kind arrived from this participant.
  case firstMedia(participant: Int, TrackKind)
  /// No sound and no picture has come from the participant for over two seconds.
  case interrupted(participant: Int)
  /// Sound or picture comes from the participant again.
  case resumed(participant: Int)
  /// How much of the picture of `from` this participant gets changed; `isRecovery` where it is more.
  case picture(participant: Int, from: Int, PictureLevel, isRecovery: Bool)
}

/// Sound or picture.
public enum TrackKind: UInt8, Hashable, Sendable, BitwiseCopyable, CaseIterable {
  /// Sound: Opus at 48 kHz.
  case audio
  /// Picture: VP8 at 90 kHz.
  case video
}

/// Why a room did not let a participant in.
public enum RoomError: Error, Hashable, Sendable, BitwiseCopyable {
  /// It holds as many as it may.
  case full
}
