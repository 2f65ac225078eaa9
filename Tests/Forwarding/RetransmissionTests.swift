import Testing
import Wire

@testable import Forwarding

@Suite struct RetransmissionTests {
  /// A room of two in which participant 0's picture has reached participant 1.
  private func flowing(
    packets: UInt16 = 20, lost: UInt8 = 0
  ) throws -> (RoomDriver, [RoomDriver.Sent]) {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.settle()
    driver.wait(510)
    driver.room.paths[1].note(fractionLost: lost, at: driver.now)
    var out: [RoomDriver.Sent] = []
    for index in 0..<packets {
      out += driver.rtp(
        TestPacket.video(
          0, sequence: 65_530 &+ index, picture: 100 + index, keyframe: index == 0,
          marker: index % 2 == 0, length: 100 + Int(index)), from: 0
      ).rtp(to: 1)
    }
    return (driver, out)
  }

  private let slot = TestMedia.slotSSRC(1, 0, .video)

  @Test func aNACKIsAnsweredWithThePacketItAsksFor() throws {
    let (driver, out) = try flowing()
    let lost = [3, 4, 11].compactMap { out[$0].header?.sequenceNumber.rawValue }
    let answers = driver.rtcp(TestPacket.nack(lost, of: slot), from: 1).rtp(to: 1)
    try #require(answers.count == 3)
    for (answer, index) in zip(answers, [3, 4, 11]) {
      let header = try #require(answer.header)
      let original = try #require(out[index].header)
      #expect(header.ssrc == TestMedia.slotRTXSSRC(1, 0))
      #expect(header.payloadType == PayloadType(121))
      #expect(header.timestamp == original.timestamp)
      #expect(header.marker == original.marker)
      // The original sequence number, then exactly what was sent: same picture id, same bytes.
      let number = original.sequenceNumber.rawValue
      #expect(answer.payload == [UInt8(number >> 8), UInt8(number & 0xFF)] + out[index].payload)
    }
    let sequences = answers.compactMap { $0.header?.sequenceNumber }
    #expect(sequences[1] == sequences[0].next && sequences[2] == sequences[1].next)
    #expect(sequences[0].rawValue < 0x8000)
    let figures = driver.room.statistics(of: 1).outboundVideo
    #expect(figures.nacked == 3 && figures.retransmitted == 3)
  }

  @Test func onlyWhatWasSentToTheReceiverIsSentAgain() throws {
    let (driver, out) = try flowing()
    let last = try #require(out.last?.header?.sequenceNumber)
    let first = try #require(out.first?.header?.sequenceNumber)
    let never = [last.next.rawValue, first.advanced(by: -1).rawValue, last.rawValue ^ 0x8000]
    #expect(driver.rtcp(TestPacket.nack(never, of: slot), from: 1).isEmpty)
    // Nor of a stream that is not the receiver's, nor of sound.
    let foreign = TestPacket.nack([last.rawValue], of: TestMedia.slotSSRC(0, 0, .video))
    #expect(driver.rtcp(foreign, from: 1).isEmpty)
    let sound = TestPacket.nack([last.rawValue], of: TestMedia.slotSSRC(1, 0, .audio))
    #expect(driver.rtcp(sound, from: 1).isEmpty)
  }

  @Test func anImpatientReceiverIsHeldToOneAnswerPerRoundTrip() throws {
    let (driver, out) = try flowing()
    driver.room.setRoundTrip(1, .milliseconds(80))
    let number = try #require(out[7].header?.sequenceNumber.rawValue)
    var answers = 0
    for _ in 0..<200 {
      answers += driver.rtcp(TestPacket.nack([number], of: slot), from: 1).rtp(to: 1).count
      driver.wait(1)
    }
    #expect(answers == 3)
  }

  /// The loss a receiver reports is smoothed: a first report counts for a quarter.
  @Test(arguments: [(0 as UInt8, 1), (100, 2), (160, 3)])
  func whereMuchIsLostAnAnswerIsRepeated(reported: UInt8, answers: Int) throws {
    let (driver, out) = try flowing(lost: reported)
    let lost = try #require(out[7].header?.sequenceNumber.rawValue)
    let first = driver.rtcp(TestPacket.nack([lost], of: slot), from: 1).rtp(to: 1)
    #expect(first.count == 1)
    let later = driver.wait(39).rtp(to: 1) + driver.wait(2).rtp(to: 1) + driver.wait(500).rtp(to: 1)
    let again = (first + later).filter { $0.header?.ssrc == TestMedia.slotRTXSSRC(1, 0) }
    #expect(again.count == answers)
    // The same packet, under another number: never two packets under one nonce.
    #expect(Set(again.map(\.payload)).count == 1)
    #expect(Set(again.compactMap { $0.header?.sequenceNumber.rawValue }).count == answers)
    #expect(driver.room.statistics(of: 1).outboundVideo.nacked == 1)
  }

