import Testing

@testable import Transport

@Suite struct ReplayWindowTests {
  @Test func everyIndexIsAllowedOnce() {
    var window = ReplayWindow()
    var random = SeededGenerator(seed: 9)
    var used: Set<UInt64> = []
    var highest: UInt64 = 0
    for _ in 0..<20_000 {
      let low = highest > 1_500 ? highest - 1_500 : 0
      let index = UInt64.random(in: low...highest + 50, using: &random)
      let isTooOld = !used.isEmpty && highest >= index && highest - index >= ReplayWindow.size
      #expect(window.allows(index) == (!used.contains(index) && !isTooOld))
      guard window.allows(index) else { continue }
      window.commit(index)
      used.insert(index)
      highest = max(highest, index)
      #expect(!window.allows(index))
    }
  }

  @Test func aLeapForgetsTheOldBits() {
    var window = ReplayWindow()
    for index in 0..<1_024 as Range<UInt64> { window.commit(index) }
    window.commit(1_000_000)
    for index in 998_977..<1_000_000 as Range<UInt64> { #expect(window.allows(index)) }
    #expect(!window.allows(998_976))
    #expect(!window.allows(1_000_000))
  }
}

@Suite struct PacketIndexTests {
  @Test func indexFollowsTheNearestRollover() {
    #expect(PacketIndex.estimate(0xFFFE, highest: 0x1_FFF0) == 0x1_FFFE)
    #expect(PacketIndex.estimate(0x0003, highest: 0x1_FFF0) == 0x2_0003)
    #expect(PacketIndex.estimate(0xFFF0, highest: 0x2_0003) == 0x1_FFF0)
    #expect(PacketIndex.estimate(0x7000, highest: 0x2_0003) == 0x2_7000)
  }

  @Test func nothingLiesBeforeTheFirstRollover() {
    #expect(PacketIndex.estimate(0xFFF0, highest: 3) == 0xFFF0)
  }

  @Test func theLastRolloverIsNotPassed() {
    #expect(PacketIndex.estimate(0xFFFF, highest: 0xFFFF_FFFF_FFF0) == 0xFFFF_FFFF_FFFF)
    #expect(PacketIndex.estimate(3, highest: 0xFFFF_FFFF_FFF0) == nil)
  }
}
