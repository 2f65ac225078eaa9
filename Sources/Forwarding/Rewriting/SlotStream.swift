import Wire

/// One stream that we send: the sound or the picture of one slot of one receiver.
///
/// Its SSRC never changes while its sources do; the rewriter makes one stream of them.
struct SlotStream: ~Copyable {
  /// What was agreed about the stream; trivial, so that no packet touches a string.
  struct Agreement: BitwiseCopyable {
    /// The stream's SSRC.
    var ssrc = SSRC(0)
    /// Its payload type.
    var payloadType = PayloadType(0)
    /// The SSRC of its retransmissions; nil where they were not agreed.
    var retransmissionSSRC: SSRC?
    /// The payload type of its retransmissions.
    var retransmissionPayloadType = PayloadType(0)
    /// The id of the audio level extension, 0 where not agreed.
    var audioLevelID: UInt8 = 0

    /// What was agreed in a media section.
    init(_ media: SlotStreamMedia) {
      ssrc = media.ssrc
      payloadType = media.payloadType
      audioLevelID = media.extensions.audioLevel
      if let payloadType = media.retransmissionPayloadType {
        retransmissionSSRC = media.retransmissionSSRC
        retransmissionPayloadType = payloadType
      }
    }
  }

  /// What forwarding a packet came to.
  enum Outcome: BitwiseCopyable, Equatable {
    /// It was sent, or was too late to be.
    case done
    /// It was the first of another source.
    case switched
    /// It was held back: a picture can only start with a keyframe.
    case needsKeyframe
  }

  /// Sound or picture.
  let kind: TrackKind
  /// What was agreed; nil where the slot has no such stream.
  var agreement: Agreement?
  private var rewriter: StreamRewriter
  private var budget = ResendBudget()
  private var retransmissionSequence: UInt16
  private var octets: UInt32 = 0
  /// Figures since the participant joined.
  private(set) var statistics = StreamStatistics()

  /// A stream whose first numbers are drawn from `generator`.
  init(kind: TrackKind, media: SlotStreamMedia?, using generator: inout SeededGenerator) {
    self.kind = kind
    agreement = media.map { Agreement($0) }
    rewriter = StreamRewriter(
      clockRate: kind.clockRate,
      first: StreamRewriter.Numbers(
        sequence: UInt64(generator.next(upperBound: UInt32(0x8000))),
        timestamp: UInt32(truncatingIfNeeded: generator.next()),
        pictureID: UInt16(truncatingIfNeeded: generator.next()) & 0x7FFF,
        temporalBase: UInt8(truncatingIfNeeded: generator.next())))
    // Below 2^15 for the same reason as the stream's own.
    retransmissionSequence = UInt16(generator.next(upperBound: UInt32(0x8000)))
  }

  /// Whether packets of this run are being forwarded.
  func isForwarding(_ run: StreamRewriter.SourceRun) -> Bool { rewriter.isForwarding(run) }

  /// Leaves the present source: the next packet continues the stream as another source's would.
  mutating func pause() { rewriter.end() }

  /// Sends a packet of a source to `receiver`.
  mutating func forward(
    _ packet: SourcePacket, run: StreamRewriter.SourceRun, to receiver: Int, now: MonotonicTime,
    into sink: inout ForwardSink
  ) -> Outcome {
    guard let agreement else { return .done }
    var outcome = Outcome.done
    if !rewriter.isForwarding(run) {
      guard kind == .audio || packet.startsKeyframe else { return .needsKeyframe }
      rewriter.begin(run, at: packet.numbers, now: now)
      outcome = .switched
    }
    guard let numbers = rewriter.map(packet.numbers, now: now) else { return outcome }
    guard let slot = sink.reserve() else { return outcome }
    var bytes = slot.mutableBytes
    var writer = RTPHeaderWriter(
      payloadType: agreement.payloadType,
      sequenceNumber: SequenceNumber(UInt16(truncatingIfNeeded: numbers.sequence)),
      timestamp: RTPTimestamp(rawValue: numbers.timestamp), ssrc: agreement.ssrc,
      // A new voice in the slot is a new talkspurt (RFC 3551 §4.1).
      marker: packet.marker || (outcome == .switched && kind == .audio), into: &bytes)
    if let level = packet.audioLevel {
      writer.add(audioLevel: level, id: agreement.audioLevelID, to: &bytes)
    }
    guard let headerLength = writer.finish(in: &bytes),
      let length = append(
        packet.payload, descriptor: packet.descriptor, to: slot, at: headerLength)
    else { return outcome }
    sink.commit(to: receiver, kind: .rtp, length: length)
    octets &+= UInt32(packet.payload.count)
    statistics.packets &+= 1
    statistics.bytes &+= UInt64(length)
    return outcome
  }

