import Testing
import Wire

@testable import MediaEngine

/// Whole calls through a seeded link in virtual time.
@Suite struct MediaSessionTests {
  private let talking = MediaConfiguration(audio: .tones, video: .counter(source: 7))

  @Test func onAPerfectLinkEveryPictureAndEveryToneArrives() throws {
    let call = try VirtualCall(talking, talking, link: .init())
    call.run(for: .seconds(10))
    for session in call.sessions {
      let proof = session.proof()
      #expect(proof.framesSeen >= 195)
      #expect(proof.framesMissing == 0)
      #expect(proof.framesUnreadable == 0)
      #expect(proof.source == 7)
      #expect(proof.freezeCount == 0)
      #expect(proof.tonesHeard >= 18)
      #expect(proof.tonesHeard == proof.tonesExpected)
      #expect(proof.concealedSamples == 0)
      #expect((30...60).contains(try #require(proof.glassToGlassP50Ms)))
      // 20 ms of frame, 30 ms of link, 20-40 ms of jitter buffer, 6.5 ms of codec.
      #expect((60...110).contains(try #require(proof.mouthToEarP50Ms)))
      #expect(proof.width == 640 && proof.height == 360)
      #expect(abs(try #require(proof.soundAfterPictureMs)) <= 100)
      let statistics = session.statistics(at: call.now)
      #expect(abs(try #require(statistics.roundTripMs) - 60) < 6)
      #expect(statistics.received.packetsLost == 0)
    }
  }

  @Test func atFivePercentLossRetransmissionKeepsEveryPictureAndFecMostOfTheSound() throws {
    var link = VirtualCall.Link()
    link.loss = 0.05
    let call = try VirtualCall(talking, talking, link: link, seed: 3)
    call.run(for: .seconds(16))
    for session in call.sessions {
      let proof = session.proof()
      #expect(proof.framesSeen >= 305)
      #expect(proof.framesMissing <= 4)
      #expect(proof.longestFreezeMs < 700)
      #expect(proof.tonesHeard >= proof.tonesExpected - 1)
      #expect(proof.tonesExpected >= 30)
      // FEC restores what was lost in the bursts; frames between them carry none, being silent.
      #expect(proof.correctedSamples * 2 > proof.concealedSamples)
      #expect(proof.concealedShare < 0.04)
      let received = session.statistics(at: call.now).received
      #expect(received.retransmittedPacketsReceived > 5)
      #expect(received.packetsLost > 15)
    }
  }

  @Test func withoutARetransmissionStreamPacketsAreSentAgainAsTheyWere() throws {
    var link = VirtualCall.Link()
    link.loss = 0.03
    var a = VirtualCall.media(own: 10, other: 20)
    a.video?.retransmissionSSRC = nil
    a.video?.retransmissionPayloadType = nil
    let call = try VirtualCall(talking, talking, link: link, seed: 5)
    try call.sessions[0].resume(media: a)
    call.sessions[0].isConnected = true
    call.run(for: .seconds(10))
    #expect(call.sessions[0].statistics(at: call.now).sent.retransmittedPacketsSent > 0)
    #expect(call.sessions[1].proof().framesMissing <= 3)
    #expect(call.sessions[1].statistics(at: call.now).received.retransmittedPacketsReceived == 0)
  }

  @Test func jitterRaisesTheDelayInsteadOfBreakingTheSound() throws {
    var link = VirtualCall.Link()
    link.jitter = .milliseconds(80)
    let call = try VirtualCall(talking, talking, link: link, seed: 7)
    call.run(for: .seconds(16))
    let proof = call.sessions[0].proof()
    let figures = call.sessions[0].statistics(at: call.now).received
    #expect(figures.jitterBufferTargetMs >= 60)
    #expect(figures.jitterBufferTargetMs <= 130)
    #expect(proof.concealedShare < 0.02)
    #expect(proof.tonesHeard >= proof.tonesExpected - 1)
    #expect((110...220).contains(try #require(proof.mouthToEarP50Ms)))
    #expect(proof.framesMissing == 0)
  }

  @Test func afterAnOutageBothCallsGoOnByThemselves() throws {
    var link = VirtualCall.Link()
    link.isDown = { (MonotonicTime.zero + .seconds(5)...(.zero + .seconds(8))).contains($0) }
    let call = try VirtualCall(talking, talking, link: link, seed: 9)
    call.run(for: .seconds(24))
    for session in call.sessions {
      let proof = session.proof()
      #expect(proof.freezeCount >= 1)
      #expect((2900...4200).contains(proof.longestFreezeMs))
      #expect(proof.framesSeen >= 330)
      // Nobody heard the tones of the outage, and the proof says so.
      #expect((5...7).contains(proof.tonesExpected - proof.tonesHeard))
      // The outage counts as concealed sound, of which all but the first moment was silence.
      #expect((2.5...3.2).contains(Double(proof.concealedSamples) / 48_000))
      let figures = session.statistics(at: call.now).received
      #expect(figures.silentConcealedSamples > figures.concealedSamples * 8 / 10)
      #expect(figures.framesPerSecond >= 18)
      #expect(figures.jitterBufferTargetMs < 100)
    }
  }

  @Test func discontinuousSilenceIsNotConcealment() throws {
    let quiet = MediaConfiguration(audio: .silence, video: .none)
    let call = try VirtualCall(quiet, quiet, link: .init())
    call.run(for: .seconds(20))
    let statistics = call.sessions[0].statistics(at: call.now)
    // A packet every 400 ms instead of every 20 ms.
    #expect(statistics.sent.packetsSent < 200)
    #expect(statistics.received.packetsReceived > 20)
    #expect(statistics.received.concealedSamples == 0)
    #expect(statistics.received.totalSamples > 19 * 48_000)
    #expect(call.sessions[0].proof().audibleMs == 0)
  }

