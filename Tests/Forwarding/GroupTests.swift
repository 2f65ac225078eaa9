import Testing
import Wire

@testable import Forwarding

/// Six in a room, where each path's room decides what its receiver gets.
@Suite struct GroupTests {
  private func remb(_ bitrate: UInt64, of ssrc: SSRC) -> [UInt8] {
    let sources = [ssrc]
    return TestPacket.write {
      ReceiverEstimatedMaximumBitrate.write(
        senderSSRC: SSRC(1), bitrate: bitrate, sources: sources.span, into: &$0)
    }
  }

  /// Plays pictures of participant 0 while the receivers in `limits` say what they can take.
  private func play(
    _ driver: RoomDriver, _ sender: inout SimulcastSender, pictures: Int,
    limits: [Int: UInt64] = [:]
  ) -> [RoomDriver.Sent] {
    var out: [RoomDriver.Sent] = []
    for picture in 0..<pictures {
      var sent: [RoomDriver.Sent] = []
      if picture % 15 == 0 {
        for (receiver, bitrate) in limits.sorted(by: { $0.key < $1.key }) {
          let slot = TestMedia.slotSSRC(receiver, 0, .video)
          sent += driver.rtcp(remb(bitrate, of: slot), from: receiver)
        }
      }
      for packet in sender.next() { sent += driver.rtp(packet.bytes, from: 0) }
      sent += driver.wait(33)
      sender.read(sent)
      out += sent
    }
    return out
  }

  private func layers(_ sent: [RoomDriver.Sent], of receiver: Int) -> PictureCheck {
    var check = PictureCheck()
    check.read(sent.rtp(to: receiver), of: TestMedia.slotSSRC(receiver, 0, .video))
    return check
  }

  @Test func oneOnANarrowPathGetsTheSmallPictureAndTheOthersLoseNothing() throws {
    let driver = RoomDriver(capacity: 6)
    try driver.join(0, slots: 5, adjust: SimulcastSender.media)
    for number in 1..<6 { try driver.join(number, slots: 5) }
    driver.settle()
    var sender = SimulcastSender(number: 0, index: 0)
    let before = play(driver, &sender, pictures: 60)
    for receiver in 1..<6 { #expect(layers(before, of: receiver).layers.last == 2) }
    // Participant 5 says 220 kbit/s: the large picture takes 400, the middle one 250, the small 110.
    let narrow = play(driver, &sender, pictures: 150, limits: [5: 220_000])
    let settled = layers(Array(narrow.suffix(narrow.count / 2)), of: 5)
    #expect(Set(settled.layers) == [0])
    #expect(settled.isContinuous)
    #expect(layers(before + narrow, of: 5).switchesAtKeyframes)
    for receiver in 1..<5 {
      let seen = layers(narrow, of: receiver)
      #expect(Set(seen.layers) == [2])
      #expect(seen.layers.count == 300)
      #expect(seen.isContinuous)
    }
    // Nobody tells the sender to send less: it is the room that chooses.
    #expect(narrow.rtcp(.receiverEstimatedMaximumBitrate, to: 0).isEmpty)
    let wide = play(driver, &sender, pictures: 450, limits: [5: 5_000_000])
    #expect(layers(wide, of: 5).layers.last == 2)
    #expect(layers(wide, of: 5).isContinuous)
  }

  @Test func copiesOfSoundNeverCrowdANarrowPath() throws {
    let driver = RoomDriver()
    try driver.join(0)
    try driver.join(1)
    driver.settle()
    driver.room.setRedundancy(receiver: 1, depth: 4)
    #expect(driver.room.redundancy(of: 1) == 4)
    let slot = TestMedia.slotSSRC(1, 0, .video)
    for (bitrate, depth) in [(64_000, 0), (250_000, 1), (2_000_000, 4)] as [(UInt64, Int)] {
      driver.rtcp(remb(bitrate, of: slot), from: 1)
      driver.wait(1000)
      #expect(driver.room.redundancy(of: 1) == depth)
    }
  }
}
