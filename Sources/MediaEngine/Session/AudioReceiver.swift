import Wire

/// The receiving half of a slot's sound: RTP, copies and retransmissions, jitter buffer, codec, proof.
struct AudioReceiver: ~Copyable {
  /// What is received; nil where the relay refused it.
  private(set) var track: NegotiatedMedia.ReceiveTrack?
  private(set) var proof = SoundProof()
  /// When the first packet that held sound was decoded.
  private(set) var firstDecoded: MonotonicTime?
  private(set) var meter = ReceptionMeter(clockRate: 48_000)
  private(set) var playout: AudioPlayout
  /// Retransmitted packets received.
  private(set) var retransmitted: Int64 = 0
  /// Packets that came as copies inside later ones (RED).
  private(set) var copied: Int64 = 0
  /// When the last packet came.
  private(set) var lastArrival: MonotonicTime?
  /// Losses and packets before the last `restart`.
  private var earlier = (received: Int64(0), lost: Int64(0), bytes: Int64(0))
  private var extender = SequenceExtender()
  private var lastTimestamp: (raw: RTPTimestamp, extended: Int64)?
  private var report = SenderReportMemory()
  private var missing = MissingPackets()
  private var seen = SeenNumbers()
  private var loss = LossShare()
  private let measuresProof: Bool

  init(
    track: NegotiatedMedia.ReceiveTrack?, configuration: MediaConfiguration
  ) throws(MediaError) {
    playout = AudioPlayout(decoder: try configuration.codecs.soundDecoder())
    measuresProof = configuration.measuresProof
    self.track = track
  }

  /// Packets received in all.
  var packetsReceived: Int64 { earlier.received + meter.received }
  /// Packets lost in all.
  var packetsLost: Int64 { earlier.lost + meter.lost }
  /// Bytes received in all.
  var bytesReceived: Int64 { earlier.bytes + meter.bytes }
  /// Packets asked for again, each time counted.
  var packetsAskedFor: Int64 { missing.askedFor }

  /// When `play` has something to do next.
  var nextWake: MonotonicTime? { playout.nextWake }

  /// Takes a packet of the track.
  mutating func receive(
    _ header: RTPHeader, packet: UnsafeRawBufferPointer, at now: MonotonicTime
  ) {
    guard let track else { return }
    let payload = UnsafeRawBufferPointer(rebasing: packet[header.payloadRange])
    let sequence = Int64(bitPattern: extender.extend(header.sequenceNumber).rawValue)
    let timestamp = extend(header.timestamp)
    if header.payloadType == track.payloadType {
      note(sequence, header, length: packet.count, at: now)
      insert(sequence, timestamp, payload, at: now)
    } else if let type = track.redundantPayloadType, header.payloadType == type {
      note(sequence, header, length: packet.count, at: now)
      insertCopies(sequence, timestamp, payload, at: now)
    }
  }

