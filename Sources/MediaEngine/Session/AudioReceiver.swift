import Wire

/// The receiving half of a slot's sound: RTP, jitter buffer, Opus, proof.
struct AudioReceiver: ~Copyable {
  /// What is received; nil where the relay refused it.
  private(set) var track: NegotiatedMedia.ReceiveTrack?
  private(set) var proof = SoundProof()
  /// When the first packet that held sound was decoded.
  private(set) var firstDecoded: MonotonicTime?
  private(set) var meter = ReceptionMeter(clockRate: 48_000)
  private(set) var playout: AudioPlayout
  /// Losses and packets before the last `restart`.
  private var earlier = (received: Int64(0), lost: Int64(0), bytes: Int64(0))
  private var extender = SequenceExtender()
  private var lastTimestamp: (raw: RTPTimestamp, extended: Int64)?
  private var report = SenderReportMemory()

  init(track: NegotiatedMedia.ReceiveTrack?) throws(MediaError) {
    playout = try AudioPlayout()
    self.track = track
  }

  /// Packets received in all.
  var packetsReceived: Int64 { earlier.received + meter.received }
  /// Packets lost in all.
  var packetsLost: Int64 { earlier.lost + meter.lost }
  /// Bytes received in all.
  var bytesReceived: Int64 { earlier.bytes + meter.bytes }

  /// When `play` has something to do next.
  var nextWake: MonotonicTime? { playout.nextWake }

  /// Takes a packet of the track.
  mutating func receive(
    _ header: RTPHeader, packet: UnsafeRawBufferPointer, at now: MonotonicTime
  ) {
    guard header.payloadType == track?.payloadType else { return }
    let sequence = Int64(bitPattern: extender.extend(header.sequenceNumber).rawValue)
    meter.note(sequence, timestamp: header.timestamp, length: packet.count, at: now)
    playout.insert(
      sequence: sequence, timestamp: extend(header.timestamp),
      payload: UnsafeRawBufferPointer(rebasing: packet[header.payloadRange]), at: now)
  }

  /// Takes the track's sender report.
  mutating func receive(_ senderReport: borrowing SenderReport, at now: MonotonicTime) {
    report.note(senderReport, at: now)
  }

  /// Plays what is due at `now`.
  mutating func play(
    at now: MonotonicTime, wallClock: WallClock,
    deliver: (UnsafePointer<Int16>, MonotonicTime) -> Void
  ) {
    playout.play(at: now) { samples, time in
      proof.take(samples, heardAt: wallClock.milliseconds(at: time))
      deliver(samples, time)
    }
    if firstDecoded == nil, playout.counters.decodedPackets > 0 { firstDecoded = now }
  }

  /// The track's report block; nil before its first packet.
  mutating func takeReportBlock(at now: MonotonicTime) -> ReportBlock? {
    guard let track, meter.hasReceived else { return nil }
    return report.block(on: track.ssrc, meter: &meter, at: now)
  }

  /// Begins again on another track; figures and proof go on.
  mutating func restart(track: NegotiatedMedia.ReceiveTrack?) {
    self.track = track
    earlier = (packetsReceived, packetsLost, bytesReceived)
    meter = ReceptionMeter(clockRate: 48_000)
    extender = SequenceExtender()
    lastTimestamp = nil
    report = SenderReportMemory()
    playout.restart()
  }

  /// The timestamp without its wraps, which come every 25 hours.
  private mutating func extend(_ timestamp: RTPTimestamp) -> Int64 {
    // Media time may start anywhere; 2^33 leaves room for late packets before the first.
    guard let last = lastTimestamp else {
      lastTimestamp = (timestamp, 1 << 33)
      return 1 << 33
    }
    let extended = last.extended &+ Int64(last.raw.distance(to: timestamp))
    if extended > last.extended { lastTimestamp = (timestamp, extended) }
    return extended
  }
}
