/// What a participant sends as picture.
public enum VideoSource: Sendable {
  /// No picture at all: an audio-only participant.
  case none
  /// The proof's moving picture with a frame counter and the wall-clock time drawn into it
  /// (see `CounterPicture`). `source` tells senders apart in the receiver's proof.
  case counter(source: UInt8)
}
