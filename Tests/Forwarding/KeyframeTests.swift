import Testing
import Wire

@testable import Forwarding

@Suite struct KeyframeTests {
  @Test func aPictureIsHeldBackUntilItsKeyframe() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.settle()
    #expect(driver.rtp(TestPacket.video(0, sequence: 1), from: 0).rtp(to: 1).isEmpty)
    let asked = driver.wait(5).rtcp(.pictureLossIndication, to: 0)
    try #require(asked.count == 1)
    let part = asked[0]
    let request = try PictureLossIndication(parsing: part.span.bytes)
    #expect(request.mediaSSRC == TestMedia.videoSSRC(0))
    // The second packet of the keyframe alone does not start a picture.
    let middle = TestPacket.video(0, sequence: 3, keyframe: true, start: false)
    #expect(driver.rtp(middle, from: 0).rtp(to: 1).isEmpty)
    let key = TestPacket.video(0, sequence: 4, keyframe: true)
    #expect(driver.rtp(key, from: 0).rtp(to: 1).count == 1)
    #expect(driver.rtp(TestPacket.video(0, sequence: 5), from: 0).rtp(to: 1).count == 1)
  }

  @Test func theRequestIsRepeatedUntilTheKeyframeComes() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.settle()
    var requests = 0
    for sequence: UInt16 in 0..<50 {
      requests +=
        driver.rtp(TestPacket.video(0, sequence: sequence), from: 0)
        .rtcp(.pictureLossIndication, to: 0).count
      requests += driver.wait(33).rtcp(.pictureLossIndication, to: 0).count
    }
    #expect(requests == 4)  // at 0, 500, 1000 and 1500 ms
    driver.rtp(TestPacket.video(0, sequence: 50, keyframe: true), from: 0)
    #expect(driver.wait(3000).rtcp(.pictureLossIndication, to: 0).isEmpty)
    #expect(driver.room.statistics(of: 0).inboundVideo.keyframeRequests == 4)
  }

  @Test func aCrowdThatAsksMakesOneRequest() throws {
    let driver = RoomDriver(capacity: 20)
    for number in 0..<20 { try driver.join(number, slots: 19) }
    driver.rtp(TestPacket.video(0, sequence: 0, keyframe: true), from: 0)
    driver.wait(1000)
    var requests = 0
    for receiver in 1..<20 {
      let slot = try #require(
        (0..<19).first { driver.room.occupant(ofSlot: $0, of: receiver) == 0 })
      let ssrc = TestMedia.slotSSRC(receiver, slot, .video)
      let pli = driver.rtcp(TestPacket.pli(ssrc), from: receiver)
      let fir = driver.rtcp(
        TestPacket.write {
          FullIntraRequest.write(
            senderSSRC: SSRC(1), entry: .init(ssrc: ssrc, commandSequence: 1), into: &$0)
        }, from: receiver)
      requests += (pli + fir).rtcp(.pictureLossIndication, to: 0).count
    }
    #expect(requests == 1)
    #expect(driver.room.statistics(of: 5).outboundVideo.keyframeRequests == 2)
  }

  @Test func whoComesLaterGetsAKeyframeOfEverybody() throws {
    let driver = RoomDriver()
    for number in 0..<2 { try driver.join(number) }
    for number in 0..<2 {
      driver.rtp(TestPacket.video(number, sequence: 0, keyframe: true), from: number)
    }
    #expect(driver.wait(1000).rtcp(.pictureLossIndication, to: 0).isEmpty)
    try driver.join(2)
    let asked = driver.wait(10)
    #expect(asked.rtcp(.pictureLossIndication, to: 0).count == 1)
    #expect(asked.rtcp(.pictureLossIndication, to: 1).count == 1)
  }

  @Test func aSenderThatOnlyKnowsFullIntraRequestsGetsThose() throws {
    let driver = RoomDriver()
    try driver.join(0) { $0.video?.keyframeRequest = .fullIntra }
    try driver.join(1)
    driver.settle()
    driver.rtp(TestPacket.video(0, sequence: 1), from: 0)
    let asked = driver.wait(1200).rtcp(.fullIntraRequest, to: 0)
    try #require(asked.count == 3)
    let numbers = try asked.map { part in
      try FullIntraRequest(parsing: part.span.bytes).entry(0, in: part.span.bytes).commandSequence
    }
    #expect(Set(numbers).count == 3)
  }

  @Test func fullCompoundsAreSentToWhoDoesNotTakeReducedSize() throws {
    let driver = RoomDriver()
    try driver.join(0) { $0.allowsReducedSize = false }
    try driver.join(1)
    driver.settle()
    driver.rtp(TestPacket.video(0, sequence: 1), from: 0)
    let packet = try #require(
      driver.wait(5).first { [$0].rtcp(.pictureLossIndication, to: 0).count == 1 })
    #expect([packet].rtcp(.receiverReport, to: 0).count == 1)
    #expect([packet].rtcp(.sourceDescription, to: 0).count == 1)
    #expect(packet.bytes[1] == 201)
  }
}
