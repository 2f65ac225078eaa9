/// What a worker is told while a visit goes on and the next citizen's time draws near (B17). Never a
/// reason to hang up.
public struct OverrunWarning: Hashable, Sendable, Codable {
  /// The visit that comes next.
  public var next: VisitID
  /// When it begins.
  public var nextStart: UTCMilliseconds
  /// Whole minutes until then; negative when it should have begun.
  public var minutesLeft: Int
  /// The delay already announced to the next citizen, in minutes; nil when none was.
  public var announcedMinutes: Int?
}

/// A delay the next citizen has been told of.
public struct DelayNotice: Hashable, Sendable, Codable {
  /// The visit that begins later.
  public var visit: VisitID
  /// Whom it was announced to.
  public var citizen: PersonID
  /// The agreed start it was announced for: moved, the visit is on time again.
  public var start: UTCMilliseconds
  /// By how much, in minutes, counted from the agreed start.
  public var minutes: Int
  /// Who announced it.
  public var by: PersonID
  /// When.
  public var at: UTCMilliseconds

  /// A notice.
  public init(
    visit: VisitID, citizen: PersonID, start: UTCMilliseconds, minutes: Int, by: PersonID,
    at: UTCMilliseconds
  ) {
    self.visit = visit
    self.citizen = citizen
    self.start = start
    self.minutes = minutes
    self.by = by
    self.at = at
  }

  /// Whether it is about the visit at the time it has now.
  public func holds(for visit: Visit) -> Bool { self.visit == visit.id && start == visit.start }
}

/// Visits that take longer than planned.
public enum Overrun {
  /// How long before the next visit the worker is reminded of it, in minutes.
  public static let warnMinutes = 5
  /// What one press announces, in minutes ("forsinket 10 min").
  public static let stepMinutes = 10
  /// The longest delay that is still one; after that the visit is moved.
  public static let longestMinutes = 60

  /// The worker's next visit, where it is time to think of it: the first that waits to be held, no
  /// matter how late it already is. `visits` are the worker's visits of the day.
  public static func warning(
    during current: Visit, among visits: [Visit], notices: [DelayNotice], at now: UTCMilliseconds
  ) -> OverrunWarning? {
    guard current.state == .active else { return nil }
    let later = visits.filter {
      $0.workerID == current.workerID && $0.id != current.id && $0.state == .booked
        && $0.start >= current.start
    }
    guard let next = later.min(by: { ($0.start, $0.id.rawValue) < ($1.start, $1.id.rawValue) })
    else { return nil }
    let milliseconds = next.start.milliseconds(since: now)
    guard milliseconds <= Int64(warnMinutes) * 60_000 else { return nil }
    return OverrunWarning(
      next: next.id, nextStart: next.start,
      minutesLeft: Int(CopenhagenTime.floorDivide(milliseconds, 60_000)),
      announcedMinutes: notices.filter { $0.holds(for: next) }.map(\.minutes).max())
  }

  /// The notice to the citizen of `next`, or nil when they have been told as much already.
  ///
  /// The agreed time stays in the calendar: a delay is a message, not a new booking.
  public static func announce(
    _ minutes: Int = stepMinutes, for next: Visit, notices: [DelayNotice],
    by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> DelayNotice? {
    guard let worker = initiator.person, worker == next.workerID else { throw .notYourVisit }
    guard (1...longestMinutes).contains(minutes) else {
      throw .delayOutOfRange(longest: longestMinutes)
    }
    switch next.state {
    case .booked: break
    case .ended: throw .visitOver
    case .cancelled: throw .visitCancelled
    case .ringing, .active, .missed: throw .visitInProgress
    }
    let told = notices.filter { $0.holds(for: next) }.map(\.minutes).max() ?? 0
    guard minutes > told else { return nil }
    return DelayNotice(
      visit: next.id, citizen: next.citizenID, start: next.start, minutes: minutes, by: worker,
      at: now)
  }
}
