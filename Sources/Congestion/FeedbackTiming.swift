import Wire

/// How long it takes until we hear of a packet.
struct FeedbackTiming {
  /// A round trip that is longer is not waited for.
  private static let longestRoundTrip = TimeSpan.seconds(3)
  /// Feedback comes every 50 to 250 ms, as libwebrtc's does too.
  private static let gaps = TimeSpan.milliseconds(40)...TimeSpan.milliseconds(250)

  /// The path's round trip, as told.
  private(set) var roundTrip = TimeSpan.milliseconds(100)
  /// From sending to feedback, smoothed: the round trip, the queue and the wait for the next feedback.
  private(set) var usual = TimeSpan.milliseconds(150)
  /// The least of it, without queue and wait. A queue on the way back is in it: it delays what we
  /// hear, not what we send.
  private(set) var least = TimeSpan.milliseconds(100)
  /// From one feedback to the next, smoothed.
  private(set) var gap = TimeSpan.milliseconds(50)
  private var feedbackAt: MonotonicTime?

  /// Notes a round trip.
  mutating func note(roundTrip: TimeSpan) {
    guard roundTrip > .zero else { return }
    self.roundTrip = min(roundTrip, Self.longestRoundTrip)
  }

  /// Notes how long one packet's feedback took, and for how long the packet had waited in the path's
  /// queue.
  mutating func note(_ taken: TimeSpan, queue: TimeSpan) {
    guard taken > .zero, taken < .seconds(5) else { return }
    usual = usual + TimeSpan(nanoseconds: (taken - usual).nanoseconds / 32)
    // Down at once, up by a share: a longer way is believed after a second or two.
    let above = (taken - queue - least).nanoseconds
    least = max(.zero, least + TimeSpan(nanoseconds: above < 0 ? above : above / 128))
  }

  /// Notes that feedback came.
  mutating func noteFeedback(at now: MonotonicTime) {
    if let before = feedbackAt {
      let latest = min(Self.gaps.upperBound, max(Self.gaps.lowerBound, now - before))
      gap = gap + TimeSpan(nanoseconds: (latest - gap).nanoseconds / 8)
    }
    feedbackAt = now
  }

  /// From a change of our rate to its being seen.
  var response: TimeSpan { max(usual, min(roundTrip, .milliseconds(300))) + .milliseconds(50) }
}
