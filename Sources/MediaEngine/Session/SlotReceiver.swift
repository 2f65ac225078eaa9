import Wire

/// Everything received in one slot: the sound and picture of whoever sits in it.
final class SlotReceiver {
  let number: Int
  private(set) var audio: AudioReceiver
  private(set) var video: VideoReceiver
  private var sync = LipSync()

  init(
    number: Int, media: NegotiatedMedia.ReceiveSlot, configuration: MediaConfiguration
  ) throws(MediaError) {
    self.number = number
    audio = try AudioReceiver(track: media.audio, configuration: configuration)
    video = try VideoReceiver(track: media.video, configuration: configuration)
  }

  /// Takes a packet if it belongs here; false where its source is another slot's.
  func receive(
    _ header: RTPHeader, packet: UnsafeRawBufferPointer, at now: MonotonicTime
  ) -> Bool {
    if header.ssrc == audio.track?.ssrc {
      audio.receive(header, packet: packet, at: now)
      video.noteSound(at: now)
      return true
    }
    let payload = UnsafeRawBufferPointer(rebasing: packet[header.payloadRange])
    if let track = audio.track, header.ssrc == track.retransmissionSSRC {
      guard header.payloadType == track.retransmissionPayloadType, payload.count > 2 else {
        return true
      }
      audio.receiveRetransmission(
        header, sequence: SequenceNumber(rawValue: payload.bytes.loadUInt16(at: 0)),
        payload: UnsafeRawBufferPointer(rebasing: payload[2...]), at: now)
      return true
    }
    guard let track = video.track else { return false }
    if header.ssrc == track.ssrc {
      guard header.payloadType == track.payloadType else { return true }
      video.receive(
        header, sequence: header.sequenceNumber, payload: payload, isRetransmission: false,
        length: packet.count, at: now)
      return true
    }
    guard header.ssrc == track.retransmissionSSRC else { return false }
    // RFC 4588 §4: the original sequence number stands in front of the payload. An empty one is the
    // padding with which a sender probes the path.
    guard header.payloadType == track.retransmissionPayloadType, payload.count > 2 else {
      return true
    }
    video.receive(
      header, sequence: SequenceNumber(rawValue: payload.bytes.loadUInt16(at: 0)),
      payload: UnsafeRawBufferPointer(rebasing: payload[2...]), isRetransmission: true,
      length: packet.count, at: now)
    return true
  }

  /// Takes a sender report if its source is here.
  func receive(_ report: borrowing SenderReport, at now: MonotonicTime) {
    if report.ssrc == audio.track?.ssrc { audio.receive(report, at: now) }
    if report.ssrc == video.track?.ssrc { video.receive(report, at: now) }
  }

  /// Plays and shows what is due at `now`.
  func advance(
    at now: MonotonicTime, wallClock: WallClock, roundTrip: TimeSpan, output: MediaOutput
  ) {
    audio.play(at: now, wallClock: wallClock) { samples, time in
      output.sound?(
        number, UnsafeBufferPointer(start: samples, count: AudioPlayout.blockSamples), time)
    }
    if sync.compare(sound: audio.delay, picture: video.delay(at: now), at: now) {
      video.hold(sync.pictureHold)
    }
    video.show(at: now, wallClock: wallClock, roundTrip: roundTrip) {
      output.picture?(number, $0, now)
    }
  }

  /// When `advance` has something to do next.
  var nextWake: MonotonicTime? {
    guard let sound = audio.nextWake else { return video.nextWake }
    return video.nextWake.map { min($0, sound) } ?? sound
  }

  /// The packets to ask for now, by source.
  func takeMissing(
    at now: MonotonicTime, roundTrip: TimeSpan, _ ask: (SSRC, [SequenceNumber]) -> Void
  ) {
    if let ssrc = audio.track?.ssrc {
      let lost = audio.takeMissing(at: now, roundTrip: roundTrip)
      if !lost.isEmpty { ask(ssrc, lost) }
    }
    if let ssrc = video.track?.ssrc {
      let lost = video.takeMissing(at: now, roundTrip: roundTrip)
      if !lost.isEmpty { ask(ssrc, lost) }
    }
  }

  /// Whether to ask for a key frame now.
  func takeKeyFrameWish(at now: MonotonicTime, roundTrip: TimeSpan) -> Bool {
    video.takeKeyFrameWish(at: now, roundTrip: roundTrip)
  }

  /// Report blocks on what was received.
  func takeReportBlocks(at now: MonotonicTime) -> [ReportBlock] {
    [audio.takeReportBlock(at: now), video.takeReportBlock(at: now)].compactMap { $0 }
  }

