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
    /// The id of the transport-wide number, 0 where not agreed.
    var transportSequenceID: UInt8 = 0
    /// The payload type of packets with earlier sound in them; nil where they were not agreed.
    var redundantPayloadType: PayloadType?

    /// What was agreed in a media section.
    init(_ media: SlotStreamMedia) {
      ssrc = media.ssrc
      payloadType = media.payloadType
      audioLevelID = media.extensions.audioLevel
      transportSequenceID = media.extensions.transportSequence
      redundantPayloadType = media.redundantPayloadType
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
  /// The most its receiver is to get of a picture.
  private(set) var target = LayerTarget.all
  /// The encoding it was last switched to; below 0 before the first.
  private(set) var layer: Int8 = -1
  private var filter = TemporalFilter()
  private var rewriter: StreamRewriter
  private var budget = ResendBudget()
  var retransmissionSequence: UInt16
  /// When a keyframe last began to be sent; nil before the first.
  private(set) var keyframeAt: MonotonicTime?
  private var octets: UInt32 = 0
  private var reportedHighest: UInt32?
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

  /// Notes where what a packet needs of it lies; what is remembered of packets left out is a kilobyte,
  /// and seldom looked at.
  mutating func note(in places: inout MemoryPlaces) {
    places.add(&agreement)
    places.add(&target)
    rewriter.note(in: &places)
    places.add(&keyframeAt)
    places.add(&octets)
    places.add(&statistics)
  }

  /// Whether packets of this run are being forwarded.
  func isForwarding(_ run: StreamRewriter.SourceRun) -> Bool { rewriter.isForwarding(run) }

  /// Leaves the present source: the next packet continues the stream as another source's would.
  mutating func pause() { rewriter.end() }

  /// Sets the most its receiver is to get of a picture.
  mutating func setTarget(_ target: LayerTarget) {
    self.target = target
    if isHeld { pause() }
  }

  /// Whether its receiver gets no picture at present: there is no room for one.
  var isHeld: Bool { target.spatial < 0 }

  /// The timestamp of its newest packet, for packets of nothing but padding.
  var paddingTimestamp: UInt32 { rewriter.newestTimestamp }

  /// Sends a packet of a source to `receiver` on its `path`; `layers` is what it is among the source's
  /// encodings.
  mutating func forward(
    _ packet: SourcePacket, run: StreamRewriter.SourceRun, layers: LayerMoment = .single,
    to receiver: Int, on path: inout DownstreamPath, now: MonotonicTime,
    into sink: inout ForwardSink
  ) -> Outcome {
    guard let agreement, !isHeld else { return .done }
    var outcome = Outcome.done
    if !rewriter.isForwarding(run) {
      if kind == .video {
        let isWanted = layers.isWanted(target)
        guard packet.startsKeyframe, isWanted || layers.isBetter(target) else {
          return isWanted ? .needsKeyframe : .done
        }
        layer = layers.layer
        filter.begin(target: temporalTarget)
      }
      rewriter.begin(run, at: packet.numbers, aligned: layers.aligned, now: now)
      outcome = .switched
    } else if kind == .video, rewriter.isNewest(packet.numbers),
      !filter.keeps(packet, target: temporalTarget)
    {
      rewriter.leaveOut(packet.numbers)
      return .done
    }
    guard let numbers = rewriter.map(packet.numbers, now: now), let slot = sink.reserve(),
      let headerLength = writeHeader(
        of: packet, numbers: numbers, type: agreement.payloadType,
        // A new voice in the slot is a new talkspurt (RFC 3551 §4.1).
        marker: packet.marker || (outcome == .switched && kind == .audio), into: slot),
      let length = append(
        packet.payload, descriptor: packet.descriptor, numbers: numbers, to: slot,
        at: headerLength)
    else { return outcome }
    commit(packet, in: slot, length: length, to: receiver, on: &path, now: now, into: &sink)
    return outcome
  }

  /// Sends a packet of sound to `receiver` with up to `depth` packets before it along, as far as that
  /// was agreed and they are in the source's `history`.
  mutating func forward(
    _ packet: SourcePacket, run: StreamRewriter.SourceRun, depth: Int,
    from history: borrowing PacketHistory, to receiver: Int, on path: inout DownstreamPath,
    now: MonotonicTime, into sink: inout ForwardSink
  ) -> Outcome {
    guard let agreement, let type = agreement.redundantPayloadType, rewriter.isForwarding(run),
      let numbers = rewriter.mapped(packet.numbers),
      let slot = sink.reserve(),
      let headerLength = writeHeader(
        of: packet, numbers: numbers, type: type, marker: packet.marker, into: slot),
      let length = packRedundant(
        packet, depth: depth, from: history, type: agreement.payloadType, into: slot,
        at: headerLength)
    else { return forward(packet, run: run, to: receiver, on: &path, now: now, into: &sink) }
    // The numbers count as given only now: until here the packet may still have gone out plain.
    guard rewriter.map(packet.numbers, now: now) != nil else { return .done }
    commit(packet, in: slot, length: length, to: receiver, on: &path, now: now, into: &sink)
    return .done
  }

  /// Whether a packet of the present source has a number in this stream.
  mutating func hasSent(_ sequence: UInt64) -> Bool {
    rewriter.mapped(.init(sequence: sequence, timestamp: 0)) != nil
  }

  private func writeHeader(
    of packet: SourcePacket, numbers: StreamRewriter.Numbers, type: PayloadType, marker: Bool,
    into slot: UnsafeMutableRawBufferPointer
  ) -> Int? {
    guard let agreement else { return nil }
    var bytes = slot.mutableBytes
    var writer = RTPHeaderWriter(
      payloadType: type,
      sequenceNumber: SequenceNumber(UInt16(truncatingIfNeeded: numbers.sequence)),
      timestamp: RTPTimestamp(rawValue: numbers.timestamp), ssrc: agreement.ssrc, marker: marker,
      into: &bytes)
    // Always first: the path writes the number itself once the packet is sure to leave.
    writer.add(
      transportSequence: SequenceNumber(0), id: agreement.transportSequenceID, to: &bytes)
    if let level = packet.audioLevel {
      writer.add(audioLevel: level, id: agreement.audioLevelID, to: &bytes)
    }
    return writer.finish(in: &bytes)
  }

  private mutating func commit(
    _ packet: SourcePacket, in slot: UnsafeMutableRawBufferPointer, length: Int, to receiver: Int,
    on path: inout DownstreamPath, now: MonotonicTime, into sink: inout ForwardSink
  ) {
    var bytes = slot.mutableBytes
    path.stamp(
      &bytes, length: length, isNumbered: agreement?.transportSequenceID ?? 0 != 0, kind: kind,
      now: now)
    if packet.startsKeyframe { keyframeAt = now }
    sink.commit(to: receiver, kind: .rtp, length: length)
    octets &+= UInt32(packet.payload.count)
    statistics.packets &+= 1
    statistics.bytes &+= UInt64(length)
  }

  /// The highest temporal layer to forward: the base layer only while the encoding is too large.
  private var temporalTarget: Int8 { layer > target.spatial ? 0 : target.temporal }

  /// Answers a request for the outgoing packet `sequence` from the source's history (RFC 4588 §4):
  /// the original sequence number (OSN), then the original payload. An echo is an answer that nobody
  /// asked for. Whether it was sent.
  mutating func resend(
    _ sequence: UInt16, from history: borrowing PacketHistory, to receiver: Int,
    on path: inout DownstreamPath, now: MonotonicTime, roundTrip: TimeSpan, isEcho: Bool = false,
    into sink: inout ForwardSink
  ) -> Bool {
    if !isEcho { statistics.nacked &+= 1 }
    // Never on the stream itself: a second packet under one number is a second packet under one
    // SRTP nonce.
    guard let agreement, let ssrc = agreement.retransmissionSSRC,
      let source = rewriter.sourceSequence(of: sequence), let entry = history.find(source)
    else { return false }
    let payload = history.payload(of: entry)
    let descriptor = kind == .video ? try? VP8PayloadDescriptor(parsing: payload.bytes) : nil
    guard
      let numbers = rewriter.mapped(
        StreamRewriter.Numbers(
          sequence: source, timestamp: entry.timestamp, pictureID: descriptor?.pictureID ?? 0,
          temporalBase: descriptor?.temporalBaseIndex ?? 0)),
      budget.allows(
        sequence, byteCount: Int(entry.length), now: now, roundTrip: roundTrip,
        rate: path.resendRate(at: now), isEcho: isEcho),
      let slot = sink.reserve()
    else { return false }
    var bytes = slot.mutableBytes
    var writer = RTPHeaderWriter(
      payloadType: agreement.retransmissionPayloadType,
      sequenceNumber: SequenceNumber(retransmissionSequence),
      timestamp: RTPTimestamp(rawValue: numbers.timestamp), ssrc: ssrc, marker: entry.marker,
      into: &bytes)
    writer.add(
      transportSequence: SequenceNumber(0), id: agreement.transportSequenceID, to: &bytes)
    guard let headerLength = writer.finish(in: &bytes) else { return false }
    bytes.storeUInt16(sequence, at: headerLength)
    guard
      let length = append(
        payload, descriptor: descriptor, numbers: numbers, to: slot, at: headerLength + 2)
    else { return false }
    path.stamp(
      &bytes, length: length, isNumbered: agreement.transportSequenceID != 0, kind: kind, now: now)
    sink.commit(to: receiver, kind: .rtp, length: length)
    retransmissionSequence &+= 1
    statistics.retransmitted &+= 1
    return true
  }

  /// Copies a payload behind a header and moves the numbers inside it; nil where it does not fit.
  private func append(
    _ payload: UnsafeRawBufferPointer, descriptor: VP8PayloadDescriptor?,
    numbers: StreamRewriter.Numbers, to slot: UnsafeMutableRawBufferPointer, at offset: Int
  ) -> Int? {
    guard let start = slot.baseAddress, payload.count <= slot.count - offset else { return nil }
    guard let from = payload.baseAddress else { return offset }
    (start + offset).copyMemory(from: from, byteCount: payload.count)
    if let descriptor {
      var bytes = slot.mutableBytes
      descriptor.rewrite(
        pictureID: numbers.pictureID & 0x7FFF, temporalBaseIndex: numbers.temporalBase, in: &bytes,
        at: offset)
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

  /// How many packets the receiver's reports are further than at the last report; 0 at the first.
  mutating func takeReported(_ highest: UInt32) -> Int {
    defer { reportedHighest = highest }
    guard let reportedHighest else { return 0 }
    let packets = highest &- reportedHighest
    return packets < 0x8000 ? Int(packets) : 0
  }

  /// Takes note that the receiver asked for a keyframe.
  mutating func noteKeyframeRequest() { statistics.keyframeRequests &+= 1 }
}

extension TrackKind {
  /// Ticks of the RTP clock per second: Opus is always 48 kHz (RFC 7587 §4.1), VP8 90 kHz (RFC 7741
  /// §4.1).
  var clockRate: Int { self == .audio ? 48_000 : 90_000 }
}
