import Wire

/// One stream that a participant sends: its order, its history and what is asked of its sender.
struct IncomingTrack: ~Copyable {
  /// What was agreed about the stream; trivial, so that no packet touches a string.
  struct Agreement: BitwiseCopyable {
    /// The payload type of Opus or VP8.
    var payloadType: PayloadType
    /// The SSRC the offer declares, where it does.
    var ssrc: SSRC?
    /// The payload type of its retransmissions, where agreed.
    var retransmissionPayloadType: PayloadType?
    /// The header extensions agreed.
    var extensions: HeaderExtensionIDs
    /// Whether loss is reported with generic NACK.
    var allowsNACK: Bool
    /// How a keyframe is asked for.
    var keyframeRequest: KeyframeRequest

    /// What was agreed in a media section.
    init(_ media: IncomingMedia) {
      payloadType = media.payloadType
      ssrc = media.ssrc
      retransmissionPayloadType = media.retransmissionPayloadType
      extensions = media.extensions
      allowsNACK = media.allowsNACK
      keyframeRequest = media.keyframeRequest
    }
  }

  /// A packet from another SSRC takes the track over once the present one has been silent this long,
  /// so that two streams under one payload type cannot fight over it packet by packet. The SSRC that
  /// the offer declares takes it over at once.
  static let takeoverSilence = TimeSpan.milliseconds(500)

  /// Sound or picture.
  let kind: TrackKind
  /// What was agreed; nil where the participant sends no such stream.
  var agreement: Agreement?
  /// The name of its media section.
  var mid = ""
  /// The SSRC it comes from now; nil before the first packet.
  private(set) var ssrc: SSRC?
  /// Which run of packets this is, unique in the room; 0 before the first packet.
  private(set) var run: StreamRewriter.SourceRun = 0
  /// Its latest packets (picture only).
  private(set) var history = PacketHistory()
  /// What is missing and asked for again (picture only).
  var missing = MissingPackets()
  /// When to ask for a keyframe (picture only).
  var keyframes = KeyframeRequests()
  /// Its latest sender report.
  var reported = ReportedClock()
  /// When its latest packet came.
  private(set) var lastPacketAt: MonotonicTime?
  private var window = ReceptionWindow()
  private var pictures = PictureCounter()
  private var counted = StreamStatistics()

  /// A stream as agreed.
  init(kind: TrackKind, media: IncomingMedia?) {
    self.kind = kind
    agreement = media.map { Agreement($0) }
    mid = media?.mid ?? ""
  }

  /// Takes in a media packet and returns it as the slots see it; nil where it is a duplicate, too
  /// old, or not of this stream's present run. `runs` numbers the runs of the room.
  mutating func receive(
    _ header: RTPHeader, in packet: UnsafeRawBufferPointer, now: MonotonicTime,
    runs: inout StreamRewriter.SourceRun
  ) -> SourcePacket? {
    guard let agreement else { return nil }
    if ssrc != header.ssrc {
      if ssrc != nil, agreement.ssrc != header.ssrc, let lastPacketAt,
        now - lastPacketAt < Self.takeoverSilence
      {
        return nil
      }
      ssrc = header.ssrc
      window.reset()
      begin(&runs)
    }
    window.measureJitter(timestamp: header.timestamp.rawValue, arrival: ticks(now))
    let level = header.audioLevel(id: agreement.extensions.audioLevel, in: packet.bytes)
    return accept(
      sequence: header.sequenceNumber.rawValue, timestamp: header.timestamp.rawValue,
      marker: header.marker, level: level, payload: slice(packet, header.payloadRange),
      isRetransmission: false, headerLength: header.headerLength, now: now, runs: &runs)
  }

  /// Takes in a retransmission (RFC 4588 §4): the original sequence number, then the original
  /// payload. Nil where it is empty (padding, probing), late or not needed.
  mutating func receiveRetransmission(
    _ header: RTPHeader, in packet: UnsafeRawBufferPointer, now: MonotonicTime,
    runs: inout StreamRewriter.SourceRun
  ) -> SourcePacket? {
    guard agreement != nil, header.payloadLength >= 2 else { return nil }
    let range = header.payloadRange
    let original = packet.bytes.loadUInt16(at: range.lowerBound)
    let accepted = accept(
      sequence: original, timestamp: header.timestamp.rawValue, marker: header.marker, level: nil,
      payload: slice(packet, (range.lowerBound + 2)..<range.upperBound), isRetransmission: true,
      headerLength: header.headerLength, now: now, runs: &runs)
    if accepted != nil { counted.retransmitted &+= 1 }
    return accepted
  }