  @Test func whenALostKeyFrameNeverComesAnotherOneIsAskedFor() throws {
    var link = VirtualCall.Link()
    var isFirst = true
    link.drops = { kind, bytes in
      // The first picture is lost whole, and nothing asked for is ever sent again.
      guard kind == .rtp, let header = try? RTPHeader(parsing: bytes.bytes) else { return false }
      let isPicture = header.ssrc.rawValue == 11
      if isPicture, isFirst {
        if header.marker { isFirst = false }
        return true
      }
      return header.ssrc.rawValue == 12
    }
    let call = try VirtualCall(talking, talking, link: link)
    call.run(for: .seconds(3))
    let received = call.sessions[1].statistics(at: call.now).received
    #expect(received.keyFrameRequests >= 1)
    #expect(received.framesDecoded >= 45)
    #expect(try #require(received.firstPictureMs) < 700)
    #expect(call.sessions[0].statistics(at: call.now).sent.keyFramesEncoded >= 2)
  }

  @Test func aRejoinOnOtherSourcesKeepsTheProof() throws {
    let call = try VirtualCall(talking, talking, link: .init())
    call.run(for: .seconds(4))
    let before = call.sessions[1].proof().framesSeen
    try call.sessions[0].resume(media: VirtualCall.media(own: 110, other: 120))
    try call.sessions[1].resume(media: VirtualCall.media(own: 120, other: 110))
    call.run(for: .seconds(1))
    #expect(call.sessions[1].proof().framesSeen - before <= 1)
    for session in call.sessions { session.isConnected = true }
    call.run(for: .seconds(4))
    let proof = call.sessions[1].proof()
    #expect(proof.framesSeen >= before + 75)
    #expect(proof.framesMissing == 0)
    #expect(proof.tonesExpected >= 16)
    #expect((1...4).contains(proof.tonesExpected - proof.tonesHeard))
    #expect(call.sessions[1].statistics(at: call.now).received.packetsLost == 0)
  }

  @Test func anAudioOnlyParticipantSendsNoPicture() throws {
    let audioOnly = MediaConfiguration(audio: .tones, video: .none)
    let call = try VirtualCall(audioOnly, talking, link: .init())
    call.run(for: .seconds(5))
    #expect(call.sessions[1].proof().framesDecoded == 0)
    #expect(call.sessions[1].proof().tonesHeard >= 8)
    #expect(call.sessions[0].proof().framesSeen >= 95)
  }

  @Test func soundGoesOnWhileThePictureIsStarved() throws {
    var link = VirtualCall.Link()
    link.drops = { kind, bytes in
      guard kind == .rtp, let header = try? RTPHeader(parsing: bytes.bytes) else { return false }
      // Two of three picture packets are lost.
      return (header.ssrc.rawValue == 11 || header.ssrc.rawValue == 12)
        && header.sequenceNumber.rawValue % 3 != 0
    }
    let call = try VirtualCall(talking, talking, link: link)
    call.run(for: .seconds(14))
    let proof = call.sessions[1].proof()
    #expect(proof.tonesHeard == proof.tonesExpected)
    #expect(proof.concealedSamples == 0)
    let sent = call.sessions[0].statistics(at: call.now).sent
    #expect(sent.videoBitrate < 150_000)
    #expect(sent.framesPerSecond < 20)
    // Half the size, and a counter that can be read in it.
    #expect(proof.width == 320 && proof.height == 180)
    #expect(proof.framesUnreadable == 0)
  }

  @Test func aGoodbyeIsACompoundThatNamesEverySource() throws {
    let call = try VirtualCall(talking, talking, link: .init())
    var goodbyes: [UInt32] = []
    call.sessions[0].finish { kind, buffer, length in
      guard kind == .rtcp else { return }
      let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<length]).bytes
      guard var reader = try? CompoundReader(parsing: bytes) else { return }
      while let packet = reader.next(in: bytes) {
        let content = bytes.extracting(packet.range)
        guard packet.kind == .goodbye, let goodbye = try? Goodbye(parsing: content) else {
          continue
        }
        for index in 0..<goodbye.sourceCount {
          goodbyes.append(goodbye.source(index, in: content).rawValue)
        }
      }
    }
    #expect(goodbyes == [10, 11])
  }

  @Test func garbageIsIgnored() throws {
    let call = try VirtualCall(talking, talking, link: .init())
    var generator = SplitMix64(seed: 11)
    for length in 0..<200 {
      // Half of it with plausible first bytes and sources.
      var bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
      if length > 12, length % 2 == 0 {
        bytes[0] = 0x80
        bytes[1] = length % 4 == 0 ? 111 : 96
        bytes.replaceSubrange(8..<12, with: [0, 0, 0, length % 4 == 0 ? 20 : 21])
      }
      bytes.withUnsafeBytes { call.sessions[0].receiveRTP($0, at: call.now) }
      bytes.withUnsafeBytes { call.sessions[0].receiveRTCP($0, at: call.now) }
      call.run(for: .milliseconds(20))
    }
    call.run(for: .seconds(5))
    #expect(call.sessions[1].proof().framesSeen > 170)
  }

  @Test func buffersHaveRoomForTheTrailer() throws {
    let call = try VirtualCall(talking, talking, link: .init())
    var sent = 0
    for tick in 1...400 {
      call.sessions[0].poll(at: .zero + .milliseconds(Int64(tick) * 5)) { _, buffer, length in
        sent += 1
        #expect(buffer.count >= length + MediaSession.trailerRoom)
        #expect(length <= 1200)
      }
    }
    #expect(sent > 100)
  }
}
