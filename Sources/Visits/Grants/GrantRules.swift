/// A grant's life: what may be granted, extended, changed and closed, and by whom. Pure; time is
/// given, and so is everything that is decided upon.
public struct GrantRules: Sendable {
  /// The longest reason or status, in characters.
  public static let longestText = 2000
  /// The most minutes a week that make sense: all of them.
  static let weekMinutes = 7 * 1440

  /// What grants are held to.
  public var policy: GrantPolicy

  /// Rules under a policy.
  public init(policy: GrantPolicy = GrantPolicy()) {
    self.policy = policy
  }

  /// What granting does, or throws.
  ///
  /// - Parameters:
  ///   - birthDate: When the citizen was born. Looked at, never kept (C7).
  ///   - existing: The citizen's other grants.
  public func grant(
    _ request: GrantRequest, to citizen: Person, born birthDate: LocalDate,
    existing: some Sequence<Grant>, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> GrantChange {
    try Self.requireCaseWorker(initiator)
    guard citizen.role == .citizen else { throw .notACitizen(name: citizen.displayName) }
    guard birthDate.adding(months: policy.minimumAge * 12) <= request.start else {
      throw .tooYoung(name: citizen.displayName, age: policy.minimumAge)
    }
    let end = try lastDay(of: request)
    for other in existing where other.overlaps(from: request.start, through: end) {
      throw .grantOverlaps(other.basis, from: other.start)
    }
    let decision = GrantDecision(
      by: initiator.person, at: now, reference: try Self.optional(request.reference))
    let first = DatedTerms(
      from: request.start, terms: try terms(of: request), decision: decision)
    let grant = Grant(
      id: request.id, tenant: citizen.tenant, citizen: citizen.id, basis: request.basis,
      start: request.start, end: end, visitCap: try visitCap(of: request),
      package: request.package, purposes: request.purposes, targetGroup: request.targetGroup,
      cafeException: try Self.optional(request.cafeException), terms: [first])
    return GrantChange(
      grant: grant,
      entries: [
        GrantEntry(
          grant: grant.id, at: now, kind: .granted, by: initiator.person,
          reference: decision.reference)
      ])
  }

  /// What a command does to `grant`, or throws. `others` are the citizen's other grants.
  public func apply(
    _ command: GrantCommand, to grant: Grant, others: [Grant] = [], by initiator: Initiator,
    at now: UTCMilliseconds
  ) throws(Refusal) -> GrantChange {
    let step = GrantStep(
      policy: policy, grant: grant, others: others, initiator: initiator, now: now)
    switch command {
    case .extend(let visits, let until, let reason, let reference):
      return try step.extend(by: visits, until: until, reason: reason, reference: reference)
    case .propose(let terms, let from, let reason):
      return try step.propose(terms, from: from, reason: reason)
    case .decide(let approved, let from, let reference):
      return try step.decide(approved: approved, from: from, reference: reference)
    case .withdrawProposal: return try step.withdraw()
    case .writeStatus(let milestone, let text):
      return try step.writeStatus(milestone, text: text)
    case .exceptFromCafe(let reason): return try step.exceptFromCafe(reason)
    case .close(let day, let reason): return try step.close(on: day, reason: reason)
    }
  }

  // MARK: What is asked for

  private func lastDay(of request: GrantRequest) throws(Refusal) -> LocalDate? {
    if let end = request.end, end < request.start { throw .endsBeforeItBegins }
    guard request.basis == .section82b else { return request.end }
    let latest = policy.last82bDay(from: request.start)
    let end = request.end ?? latest
    guard end <= latest else { throw .longerThan82b(months: policy.months82b, latest: latest) }
    return end
  }

  private func visitCap(of request: GrantRequest) throws(Refusal) -> Int? {
    guard let cap = request.visitCap else {
      return request.basis == .section82b ? policy.visitCap82b : nil
    }
    guard (1...1000).contains(cap) else { throw .visitCapOutOfRange }
    return cap
  }

  private func terms(of request: GrantRequest) throws(Refusal) -> GrantTerms {
    var packaged: GrantTerms?
    if let id = request.package {
      guard let package = policy.package(id) else { throw .noSuchPackage(id) }
      packaged = package.terms(under: request.basis)
      if let minutes = request.terms?.weeklyMinutes,
        minutes < package.fewestMinutes || minutes > package.mostMinutes
      {
        throw .outsidePackage(
          package.name, fewest: package.fewestMinutes, most: package.mostMinutes)
      }
    }
    let terms =
      request.terms ?? packaged ?? GrantTerms(forms: [.screen, .physical, .dropIn])
    try Self.check(terms, under: request.basis)
    return terms
  }

  // MARK: Pieces

  static func check(_ terms: GrantTerms, under basis: LegalBasis) throws(Refusal) {
    guard !terms.forms.isEmpty else { throw .noFormGranted }
    guard basis.allowsGroups || !terms.forms.contains(.group) else { throw .noGroupsUnder82b }
    if let minutes = terms.weeklyMinutes, !(1...weekMinutes).contains(minutes) {
      throw .weeklyMinutesOutOfRange(most: weekMinutes)
    }
  }

  static func requireCaseWorker(_ initiator: Initiator) throws(Refusal) {
    switch initiator.role {
    case .caseWorker, nil: return
    case .citizen, .supportWorker, .teamLead, .operations, .administrator:
      throw .caseWorkerDecides
    }
  }

  /// A reason, without blanks around it; throws where there is none.
  static func reason(_ text: String) throws(Refusal) -> String {
    guard let reason = try optional(text) else { throw .reasonMissing }
    return reason
  }

  static func optional(_ text: String?) throws(Refusal) -> String? {
    guard let text else { return nil }
    let trimmed = trimmingBlanks(text)
    guard trimmed.count <= longestText else { throw .noteTooLong(longest: longestText) }
    return trimmed.isEmpty ? nil : trimmed
  }
}
