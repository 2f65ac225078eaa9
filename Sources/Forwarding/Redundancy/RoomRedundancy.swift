import Congestion
import Wire

// Earlier sound in later packets: opened where it comes in, packed where a receiver loses much.
extension Room {
  /// How many earlier packets of sound each packet to a receiver carries along now.
  public func redundancy(of index: Int) -> Int {
    isPresent(index) ? participants[index].redundancy.depth : 0
  }

  /// Sets how many earlier packets of sound (0 ... 4) each packet to a receiver carries along. What
  /// the receiver reports goes on to change it.
  public mutating func setRedundancy(receiver index: Int, depth: Int) {
    guard isPresent(index) else { return }
    participants[index].redundancy.set(depth)
  }

  /// Sets how many earlier packets of sound a packet to a receiver may carry along at most, however
  /// much it loses: on a path that has just room for the speech, copies are what makes it lose.
  public mutating func setRedundancyLimit(receiver index: Int, depth: Int) {
    guard isPresent(index) else { return }
    participants[index].redundancy.limit = max(0, min(depth, RedundancyPolicy.maximumDepth))
  }

  /// Opens a packet with earlier sound in it: what was lost before it is forwarded first, then the
  /// packet's own sound as if it had come alone.
  mutating func receiveRedundantSound(
    _ header: RTPHeader, in packet: UnsafeRawBufferPointer, from index: Int, now: MonotonicTime,
    into sink: inout ForwardSink
  ) {
    let track = Participant.track(.audio)
    let payload = UnsafeRawBufferPointer(rebasing: packet[header.payloadRange])
    guard let audio = try? RedundantAudio(parsing: payload.bytes),
      audio.primary.payloadType == participants[index].tracks[track].agreement?.payloadType
    else {
      participants[index].discarded &+= 1
      return
    }
    var runs = runs
    let lost = participants[index].tracks[track].lostSound(
      before: header, in: audio, of: payload.bytes)
    for block in 0..<lost.count {
      guard
        let source = participants[index].tracks[track].receive(
          lost[block], of: payload, now: now, runs: &runs)
      else { continue }
      forwardSound(source, from: index, now: now, into: &sink)
    }
    let primary = audio.primary.range
    let offset = header.headerLength
    let received = participants[index].tracks[track].receive(
      header, in: packet, payload: (primary.lowerBound + offset)..<(primary.upperBound + offset),
      now: now, runs: &runs)
    self.runs = runs
    guard let source = received else { return }
    noteSound(source, from: index, now: now)
    forwardSound(source, from: index, now: now, into: &sink)
  }

  /// Settles how many copies go to a receiver by what its path loses, and bounds them by what it
  /// carries: speech with its copies takes half of it at most.
  mutating func noteRedundancy(to index: Int, now: MonotonicTime) {
    if paths[index].hasFeedback {
      participants[index].redundancy.note(loss: paths[index].lossFraction, now: now)
    }
    let most = paths[index].capacity(at: now).map { $0 / (2 * DownstreamPath.soundReserve) - 1 }
    setRedundancyLimit(receiver: index, depth: most ?? RedundancyPolicy.maximumDepth)
  }

  /// Takes note of what a receiver reported lost of a stream. Where it tells of each packet by itself
  /// that is better known (`noteRedundancy`).
  mutating func noteLoss(
    _ report: ReportBlock, of stream: Int, from index: Int, now: MonotonicTime
  ) {
    let packets = participants[index].streams[stream].takeReported(report.highestSequence)
    guard !paths[index].hasFeedback, let origin = origin(of: stream, to: index) else { return }
    participants[index].redundancy.note(
      fraction: Double(report.fractionLost) / 256, of: packets,
      upstream: participants[origin.participant].tracks[origin.track].lossFraction, now: now)
  }
}
