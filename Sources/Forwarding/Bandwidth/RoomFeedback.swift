import Congestion
public import Wire

// What receivers tell about their paths, and what follows from it.
extension Room {
  /// Says that packets to the participant go another way from now on: its address or ours changed.
  public mutating func pathChanged(_ index: Int, at now: MonotonicTime) {
    guard isPresent(index) else { return }
    paths[index].pathChanged(at: now)
  }

  /// A new session begins in the participant's place.
  mutating func beginPath(to index: Int, _ media: SessionMedia, at now: MonotonicTime) {
    paths[index] = DownstreamPath(media, now: now)
    steerings[index] = SenderSteering()
  }

  /// Adds what is known of the path to a participant to its figures.
  func addPath(of index: Int, to statistics: inout ParticipantStatistics) {
    guard paths[index].hasFeedback else { return }
    statistics.estimatedBitrate = paths[index].capacity(at: .zero)
    statistics.queueingDelay = paths[index].queueingDelay
    for slot in 0..<participants[index].slotCount
    where paths[index].ladders[slot].source >= 0
      && participants[index].seats.occupant(of: slot) != nil
    {
      let level = paths[index].ladders[slot].level
      statistics.pictureLevel = min(statistics.pictureLevel ?? level, level)
    }
  }

  /// Takes a receiver's transport-wide feedback.
  mutating func noteFeedback(
    _ feedback: TransportWideFeedback, in content: RawSpan, from index: Int, now: MonotonicTime,
    into sink: inout ForwardSink
  ) {
    paths[index].receive(feedback, in: content, at: now)
    noteCapacity(of: index, now: now, into: &sink)
  }

  /// Takes a receiver's own estimate.
  mutating func noteReceiverEstimate(
    _ report: ReceiverEstimatedMaximumBitrate, from index: Int, now: MonotonicTime,
    into sink: inout ForwardSink
  ) {
    paths[index].note(receiverEstimate: report.bitrate, at: now)
    noteCapacity(of: index, now: now, into: &sink)
  }

  /// Shares the path anew where it carries clearly less or more than when it last was.
  private mutating func noteCapacity(
    of index: Int, now: MonotonicTime, into sink: inout ForwardSink
  ) {
    guard participants[index].isConnected else { return }
    if let capacity = paths[index].capacity(at: now) {
      let shared = paths[index].sharedBitrate
      if abs(capacity - shared) > shared / 30 { paths[index].dueAt = now }
    }
    probe(index, now: now)
    advanceBandwidth(of: index, now: now, into: &sink)
  }

  /// Does all that is due about the path to a participant.
  mutating func advanceBandwidth(
    of index: Int, now: MonotonicTime, into sink: inout ForwardSink
  ) {
    guard participants[index].isConnected else { return }
    if paths[index].dueAt <= now {
      paths[index].advance(to: now)
      paths[index].dueAt = clock.beat(after: now, every: DownstreamPath.interval)
      participants[index].arrivals.adapt(
        toRoom: paths[index].capacity(at: now), isBehind: sink.isBehind)
      sharePath(to: index, now: now)
      steerSenders(seenBy: index, now: now, into: &sink)
      probe(index, now: now)
    }
    advancePath(to: index, now: now, into: &sink)
  }

  /// Begins a probe of the path to a participant where one is due.
  private mutating func probe(_ index: Int, now: MonotonicTime) {
    guard paths[index].probe == nil,
      paths[index].startProbe(wanted: wanted(by: index, now: now), at: now)
    else { return }
    schedule(at: now)
  }

  /// What the participant's receiver would be sent in bit/s if its path had no limit, and somewhat
  /// more, so that senders find room to grow into. Mutating only lest the room be copied for the call.
  private mutating func wanted(by index: Int, now: MonotonicTime) -> Int {
    var sum = DownstreamPath.soundReserve
    for slot in 0..<participants[index].slotCount {
      guard let source = participants[index].seats.occupant(of: slot),
        participants[index].streams[Participant.stream(.video, ofSlot: slot)].agreement != nil
      else { continue }
      let layers = layerCount(of: source)
      guard layers > 0 else { continue }
      var rate = 0
      for layer in 0..<layers {
        rate = max(rate, self.rate(of: source, spatial: layer, temporal: 3, at: now))
      }
      sum += max(PictureLevel.full.floor * 2, layers > 1 ? rate * 5 / 4 : rate * 2)
    }
    return sum
  }
}
