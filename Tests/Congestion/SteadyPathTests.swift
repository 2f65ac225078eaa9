import Congestion
import Testing
import Wire

/// Paths that stay as they are: does the estimate find what they carry, and stay there?
@Suite struct SteadyPathTests {
  @Test func aWidePathIsFoundWithinTwoSecondsByProbing() throws {
    let network = EmulatedNetwork(Bottleneck(rate: 3e6, delay: .milliseconds(25)), [EmulatedCall()])
    let call = network.calls[0]
    let time = network.wait(milliseconds: 10_000) { call.estimate > 1_800_000 }
    #expect(try #require(time) < 2_000)
    let figures = network.measure(seconds: 30)
    #expect(figures.soundArrived > 0.999)
    #expect(figures.soundDelay < 45)
    #expect(figures.picture > 1_850_000)
  }

  @Test func aNarrowPathCarriesSpeechWithoutAQueueOnceTheStartIsOver() {
    let network = EmulatedNetwork(
      Bottleneck(rate: 64e3, delay: .milliseconds(25), queue: 16_000), [EmulatedCall()])
    let start = network.measure(seconds: 3)
    // Speech is never in the queue for long, not even while nothing is known of the path.
    #expect(start.wait < 750)
    #expect(start.soundArrived > 0.8, "what is missing is on its way")
    let figures = network.measure(seconds: 60)
    #expect(figures.soundArrived > 0.99)
    #expect(figures.soundDelay < 300)
    #expect(figures.estimates.most < 100_000)
  }

  @Test(arguments: [150e3, 300e3, 500e3, 1e6, 2e6]) func mostOfAPathIsUsedWithoutALongQueue(
    rate: Double
  ) {
    let network = EmulatedNetwork(
      Bottleneck(rate: rate, delay: .milliseconds(25)), [EmulatedCall(wantedPicture: 3_000_000)])
    network.run(seconds: 10)
    let figures = network.measure(seconds: 60)
    #expect(figures.soundArrived > 0.999)
    #expect(figures.wait < 220)
    #expect(Double(figures.picture + EmulatedCall.soundBitrate) > 0.65 * rate)
    #expect(Double(figures.estimates.middle) < 1.05 * rate)
  }

  @Test func jitterIsNotCongestion() {
    let link = Bottleneck(rate: 3e6, delay: .milliseconds(80))
    link.jitter = .milliseconds(40)
    let network = EmulatedNetwork(link, [EmulatedCall()])
    network.run(seconds: 10)
    let figures = network.measure(seconds: 60)
    #expect(figures.picture > 1_500_000)
    #expect(figures.estimates.least > 800_000)
    #expect(figures.soundArrived > 0.995)
  }

  @Test func feedbackThatComesSeldomAndGetsLostIsEnough() {
    let link = Bottleneck(rate: 1e6, delay: .milliseconds(50))
    let call = EmulatedCall()
    call.feedbackInterval = .milliseconds(150)
    call.feedbackLoss = 0.15
    let network = EmulatedNetwork(link, [call])
    network.run(seconds: 10)
    let figures = network.measure(seconds: 30)
    #expect(figures.picture > 550_000)
    #expect(figures.wait < 250)
    link.rate = 250e3
    network.run(seconds: 5)
    let narrow = network.measure(seconds: 30)
    #expect(narrow.picture > 90_000)
    #expect(narrow.wait < 350)
  }

  @Test func aBucketThatLetsBurstsThroughDoesNotDeceiveForLong() {
    let link = Bottleneck(rate: 500e3, delay: .milliseconds(25))
    // Twenty kilobytes pass at once: every probe does.
    link.burstBits = 160_000
    let network = EmulatedNetwork(link, [EmulatedCall()])
    network.run(seconds: 10)
    let figures = network.measure(seconds: 60)
    #expect(figures.soundArrived > 0.995)
    #expect(figures.picture > 250_000)
    #expect(figures.wait < 400)
  }
}
