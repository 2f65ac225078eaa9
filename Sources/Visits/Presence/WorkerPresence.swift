/// Whether a support worker can be reached.
public enum WorkerPresence: String, Codable, Sendable, Hashable, CaseIterable {
  /// At work and at the screen.
  case available
  /// In a visit, or ringing one.
  case inVisit = "in-visit"
  /// At work and not at the screen.
  case away
  /// Not at work.
  case offDuty = "off-duty"
}

/// What is known of a worker's doings. Nothing of it is kept as history: presence is for reaching
/// people, not for watching them.
public struct WorkerActivity: Hashable, Sendable {
  /// When the worker last did something on one of their devices; nil when never.
  public var lastActivityAt: UTCMilliseconds?
  /// Until when the worker has said to be away; nil when not.
  public var awayUntil: UTCMilliseconds?
  /// Since when the worker is in a visit, or ringing one; nil when not.
  public var inVisitSince: UTCMilliseconds?
  /// The rota around now. Empty where no rota is kept for the worker (B8): then activity decides.
  public var shifts: [TimeWindow]
  /// Absences around now.
  public var absences: [TimeWindow]

  /// What is known.
  public init(
    lastActivityAt: UTCMilliseconds? = nil, awayUntil: UTCMilliseconds? = nil,
    inVisitSince: UTCMilliseconds? = nil, shifts: [TimeWindow] = [], absences: [TimeWindow] = []
  ) {
    self.lastActivityAt = lastActivityAt
    self.awayUntil = awayUntil
    self.inVisitSince = inVisitSince
    self.shifts = shifts
    self.absences = absences
  }

  /// How long after the last sign of life a worker still counts as being there, in milliseconds.
  /// Long enough for reading a page and a cup of coffee.
  public static let awayAfterMilliseconds: Int64 = 600_000
  /// How long after it a worker without a rota counts as having gone home, in milliseconds.
  public static let homeAfterMilliseconds: Int64 = 7_200_000

  /// Whether the worker can be reached at `now`.
  ///
  /// A visit beats everything: it is plainly going on. Then the rota decides whether the worker is
  /// at work, and activity whether at the screen. Who works outside their hours is not shown as
  /// available for it.
  public func presence(at now: UTCMilliseconds) -> WorkerPresence {
    if let since = inVisitSince, since <= now { return .inVisit }
    if absences.contains(where: { $0.contains(now) }) { return .offDuty }
    let quiet = lastActivityAt.map { max(0, now.milliseconds(since: $0)) }
    if shifts.isEmpty {
      guard let quiet, quiet < Self.homeAfterMilliseconds else { return .offDuty }
    } else if !shifts.contains(where: { $0.contains(now) }) {
      return .offDuty
    }
    if let awayUntil, now < awayUntil { return .away }
    guard let quiet, quiet < Self.awayAfterMilliseconds else { return .away }
    return .available
  }

  /// The next time at which `presence` may change without anything being heard; nil when it cannot.
  public func nextWake(after now: UTCMilliseconds) -> UTCMilliseconds? {
    var times = (shifts + absences).flatMap { [$0.start, $0.end] }
    if let inVisitSince { times.append(inVisitSince) }
    if let awayUntil { times.append(awayUntil) }
    if let lastActivityAt {
      times.append(lastActivityAt.adding(milliseconds: Self.awayAfterMilliseconds))
      times.append(lastActivityAt.adding(milliseconds: Self.homeAfterMilliseconds))
    }
    return times.filter { $0 > now }.min()
  }
}
