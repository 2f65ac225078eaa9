import Congestion
import Testing
import Wire

/// Paths that change under the call.
@Suite struct ChangingPathTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func aPathThatBecomesNarrowIsEmptyAgainInThreeSecondsAndItsWidthIsFoundAgainInSeven(
    seed: UInt64
  ) throws {
    let link = Bottleneck(rate: 3e6, delay: .milliseconds(25), seed: seed)
    let network = EmulatedNetwork(link, [EmulatedCall(seed: seed)])
    let call = network.calls[0]
    network.run(seconds: 20)
    for _ in 0..<2 {
      link.rate = 250e3
      network.run(milliseconds: 500)
      let drained = network.wait(milliseconds: 10_000) { link.wait < 150 }
      #expect(try #require(drained) + 500 <= 3_000)
      network.run(seconds: 5)
      let narrow = network.measure(seconds: 25)
      #expect(narrow.wait < 200)
      #expect(narrow.soundArrived > 0.995)
      #expect(narrow.picture > 80_000)

      link.rate = 3e6
      // Enough for the whole picture, with room for the ladder's own caution.
      let full = network.wait(milliseconds: 20_000) { call.estimate > 400_000 }
      #expect(try #require(full) <= 7_000)
      network.run(seconds: 20)
      #expect(call.estimate > 1_500_000)
      network.run(seconds: 10)
    }
  }

  @Test func anOutageIsSeenAndWhatWasKnownBeforeIsTakenUpAgainAtOnce() throws {
    let link = Bottleneck(rate: 3e6, delay: .milliseconds(25))
    let network = EmulatedNetwork(link, [EmulatedCall()])
    let call = network.calls[0]
    network.run(seconds: 15)
    link.isDown = true
    let seen = network.wait(milliseconds: 3_000) { call.isSilent }
    #expect(try #require(seen) < 1_000)
    let pacing = call.controller.pacingRate
    #expect(pacing == 0)
    network.run(seconds: 29)
    #expect(call.estimate == 30_000)
    link.isDown = false
    let back = network.wait(milliseconds: 3_000) { !call.isSilent }
    #expect(try #require(back) < 300)
    #expect(call.estimate > 300_000)
    let full = network.wait(milliseconds: 5_000) { call.estimate > 1_500_000 }
    #expect(try #require(full) < 2_000)
    #expect(call.lossFraction < 0.05, "what was lost in the outage is not the path's loss")
  }

  @Test func anOutageEndsAlsoWhereNoSoundIsSent() throws {
    let link = Bottleneck(rate: 3e6, delay: .milliseconds(25))
    let call = EmulatedCall()
    call.isMuted = true
    let network = EmulatedNetwork(link, [call])
    network.run(seconds: 15)
    link.isDown = true
    network.run(seconds: 30)
    #expect(call.isSilent)
    link.isDown = false
    let back = network.wait(milliseconds: 5_000) { !call.isSilent }
    #expect(try #require(back) < 1_000)
    network.run(seconds: 3)
    #expect(call.estimate > 1_500_000)
  }

  @Test func aLostFeedbackPathAloneDoesNotStopTheCallForGood() throws {
    let network = EmulatedNetwork(Bottleneck(rate: 1e6, delay: .milliseconds(25)), [EmulatedCall()])
    let call = network.calls[0]
    network.run(seconds: 10)
    call.isFeedbackDown = true
    network.run(seconds: 20)
    #expect(call.isSilent)
    call.isFeedbackDown = false
    let full = network.wait(milliseconds: 5_000) { call.estimate > 400_000 }
    #expect(try #require(full) < 2_500)
  }

  @Test func anotherPathIsBegunCarefully() throws {
    let link = Bottleneck(rate: 3e6, delay: .milliseconds(25))
    let network = EmulatedNetwork(link, [EmulatedCall()])
    let call = network.calls[0]
    network.run(seconds: 15)
    let before = call.estimate
    link.rate = 500e3
    link.delay = .milliseconds(120)
    call.controller.pathChanged(at: network.now)
    #expect(call.estimate <= before / 2)
    let figures = network.measure(seconds: 4)
    #expect(figures.soundArrived > 0.9)
    #expect(link.wait < 200)
    let later = network.measure(seconds: 20)
    #expect(later.picture > 250_000)
    #expect(later.wait < 150)
  }

  @Test func aPathThatBecomesLongerUntoldIsBelievedInTheEnd() {
    let link = Bottleneck(rate: 3e6, delay: .milliseconds(25))
    let network = EmulatedNetwork(link, [EmulatedCall()])
    network.run(seconds: 15)
    link.delay = .milliseconds(120)
    let first = network.measure(seconds: 30)
    #expect(first.picture > 400_000)
    network.run(seconds: 10)
    #expect(network.measure(seconds: 20).picture > 1_500_000)
  }
}
