/// A worker's time that a cancelled or moved visit gave back (B15: "kan anvendes fleksibelt").
public struct FreedTime: Hashable, Sendable, Codable {
  /// The municipality.
  public var tenant: TenantID
  /// Whose time.
  public var worker: PersonID
  /// The visit that lay there.
  public var visit: VisitID
  /// The time.
  public var window: TimeWindow

  /// Freed time.
  public init(tenant: TenantID, worker: PersonID, visit: VisitID, window: TimeWindow) {
    self.tenant = tenant
    self.worker = worker
    self.visit = visit
    self.window = window
  }

  /// The shortest time worth offering, in minutes: a short call (B18).
  public static let shortestMinutes = 10

  /// What a change of a visit gives free: the time before it that it takes no longer, from `now`
  /// on. Nothing where the worker is away then: an ill colleague's day is nobody's to fill.
  public static func freed(
    from before: Visit, to after: Visit, absences: [Absence], at now: UTCMilliseconds
  ) -> [FreedTime] {
    guard before.state.occupiesTime || before.state == .missed else { return [] }
    var taken: [TimeWindow] = []
    if after.state.occupiesTime, after.workerID == before.workerID { taken.append(after.window) }
    for absence in absences where absence.covers(before.workerID, in: before.window) {
      taken.append(absence.window)
    }
    let future = TimeWindow(
      start: max(before.start, now), end: max(before.end, now))
    return TimeWindows([future]).subtracting(TimeWindows(taken)).windows
      .filter { $0.minutes >= shortestMinutes }
      .map {
        FreedTime(
          tenant: before.tenant, worker: before.workerID, visit: before.id, window: $0)
      }
  }

  /// What is left of published time when bookings made since and the past are taken off, earliest
  /// first. Derived whenever it is shown, so that it can never disagree with the calendar.
  public static func open(
    _ published: [FreedTime], busy: [PersonID: TimeWindows], at now: UTCMilliseconds
  ) -> [FreedTime] {
    var result: [FreedTime] = []
    for freed in published where freed.window.end > now {
      let future = TimeWindow(start: max(freed.window.start, now), end: freed.window.end)
      let left = TimeWindows([future]).subtracting(busy[freed.worker] ?? TimeWindows())
      for window in left.windows where window.minutes >= shortestMinutes {
        var piece = freed
        piece.window = window
        result.append(piece)
      }
    }
    return result.sorted {
      ($0.window.start, $0.worker.rawValue, $0.visit.rawValue)
        < ($1.window.start, $1.worker.rawValue, $1.visit.rawValue)
    }
  }
}

/// A citizen who would like a visit sooner, should time become free.
public struct WaitingWish: Hashable, Sendable, Codable {
  /// Who waits.
  public var citizen: PersonID
  /// How many minutes are wanted.
  public var minutes: Int
  /// When it would suit.
  public var window: TimeWindow
  /// Whom it may be with; empty for anybody in the team.
  public var workers: [PersonID]
  /// Since when the citizen waits: who has waited longest is asked first.
  public var since: UTCMilliseconds

  /// A wish.
  public init(
    citizen: PersonID, minutes: Int, window: TimeWindow, workers: [PersonID] = [],
    since: UTCMilliseconds
  ) {
    self.citizen = citizen
    self.minutes = minutes
    self.window = window
    self.workers = workers
    self.since = since
  }

  /// The wish, or why it cannot be kept.
  public func checked(at now: UTCMilliseconds) throws(Refusal) -> WaitingWish {
    guard (FreedTime.shortestMinutes...480).contains(minutes), window.end > now,
      window.minutes >= minutes, window.minutes <= 92 * 1440, workers.count <= 20
    else { throw .wishUnclear }
    return self
  }

  /// Those of `wishes` that fit the freed time, longest waiting first.
  public static func fitting(_ freed: FreedTime, among wishes: [WaitingWish]) -> [WaitingWish] {
    wishes.filter { wish in
      let common = wish.window.intersection(freed.window)
      return common.minutes >= max(1, wish.minutes)
        && (wish.workers.isEmpty || wish.workers.contains(freed.worker))
    }.sorted { ($0.since, $0.citizen.rawValue) < ($1.since, $1.citizen.rawValue) }
  }
}

extension Refusal {
  /// Nobody could keep to the wish.
  public static let wishUnclear = Refusal(
    "wish-unclear", .invalid,
    da: "Skriv, hvor mange minutter du ønsker, og hvilke dage der passer inden for tre måneder.",
    en: "Write how many minutes you would like and which days suit within three months.")
}