  /// Answers a request for the outgoing packet `sequence` from the source's history (RFC 4588 §4):
  /// the original sequence number (OSN), then the original payload.
  mutating func resend(
    _ sequence: UInt16, from history: borrowing PacketHistory, to receiver: Int,
    now: MonotonicTime, roundTrip: TimeSpan, into sink: inout ForwardSink
  ) {
    statistics.nacked &+= 1
    // Never on the stream itself: a second packet under one number is a second packet under one
    // SRTP nonce.
    guard let agreement, let ssrc = agreement.retransmissionSSRC,
      let source = rewriter.sourceSequence(of: sequence), let entry = history.find(source),
      let numbers = rewriter.mapped(
        StreamRewriter.Numbers(sequence: source, timestamp: entry.timestamp)),
      budget.allows(sequence, byteCount: Int(entry.length), now: now, roundTrip: roundTrip),
      let slot = sink.reserve()
    else { return }
    var bytes = slot.mutableBytes
    var writer = RTPHeaderWriter(
      payloadType: agreement.retransmissionPayloadType,
      sequenceNumber: SequenceNumber(retransmissionSequence),
      timestamp: RTPTimestamp(rawValue: numbers.timestamp), ssrc: ssrc, marker: entry.marker,
      into: &bytes)
    guard let headerLength = writer.finish(in: &bytes) else { return }
    bytes.storeUInt16(sequence, at: headerLength)
    let payload = history.payload(of: entry)
    guard
      let length = append(
        payload, descriptor: try? VP8PayloadDescriptor(parsing: payload.bytes), to: slot,
        at: headerLength + 2)
    else { return }
    sink.commit(to: receiver, kind: .rtp, length: length)
    retransmissionSequence &+= 1
    statistics.retransmitted &+= 1
  }

  /// Copies a payload behind a header and moves the numbers inside it; nil where it does not fit.
  private func append(
    _ payload: UnsafeRawBufferPointer, descriptor: VP8PayloadDescriptor?,
    to slot: UnsafeMutableRawBufferPointer, at offset: Int
  ) -> Int? {
    guard let start = slot.baseAddress, payload.count <= slot.count - offset else { return nil }
    guard let from = payload.baseAddress else { return offset }
    (start + offset).copyMemory(from: from, byteCount: payload.count)
    if let descriptor {
      var bytes = slot.mutableBytes
      descriptor.rewrite(
        pictureID: ((descriptor.pictureID ?? 0) &+ rewriter.pictureOffset) & 0x7FFF,
        temporalBaseIndex: (descriptor.temporalBaseIndex ?? 0) &+ rewriter.temporalOffset,
        in: &bytes, at: offset)
    }
    return offset + payload.count
  }

  /// The sender report of the stream at `now` given its source's own RTP timestamp of this moment.
  func senderInfo(sourceTimestamp: UInt32) -> (timestamp: UInt32, packets: UInt32, octets: UInt32) {
    (
      sourceTimestamp &+ rewriter.timestampOffset, UInt32(truncatingIfNeeded: statistics.packets),
      octets
    )
  }

  /// Takes note of what the receiver reported about the stream.
  mutating func noteReport(cumulativeLost: Int64, jitter: UInt32) {
    statistics.lost = cumulativeLost
    statistics.jitterMilliseconds = Double(jitter) * 1000 / Double(kind.clockRate)
  }

  /// Takes note that the receiver asked for a keyframe.
  mutating func noteKeyframeRequest() { statistics.keyframeRequests &+= 1 }
}

extension TrackKind {
  /// Ticks of the RTP clock per second: Opus is always 48 kHz (RFC 7587 §4.1), VP8 90 kHz (RFC 7741
  /// §4.1).
  var clockRate: Int { self == .audio ? 48_000 : 90_000 }
}