  /// Begins again on other tracks; figures and proof go on.
  func restart(media: NegotiatedMedia.ReceiveSlot) {
    audio.restart(track: media.audio)
    video.restart(track: media.video)
  }

  /// The slot's figures at `now`; times count from `start`.
  func statistics(at now: MonotonicTime, since start: MonotonicTime) -> SlotStatistics {
    var figures = SlotStatistics(slot: number)
    figures.packetsReceived = audio.packetsReceived + video.packetsReceived
    figures.packetsLost = audio.packetsLost + video.packetsLost
    figures.bytesReceived = audio.bytesReceived + video.bytesReceived
    figures.jitterMs = max(audio.meter.jitterMs, video.meter.jitterMs)
    let sound = audio.playout.counters
    figures.concealedSamples = sound.concealed
    figures.silentConcealedSamples = sound.silentConcealed
    figures.totalSamples = sound.total
    figures.correctedSamples = sound.corrected
    figures.removedSamplesForAcceleration = sound.removed
    figures.insertedSamplesForDeceleration = sound.inserted
    figures.jitterBufferTargetMs = audio.playout.delays.target(at: now).milliseconds
    figures.audioLevel = audio.proof.level
    figures.framesDecoded = video.framesDecoded
    figures.framesDropped = video.framesDropped
    figures.framesPerSecond = video.framesPerSecond(at: now)
    figures.freezeCount = video.freezes.count
    figures.totalFreezesDurationMs = video.freezes.total.nanoseconds / 1_000_000
    figures.longestFreezeMs = video.freezes.longest.nanoseconds / 1_000_000
    figures.frameWidth = video.size.width
    figures.frameHeight = video.size.height
    figures.firstSoundMs = audio.firstDecoded.map { ($0 - start).nanoseconds / 1_000_000 }
    figures.firstPictureMs = video.firstDecoded.map { ($0 - start).nanoseconds / 1_000_000 }
    figures.totalHeldDurationMs = video.freezes.held.nanoseconds / 1_000_000
    figures.isPictureHeld = video.isHeld
    figures.copiedPacketsReceived = audio.copied
    figures.packetsAskedFor = video.packetsAskedFor + audio.packetsAskedFor
    figures.retransmittedPacketsReceived = video.retransmitted + audio.retransmitted
    figures.keyFrameRequests = video.keyFrameRequests
    return figures
  }

  /// What the slot proves; times count from `start`.
  func proof(since start: MonotonicTime, wallClock: WallClock) -> ReceiverProof {
    var proof = ReceiverProof(slot: number)
    let picture = video.proof
    proof.source = picture.source.map { Int($0) }
    proof.framesDecoded = Int(video.framesDecoded)
    proof.framesSeen = picture.framesSeen
    proof.framesMissing = picture.framesMissing
    proof.framesUnreadable = picture.framesUnreadable
    proof.counterRestarts = picture.restarts
    proof.freezeCount = Int(video.freezes.count)
    proof.longestFreezeMs = Int(video.freezes.longest.milliseconds)
    proof.totalFreezesDurationMs = Int(video.freezes.total.milliseconds)
    proof.glassToGlassP50Ms = picture.delays.percentile(50)
    proof.glassToGlassP95Ms = picture.delays.percentile(95)
    proof.width = video.size.width
    proof.height = video.size.height
    proof.firstPictureMs = video.firstDecoded.map { Int(($0 - start).milliseconds) }
    let sound = audio.proof
    proof.tonesHeard = sound.tonesHeard
    proof.tonesExpected = sound.tonesExpected
    proof.mouthToEarP50Ms = sound.delays.percentile(50)
    proof.mouthToEarP95Ms = sound.delays.percentile(95)
    if let ear = proof.mouthToEarP50Ms, let glass = proof.glassToGlassP50Ms {
      proof.soundAfterPictureMs = ear - glass
    }
    proof.audioEnergyDbfs = sound.energyDbfs
    proof.audibleMs = sound.audibleBlocks * 10
    proof.longestSilenceMs = sound.longestSilenceMs
    proof.firstAudibleMs = sound.firstAudibleAt.map {
      Int($0 - wallClock.milliseconds(at: start))
    }
    proof.firstSoundMs = audio.firstDecoded.map { Int(($0 - start).milliseconds) }
    let counters = audio.playout.counters
    proof.packetsLost = audio.packetsLost + video.packetsLost
    proof.concealedSamples = counters.concealed
    proof.totalSamples = counters.total
    proof.correctedSamples = counters.corrected
    return proof
  }
}
