import Congestion
import Forwarding
import Transport
import Wire

/// What rooms tell, put into the service's words.
extension RelayCore {
  /// Tells a room's events and notes when it wants to be called.
  mutating func settleRoom(_ room: Int, at time: TurnTime) {
    while let event = rooms[room].room.nextEvent() { tell(event, of: room, at: time) }
    roomWakes.set(room, to: rooms[room].room.nextWake)
  }

  /// The slots of a session with who is in them.
  func slots(of session: Int) -> [SlotState] {
    let room = sessions[session].room
    let participant = sessions[session].participant
    return sessions[session].negotiated.media.slots.enumerated().map { number, media in
      let occupant = rooms[room].room.occupant(ofSlot: number, of: participant)
      return SlotState(
        slot: number, audioMid: media.audio?.mid, videoMid: media.video?.mid,
        participant: occupant.flatMap { name(of: $0, in: room) })
    }
  }

  /// Adds a sample of a connected session to the events when its interval is over.
  mutating func takeSampleIfDue(_ session: Int, at time: TurnTime) {
    guard let due = sessions[session].nextSample, due <= time.now else { return }
    let room = sessions[session].room
    let figures = rooms[room].room.statistics(of: sessions[session].participant)
    let change = figures.since(sessions[session].lastFigures)
    // The loop may be late by a little; the interval told is the one that was.
    let interval = configuration.sampleInterval + (time.now - due)
    sessions[session].lastFigures = figures
    sessions[session].nextSample = time.now + configuration.sampleInterval
    let roundTrip = sessions[session].transport.roundTrip
    if let roundTrip {
      rooms[room].room.setRoundTrip(sessions[session].participant, roundTrip)
    }
    let sample = TransportSample(
      milliseconds: time.wallMilliseconds,
      intervalMilliseconds: Int(clamping: interval.nanoseconds / 1_000_000),
      inbound: [
        .audio: StreamSample(change.inboundAudio), .video: StreamSample(change.inboundVideo),
      ],
      outbound: [
        .audio: StreamSample(change.outboundAudio), .video: StreamSample(change.outboundVideo),
      ],
      roundTripMilliseconds: roundTrip?.milliseconds, estimatedBitrate: figures.estimatedBitrate,
      queueingMilliseconds: figures.queueingDelay?.milliseconds,
      pictureLevel: figures.pictureLevel.map { PictureLevel($0) })
    events.append(.sample(sessions[session].reference, sample))
  }

  private mutating func tell(_ event: RoomEvent, of room: Int, at time: TurnTime) {
    switch event {
    case .slotsChanged(let participant):
      guard let session = rooms[room].session(of: participant) else { return }
      events.append(.slots(sessions[session].reference, slots(of: session)))
    case .speaking:
      let names = rooms[room].room.speakers().compactMap { name(of: $0, in: room) }
      events.append(.speaking(room: rooms[room].name, participants: names))
    case .firstMedia(let participant, let kind):
      guard let session = rooms[room].session(of: participant) else { return }
      events.append(
        .firstMedia(
          sessions[session].reference, kind: kind == .audio ? .audio : .video,
          milliseconds: time.wallMilliseconds))
    case .interrupted(let participant):
      guard let session = rooms[room].session(of: participant) else { return }
      setSilence(of: session, media: true, at: time)
    case .resumed(let participant):
      guard let session = rooms[room].session(of: participant) else { return }
      setSilence(of: session, media: false, at: time)
    case .picture(let participant, let from, let level, let isRecovery):
      guard let session = rooms[room].session(of: participant),
        let sender = name(of: from, in: room)
      else { return }
      events.append(
        .picture(
          sessions[session].reference, from: sender, level: PictureLevel(level),
          cause: isRecovery ? "recovered" : "receiver-network",
          milliseconds: time.wallMilliseconds))
    }
  }

  private func name(of participant: Int, in room: Int) -> String? {
    rooms[room].session(of: participant).map { sessions[$0].reference.participant }
  }
}

extension PictureLevel {
  /// The word for a level.
  init(_ level: Congestion.PictureLevel) {
    switch level {
    case .full: self = .full
    case .fewerFrames: self = .fewerFrames
    case .smaller: self = .smaller
    case .held: self = .held
    case .soundOnly: self = .soundOnly
    }
  }
}

extension StreamSample {
  /// The figures of one interval.
  init(_ change: StreamStatistics) {
    self.init(
      packets: Int(clamping: change.packets), bytes: Int(clamping: change.bytes),
      lost: max(0, Int(clamping: change.lost)), jitterMilliseconds: change.jitterMilliseconds,
      nacked: Int(clamping: change.nacked), retransmitted: Int(clamping: change.retransmitted),
      keyframeRequests: Int(clamping: change.keyframeRequests))
  }
}
