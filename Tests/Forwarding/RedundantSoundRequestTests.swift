import Testing
import Wire

@testable import Forwarding

// Sound asked for again, and sent again.
extension RedundantSoundTests {
  private func asking() throws -> RoomDriver {
    let driver = RoomDriver()
    for number in 0..<2 {
      try driver.join(number) { media in
        media.audio?.allowsNACK = true
        media.audio?.retransmissionPayloadType = PayloadType(97)
        media.audio?.retransmissionSSRC = SSRC(UInt32(900 + number))
        // The picture's retransmissions have a type of their own.
        media.video?.retransmissionPayloadType = PayloadType(98)
        media.audio?.redundantPayloadType = PayloadType(63)
        for slot in media.slots.indices {
          media.slots[slot].audio?.redundantPayloadType = PayloadType(65)
          media.slots[slot].audio?.retransmissionPayloadType = PayloadType(66)
          media.slots[slot].audio?.retransmissionSSRC = SSRC(UInt32(990 + slot + number * 4))
        }
      }
    }
    driver.settle()
    return driver
  }

  @Test func lostSoundIsAskedOfASenderThatAllowsIt() throws {
    let driver = try asking()
    driver.rtp(sound(10), from: 0)
    driver.rtp(sound(12), from: 0)
    let asked = driver.wait(10).rtcp(.genericNACK, to: 0)
    let part = try #require(asked.first)
    let request = try GenericNACK(parsing: part.span.bytes)
    #expect(request.mediaSSRC == TestMedia.audioSSRC(0))
    var again = TestPacket.rtx(0, sequence: 5, of: sound(11))
    again.replaceSubrange(8..<12, with: [0, 0, 3, 132])  // SSRC 900
    let out = driver.rtp(again, from: 0).rtp(to: 1)
    #expect(out.first?.payload == [UInt8](repeating: 11, count: 64))
    #expect(driver.wait(2000).rtcp(.genericNACK, to: 0).isEmpty)
    #expect(driver.room.statistics(of: 0).inboundAudio.retransmitted == 1)
  }

  @Test func lostSoundIsNotAskedOfOthersNorWhereACopyCame() throws {
    let plain = try room()
    plain.rtp(sound(10), from: 0)
    plain.rtp(sound(12), from: 0)
    #expect(plain.wait(100).rtcp(.genericNACK, to: 0).isEmpty)
    let driver = try asking()
    driver.rtp(red(10, copies: 0), from: 0)
    driver.rtp(red(12, copies: 1), from: 0)
    #expect(driver.wait(100).rtcp(.genericNACK, to: 0).isEmpty)
  }

  @Test func aGapInSoundNeverAsksForAKeyframe() throws {
    let driver = try asking()
    driver.rtp(TestPacket.video(0, sequence: 1, keyframe: true), from: 0)
    driver.rtp(sound(10), from: 0)
    driver.rtp(sound(900), from: 0)
    #expect(driver.wait(1000).rtcp(.pictureLossIndication, to: 0).isEmpty)
  }

  @Test(arguments: [0, 3])
  func soundIsSentAgainAsARetransmissionPlainHoweverItWasSent(depth: Int) throws {
    let driver = try asking()
    driver.room.setRedundancy(receiver: 1, depth: depth)
    var out: [RoomDriver.Sent] = []
    for sequence: UInt16 in 10..<20 { out += driver.rtp(sound(sequence), from: 0).rtp(to: 1) }
    let lost = try #require(out[6].header?.sequenceNumber.rawValue)
    let answer = driver.rtcp(TestPacket.nack([lost], of: slot), from: 1).rtp(to: 1)
    try #require(answer.count == 1)
    #expect(answer[0].header?.ssrc == SSRC(994))
    #expect(answer[0].header?.payloadType == PayloadType(66))
    #expect(answer[0].header?.timestamp == out[6].header?.timestamp)
    #expect(
      answer[0].payload
        == [UInt8(lost >> 8), UInt8(lost & 0xFF)] + [UInt8](repeating: 16, count: 62))
  }

  @Test func withoutRetransmissionsARequestForSoundIsNotAnswered() throws {
    let driver = try room()
    let out = driver.rtp(sound(10), from: 0).rtp(to: 1)
    let lost = try #require(out[0].header?.sequenceNumber.rawValue)
    #expect(driver.rtcp(TestPacket.nack([lost], of: slot), from: 1).rtp(to: 1).isEmpty)
  }
}
