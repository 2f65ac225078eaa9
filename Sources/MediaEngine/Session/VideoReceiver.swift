import Wire

/// The receiving half of a slot's picture: RTP, retransmission, frame assembly, VP8, proof.
struct VideoReceiver: ~Copyable {
  /// The least and the greatest pause between two requests for a key frame; between them it is two
  /// round trips.
  private static let leastRequestPause = TimeSpan.milliseconds(300)
  private static let mostRequestPause = TimeSpan.milliseconds(1000)
  /// The pause while no picture packet comes.
  private static let silentRequestPause = TimeSpan.seconds(5)
  /// A stream that joined in mid-picture waits this long for a key frame to come unasked: the relay
  /// asks for one itself when it fills a slot.
  private static let patience = TimeSpan.milliseconds(200)
  /// So long without a picture, while sound comes, and the sender holds it.
  private static let holding = TimeSpan.milliseconds(1_200)

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
  /// Whether the sender holds the picture on purpose: sound comes, and no picture.
  private(set) var isHeld = false
  private var missing = MissingPackets()
  private var earlier = (received: Int64(0), lost: Int64(0), bytes: Int64(0))

  private var assembler = FrameAssembler()
  private let decoder: any PictureDecoder
  private let measuresProof: Bool
  private var frame = FrameBuffer()
  private var extender = SequenceExtender()
  private var report = SenderReportMemory()
  private var firstPacket: MonotonicTime?
  private var needsKeyFrame = false
  /// Set where more is missing than can be asked for: only a key frame goes on from there.
  private var hasHole = false
  private var loss = LossShare()
  private var lastRequest: MonotonicTime?
  private var schedule = PictureSchedule()
  private var notedFrame: Int64?
  private var lastReady = MonotonicTime.zero
  private var lastPacket: MonotonicTime?
  private var lastSound: MonotonicTime?
  private var longestSoundGap = TimeSpan.zero
  /// Time for which the picture was held since the last one shown.
  private var pause = TimeSpan.zero
  /// When the next complete picture is due.
  private(set) var nextWake: MonotonicTime?
  private var shown: [MonotonicTime] = []

  init(
    track: NegotiatedMedia.ReceiveTrack?, configuration: MediaConfiguration
  ) throws(MediaError) {
    decoder = try configuration.codecs.pictureDecoder()
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
    // Without a retransmission stream, what was asked for comes again as it was.
    let isAgain = isRetransmission || missing.contains(sequence) && track?.retransmissionSSRC == nil
    if isRetransmission {
      retransmitted += 1
    } else {
      meter.note(sequence, timestamp: header.timestamp, length: length, at: now)
      loss.note(sequence)
    }
    if firstPacket == nil { firstPacket = now }
    if payload.count > 0 { notePacket(at: now) }
    if !missing.note(sequence, isRetransmission: isAgain, at: now) { hasHole = true }

    var entry = VideoPacketBuffer.Entry()
    entry.sequence = sequence
    entry.timestamp = header.timestamp.rawValue
    entry.isLast = header.marker
    entry.arrival = now
    var data = payload
    if payload.count > 0 {
      guard let descriptor = try? VP8PayloadDescriptor(parsing: payload.bytes) else { return }
      data = UnsafeRawBufferPointer(rebasing: payload[descriptor.length...])
      entry.isFirst = descriptor.startsPicture
      entry.pictureID = descriptor.pictureID.map(Int32.init) ?? -1
      entry.baseIndex = descriptor.temporalBaseIndex.map(Int16.init) ?? -1
      entry.temporalLayer = descriptor.temporalLayer ?? 0
      entry.refersToBaseOnly = descriptor.isLayerSync
      entry.startsKeyFrame = descriptor.startsKeyframe(in: payload.bytes)
    }
    _ = assembler.insert(entry, payload: data)
  }

  /// Takes the track's sender report.
  mutating func receive(_ senderReport: borrowing SenderReport, at now: MonotonicTime) {
    report.note(senderReport, at: now)
  }

  /// Notes that sound came from whoever sends the picture.
  mutating func noteSound(at now: MonotonicTime) {
    if let lastSound { longestSoundGap = max(longestSoundGap, now - lastSound) }
    lastSound = now
    guard let lastPacket, firstDecoded != nil else { return }
    isHeld = now - lastPacket > Self.holding && longestSoundGap < Self.holding
  }