  @Test func aPacketOfAnEarlierSourceIsNotConfusedWithThePresentOne() throws {
    let driver = RoomDriver()
    for number in 0..<3 { try driver.join(number, slots: 1) }
    let old = driver.rtp(TestPacket.video(0, sequence: 10, keyframe: true), from: 0).rtp(to: 2)
    driver.room.leave(0, at: driver.now)
    driver.rtp(TestPacket.video(1, sequence: 10, keyframe: true), from: 1)
    let number = try #require(old.first?.header?.sequenceNumber.rawValue)
    let request = TestPacket.nack([number], of: TestMedia.slotSSRC(2, 0, .video))
    #expect(driver.rtcp(request, from: 2).rtp(to: 2).isEmpty)
  }

  @Test func withoutRTXNothingIsSentTwiceUnderOneNumber() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1) { media in
      for slot in media.slots.indices {
        media.slots[slot].video?.retransmissionPayloadType = nil
        media.slots[slot].video?.retransmissionSSRC = nil
      }
    }
    let out = driver.rtp(TestPacket.video(0, sequence: 1, keyframe: true), from: 0).rtp(to: 1)
    let number = try #require(out.first?.header?.sequenceNumber.rawValue)
    #expect(driver.rtcp(TestPacket.nack([number], of: slot), from: 1).rtp(to: 1).isEmpty)
  }

  @Test func whatIsMissingIsAskedOfItsSenderAndForwardedWhenItComes() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.settle()
    let packets = (0..<5).map {
      TestPacket.video(0, sequence: 1000 + $0, picture: 10 + $0, keyframe: $0 == 0)
    }
    var out: [RoomDriver.Sent] = []
    for index in [0, 1, 4] { out += driver.rtp(packets[index], from: 0).rtp(to: 1) }
    let asked = driver.wait(10).rtcp(.genericNACK, to: 0)
    try #require(asked.count == 1)
    let part = asked[0]
    let request = try GenericNACK(parsing: part.span.bytes)
    var lost: [UInt16] = []
    request.forEachLost(in: part.span.bytes) { lost.append($0.rawValue) }
    #expect(lost == [1002, 1003])
    #expect(request.mediaSSRC == TestMedia.videoSSRC(0))
    // One comes as a retransmission, one as itself.
    out += driver.rtp(TestPacket.rtx(0, sequence: 77, of: packets[2]), from: 0).rtp(to: 1)
    out += driver.rtp(packets[3], from: 0).rtp(to: 1)
    let first = try #require(out[0].header?.sequenceNumber)
    #expect(
      out.compactMap { $0.header.map { Int(first.distance(to: $0.sequenceNumber)) } }
        == [0, 1, 4, 2, 3])
    let payloads = out.map(\.payload)
    #expect(payloads[3].dropFirst(4) == packets[2][(12 + 4)...])
    #expect(driver.wait(500).rtcp(.genericNACK, to: 0).isEmpty)
    let figures = driver.room.statistics(of: 0).inboundVideo
    #expect(figures.nacked == 2 && figures.retransmitted == 1 && figures.lost == 0)
  }

  @Test func nothingIsAskedForWhileTheRelayItselfIsBehind() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.settle()
    driver.sink.isBehind = true
    for index in [0, 1, 4] {
      driver.rtp(
        TestPacket.video(
          0, sequence: UInt16(1000 + index), picture: UInt16(10 + index), keyframe: index == 0),
        from: 0)
    }
    #expect(driver.wait(200).rtcp(.genericNACK, to: 0).isEmpty)
    #expect(driver.room.statistics(of: 0).inboundVideo.nacked == 0)
    driver.sink.isBehind = false
    #expect(driver.wait(30).rtcp(.genericNACK, to: 0).count == 1)
  }

  @Test func aRetransmissionOfWhatArrivedIsDropped() throws {
    let (driver, _) = try flowing()
    let again = TestPacket.video(0, sequence: 65_535, picture: 105)
    #expect(driver.rtp(TestPacket.rtx(0, sequence: 1, of: again), from: 0).isEmpty)
  }

  @Test func emptyRetransmissionsAreProbesAndGoNoFurther() throws {
    let (driver, _) = try flowing()
    let probe = TestPacket.build(
      payloadType: 97, sequence: 5, timestamp: 0, ssrc: TestMedia.rtxSSRC(0), marker: false,
      level: nil, transport: 9, mid: nil, payload: [])
    #expect(driver.rtp(probe, from: 0).isEmpty)
    // It counts for congestion control all the same.
    #expect(!driver.wait(100).rtcp(.transportWideFeedback, to: 0).isEmpty)
  }

  @Test func paddingIsNotPassedOn() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    var packet = TestPacket.audio(0, sequence: 1) + [0, 0, 0, 4]
    packet[0] |= 0x20
    let out = driver.rtp(packet, from: 0).rtp(to: 1)
    #expect(out.first?.payload.count == 80)
    #expect(out.first.map { $0.bytes[0] & 0x20 } == 0)
  }

  @Test func aBurstOfLossEndsInAKeyframeRequestInsteadOfAHundredNACKs() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.settle()
    driver.rtp(TestPacket.video(0, sequence: 1, keyframe: true), from: 0)
    driver.rtp(TestPacket.video(0, sequence: 300), from: 0)
    let sent = driver.wait(600)
    #expect(sent.rtcp(.genericNACK, to: 0).isEmpty)
    #expect(!sent.rtcp(.pictureLossIndication, to: 0).isEmpty)
  }
}
