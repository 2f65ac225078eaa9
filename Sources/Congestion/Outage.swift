import Wire

/// Sees that no feedback comes although we send: the path is gone, or the way back is.
///
/// The estimate is halved again and again meanwhile, so that little is lost and nothing piles up; when
/// feedback is back, what was known before is the best there is.
struct Outage: BitwiseCopyable {
  /// Feedback that stays away so long, or three times as long as usual, is an outage.
  private static let limit = TimeSpan.milliseconds(700)
  /// How often the estimate is halved.
  private static let step = TimeSpan.milliseconds(500)
  /// More halvings at once change nothing.
  private static let mostSteps = 16
  /// A longer outage may have led to another network.
  private static let long = TimeSpan.seconds(10)

  /// When the first packet left that no feedback has come after.
  private var unansweredSince: MonotonicTime?
  private var sentAt = MonotonicTime.zero
  private var halvedAt = MonotonicTime.zero
  private var bitrateBefore = 0.0
  /// Whether it is one now.
  private(set) var isOn = false

  /// Notes that a packet leaves.
  mutating func didSend(at now: MonotonicTime) {
    sentAt = now
    if unansweredSince == nil { unansweredSince = now }
  }

  /// Lets time pass; gives by what to divide the estimate.
  mutating func advance(bitrate: Double, usual: TimeSpan, at now: MonotonicTime) -> Double {
    guard let unansweredSince else { return 1 }
    if !isOn {
      guard now - unansweredSince >= Self.limit(usual) else { return 1 }
      isOn = true
      bitrateBefore = bitrate
      halvedAt = now
      return 2
    }
    var divisor = 1.0
    var steps = 0
    while now - halvedAt >= Self.step, steps < Self.mostSteps {
      halvedAt = halvedAt + Self.step
      divisor *= 2
      steps += 1
    }
    return divisor
  }

  /// Whether nothing has been sent for so long that nobody could answer: where there is no sound, what
  /// ends an outage has to be sent for the purpose.
  func wantsKnock(at now: MonotonicTime) -> Bool { isOn && now - sentAt >= Self.step }

  /// When `advance` has something to do.
  func nextWake(usual: TimeSpan) -> MonotonicTime? {
    isOn ? halvedAt + Self.step : unansweredSince.map { $0 + Self.limit(usual) }
  }

  /// Feedback came. Gives the estimate to go on with where this ends an outage.
  mutating func didHear(start: Double, at now: MonotonicTime) -> Double? {
    defer {
      unansweredSince = nil
      isOn = false
    }
    guard isOn else { return nil }
    let length = now - (unansweredSince ?? now)
    return max((length < Self.long ? 0.85 : 0.5) * bitrateBefore, min(bitrateBefore, start))
  }

  /// Another path is taken: gives the estimate from before the outage, if there was one.
  mutating func restart() -> Double? {
    defer {
      unansweredSince = nil
      isOn = false
    }
    return isOn ? bitrateBefore : nil
  }

  private static func limit(_ usual: TimeSpan) -> TimeSpan {
    max(limit, usual * 3 + .milliseconds(200))
  }
}
