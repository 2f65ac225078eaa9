import Congestion
import Testing
import Wire

@testable import MediaEngine

@Suite struct RateControllerTests {
  private let configuration = MediaConfiguration(audio: .silence, video: .counter(source: 0))
  private let sound = 60_000

  private func time(_ ms: Int) -> MonotonicTime { .zero + .milliseconds(Int64(ms)) }

  /// Feeds an estimate every 100 ms from `ms` for `span` ms; returns the steps taken.
  private func feed(
    _ rate: inout RateController, estimate: Int?, from ms: Int, for span: Int
  ) -> [PictureChange] {
    stride(from: ms, to: ms + span, by: 100).compactMap {
      rate.update(estimate: estimate, loss: 0, others: sound, sound: sound, at: time($0))
    }
  }

  @Test func thePictureStepsDownAtOnceAndUpAfterAWhile() {
    var rate = RateController(configuration: configuration, now: .zero)
    #expect(rate.level == .full)
    #expect(rate.framesPerSecond == 20)
    let down = feed(&rate, estimate: 160_000, from: 0, for: 100)
    #expect(down.map(\.level) == [.smaller])
    #expect(down.first?.cause == .senderNetwork)
    #expect(rate.isHalfSize)
    #expect(rate.framesPerSecond == 12)
    #expect(rate.bitrate == 95_000)
    let held = feed(&rate, estimate: 100_000, from: 100, for: 100)
    #expect(held.map(\.level) == [.held])
    #expect(rate.framesPerSecond == 0)
    #expect(feed(&rate, estimate: 75_000, from: 200, for: 100).map(\.level) == [.soundOnly])
    #expect(feed(&rate, estimate: 600_000, from: 300, for: 2_900).isEmpty)
    let up = feed(&rate, estimate: 600_000, from: 3_200, for: 3_500)
    #expect(up.last?.level == .full)
    #expect(up.allSatisfy { $0.cause == .recovered })
    #expect(rate.bitrate == 400_000)
  }

  @Test func anEstimateThatSwingsAroundAThresholdDoesNotMakeThePictureFlap() {
    var rate = RateController(configuration: configuration, now: .zero)
    var changes = 0
    for second in 0..<120 {
      changes +=
        feed(
          &rate, estimate: second % 2 == 0 ? 300_000 : 380_000, from: second * 1000, for: 1000
        ).count
    }
    #expect(changes == 1)
    #expect(rate.level == .fewerFrames)
  }

  @Test func theReceiversLimitIsACeilingAndTheCause() {
    var rate = RateController(configuration: configuration, now: .zero)
    rate.note(receiverLimit: 150_000)
    let change = rate.update(
      estimate: 2_000_000, loss: 0, others: sound, sound: sound, at: time(10))
    #expect(change?.level == .smaller)
    #expect(change?.cause == .receiverNetwork)
  }

  @Test func copiesOfTheSoundThatOnlyOurPathNeedsTakeNothingOfTheReceiversRoom() {
    var rate = RateController(configuration: configuration, now: .zero)
    rate.note(receiverLimit: 150_000)
    let change = rate.update(
      estimate: 2_000_000, loss: 0, others: sound + 128_000, sound: sound, at: time(10))
    #expect(change?.level == .smaller)
  }

  @Test func withoutFeedbackReportedLossDecides() {
    var rate = RateController(configuration: configuration, now: .zero)
    for second in 1...20 {
      rate.note(loss: 0.3, at: time(second * 1000))
      _ = rate.update(estimate: nil, loss: 0, others: sound, sound: sound, at: time(second * 1000))
    }
    #expect(rate.level == .smaller)
    for second in 21...60 {
      rate.note(loss: 0, at: time(second * 1000))
      _ = rate.update(estimate: nil, loss: 0, others: sound, sound: sound, at: time(second * 1000))
    }
    #expect(rate.level == .full)
    #expect(rate.bitrate == 380_000)
  }

  @Test func everyLevelHasItsName() {
    #expect(
      PictureLevel.allCases.map(\.name) == [
        "sound-only", "held", "smaller", "fewer-frames", "full",
      ])
  }
}

@Suite struct RedundancyDepthTests {
  @Test func moreLossMeansMoreCopiesAndCalmMeansFewer() {
    var redundancy = RedundancyDepth()
    var now = MonotonicTime.zero
    func feed(_ loss: Double, seconds: Int) {
      for _ in 0..<seconds {
        now = now + .seconds(1)
        redundancy.note(loss: loss, at: now)
      }
    }
    feed(0.02, seconds: 5)
    #expect(redundancy.depth == 0)
    feed(0.04, seconds: 1)
    #expect(redundancy.depth == 1)
    feed(0.09, seconds: 1)
    #expect(redundancy.depth == 2)
    feed(0.15, seconds: 1)
    #expect(redundancy.depth == 4)
    // A little under the threshold is not calm.
    feed(0.10, seconds: 30)
    #expect(redundancy.depth == 4)
    feed(0.0, seconds: 7)
    #expect(redundancy.depth == 4)
    feed(0.0, seconds: 2)
    #expect(redundancy.depth == 2)
    feed(0.0, seconds: 18)
    #expect(redundancy.depth == 0)
  }
}

@Suite struct PictureScheduleTests {
  private func note(_ schedule: inout PictureSchedule, _ number: Int, lateMs: Int) {
    schedule.note(
      UInt32(number) &* 4500,
      completeAt: .zero + .milliseconds(Int64(number * 50 + 30 + lateMs)),
      roundTrip: .milliseconds(100))
  }

  @Test func onAGoodLineNothingIsHeldBack() {
    var schedule = PictureSchedule()
    for number in 0..<200 { note(&schedule, number, lateMs: number % 3) }
    #expect(schedule.target == .zero)
    #expect(schedule.due(200 * 4500) <= .zero + .milliseconds(10_031))
  }

  @Test func forTwoSecondsARepairIsWaitedForWhateverHasBeenSeen() {
    var schedule = PictureSchedule()
    note(&schedule, 0, lateMs: 0)
    #expect(schedule.target == .zero, "nobody waits for the first picture")
    for number in 1..<38 { note(&schedule, number, lateMs: 0) }
    #expect(schedule.target == .milliseconds(150))
    for number in 38..<50 { note(&schedule, number, lateMs: 0) }
    #expect(schedule.target == .zero)
  }

  @Test func whatComesLateNowAndThenIsWaitedForButNotTooLong() {
    var schedule = PictureSchedule()
    for number in 0..<400 { note(&schedule, number, lateMs: number % 40 == 39 ? 260 : 0) }
    #expect((100...180).contains(schedule.target.milliseconds))
    for number in 400..<800 { note(&schedule, number, lateMs: number % 10 == 9 ? 2000 : 0) }
    #expect(schedule.target <= PictureSchedule.most)
  }

  @Test func timestampsMayWrap() {
    var schedule = PictureSchedule()
    for number in 0..<44 {
      schedule.note(
        UInt32.max - 90_000 &+ UInt32(number) &* 4500,
        completeAt: .zero + .milliseconds(Int64(number * 50)), roundTrip: .zero)
    }
    let due = schedule.due(UInt32.max - 90_000 &+ 44 &* 4500)
    #expect((2_195...2_210).contains((due - .zero).milliseconds))
  }
}
