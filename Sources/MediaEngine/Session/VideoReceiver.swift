import Wire

/// The receiving half of a slot's picture: RTP, retransmission, frame assembly, VP8, proof.
struct VideoReceiver: ~Copyable {
  /// The least and the greatest pause between two requests for a key frame; between them it is two
  /// round trips.
  private static let leastRequestPause = TimeSpan.milliseconds(300)
  private static let mostRequestPause = TimeSpan.milliseconds(1000)
  /// A stream that joined in mid-picture waits this long for a key frame to come unasked: the relay
  /// asks for one itself when it fills a slot.
  private static let patience = TimeSpan.milliseconds(200)

  /// What is received; nil where the relay refused it.
  private(set) var track: NegotiatedMedia.ReceiveTrack?
  private(set) var proof = PictureProof()
  private(set) var freezes = FreezeMeter()
  private(set) var meter = ReceptionMeter(clockRate: 90_000)
  private(set) var framesDecoded: Int64 = 0
  private(set) var framesDropped: Int64 = 0
  private(set) var retransmitted: Int64 = 0
  private(set) var keyFrameRequests: Int64 = 0
  private(set) var size = (width: 0, height: 0)
  /// When the first picture was decoded.
  private(set) var firstDecoded: MonotonicTime?
  private var missing = MissingPackets()
  private var earlier = (received: Int64(0), lost: Int64(0), bytes: Int64(0))

  private var assembler = FrameAssembler()
  private var decoder: VP8Decoder
  private var frame = FrameBuffer()
  private var extender = SequenceExtender()
  private var report = SenderReportMemory()
  private var firstPacket: MonotonicTime?
  private var needsKeyFrame = false
  private var lastRequest: MonotonicTime?
  private var shown: [MonotonicTime] = []

  init(track: NegotiatedMedia.ReceiveTrack?) throws(MediaError) {
    decoder = try VP8Decoder()
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

  /// Pictures decoded in the second before `now`.
  func framesPerSecond(at now: MonotonicTime) -> Double {
    Double(shown.count { now - $0 < .seconds(1) })
  }

  /// Takes a packet of the track, or one restored from its retransmission stream.
  ///
  /// `payload` is what follows the RTP header, or the original sequence number in a retransmission.
  mutating func receive(
    _ header: RTPHeader, sequence number: SequenceNumber, payload: UnsafeRawBufferPointer,
    isRetransmission: Bool, length: Int, at now: MonotonicTime
  ) {
    let sequence = Int64(bitPattern: extender.extend(number).rawValue)
    if isRetransmission {
      retransmitted += 1
    } else {
      meter.note(sequence, timestamp: header.timestamp, length: length, at: now)
    }
    if firstPacket == nil { firstPacket = now }
    if !missing.note(sequence, at: now) { needsKeyFrame = true }

    var entry = VideoPacketBuffer.Entry()
    entry.sequence = sequence
    entry.timestamp = header.timestamp.rawValue
    entry.isLast = header.marker
    var data = payload
    if payload.count > 0 {
      guard let descriptor = try? VP8PayloadDescriptor(parsing: payload.bytes) else { return }
      data = UnsafeRawBufferPointer(rebasing: payload[descriptor.length...])
      entry.isFirst = descriptor.startsPicture
      entry.pictureID = descriptor.pictureID.map(Int32.init) ?? -1
      entry.startsKeyFrame = descriptor.startsKeyframe(in: payload.bytes)
    }
    _ = assembler.insert(entry, payload: data)
  }

  /// Takes the track's sender report.
  mutating func receive(_ senderReport: borrowing SenderReport, at now: MonotonicTime) {
    report.note(senderReport, at: now)
  }

  /// Decodes and shows every frame that is ready.
  mutating func show(
    at now: MonotonicTime, wallClock: WallClock, deliver: (PictureView) -> Void
  ) {
    while let next = assembler.nextFrame() {
      framesDropped += Int64(next.skipped)
      missing.forget(before: next.last)
      let bytes = frame.fill(from: assembler, next)
      var code: CounterCode?
      var shownSize = (width: 0, height: 0)
      let decoded = decoder.decode(bytes) { picture in
        code = CounterReader.read(picture)
        shownSize = (picture.width, picture.height)
        deliver(picture)
      }
      guard decoded else {
        framesDropped += 1
        assembler.requireKeyFrame()
        needsKeyFrame = true
        continue
      }
      if next.isKeyFrame { needsKeyFrame = false }
      size = shownSize
      framesDecoded += 1
      if firstDecoded == nil { firstDecoded = now }
      freezes.note(at: now)
      proof.take(code, shownAt: wallClock.milliseconds(at: now))
      shown.removeAll { now - $0 >= .seconds(1) }
      shown.append(now)
    }
  }

  /// The packets to ask for now.
  mutating func takeMissing(at now: MonotonicTime, roundTrip: TimeSpan) -> [SequenceNumber] {
    let due = missing.due(at: now, roundTrip: roundTrip)
    if due.gaveUp { needsKeyFrame = true }
    return due.sequences.map {
      SequenceNumber(rawValue: UInt16(truncatingIfNeeded: $0))
    }
  }

  /// Whether to ask for a key frame now.
  mutating func takeKeyFrameWish(at now: MonotonicTime, roundTrip: TimeSpan) -> Bool {
    guard let firstPacket else { return false }
    let isWaitingForFirst = assembler.next == nil && now - firstPacket >= Self.patience
    guard needsKeyFrame || isWaitingForFirst else { return false }
    let pause = min(max(roundTrip * 2, Self.leastRequestPause), Self.mostRequestPause)
    if let lastRequest, now - lastRequest < pause { return false }
    lastRequest = now
    keyFrameRequests += 1
    return true
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
    meter = ReceptionMeter(clockRate: 90_000)
    extender = SequenceExtender()
    report = SenderReportMemory()
    missing.removeAll()
    assembler.removeAll()
    firstPacket = nil
    needsKeyFrame = false
    lastRequest = nil
  }
}

/// One frame's bytes in a buffer that grows to the largest.
struct FrameBuffer: ~Copyable {
  private var storage: UnsafeMutableRawBufferPointer = .init(start: nil, count: 0)

  deinit { storage.deallocate() }

  /// Copies a frame; the bytes are valid until the next call.
  mutating func fill(
    from assembler: borrowing FrameAssembler, _ frame: FrameAssembler.Frame
  ) -> UnsafeRawBufferPointer {
    let size = assembler.size(of: frame)
    if storage.count < size {
      storage.deallocate()
      storage = .allocate(byteCount: size, alignment: 16)
    }
    guard let start = storage.baseAddress else { return UnsafeRawBufferPointer(storage) }
    let length = assembler.copy(frame, to: start)
    return UnsafeRawBufferPointer(start: start, count: length)
  }
}
