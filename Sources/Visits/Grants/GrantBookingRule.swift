/// Bookings keep to the citizen's grants (A2–A5, A8, A10, A14).
///
/// Takes what it judges by as values, so that the store can load them in the transaction that books.
public struct GrantBookingRule: BookingRule {
  /// What grants are held to.
  public var policy: GrantPolicy
  /// The citizen's grants, whenever they run.
  public var grants: [Grant]
  /// What is booked and held under them, by grant and week.
  private var used: [GrantID: GrantUse]
  /// What of that can be taken off again when it is moved.
  private var counted: Set<VisitID> = []

  /// The rule for one citizen, with the citizen's grants and all visits that lie within them.
  public init(
    policy: GrantPolicy = GrantPolicy(), grants: [Grant], visits: some Sequence<CountedVisit>
  ) {
    self.policy = policy
    self.grants = grants
    used = [:]
    for visit in visits { add(visit) }
  }

  /// Counts a visit as booked: the occurrences of a series are checked and added one by one.
  public mutating func add(_ visit: CountedVisit) {
    guard visit.usesGrant else { return }
    let day = LocalDate(visit.start)
    guard let grant = grant(on: day) else { return }
    used[grant.id, default: GrantUse()].add(visit, in: day.monday)
    counted.insert(visit.id)
  }

  /// The grant that covers `day`.
  public func grant(on day: LocalDate) -> Grant? { grants.first { $0.covers(day) } }

  /// Throws where the grants do not allow the visit. What was agreed stays agreed: a visit whose day,
  /// form and length are not touched is not judged again.
  public func check(_ proposal: BookingProposal) throws(Refusal) {
    let visit = proposal.visit
    let previous = proposal.previous
    if let previous, LocalDate(previous.start) == LocalDate(visit.start),
      previous.form == visit.form, visit.durationMinutes <= previous.durationMinutes
    {
      return
    }
    try check(
      CountedVisit(visit), replacing: previous.map { CountedVisit($0) },
      name: proposal.citizen.displayName)
  }

  /// The same for a visit that is no proposal yet, as an occurrence of a series.
  public func check(
    _ visit: CountedVisit, replacing previous: CountedVisit? = nil, name: String
  ) throws(Refusal) {
    if visit.form == .dropIn || !policy.visitsNeedGrant && grants.isEmpty { return }
    let day = LocalDate(visit.start)
    guard let grant = grant(on: day) else { throw noGrant(on: day, name: name) }
    if visit.form == .group, !grant.basis.allowsGroups { throw .noGroupsUnder82b }
    guard let terms = grant.terms(on: day) else { throw noGrant(on: day, name: name) }
    guard terms.forms.contains(visit.form) else {
      if let proposal = grant.proposal, proposal.terms.forms.contains(visit.form) {
        throw .changeAwaitsDecision(visit.form)
      }
      throw .formNotGranted(visit.form, basis: grant.basis)
    }
    if belongsInCafe(grant), visit.form != .group { throw .belongsInCafe }
    let others = use(of: grant, without: previous)
    if let cap = grant.effectiveVisitCap, others.visits >= cap {
      throw .visitCapReached(cap, canExtend: grant.extended == nil)
    }
    if let granted = grant.weeklyMinutes(inWeekOf: day.monday) {
      let booked = others.minutes[day.monday, default: 0]
      let (most, overflow) = granted.multipliedReportingOverflow(
        by: 100 + max(0, policy.weeklyTolerancePercent))
      guard overflow || booked + visit.plannedMinutes <= most / 100 else {
        throw .weekIsFull(granted: granted, booked: booked, monday: day.monday)
      }
    }
  }

  /// What the one who books should know though nothing forbids the visit.
  public func advice(on visit: CountedVisit, replacing previous: CountedVisit? = nil) -> [Notice] {
    let day = LocalDate(visit.start)
    guard visit.form != .dropIn, let grant = grant(on: day) else { return [] }
    let others = use(of: grant, without: previous)
    var notices: [Notice] = []
    if let granted = grant.weeklyMinutes(inWeekOf: day.monday) {
      let booked = others.minutes[day.monday, default: 0] + visit.plannedMinutes
      if booked > granted { notices.append(.beyondWeeklyMinutes(granted: granted, booked: booked)) }
    }
    if let cap = grant.effectiveVisitCap, cap - others.visits - 1 <= 2 {
      notices.append(.visitsLeft(max(0, cap - others.visits - 1)))
    }
    if let last = grant.lastDay, day.days(until: last) <= policy.endingNoticeDays {
      notices.append(.grantEnds(grant.basis, on: last))
    }
    return notices
  }

  private func belongsInCafe(_ grant: Grant) -> Bool {
    grant.purposes == [.economy] && grant.cafeException == nil
      && policy.cafeTargetGroups.contains(grant.targetGroup)
  }

  private func use(of grant: Grant, without previous: CountedVisit?) -> GrantUse {
    var use = used[grant.id] ?? GrantUse()
    if let previous, previous.usesGrant, counted.contains(previous.id) {
      let day = LocalDate(previous.start)
      if grant.covers(day) { use.remove(previous, in: day.monday) }
    }
    return use
  }

  /// Why no grant covers the day: the one nearest to it tells.
  private func noGrant(on day: LocalDate, name: String) -> Refusal {
    let earlier = grants.filter { $0.lastDay.map { $0 < day } ?? false }
      .max { ($0.lastDay ?? .latest) < ($1.lastDay ?? .latest) }
    if let earlier, let last = earlier.lastDay {
      return .grantEnded(earlier.basis, on: last)
    }
    let later = grants.filter { $0.start > day }.min { $0.start < $1.start }
    if let later { return .grantNotBegun(later.basis, on: later.start) }
    return .noGrant(name: name)
  }
}

/// How much of a grant is used.
private struct GrantUse: Sendable {
  var visits = 0
  /// By the week's Monday.
  var minutes: [LocalDate: Int] = [:]

  mutating func add(_ visit: CountedVisit, in monday: LocalDate) {
    visits += 1
    minutes[monday, default: 0] += visit.plannedMinutes
  }

  mutating func remove(_ visit: CountedVisit, in monday: LocalDate) {
    visits -= 1
    minutes[monday, default: 0] -= visit.plannedMinutes
  }
}
