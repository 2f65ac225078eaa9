/// Coming back after a course has ended (A12: "Borger er altid velkommen til at ansøge igen").
///
/// Within the time that things are kept, one action takes everything up again as it was: the paired
/// devices, the preferences and the known support worker are still there, and the new grant has the
/// former one's paragraph, package and terms.
public struct Reentry: Hashable, Sendable, Codable {
  /// The course that ended.
  public var former: GrantID
  /// The last day on which it can be taken up again.
  public var latest: LocalDate

  /// A way back.
  public init(former: GrantID, latest: LocalDate) {
    self.former = former
    self.latest = latest
  }
}

extension GrantRules {
  /// The way back that is open to a citizen on `day`: to the course that ended last, unless one runs
  /// or it is too long ago.
  public func reentry(from grants: [Grant], on day: LocalDate) -> Reentry? {
    guard !grants.contains(where: { $0.covers(day) || $0.start > day }) else { return nil }
    let ended = grants.compactMap { grant in grant.lastDay.map { (grant, $0) } }
    guard let (former, last) = ended.max(by: { $0.1 < $1.1 }), former.closing?.reason != .died
    else { return nil }
    let latest = last.adding(days: policy.reentryDays)
    return day <= latest ? Reentry(former: former.id, latest: latest) : nil
  }

  /// Grants the former course again from `start`, as it last was; a § 82 b course for as long as one
  /// can be. It is a decision of its own and needs a case worker like any other.
  public func reenter(
    _ id: GrantID, as citizen: Person, born birthDate: LocalDate, from grants: [Grant],
    start: LocalDate, reference: String?, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> GrantChange {
    guard let reentry = reentry(from: grants, on: LocalDate(now)),
      let former = grants.first(where: { $0.id == reentry.former })
    else { throw .noWayBack }
    let request = GrantRequest(
      id: id, basis: former.basis, start: start, visitCap: former.visitCap,
      terms: former.terms.last?.terms, purposes: former.purposes,
      targetGroup: former.targetGroup, cafeException: former.cafeException,
      reference: reference)
    var change = try grant(
      request, to: citizen, born: birthDate, existing: grants, by: initiator, at: now)
    // The package is kept though it may be offered no longer.
    change.grant.package = former.package
    for index in change.entries.indices { change.entries[index].kind = .reentered }
    return change
  }
}
