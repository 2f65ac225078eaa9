/// What an account of minutes needs to know of a visit.
public struct CountedVisit: Hashable, Sendable, Codable {
  /// The visit.
  public var id: VisitID
  /// When it begins.
  public var start: UTCMilliseconds
  /// How long it was planned to take, in minutes.
  public var plannedMinutes: Int
  /// How long it took, in minutes; nil while it is not held, 0 where it came to nothing.
  public var deliveredMinutes: Int?
  /// How it is held.
  public var form: VisitForm
  /// Where it is in its life.
  public var state: VisitState

  /// A counted visit.
  public init(
    id: VisitID, start: UTCMilliseconds, plannedMinutes: Int, deliveredMinutes: Int? = nil,
    form: VisitForm = .screen, state: VisitState = .booked
  ) {
    self.id = id
    self.start = start
    self.plannedMinutes = plannedMinutes
    self.deliveredMinutes = deliveredMinutes
    self.form = form
    self.state = state
  }

  /// The visit as booked, with what was delivered where that is known.
  public init(_ visit: Visit, deliveredMinutes: Int? = nil) {
    self.init(
      id: visit.id, start: visit.start, plannedMinutes: visit.durationMinutes,
      deliveredMinutes: deliveredMinutes, form: visit.form, state: visit.state)
  }

  /// Whether it uses up some of the grant. A visit that was called off does not, and neither does one
  /// that nobody answered or that failed: a citizen must not lose support by it (H2). Nor does the
  /// drop-in advice, which is open to all.
  public var usesGrant: Bool {
    guard form != .dropIn else { return false }
    switch state {
    case .booked, .ended: return deliveredMinutes != 0
    case .ringing, .active: return true
    case .cancelled, .missed: return false
    }
  }

  /// Whether it was held.
  public var isHeld: Bool { state == .ended && deliveredMinutes != 0 }
}

/// One week's minutes: granted, booked and delivered (A14).
public struct MinutesAccount: Hashable, Sendable, Codable {
  /// The week's Monday.
  public var monday: LocalDate
  /// As granted; nil where the grant states no extent.
  public var granted: Int?
  /// Booked, whether held yet or not.
  public var booked: Int
  /// Of those, held: as long as they took.
  public var delivered: Int

  /// An account.
  public init(monday: LocalDate, granted: Int?, booked: Int = 0, delivered: Int = 0) {
    self.monday = monday
    self.granted = granted
    self.booked = booked
    self.delivered = delivered
  }

  /// The accounts of the weeks from the one of `first` to the one of `last`, every one of them, in
  /// order. Looks at each visit once; a visit belongs to the week it begins in.
  public static func weeks(
    of grant: Grant, visits: some Sequence<CountedVisit>, from first: LocalDate,
    through last: LocalDate
  ) -> [MinutesAccount] {
    guard first <= last else { return [] }
    let beginning = first.monday
    var accounts = (0...beginning.days(until: last) / 7).map { week in
      let monday = beginning.adding(days: 7 * week)
      return MinutesAccount(monday: monday, granted: grant.weeklyMinutes(inWeekOf: monday))
    }
    for visit in visits where visit.usesGrant {
      let day = LocalDate(visit.start)
      guard grant.covers(day), day >= beginning else { continue }
      let week = beginning.days(until: day) / 7
      guard accounts.indices.contains(week) else { continue }
      accounts[week].booked += visit.plannedMinutes
      accounts[week].delivered += visit.deliveredMinutes ?? 0
    }
    return accounts
  }
}

extension Grant {
  /// The minutes of the week that begins on `monday`: what holds on the first of its days that the
  /// grant covers. 0 where it covers none, nil where it states no extent.
  public func weeklyMinutes(inWeekOf monday: LocalDate) -> Int? {
    let first = max(monday, start)
    guard first <= monday.adding(days: 6), covers(first) else { return 0 }
    return terms(on: first)?.weeklyMinutes
  }
}
