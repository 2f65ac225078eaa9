import Testing
import Wire

@testable import Forwarding

@Suite struct IdentificationTests {
  /// A room in which participant 0 declared no SSRCs.
  private func undeclared() throws -> RoomDriver {
    let driver = RoomDriver()
    try driver.join(0) { media in
      media.audio?.ssrc = nil
      media.video?.ssrc = nil
      media.video?.retransmissionSSRC = nil
    }
    try driver.join(1)
    driver.settle()
    return driver
  }

  @Test func anUndeclaredStreamIsToldByItsPayloadType() throws {
    let driver = try undeclared()
    let sound = driver.rtp(TestPacket.audio(0, sequence: 1, ssrc: SSRC(555)), from: 0)
    #expect(sound.first?.header?.ssrc == TestMedia.slotSSRC(1, 0, .audio))
    let picture = driver.rtp(
      TestPacket.video(0, sequence: 1, keyframe: true, ssrc: SSRC(556)), from: 0)
    #expect(picture.rtp(to: 1).first?.header?.ssrc == TestMedia.slotSSRC(1, 0, .video))
  }

  @Test func theMediaSectionsNameComesBeforeThePayloadType() throws {
    let driver = RoomDriver()
    try driver.join(0) { media in
      media.audio?.ssrc = nil
      media.video?.ssrc = nil
    }
    try driver.join(1)
    // Named as picture but with the payload type of sound: neither.
    let odd = TestPacket.audio(0, sequence: 1, ssrc: SSRC(555), mid: "v")
    #expect(driver.rtp(odd, from: 0).rtp(to: 1).isEmpty)
    let right = TestPacket.audio(0, sequence: 1, ssrc: SSRC(555), mid: "a")
    #expect(driver.rtp(right, from: 0).rtp(to: 1).count == 1)
  }

  @Test func aPayloadTypeThatWasNotAgreedIsDiscarded() throws {
    let driver = try undeclared()
    var packet = TestPacket.audio(0, sequence: 1)
    packet[1] = 0  // PCMU
    #expect(driver.rtp(packet, from: 0).isEmpty)
    #expect(driver.room.statistics(of: 0).discarded == 1)
  }

  @Test func manyStreamsCannotFillTheTableOrStealTheTrack() throws {
    let driver = try undeclared()
    #expect(driver.rtp(TestPacket.audio(0, sequence: 1, ssrc: SSRC(9)), from: 0).count == 1)
    for index: UInt16 in 0..<1000 {
      let packet = TestPacket.audio(0, sequence: index, ssrc: SSRC(10_000 + UInt32(index)))
      #expect(driver.rtp(packet, from: 0).isEmpty)
    }
    #expect(driver.rtp(TestPacket.audio(0, sequence: 2, ssrc: SSRC(9)), from: 0).count == 1)
  }

  @Test func aNewStreamTakesOverOnceTheOldOneIsSilent() throws {
    let driver = try undeclared()
    let before = driver.rtp(TestPacket.audio(0, sequence: 7, ssrc: SSRC(9)), from: 0)
    driver.wait(600)
    let after = driver.rtp(TestPacket.audio(0, sequence: 60_000, ssrc: SSRC(10)), from: 0)
    let first = try #require(before.first?.header)
    let second = try #require(after.rtp(to: 1).first?.header)
    #expect(second.sequenceNumber == first.sequenceNumber.next)
    #expect(second.ssrc == first.ssrc)
  }

  @Test func declaredStreamsAreNeverEvicted() {
    var table = StreamTable()
    let role = StreamTable.Role(kind: .video, isRetransmission: false)
    table.bind(SSRC(1), to: role, isDeclared: true, now: .zero)
    for ssrc: UInt32 in 2..<100 {
      let time = MonotonicTime.zero + .milliseconds(Int64(ssrc))
      table.bind(
        SSRC(ssrc), to: .init(kind: .audio, isRetransmission: false), isDeclared: false, now: time)
    }
    let kept = table.role(of: SSRC(1), now: .zero)
    #expect(kept == role)
    let newest = table.role(of: SSRC(99), now: .zero)
    #expect(newest != nil)
    let evicted = table.role(of: SSRC(2), now: .zero)
    #expect(evicted == nil)
  }
}
