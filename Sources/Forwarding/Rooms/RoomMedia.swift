import Congestion
public import Wire

// The hot path: a packet comes in, its stream is found, and each receiver that has its sender in a
// slot gets a copy with that slot's numbers.
extension Room {
  /// Forwards one RTP packet from a participant.
  public mutating func receiveRTP(
    from index: Int, packet: UnsafeRawBufferPointer, at now: MonotonicTime,
    into sink: inout ForwardSink
  ) {
    guard isPresent(index) else { return }
    guard packet.count <= ForwardSink.maximumPacketLength,
      let header = try? RTPHeader(parsing: packet.bytes),
      let role = participants[index].identify(header, in: packet, now: now)
    else {
      participants[index].discarded &+= 1
      return
    }
    let track = Participant.track(role.kind, layer: Int(role.layer))
    noteArrival(of: header, in: packet, track: track, from: index, now: now)
    if role.kind == .audio, !role.isRetransmission,
      participants[index].tracks[track].agreement?.redundantPayloadType == header.payloadType
    {
      return receiveRedundantSound(header, in: packet, from: index, now: now, into: &sink)
    }
    var runs = runs
    let received =
      role.isRetransmission
      ? participants[index].tracks[track].receiveRetransmission(
        header, in: packet, now: now, runs: &runs)
      : participants[index].tracks[track].receive(header, in: packet, now: now, runs: &runs)
    self.runs = runs
    noteRecovery(of: track, from: index)
    guard let source = received else { return }
    switch role.kind {
    case .audio:
      noteSound(source, from: index, now: now)
      forwardSound(source, from: index, now: now, into: &sink)
    case .video:
      noteMedia(role.kind, from: index, now: now)
      forwardPicture(source, layer: Int(role.layer), from: index, now: now, into: &sink)
    }
  }

  /// Takes note of sound: that it comes, and how loud it is.
  mutating func noteSound(_ source: SourcePacket, from index: Int, now: MonotonicTime) {
    noteMedia(.audio, from: index, now: now)
    noteLevel(of: source, from: index, now: now)
  }

  /// Gives a packet of sound to everybody who hears its sender.
  mutating func forwardSound(
    _ source: SourcePacket, from index: Int, now: MonotonicTime, into sink: inout ForwardSink
  ) {
    let run = participants[index].tracks[Participant.track(.audio)].run
    for receiver in 0..<capacity where receiver != index && participants[receiver].isConnected {
      guard let place = participants[receiver].voices.place(of: index) else { continue }
      let stream = Participant.stream(.audio, ofSlot: place)
      let depth = participants[receiver].redundancy.depth
      let outcome =
        depth == 0
        ? participants[receiver].streams[stream]
          .forward(source, run: run, to: receiver, on: &paths[receiver], now: now, into: &sink)
        : participants[receiver].streams[stream]
          .forward(
            source, run: run, depth: depth,
            from: participants[index].tracks[Participant.track(.audio)].history, to: receiver,
            on: &paths[receiver], now: now, into: &sink)
      if outcome == .switched { hastenReports(to: receiver, now: now) }
      sendFeedbackAlong(to: receiver, now: now, into: &sink)
    }
  }

  private mutating func forwardPicture(
    _ source: SourcePacket, layer: Int, from index: Int, now: MonotonicTime,
    into sink: inout ForwardSink
  ) {
    let track = Participant.track(.video, layer: layer)
    let isLayered = participants[index].layerCount > 1
    if isLayered { participants[index].flow.note(layer, timestamp: source.numbers.timestamp) }
    var isWatched = !isLayered
    for receiver in 0..<capacity where receiver != index && participants[receiver].isConnected {
      guard let place = participants[receiver].seats.place(of: index) else { continue }
      let outcome = pass(
        source, of: track, from: index, toSlot: place, of: receiver, now: now, into: &sink)
      settle(outcome, of: track, from: index, for: receiver, now: now)
      // Behind a picture's last packet: all of it then leaves in one go.
      if source.marker { sendFeedbackAlong(to: receiver, now: now, into: &sink) }
      if isLayered {
        let stream = Participant.stream(.video, ofSlot: place)
        isWatched =
          isWatched
          || participants[receiver].streams[stream].isForwarding(
            participants[index].tracks[track].run)
      }
    }
    participants[index].tracks[track].isWatched = isWatched
  }

  /// Does what forwarding a packet of one of a picture's tracks makes necessary.
  mutating func settle(
    _ outcome: SlotStream.Outcome, of track: Int, from index: Int, for receiver: Int,
    now: MonotonicTime
  ) {
    switch outcome {
    case .done: break
    case .switched: hastenReports(to: receiver, now: now)
    case .needsKeyframe:
      wantKeyframe(from: index, layer: track - Participant.track(.video))
    }
  }

  private mutating func noteArrival(
    of header: RTPHeader, in packet: UnsafeRawBufferPointer, track: Int, from index: Int,
    now: MonotonicTime
  ) {
    guard let agreement = participants[index].tracks[track].agreement,
      let sequence = header.transportSequence(
        id: agreement.extensions.transportSequence, in: packet.bytes)
    else { return }
    let planned = participants[index].arrivals.dueAt
    participants[index].arrivals.note(
      sequence.rawValue, isSound: track == Participant.track(.audio), now: now)
    // News where there was none; or a picture after sound alone, of which one is told sooner.
    guard let due = participants[index].arrivals.dueAt, planned.map({ due < $0 }) ?? true,
      let wake = feedbackWake(of: index, now: now)
    else { return }
    schedule(at: wake)
  }

  private mutating func noteRecovery(of track: Int, from index: Int) {
    if participants[index].tracks[track].missing.count > 0,
      let due = participants[index].tracks[track].missing.nextDue
    {
      schedule(at: due)
    }
    if let due = participants[index].tracks[track].keyframes.dueAt { schedule(at: due) }
  }

  private mutating func noteMedia(_ kind: TrackKind, from index: Int, now: MonotonicTime) {
    participants[index].lastMediaAt = now
    let bit: UInt8 = 1 << kind.rawValue
    if participants[index].kindsHeard & bit == 0 {
      participants[index].kindsHeard |= bit
      events.append(.firstMedia(participant: index, kind))
      schedule(at: now + Participant.silenceLimit)
    }
    if participants[index].isInterrupted {
      participants[index].isInterrupted = false
      events.append(.resumed(participant: index))
      schedule(at: now + Participant.silenceLimit)
    }
  }

  private mutating func noteLevel(
    of source: SourcePacket, from index: Int, now: MonotonicTime
  ) {
    // Without the extension the payload's size has to do: Opus in DTX sends a byte or two.
    let level =
      source.audioLevel?.negativeDecibels
      ?? (source.payload.count < SpeakerDetector.smallestSound ? 127 : SpeakerDetector.assumedLevel)
    let wasQuiet = speakerDetector.speaking == 0
    if speakerDetector.note(level, of: index, now: now) { speakersChanged() }
    if wasQuiet && speakerDetector.speaking != 0 {
      let due = speakersBeat(after: now)
      speakersDueAt = due
      schedule(at: due)
    }
  }

  /// Lets a receiver have its reports soon: its lip sync depends on the slot's new sender report.
  private mutating func hastenReports(to receiver: Int, now: MonotonicTime) {
    let soon = now + .milliseconds(50)
    if participants[receiver].reportsDueAt > soon { participants[receiver].reportsDueAt = soon }
    schedule(at: participants[receiver].reportsDueAt)
  }
}
