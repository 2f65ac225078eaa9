import Congestion
import Testing
import Wire

struct StandingQueueTests {
  private var queue = StandingQueue()
  private var now = MonotonicTime.zero + .seconds(100)

  /// Lets time pass with nothing but sound on the path, looking ten times a second.
  private mutating func pass(
    seconds: Int, delay: TimeSpan, estimate: Int = 600_000, found: FoundRate? = nil
  ) {
    for _ in 0..<(seconds * 10) {
      now = now + .milliseconds(100)
      _ = queue.update(
        estimate: estimate, arrives: 36_000, delay: delay, loss: 0, wait: .zero, found: found,
        at: now)
    }
  }

  @Test mutating func aPathThatHardlyCarriesTheSoundIsLetUpSlowly() {
    pass(seconds: 4, delay: .milliseconds(300))
    #expect(queue.isNarrow(at: now))
    pass(seconds: 20, delay: .milliseconds(10))
    #expect(queue.isNarrow(at: now))
    #expect((queue.bound ?? .infinity) < 70_000)
  }

  @Test mutating func aProbeThatComesThroughShowsThatThePathOnlyStoodStill() {
    pass(seconds: 4, delay: .milliseconds(300))
    pass(
      seconds: 1, delay: .milliseconds(10),
      found: FoundRate(bitrate: 200_000, at: now + .seconds(1)))
    #expect(!queue.isNarrow(at: now))
    #expect((queue.bound ?? 0) >= 150_000)
    pass(
      seconds: 1, delay: .milliseconds(10),
      found: FoundRate(bitrate: 720_000, at: now + .seconds(1)))
    #expect(queue.bound == nil)
  }

  @Test mutating func whatWasFoundBeforeTheQueueStoodCountsNoLonger() {
    let before = FoundRate(bitrate: 720_000, at: now)
    pass(seconds: 4, delay: .milliseconds(300), found: before)
    pass(seconds: 4, delay: .milliseconds(10), found: before)
    #expect(queue.isNarrow(at: now))
    #expect(queue.bound != nil)
  }

  @Test mutating func aLittleMoreThanTheSoundIsStillNarrow() {
    pass(seconds: 4, delay: .milliseconds(300))
    pass(
      seconds: 2, delay: .milliseconds(10), found: FoundRate(bitrate: 90_000, at: now + .seconds(1))
    )
    #expect(queue.isNarrow(at: now))
  }

  @Test mutating func aQueueThatSoundAloneFilledIsNobodyElsesHoweverLongItTakes() {
    for _ in 0..<1_200 {
      now = now + .milliseconds(100)
      let isVain = queue.update(
        estimate: 600_000, arrives: 48_000, delay: .milliseconds(1_800), loss: 0.2, wait: .zero,
        found: nil, at: now)
      #expect(!isVain)
    }
    #expect((queue.bound ?? .infinity) < 50_000)
  }

  @Test mutating func aQueueThatStaysBehindWhatUsedToBeMoreIsSomebodyElses() {
    var isVain = false
    for look in 0..<200 where !isVain {
      now = now + .milliseconds(100)
      isVain = queue.update(
        estimate: 600_000, arrives: look < 20 ? 400_000 : 150_000, delay: .milliseconds(400),
        loss: 0, wait: .zero, found: nil, at: now)
    }
    #expect(isVain)
  }
}
