import Congestion
import Testing
import Wire

/// A sender that has little to send neither learns that the path is wide nor forgets what it knew.
@Suite struct ApplicationLimitTests {
  @Test func theEstimateNeitherGrowsWithoutBoundNorDecaysWhileLittleIsSent() {
    let network = EmulatedNetwork(
      Bottleneck(rate: 20e6, delay: .milliseconds(25)), [EmulatedCall(wantedPicture: 400_000)])
    let call = network.calls[0]
    network.run(seconds: 10)
    let figures = network.measure(seconds: 120)
    #expect(call.isApplicationLimited)
    #expect(figures.estimates.least > 440_000)
    #expect(figures.estimates.most < 1_200_000)
  }

  @Test func soundAloneKeepsWhatWasKnownOfThePath() {
    let network = EmulatedNetwork(Bottleneck(rate: 2e6, delay: .milliseconds(25)), [EmulatedCall()])
    let call = network.calls[0]
    network.run(seconds: 15)
    let before = call.estimate
    call.wantedPicture = 0
    network.run(seconds: 60)
    #expect(call.isApplicationLimited)
    #expect(call.estimate > before * 8 / 10)
    call.wantedPicture = 2_000_000
    let figures = network.measure(seconds: 10)
    #expect(figures.picture > 1_000_000)
    #expect(figures.wait < 150)
  }

  @Test func moreWantedIsProbedForSoon() throws {
    let network = EmulatedNetwork(
      Bottleneck(rate: 3e6, delay: .milliseconds(25)), [EmulatedCall(wantedPicture: 200_000)])
    let call = network.calls[0]
    network.run(seconds: 10)
    #expect(call.estimate < 900_000)
    call.wantedPicture = 2_000_000
    let time = network.wait(milliseconds: 10_000) { call.estimate > 1_600_000 }
    #expect(try #require(time) < 3_000)
  }

  @Test func nothingIsProbedForWhereNothingIsWanted() {
    var controller = CongestionController(now: .zero)
    for millisecond in 0..<20_000 {
      let now = MonotonicTime.zero + .milliseconds(Int64(millisecond))
      let probe = controller.takeProbe(wanted: 0, at: now)
      #expect(probe == nil)
    }
  }
}