  /// Takes a packet that was sent again on the retransmission stream: `payload` follows the original
  /// sequence number `number`.
  mutating func receiveRetransmission(
    _ header: RTPHeader, sequence number: SequenceNumber, payload: UnsafeRawBufferPointer,
    at now: MonotonicTime
  ) {
    retransmitted += 1
    let sequence = Int64(bitPattern: extender.extended(number).rawValue)
    repair(sequence, extend(header.timestamp), payload, at: now)
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
      if measuresProof { proof.take(samples, heardAt: wallClock.milliseconds(at: time)) }
      deliver(samples, time)
    }
    if firstDecoded == nil, playout.counters.decodedPackets > 0 { firstDecoded = now }
  }

  /// The delay of the sound that is heard (`LipSync`); nil in silence and before a report.
  var delay: TimeSpan? {
    guard let heard = playout.heard, let raw = raw(heard.timestamp) else { return nil }
    return report.delay(of: raw, clockRate: 48_000, at: heard.at)
  }

  /// The packets to ask for now: those that can still be played when they come.
  mutating func takeMissing(at now: MonotonicTime, roundTrip: TimeSpan) -> [SequenceNumber] {
    guard track?.takesRequests == true, !missing.isEmpty else { return [] }
    missing.forget(before: playout.nextSequence)
    // Where loss is more than an accident, all of the sound is delayed so that retransmissions come in
    // time; otherwise only what comes in time by itself is asked for.
    let isLossy = loss.isSustained
    let due = missing.due(at: now, roundTrip: roundTrip, isLossy: isLossy) { sequence in
      playout.canAwait(sequence, until: now + roundTrip, growing: isLossy, at: now)
    }
    return due.sequences.map { SequenceNumber(rawValue: UInt16(truncatingIfNeeded: $0)) }
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
    missing.removeAll()
    seen = SeenNumbers()
    loss = LossShare()
    playout.restart()
  }

  private mutating func note(
    _ sequence: Int64, _ header: RTPHeader, length: Int, at now: MonotonicTime
  ) {
    lastArrival = now
    meter.note(sequence, timestamp: header.timestamp, length: length, at: now)
    loss.note(sequence)
    // Where more is missing than is worth asking for, the sound has long gone on.
    _ = missing.note(sequence, at: now)
  }

  /// A payload of several packets: the copies first, for they are the older.
  private mutating func insertCopies(
    _ sequence: Int64, _ timestamp: Int64, _ payload: UnsafeRawBufferPointer,
    at now: MonotonicTime
  ) {
    let bytes = payload.bytes
    guard let parsed = try? RedundantAudio(parsing: bytes) else { return }
    parsed.forEachRedundant(in: bytes) { block in
      // Copies are of the packets right before, one frame apart.
      let distance = block.timestampOffset / SoundCapture.frameSamples
      guard block.length > 0, distance > 0,
        block.timestampOffset % SoundCapture.frameSamples == 0
      else { return }
      let older = sequence - Int64(distance)
      guard !seen.contains(older) else { return }
      copied += 1
      repair(
        older, timestamp - Int64(block.timestampOffset),
        UnsafeRawBufferPointer(rebasing: payload[block.range]), at: now)
    }
    insert(
      sequence, timestamp, UnsafeRawBufferPointer(rebasing: payload[parsed.primary.range]), at: now)
  }

  private mutating func insert(
    _ sequence: Int64, _ timestamp: Int64, _ payload: UnsafeRawBufferPointer,
    at now: MonotonicTime
  ) {
    // A duplicate, or the original of what has come as a copy already.
    guard !seen.contains(sequence) else { return }
    seen.insert(sequence)
    let corrects = playout.insert(
      sequence: sequence, timestamp: timestamp, payload: payload, at: now)
    guard corrects else { return }
    missing.forget(sequence - 1)
    if loss.isSustained { playout.awaitCorrection(in: timestamp, at: now) }
  }

  private mutating func repair(
    _ sequence: Int64, _ timestamp: Int64, _ payload: UnsafeRawBufferPointer,
    at now: MonotonicTime
  ) {
    _ = missing.note(sequence, isRetransmission: true, at: now)
    guard !seen.contains(sequence) else { return }
    seen.insert(sequence)
    playout.insertRepair(sequence: sequence, timestamp: timestamp, payload: payload, at: now)
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

  /// The timestamp as the wire has it.
  private func raw(_ extended: Int64) -> RTPTimestamp? {
    lastTimestamp.map {
      RTPTimestamp(
        rawValue: $0.raw.rawValue &+ UInt32(truncatingIfNeeded: extended &- $0.extended))
    }
  }
}

/// Which of the last packets came already, in whatever form.
struct SeenNumbers {
  /// A power of two: five seconds of sound.
  private static let capacity = 256
  private var numbers = [Int64](repeating: .min, count: capacity)

  /// Whether a number was inserted.
  func contains(_ number: Int64) -> Bool {
    numbers[Int(truncatingIfNeeded: number) & (Self.capacity - 1)] == number
  }

  /// Notes a number.
  mutating func insert(_ number: Int64) {
    numbers[Int(truncatingIfNeeded: number) & (Self.capacity - 1)] = number
  }
}
