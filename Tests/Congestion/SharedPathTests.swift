import Congestion
import Testing
import Wire

/// Several flows in one bottleneck.
@Suite struct SharedPathTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func twoCallsShareAPathEvenlyThoughOneCameLater(seed: UInt64) {
    let link = Bottleneck(rate: 1e6, delay: .milliseconds(25), seed: seed)
    let network = EmulatedNetwork(link, [EmulatedCall(flow: 0, seed: seed)])
    network.run(seconds: 15)
    network.calls.append(EmulatedCall(flow: 1, seed: seed &+ 9, now: network.now))
    network.run(seconds: 10)
    let first = network.measure(seconds: 60)
    let other = network.calls[1]
    let second = other.pictureBytesArrived * 8 / 60
    #expect(first.soundArrived > 0.999)
    #expect(Double(other.soundArrived) / Double(other.soundSent) > 0.99)
    #expect(min(first.picture, second) > 200_000)
    #expect(max(first.picture, second) < 3 * min(first.picture, second))
    #expect(first.picture + second > 600_000)
    #expect(first.wait < 150)
  }

  @Test(arguments: [25, 60] as [Int64])
  func besideAGreedyTransferSpeechAndASmallPictureGoOn(delay: Int64) {
    let link = Bottleneck(rate: 1e6, delay: .milliseconds(delay), queue: 62_500)
    let network = EmulatedNetwork(link, [EmulatedCall()])
    network.run(seconds: 15)
    network.transfers.append(GreedyFlow(flow: 9))
    network.run(seconds: 5)
    let figures = network.measure(seconds: 120)
    #expect(figures.soundArrived > 0.98)
    #expect(figures.picture > 100_000)
    #expect(figures.estimates.least > 100_000)
    // And the transfer has its part.
    #expect(network.transfers[0].bytesArrived * 8 / 125 > 400_000)
    // When it is over the whole path is ours again.
    network.transfers.removeAll()
    network.run(seconds: 15)
    #expect(network.measure(seconds: 20).picture > 600_000)
  }

  /// Longer than the path's shortest way is remembered: the queue is never empty meanwhile.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func besideATransferOfTenMinutesThePictureIsNeverGivenUp(seed: UInt64) {
    let link = Bottleneck(rate: 1e6, delay: .milliseconds(20), queue: 62_500, seed: seed)
    let network = EmulatedNetwork(link, [EmulatedCall(seed: seed)])
    network.run(seconds: 10)
    network.transfers.append(GreedyFlow(flow: 9))
    network.run(seconds: 10)
    let figures = network.measure(seconds: 600)
    #expect(figures.soundArrived > 0.98)
    #expect(figures.estimates.least > 120_000)
    #expect(network.transfers[0].bytesArrived * 8 / 610 > 400_000)
  }

  @Test func aCallThatBeginsBesideAGreedyTransferGetsItsShareToo() {
    let link = Bottleneck(rate: 1e6, delay: .milliseconds(25), queue: 62_500)
    let network = EmulatedNetwork(link, [])
    network.transfers.append(GreedyFlow(flow: 9))
    network.run(seconds: 15)
    network.calls.append(EmulatedCall(now: network.now))
    network.run(seconds: 15)
    let figures = network.measure(seconds: 120)
    #expect(figures.soundArrived > 0.98)
    #expect(figures.picture > 100_000)
    #expect(figures.estimates.least > 100_000)
  }
}
