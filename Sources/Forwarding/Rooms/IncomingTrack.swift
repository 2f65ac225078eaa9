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
    /// The payload type of packets with earlier sound in them, where agreed.
    var redundantPayloadType: PayloadType?

    /// What was agreed in a media section.
    init(_ media: IncomingMedia) {
      payloadType = media.payloadType
      ssrc = media.ssrc
      retransmissionPayloadType = media.retransmissionPayloadType
      extensions = media.extensions
      allowsNACK = media.allowsNACK
      keyframeRequest = media.keyframeRequest
      redundantPayloadType = media.redundantPayloadType
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
  /// The name of the encoding (`a=rid`), where it has one.
  var layerName = ""
  /// Whether anybody gets it: what is missing of an encoding that nobody gets is not asked for.
  var isWatched = true {
    didSet { if !isWatched { missing.removeAll() } }
  }
  /// The SSRC it comes from now; nil before the first packet.
  private(set) var ssrc: SSRC?
  /// Which run of packets this is, unique in the room; 0 before the first packet.
  private(set) var run: StreamRewriter.SourceRun = 0
  /// Its latest packets.
  private(set) var history: PacketHistory
  /// What it takes, temporal layer by temporal layer (picture only).
  private(set) var rates = LayerRates()
  /// The share of its packets lost on their way to us lately, 0 ... 1.
  private(set) var lossFraction = 0.0
  /// What is missing and asked for again, where the sender takes such requests.
  var missing = MissingPackets()
  /// When to ask for a keyframe (picture only).
  var keyframes = KeyframeRequests()
  /// Its latest sender report.
  var reported = ReportedClock()
  /// When its latest packet came.
  private(set) var lastPacketAt: MonotonicTime?
  private var latestTimestamp: UInt32?
  private var window = ReceptionWindow()
  private var pictures = PictureCounter()
  private var counted = StreamStatistics()

  /// A stream as agreed.
  init(kind: TrackKind, media: IncomingMedia?, layer: Int = 0) {
    self.kind = kind
    history = PacketHistory(kind: kind)
    agree(media, layer: layer)
  }

  /// Takes what was agreed about a stream, or about one encoding of a picture.
  mutating func agree(_ media: IncomingMedia?, layer: Int) {
    guard let media, layer == 0 || layer < media.layers.count else {
      agreement = nil
      mid = ""
      layerName = ""
      return
    }
    agreement = Agreement(media)
    mid = media.mid
    layerName = layer < media.layers.count ? media.layers[layer] : ""
  }

  /// Takes in a media packet and returns it as the slots see it; nil where it is a duplicate, too
  /// old, or not of this stream's present run. `payload` is where its payload lies if not behind the
  /// header; `runs` numbers the runs of the room.
  mutating func receive(
    _ header: RTPHeader, in packet: UnsafeRawBufferPointer, payload: Range<Int>? = nil,
    now: MonotonicTime, runs: inout StreamRewriter.SourceRun
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
      marker: header.marker, level: level, payload: slice(packet, payload ?? header.payloadRange),
      isRetransmission: false, headerLength: header.headerLength, now: now, runs: &runs)
  }

  /// Finds lost sound in a packet with earlier sound in it (RFC 2198 §4).
  ///
  /// A block tells its timestamp, not its number. It is taken for the packet as many before this one
  /// as its place among the blocks says only where the timestamps between the last packet that came
  /// and this one rise in equal steps: then nothing else fits.
  func lostSound(
    before header: RTPHeader, in audio: RedundantAudio, of payload: RawSpan
  ) -> LostSound {
    var lost = LostSound()
    guard let agreement, ssrc == header.ssrc, window.hasStarted, let latestTimestamp else {
      return lost
    }
    let distance = header.sequenceNumber.rawValue &- UInt16(truncatingIfNeeded: window.highest)
    guard distance > 1, distance < 0x8000 else { return lost }
    let rise = header.timestamp.rawValue &- latestTimestamp
    let step = Int(rise) / Int(distance)
    guard step > 0, step * Int(distance) == Int(rise) else { return lost }
    var place = audio.redundantCount
    audio.forEachRedundant(in: payload) { block in
      let back = place
      place -= 1
      guard back < Int(distance), block.timestampOffset == back * step, block.length > 0,
        block.payloadType == agreement.payloadType
      else { return }
      lost.append(
        .init(
          sequence: header.sequenceNumber.rawValue &- UInt16(back),
          timestamp: header.timestamp.rawValue &- UInt32(block.timestampOffset),
          offset: block.offset, length: block.length))
    }
    return lost
  }

  /// Takes in sound that was lost and came with a later packet; nil where it is here already.
  mutating func receive(
    _ lost: LostSound.Block, of payload: UnsafeRawBufferPointer, now: MonotonicTime,
    runs: inout StreamRewriter.SourceRun
  ) -> SourcePacket? {
    let accepted = accept(
      sequence: lost.sequence, timestamp: lost.timestamp, marker: false, level: nil,
      payload: slice(payload, lost.offset..<(lost.offset + lost.length)), isRetransmission: true,
      headerLength: 0, now: now,
      runs: &runs)
    if accepted != nil { counted.recovered &+= 1 }
    return accepted
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
      noteOrder(number, previous: previous, isRetransmission: isRetransmission, now: now)
    }
    lastPacketAt = now
    if extended == window.highest { latestTimestamp = timestamp }
    counted.packets &+= 1
    counted.bytes &+= UInt64(headerLength + payload.count)
    var source = SourcePacket(
      numbers: StreamRewriter.Numbers(sequence: extended, timestamp: timestamp), marker: marker,
      audioLevel: level, payload: payload)
    if kind == .video {
      pictures.read(into: &source)
      if source.startsKeyframe { keyframes.keyframeArrived() }
      rates.note(
        headerLength + payload.count, temporal: source.descriptor?.temporalLayer ?? 0, now: now)
    }
    history.store(
      sequence: extended, timestamp: timestamp, marker: marker, payload: payload, now: now)
    return source
  }

  private mutating func noteOrder(
    _ number: UInt64, previous: UInt64?, isRetransmission: Bool, now: MonotonicTime
  ) {
    guard let previous, isWatched, kind == .video || agreement?.allowsNACK == true else { return }
    if number < previous {
      missing.arrived(number, isRetransmission: isRetransmission, now: now)
    } else if !missing.noteGap(after: previous, before: number, now: now), kind == .video {
      keyframes.want()
    }
  }

  private mutating func begin(_ runs: inout StreamRewriter.SourceRun) {
    runs &+= 1
    run = runs
    history.removeAll()
    missing.removeAll()
    latestTimestamp = nil
    pictures = PictureCounter()
    reported = ReportedClock()
  }

  /// Notes where the next packet, of so many bytes, is kept.
  mutating func noteNext(_ length: Int, in places: inout MemoryPlaces) {
    history.noteNext(window.highest &+ 1, length: length, in: &places)
  }

  /// Somebody wants, or will want, packets as old as this for the next while.
  mutating func keepFor(
    _ span: TimeSpan, for patience: TimeSpan = PacketHistory.patience, at now: MonotonicTime
  ) {
    history.extend(to: span, for: patience, at: now)
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
    let fraction = window.takeFractionLost()
    lossFraction += (Double(fraction) / 256 - lossFraction) / 2
    return ReportBlock(
      ssrc: ssrc, fractionLost: fraction, cumulativeLost: Int32(lost),
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
