import Congestion
import Testing
import Wire

@Suite struct PacingBudgetTests {
  @Test func picturesLeaveAtTheRateAndNotInOneGo() {
    var budget = PacingBudget(bitsPerSecond: 800_000, now: .zero)
    var sent: [Int] = []
    for millisecond in 0..<1000 {
      let now = MonotonicTime.zero + .milliseconds(Int64(millisecond))
      while budget.take(bytes: 1000, at: now) { sent.append(millisecond) }
    }
    // 800 kbit/s are 100 packets a second, one every 10 ms.
    #expect((100...102).contains(sent.count))
    #expect(zip(sent, sent.dropFirst()).allSatisfy { $1 - $0 >= 5 })
  }

  @Test func soundIsNeverHeldAndThePicturePaysForIt() {
    var budget = PacingBudget(bitsPerSecond: 100_000, now: .zero)
    var pictureBytes = 0
    for millisecond in 0..<10_000 {
      let now = MonotonicTime.zero + .milliseconds(Int64(millisecond))
      if millisecond % 20 == 0 { budget.force(bytes: 100, at: now) }
      while budget.take(bytes: 500, at: now) { pictureBytes += 500 }
    }
    // 40 of the 100 kbit/s are sound.
    #expect(abs(pictureBytes * 8 / 10 - 60_000) < 3_000)
  }

  @Test func theNextReleaseIsWhenTakingSucceeds() throws {
    var budget = PacingBudget(bitsPerSecond: 80_000, now: .zero)
    let first = budget.take(bytes: 1000, at: .zero)
    #expect(first)
    let release = try #require(budget.nextRelease)
    let early = budget.take(bytes: 1, at: release - .milliseconds(1))
    #expect(!early)
    let due = budget.take(bytes: 1, at: release)
    #expect(due)
  }

  @Test func atNoRateNothingLeavesAndTheDebtDoesNotGrow() {
    var budget = PacingBudget(now: .zero)
    let held = budget.take(bytes: 1, at: .zero)
    #expect(!held)
    #expect(budget.nextRelease == nil)
    for _ in 0..<1000 { budget.force(bytes: 1200, at: .zero) }
    budget.setRate(bitsPerSecond: 100_000, at: .zero)
    let later = budget.take(bytes: 1200, at: .zero + .milliseconds(250))
    #expect(later)
  }

  @Test func soundAloneNeverShutsThePictureOutForGood() {
    var budget = PacingBudget(bitsPerSecond: 30_000, now: .zero)
    for _ in 0..<1000 { budget.force(bytes: 1200, at: .zero) }
    let later = budget.take(bytes: 1200, at: .zero + .milliseconds(201))
    #expect(later)
  }

  @Test func aWidePathTakesAWholePictureAtOnce() {
    var left = [0, 0]
    for (index, burst) in [PacingBudget.burst, PacingBudget.wideBurst].enumerated() {
      // 4 Mbit/s: 20 ms are 10 000 bytes.
      var budget = PacingBudget(bitsPerSecond: 4_000_000, now: .zero)
      budget.setBurst(burst)
      while budget.take(bytes: 1_000, at: .zero) { left[index] += 1 }
    }
    #expect(left == [3, 11])
  }
}
