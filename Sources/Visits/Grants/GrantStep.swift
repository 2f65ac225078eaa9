/// One command on a grant at work: the grant before it, who gives it and when.
struct GrantStep {
  let policy: GrantPolicy
  let grant: Grant
  let others: [Grant]
  let initiator: Initiator
  let now: UTCMilliseconds

  private var today: LocalDate { LocalDate(now) }

  func extend(
    by visits: Int, until: LocalDate?, reason: String, reference: String?
  ) throws(Refusal) -> GrantChange {
    try requireDecider()
    try requireOpen()
    let reason = try GrantRules.reason(reason)
    guard grant.extended == nil else { throw .alreadyExtended }
    guard visits > 0 || until != nil else { throw .extensionOfNothing }
    guard (0...policy.extensionVisits).contains(visits) else {
      throw .extensionTooLarge(most: policy.extensionVisits)
    }
    guard visits == 0 || grant.visitCap != nil else { throw .noVisitCap }
    var changed = grant
    if let until {
      guard let end = grant.end else { throw .noEndToExtend }
      guard until > end else { throw .extensionIsEarlier(end) }
      if grant.basis == .section82b {
        let latest = policy.last82bDay(from: grant.start)
        guard until <= latest else {
          throw .longerThan82b(months: policy.months82b, latest: latest)
        }
      }
      for other in others where other.id != grant.id {
        guard !other.overlaps(from: end.adding(days: 1), through: until) else {
          throw .grantOverlaps(other.basis, from: other.start)
        }
      }
      changed.end = until
    }
    let decision = try decision(reference)
    changed.extended = GrantExtension(
      extraVisits: visits, previousEnd: until == nil ? nil : grant.end, reason: reason,
      decision: decision)
    return change(changed, .extended, reason: reason, reference: decision.reference)
  }

  func propose(
    _ terms: GrantTerms, from: LocalDate, reason: String
  ) throws(Refusal) -> GrantChange {
    try requireTeamOrCaseWorker()
    try requireOpen()
    let reason = try GrantRules.reason(reason)
    try GrantRules.check(terms, under: grant.basis)
    guard grant.proposal == nil else { throw .proposalPending }
    guard grant.covers(from) else { throw .outsideGrant }
    if terms == grant.terms(on: from) { return GrantChange(grant: grant, entries: []) }
    var changed = grant
    if grant.basis.changesNeedDecision {
      changed.proposal = TermsProposal(
        terms: terms, from: from, reason: reason, by: initiator.person, at: now)
      return change(changed, .proposed, reason: reason)
    }
    // On § 82 b there is no decision to wait for: team and citizen agree on the change.
    changed.put(
      DatedTerms(from: from, terms: terms, decision: try decision(nil)))
    return change(changed, .changed, reason: reason)
  }

  func decide(
    approved: Bool, from: LocalDate?, reference: String?
  ) throws(Refusal) -> GrantChange {
    try GrantRules.requireCaseWorker(initiator)
    try requireOpen()
    guard let proposal = grant.proposal else { throw .noTermsProposed }
    var changed = grant
    changed.proposal = nil
    let decision = try decision(reference)
    guard approved else {
      return change(changed, .rejected, reason: proposal.reason, reference: decision.reference)
    }
    // A change takes effect when it is decided, not before (A10).
    let first = max(from ?? proposal.from, today)
    guard grant.covers(first) else { throw .outsideGrant }
    changed.put(DatedTerms(from: first, terms: proposal.terms, decision: decision))
    return change(changed, .changed, reason: proposal.reason, reference: decision.reference)
  }

  func withdraw() throws(Refusal) -> GrantChange {
    try requireTeamOrCaseWorker()
    guard grant.proposal != nil else { return GrantChange(grant: grant, entries: []) }
    var changed = grant
    changed.proposal = nil
    return change(changed, .withdrawn)
  }

  func writeStatus(_ milestone: GrantMilestone.ID, text: String) throws(Refusal) -> GrantChange {
    try requireTeamOrCaseWorker()
    guard grant.basis == .section82b,
      policy.statusMilestones.contains(where: { $0.id == milestone })
    else { throw .noSuchStatus }
    let status = GrantStatus(
      milestone: milestone, text: try GrantRules.reason(text), by: initiator.person, at: now)
    var changed = grant
    changed.statuses.removeAll { $0.milestone == milestone }
    changed.statuses.append(status)
    return change(changed, .status)
  }

  func exceptFromCafe(_ reason: String?) throws(Refusal) -> GrantChange {
    try requireDecider()
    try requireOpen()
    let reason = try reason.map { text throws(Refusal) in try GrantRules.reason(text) }
    if reason == grant.cafeException { return GrantChange(grant: grant, entries: []) }
    var changed = grant
    changed.cafeException = reason
    return change(changed, .cafeException, reason: reason)
  }

  func close(on day: LocalDate, reason: GrantClosing.Reason) throws(Refusal) -> GrantChange {
    try requireDecider()
    try requireOpen()
    guard grant.covers(day) else { throw .outsideGrant }
    var changed = grant
    changed.closing = GrantClosing(on: day, reason: reason, by: initiator.person, at: now)
    changed.proposal = nil
    return change(changed, .closed, reason: reason.rawValue)
  }

  // MARK: Pieces

  private func requireOpen() throws(Refusal) {
    if grant.closing != nil { throw .grantClosed }
  }

  private func requireDecider() throws(Refusal) {
    if initiator.role == .teamLead { return }
    try GrantRules.requireCaseWorker(initiator)
  }

  private func requireTeamOrCaseWorker() throws(Refusal) {
    switch initiator.role {
    case .supportWorker, .teamLead, .caseWorker, nil: return
    case .citizen, .operations, .administrator: throw .grantIsNotYours
    }
  }

  private func decision(_ reference: String?) throws(Refusal) -> GrantDecision {
    GrantDecision(
      by: initiator.person, at: now, reference: try GrantRules.optional(reference))
  }

  private func change(
    _ changed: Grant, _ kind: GrantEntryKind, reason: String? = nil, reference: String? = nil
  ) -> GrantChange {
    GrantChange(
      grant: changed,
      entries: [
        GrantEntry(
          grant: grant.id, at: now, kind: kind, by: initiator.person, reason: reason,
          reference: reference)
      ])
  }
}

extension Grant {
  /// Puts terms in their place; those that were to begin on the same day or later give way: what is
  /// decided last holds.
  fileprivate mutating func put(_ dated: DatedTerms) {
    terms.removeAll { $0.from >= dated.from }
    terms.append(dated)
  }
}