  private mutating func accept(
    sequence: UInt16, timestamp: UInt32, marker: Bool, level: AudioLevel?,
    payload: UnsafeRawBufferPointer, isRetransmission: Bool, headerLength: Int,
    now: MonotonicTime, runs: inout StreamRewriter.SourceRun
  ) -> SourcePacket? {
    let previous = window.hasStarted ? window.highest : nil
    let extended: UInt64
    switch window.accept(sequence, isRetransmission: isRetransmission) {
    case .duplicate, .outside: return nil
    case .restarted(let number):
      begin(&runs)
      extended = number
    case .new(let number):
      extended = number
      if kind == .video { noteOrder(number, previous: previous, now: now) }
    }
    lastPacketAt = now
    counted.packets &+= 1
    counted.bytes &+= UInt64(headerLength + payload.count)
    var source = SourcePacket(
      numbers: StreamRewriter.Numbers(sequence: extended, timestamp: timestamp), marker: marker,
      audioLevel: level, payload: payload)
    if kind == .video {
      pictures.read(into: &source)
      if source.startsKeyframe { keyframes.keyframeArrived() }
      history.store(
        sequence: extended, timestamp: timestamp, marker: marker, payload: payload)
    }
    return source
  }

  private mutating func noteOrder(_ number: UInt64, previous: UInt64?, now: MonotonicTime) {
    guard let previous else { return }
    if number < previous {
      missing.arrived(number)
    } else if !missing.noteGap(after: previous, before: number, now: now) {
      keyframes.want()
    }
  }

  private mutating func begin(_ runs: inout StreamRewriter.SourceRun) {
    runs &+= 1
    run = runs
    history.removeAll()
    missing.removeAll()
    pictures = PictureCounter()
    reported = ReportedClock()
  }

  /// Whether there is anybody to ask for a keyframe.
  var canRequestKeyframe: Bool {
    ssrc != nil && (agreement?.keyframeRequest ?? .none) != .none
  }

  /// Takes note that a keyframe was asked for.
  mutating func noteKeyframeRequest() { counted.keyframeRequests &+= 1 }

  /// Takes note that packets were asked for again.
  mutating func noteNACK(of count: Int) { counted.nacked &+= UInt64(count) }

  /// What we tell the sender about its stream (RFC 3550 §6.4.1); nil before the first packet.
  mutating func takeReportBlock(now: MonotonicTime) -> ReportBlock? {
    guard let ssrc, window.hasStarted else { return nil }
    let lost = min(max(window.cumulativeLost, -0x80_0000), 0x7F_FFFF)
    return ReportBlock(
      ssrc: ssrc, fractionLost: window.takeFractionLost(), cumulativeLost: Int32(lost),
      // Our numbers start in the second cycle, RFC 3550's in the first.
      highestSequence: UInt32(truncatingIfNeeded: window.highest &- 0x1_0000),
      jitter: UInt32(truncatingIfNeeded: window.scaledJitter >> 4),
      lastSenderReport: reported.lastReport,
      delaySinceLastSenderReport: reported.delaySinceLastReport(now: now))
  }

  /// Figures since the participant joined.
  var statistics: StreamStatistics {
    var statistics = counted
    statistics.lost = window.totalLost
    statistics.jitterMilliseconds =
      Double(window.scaledJitter >> 4) * 1000 / Double(kind.clockRate)
    return statistics
  }

  /// The arrival time in the stream's own clock, for jitter.
  private func ticks(_ now: MonotonicTime) -> UInt32 {
    UInt32(truncatingIfNeeded: now.nanoseconds / 1000 &* Int64(kind.clockRate) / 1_000_000)
  }

  private func slice(
    _ packet: UnsafeRawBufferPointer, _ range: Range<Int>
  ) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: packet[range])
  }
}
