import Congestion
import Testing
import Wire

/// Loss that no sender causes must not take the picture away; loss that we cause must end.
@Suite struct LossyPathTests {
  private func measure(
    _ loss: Bottleneck.Loss, delay: Int64 = 25, jitter: Int64 = 0, seed: UInt64,
    feedbackLoss: Double = 0
  ) -> Figures {
    let link = Bottleneck(rate: 3e6, delay: .milliseconds(delay), seed: seed)
    link.loss = loss
    link.jitter = .milliseconds(jitter)
    let call = EmulatedCall(seed: seed)
    call.feedbackLoss = feedbackLoss
    let network = EmulatedNetwork(link, [call])
    network.run(seconds: 15)
    return network.measure(seconds: 60)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func fivePercentAtRandomCostsNothing(seed: UInt64) {
    let figures = measure(.random(0.05), delay: 50, jitter: 20, seed: seed, feedbackLoss: 0.05)
    #expect(figures.picture > 1_400_000)
    #expect(figures.estimates.least > 700_000)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func fifteenPercentInBurstsLeavesAGoodPicture(seed: UInt64) {
    let figures = measure(
      .bursts(0.15, meanLength: 5), delay: 80, jitter: 40, seed: seed, feedbackLoss: 0.15)
    #expect(figures.picture > 500_000)
    #expect(figures.estimates.least > 300_000)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func thirtyPercentAtRandomLeavesSpeechAndAPicture(seed: UInt64) {
    let figures = measure(.random(0.3), seed: seed, feedbackLoss: 0.3)
    #expect(figures.soundArrived > 0.65)
    #expect(figures.picture > 500_000)
    #expect(figures.estimates.least > 300_000)
  }

  @Test func lossOfAQueueTooShortToShowInTheDelayIsOurs() {
    // Three kilobytes: at most 48 ms of queue, then packets are dropped.
    let link = Bottleneck(rate: 500e3, delay: .milliseconds(25), queue: 3_000)
    let network = EmulatedNetwork(link, [EmulatedCall()])
    network.run(seconds: 10)
    let figures = network.measure(seconds: 60)
    #expect(figures.picture > 250_000)
    #expect(figures.estimates.middle < 600_000)
    #expect(figures.soundArrived > 0.93)
  }

  @Test func lossThatEndsIsForgotten() {
    let link = Bottleneck(rate: 3e6, delay: .milliseconds(25))
    link.loss = .random(0.3)
    let network = EmulatedNetwork(link, [EmulatedCall()])
    network.run(seconds: 10)
    #expect(abs(network.calls[0].lossFraction - 0.3) < 0.1)
    link.loss = .none
    network.run(seconds: 20)
    #expect(network.calls[0].lossFraction < 0.02)
    #expect(network.measure(seconds: 10).picture > 1_800_000)
  }
}
