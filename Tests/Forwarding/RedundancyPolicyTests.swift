import Testing
import Wire

@testable import Forwarding

@Suite struct RedundancyPolicyTests {
  private func at(_ seconds: Double) -> MonotonicTime {
    .zero + TimeSpan(nanoseconds: Int64(seconds * 1e9))
  }

  /// The depths after each second of reports of the given loss, 50 packets each.
  private func depths(
    _ policy: inout RedundancyPolicy, loss: Double, seconds: Range<Int>, upstream: Double = 0
  ) -> [Int] {
    seconds.map { second in
      policy.note(fraction: loss, of: 50, upstream: upstream, now: at(Double(second)))
      return policy.depth
    }
  }

  @Test(arguments: [(0.01, 0), (0.03, 1), (0.05, 2), (0.10, 2), (0.15, 4), (0.30, 4)])
  func theDepthFollowsTheLoss(loss: Double, depth: Int) {
    var policy = RedundancyPolicy()
    #expect(depths(&policy, loss: loss, seconds: 0..<10).last == depth)
  }

  @Test func copiesComeWithinSecondsAndGoAfterALongCalm() {
    var policy = RedundancyPolicy()
    let rising = depths(&policy, loss: 0.15, seconds: 0..<5)
    #expect(rising.firstIndex(of: 4).map { $0 <= 2 } == true)
    let falling = depths(&policy, loss: 0, seconds: 5..<80)
    #expect(falling[..<10].allSatisfy { $0 == 4 })
    #expect(falling.last == 0)
    // One step at a time.
    for (earlier, later) in zip(falling, falling.dropFirst()) {
      #expect(earlier - later <= (earlier > 2 ? 2 : 1) && later <= earlier)
    }
  }

  @Test func lossAboutAThresholdDoesNotFlap() {
    var policy = RedundancyPolicy()
    var changes = 0
    var last = 0
    for second in 0..<600 {
      let depth = depths(
        &policy, loss: second % 2 == 0 ? 0.09 : 0.07, seconds: second..<second + 1)[0]
      if depth != last { changes += 1 }
      last = depth
    }
    #expect(changes <= 2)
  }

  @Test func whatTheSenderLostBeforeUsCallsForNothing() {
    var policy = RedundancyPolicy()
    #expect(depths(&policy, loss: 0.15, seconds: 0..<10, upstream: 0.15).last == 0)
    #expect(depths(&policy, loss: 0.25, seconds: 10..<20, upstream: 0.15).last == 2)
  }

  @Test func theLimitHoldsWhateverIsLost() {
    var policy = RedundancyPolicy()
    policy.limit = 1
    #expect(depths(&policy, loss: 0.3, seconds: 0..<10).last == 1)
    policy.limit = 4
    #expect(policy.depth == 4)
  }

  @Test func aHandfulOfPacketsSaysNothing() {
    var policy = RedundancyPolicy()
    policy.note(fraction: 1, of: 5, upstream: 0, now: at(0))
    #expect(policy.depth == 0)
  }
}
