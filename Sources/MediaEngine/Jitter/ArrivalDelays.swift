import Wire

/// How unpunctually a sound stream's packets arrive, and how long to hold them so that nearly all are
/// there when they are due.
///
/// A packet's *lateness* is how much later it came than on the fastest trip of the last seconds. The
/// target delay is the 98th percentile of lateness over about the last ten seconds, raised at once when
/// a packet comes too late to be played, and let down slowly. Packets that were lost and came again are
/// worth waiting longer for than those that are merely late: the gap they fill would be heard.
struct ArrivalDelays {
  /// Bounds of the target: 20 ms is one frame; beyond 200 ms a conversation suffers more from the
  /// delay than from a gap now and then (G.114).
  static let least = TimeSpan.milliseconds(20)
  static let most = TimeSpan.milliseconds(200)
  /// The most while lost packets come again in time, or while packets come too late again and again.
  static let mostForRepairs = TimeSpan.milliseconds(360)
  /// Too late again within this time is again and again.
  private static let lateAgain = TimeSpan.seconds(8)
  /// The target before anything is known, and until 25 packets (half a second) came.
  private static let initial = TimeSpan.milliseconds(40)
  private static let initialPackets = 25
  /// A packet's weight fades to a half within 350 packets, 7 s of 20 ms frames.
  private static let memory = 0.998
  /// The share of packets that may come later than the target.
  private static let quantile = 0.98
  /// How fast a raised target is let down again: 10 ms a second.
  private static let releasePerSecond: Int64 = 10
  /// Added to what a late packet would have needed.
  private static let allowance = TimeSpan.milliseconds(10)

  private var lateness = LatenessHistogram(memory: memory)
  private var trip = FastestTrip()
  private var raised = TimeSpan.zero
  private var raisedAt = MonotonicTime.zero
  private var raisedForRepair = TimeSpan.zero
  private var repairedAt = MonotonicTime.zero
  private var quantileDelay = initial

  /// The fastest trip's offset: when media time zero would have arrived on it.
  var fastestOffset: TimeSpan? { trip.offset }

  /// Notes a packet of media time `mediaTime` (since the stream's zero) arriving at `now`.
  mutating func note(mediaTime: TimeSpan, at now: MonotonicTime) {
    lateness.note(trip.note(mediaTime: mediaTime, at: now))
    let packets = lateness.packets
    guard packets & 7 == 0 || packets < 64 else { return }
    let delay = lateness.quantile(Self.quantile)
    quantileDelay = packets < Self.initialPackets ? max(delay, Self.initial) : delay
  }

  /// Notes that a packet came `lateness` after the fastest trip and was too late to be played.
  mutating func noteTooLate(_ lateness: TimeSpan, at now: MonotonicTime) {
    let before = released(raised, since: raisedAt, at: now)
    // One spike is over when it is noticed; only what comes back is worth the longer delay.
    let isAgain = raised > .zero && now - raisedAt < Self.lateAgain && now - raisedAt > .seconds(1)
    if isAgain { noteRepair(lateness, at: now) }
    raised = min(max(before, lateness + Self.allowance), Self.most)
    raisedAt = now
  }

  /// Notes that a lost packet came again, `lateness` after the fastest trip, in time or not.
  mutating func noteRepair(_ lateness: TimeSpan, at now: MonotonicTime) {
    guard lateness + Self.allowance <= Self.mostForRepairs else { return }
    raisedForRepair = max(
      released(raisedForRepair, since: repairedAt, at: now), lateness + Self.allowance)
    repairedAt = now
  }

  /// How much later than on the fastest trip a packet should be played.
  func target(at now: MonotonicTime) -> TimeSpan {
    let late = min(max(quantileDelay, released(raised, since: raisedAt, at: now)), Self.most)
    return max(late, released(raisedForRepair, since: repairedAt, at: now), Self.least)
  }

  /// Forgets the trip but keeps the target: after a break in the stream.
  mutating func restart() { trip.restart() }

  private func released(
    _ raised: TimeSpan, since: MonotonicTime, at now: MonotonicTime
  ) -> TimeSpan {
    let release = (now - since).nanoseconds / 1000 * Self.releasePerSecond
    return max(TimeSpan(nanoseconds: raised.nanoseconds - release), .zero)
  }
}
