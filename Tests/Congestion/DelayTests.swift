import Testing
import Wire

@testable import Congestion

/// Groups, their trend and the queue behind them, on delays made by hand.
@Suite struct DelayTests {
  private func time(_ milliseconds: Double) -> MonotonicTime {
    MonotonicTime(nanoseconds: Int64(milliseconds * 1e6))
  }

  /// The signals while packets are sent every 20 ms with these delays in ms.
  private func signals(_ count: Int, delay: (Int) -> Double) -> [DelaySignal] {
    var groups = PacketGroups()
    var trend = DelayTrend()
    return (0..<count).map { index in
      let sent = time(Double(index) * 20)
      let step = groups.add(sentAt: sent, arrivedAt: sent + (time(delay(index)) - .zero))
      if let step { trend.add(step) }
      return trend.signal
    }
  }

  @Test func aSteadyDelayIsSteady() {
    #expect(signals(500) { _ in 50 }.allSatisfy { $0 == .steady })
  }

  @Test func aDelayThatGrowsIsSeenSoonAndItsFallToo() throws {
    // From packet 100 on 2 ms more per packet (a tenth too much is sent), from 150 on as much less.
    let seen = signals(250) { index in
      index < 100
        ? 50 : index < 150 ? 50 + Double(index - 100) * 2 : max(50, 150 - Double(index - 150) * 2)
    }
    #expect(seen[..<100].allSatisfy { $0 == .steady })
    let first = try #require(seen.firstIndex(of: .growing))
    #expect((100..<115).contains(first), "after less than 300 ms, at 30 ms of queue")
    #expect(seen[150..<200].contains(.falling))
  }

  @Test func packetsOfOnePictureAreOneGroup() {
    var groups = PacketGroups()
    var steps: [PacketGroups.Step] = []
    for picture in 0..<5 {
      for packet in 0..<6 {
        // Six packets leave within 3 ms and come out of a narrow path 10 ms apart.
        let step = groups.add(
          sentAt: time(Double(picture) * 100 + Double(packet) * 0.5),
          arrivedAt: time(Double(picture) * 100 + 40 + Double(packet) * 10))
        if let step { steps.append(step) }
      }
    }
    #expect(steps.count == 3)
    #expect(steps.allSatisfy { $0.delayGrowth == .zero && $0.sent == .milliseconds(100) })
  }

  @Test func theQueueIsWhatTheFastestWaited() {
    var queue = QueueMeter()
    var random = Seeded(seed: 4)
    func run(_ from: Int, _ to: Int, wait: Double) {
      for index in from..<to {
        let sent = time(Double(index) * 10)
        let way = 1_000 + wait + random.share() * 40
        queue.add(
          sentAt: sent, arrivedAt: sent + (time(way) - .zero), floorWidth: .seconds(5), at: sent)
      }
      queue.settle()
    }
    run(0, 1000, wait: 0)
    #expect(queue.delay < .milliseconds(12))
    #expect(queue.jitter > .milliseconds(5) && queue.jitter < .milliseconds(20))
    run(1000, 1020, wait: 200)
    #expect(queue.delay > .milliseconds(195) && queue.delay < .milliseconds(215))
    run(1020, 1040, wait: 0)
    #expect(queue.delay < .milliseconds(12))
    // A path that has become longer for good is believed after half a minute.
    run(1040, 1040 + 3_600, wait: 100)
    #expect(queue.delay < .milliseconds(12))
  }

  @Test func theRateIsThatOfTheLastHalfSecond() throws {
    var meter = RateMeter()
    for index in 0..<100 { meter.add(1000, at: time(Double(index) * 10)) }
    #expect(abs(try #require(meter.rate()) - 800_000) < 30_000)
    for index in 100..<200 { meter.add(100, at: time(Double(index) * 10)) }
    #expect(abs(try #require(meter.rate()) - 80_000) < 3_000)
    #expect(abs(try #require(meter.rate(over: .milliseconds(160))) - 80_000) < 6_000)
    // A pause of a second is not a rate, and a clock that was set starts over.
    meter.add(1000, at: time(3000))
    #expect(meter.rate() == nil)
    meter.add(1000, at: time(-90_000))
    meter.add(1000, at: time(-89_900))
    #expect(meter.rate() != nil)
  }
}