  /// So many pictures a second are needed before anybody sees lips move in time with speech.
  private static let leastForLips = 10

  /// The delay that pictures have for their own sake (`LipSync`); nil while few are shown, and before a
  /// report.
  func delay(at now: MonotonicTime) -> TimeSpan? {
    guard let last = schedule.last,
      shown.count(where: { now - $0 < .seconds(1) }) >= Self.leastForLips
    else { return nil }
    return report.delay(
      of: RTPTimestamp(rawValue: last.raw), clockRate: 90_000,
      at: schedule.due(last.raw) - schedule.hold)
  }

  /// Holds pictures back by so much for their sound.
  mutating func hold(_ hold: TimeSpan) { schedule.hold = hold }

  private mutating func notePacket(at now: MonotonicTime) {
    if isHeld, let lastPacket { pause = pause + (now - lastPacket) }
    isHeld = false
    lastPacket = now
    lastSound = now
    longestSoundGap = .zero
  }

  /// Decodes and shows every frame that is due.
  mutating func show(
    at now: MonotonicTime, wallClock: WallClock, roundTrip: TimeSpan,
    deliver: (PictureView) -> Void
  ) {
    nextWake = nil
    while let next = assembler.peekFrame() {
      if notedFrame != next.first {
        notedFrame = next.first
        // Ready once it and all before it are there.
        lastReady = max(lastReady, assembler.arrival(of: next))
        schedule.note(next.timestamp, completeAt: lastReady, roundTrip: roundTrip)
      }
      let due = schedule.due(next.timestamp)
      guard due <= now else {
        nextWake = due
        return
      }
      assembler.take(next)
      framesDropped += Int64(next.skipped)
      missing.forget(before: next.last)
      let bytes = frame.fill(from: assembler, next)
      var code: CounterCode?
      var shownSize = (width: 0, height: 0)
      let decoded = decoder.decode(bytes) { picture in
        code = picture.code
        shownSize = (picture.width, picture.height)
        guard let pixels = picture.pixels else { return }
        if measuresProof { code = CounterReader.read(pixels) }
        deliver(pixels)
      }
      guard decoded else {
        framesDropped += 1
        assembler.requireKeyFrame()
        needsKeyFrame = true
        continue
      }
      needsKeyFrame = false
      if next.isKeyFrame { hasHole = false }
      size = shownSize
      framesDecoded += 1
      if firstDecoded == nil { firstDecoded = now }
      freezes.note(at: now, held: pause)
      pause = .zero
      if measuresProof || code != nil {
        proof.take(code, shownAt: wallClock.milliseconds(at: now))
      }
      shown.removeAll { now - $0 >= .seconds(1) }
      shown.append(now)
    }
  }

  /// The packets to ask for now.
  mutating func takeMissing(at now: MonotonicTime, roundTrip: TimeSpan) -> [SequenceNumber] {
    let due = missing.due(at: now, roundTrip: roundTrip, isLossy: loss.isSustained)
    if due.gaveUp { needsKeyFrame = true }
    return due.sequences.map { SequenceNumber(rawValue: UInt16(truncatingIfNeeded: $0)) }
  }

  /// Whether to ask for a key frame now.
  mutating func takeKeyFrameWish(at now: MonotonicTime, roundTrip: TimeSpan) -> Bool {
    guard let firstPacket else { return false }
    let isWaitingForFirst = assembler.next == nil && now - firstPacket >= Self.patience
    guard needsKeyFrame || hasHole || isWaitingForFirst else { return false }
    let pause = min(max(roundTrip * 2, Self.leastRequestPause), Self.mostRequestPause)
    // Where nothing comes at all, the sender holds the picture and will begin with a key frame anyway.
    let isAnswered = lastRequest.map { (lastPacket ?? .zero) > $0 } ?? true
    if let lastRequest, now - lastRequest < (isAnswered ? pause : Self.silentRequestPause) {
      return false
    }
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
    hasHole = false
    loss = LossShare()
    lastRequest = nil
    schedule.restart()
    notedFrame = nil
    lastPacket = nil
    lastSound = nil
    isHeld = false
    pause = .zero
    nextWake = nil
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
