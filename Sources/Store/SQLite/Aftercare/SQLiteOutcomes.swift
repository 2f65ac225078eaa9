import GRDB
public import Visits

extension SQLiteStore: OutcomeStore {
  /// How far back a missing outcome is asked for, in days: what is older nobody remembers.
  private static let askedDays = 14

  /// A visit's outcomes.
  public func outcomes(
    of visit: VisitID, tenant: TenantID
  ) async throws(StoreError) -> [VisitOutcome] {
    try await read { db in
      try VisitTable.requireVisit(visit, tenant: tenant, in: db)
      return try OutcomeTable.outcomes(of: visit, tenant: tenant, in: db)
    }
  }

  /// Writes what a person says about it.
  public func record(
    _ report: OutcomeReport, of visit: VisitID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping EventMaker
  ) async throws(StoreError) -> VisitOutcome {
    let (rules, daily) = (rules, daily)
    let (outcome, isTold) = try await write { db in
      let visit = try VisitTable.visit(visit, tenant: tenant, in: db)
      let outcome = try OutcomeRules().record(
        report, of: visit, known: try OutcomeTable.known(visit, at: now, in: db),
        previous: try OutcomeTable.last(of: visit.id, tenant: tenant, in: db), by: initiator,
        at: now)
      try OutcomeTable.append(outcome, tenant: tenant, in: db)
      try Self.follow(outcome, of: visit, at: now, in: db)
      try AuditTable.append(
        AuditDraft(
          action: "outcome.record", subject: visit.citizenID, visit: visit.id,
          detail: outcome.kind.rawValue), tenant: tenant, by: initiator, at: now, in: db)
      guard outcome.kind.isHeld, visit.state != .ended else { return (outcome, false) }
      let change = try Self.end(
        visit, rules: rules, daily: daily, by: initiator, at: now, events: events, in: db)
      return (outcome, !change.events.isEmpty)
    }
    if isTold { signals.fire() }
    return outcome
  }

  /// A visit that was held where nothing here saw it ends: so far it was only booked, or rung in
  /// vain.
  private static func end(
    _ visit: Visit, rules: VisitRules, daily: DailyPolicy, by initiator: Initiator,
    at now: UTCMilliseconds, events: EventMaker, in db: Database
  ) throws -> CommittedVisit {
    var details = try VisitTable.details(of: visit, in: db)
    let change = try rules.apply(
      .reportHeld, to: visit, citizen: details.citizen, worker: details.worker, by: initiator,
      at: now)
    details.visit = change.visit
    try VisitTable.update(change.visit, from: visit, at: now, in: db)
    try AbsenceTable.followUp(change.visit, from: visit, at: now, in: db)
    return try finish(
      change, action: "visit.\(VisitCommand.reportHeld.name)", details: details, previous: visit,
      daily: daily, by: initiator, at: now, events: events, in: db)
  }

  /// A person's word opens a follow-up as the ledger's does, and ends one that it shows needless.
  private static func follow(
    _ outcome: VisitOutcome, of visit: Visit, at now: UTCMilliseconds, in db: Database
  ) throws {
    let known = try FollowUpTable.find(visit.id, tenant: visit.tenant, in: db)
    if let known, known.isOpen, outcome.kind.isHeld {
      let settled = try NoShowRules().apply(
        .tried(outcome.kind == .movedToPhone ? .phone : .ring, reached: true), to: known,
        by: .system, at: now)
      try FollowUpTable.write(settled, tenant: visit.tenant, in: db)
    }
    guard known == nil else { return }
    let inARow = try OutcomeTable.unansweredInARow(before: visit, in: db)
    if let path = NoShowRules().open(after: outcome, inARow: inARow, at: now) {
      try FollowUpTable.write(path, tenant: visit.tenant, in: db)
    }
  }

  /// A worker's visits that nobody knows the outcome of.
  public func visitsWithoutOutcome(
    of worker: PersonID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> [VisitDetails] {
    try await read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT v.* FROM visit v WHERE v.tenant = ?1 AND v.worker = ?2
            AND v.start BETWEEN ?3 AND ?4 AND NOT EXISTS (
              SELECT 1 FROM outcome o WHERE o.tenant = v.tenant AND o.visit = v.id
                AND \(OutcomeTable.isAboutPresentTime))
          ORDER BY v.start, v.id
          """,
        arguments: [
          tenant.rawValue, worker.rawValue,
          now.adding(minutes: -Self.askedDays * 1440).rawValue, now.rawValue,
        ])
      return try rows.map { try VisitTable.visit($0, in: db) }
        .filter { OutcomeRules().isMissing(for: $0, outcome: nil, at: now) }
        .map { try VisitTable.details(of: $0, in: db) }
    }
  }

  /// The note of a visit.
  public func note(of visit: VisitID, tenant: TenantID) async throws(StoreError) -> VisitNote? {
    try await read { db in
      try VisitTable.requireVisit(visit, tenant: tenant, in: db)
      return try NoteTable.note(of: visit, tenant: tenant, in: db)
    }
  }

  /// Writes or corrects it.
  public func write(
    _ draft: NoteDraft, of visit: VisitID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> NoteChange {
    try await write { db in
      let visit = try VisitTable.visit(visit, tenant: tenant, in: db)
      let goals = try NoteTable.goals(of: visit.citizenID, tenant: tenant, in: db)
      let change = try NoteRules().write(
        draft, on: visit, outcome: try OutcomeTable.last(of: visit.id, tenant: tenant, in: db),
        goals: goals,
        previous: try NoteTable.note(of: visit.id, tenant: tenant, in: db), by: initiator, at: now)
      try NoteTable.append(change.note, tenant: tenant, in: db)
      try PostTable.follow(change.note, on: visit, goals: goals, at: now, in: db)
      try AuditTable.append(
        AuditDraft(action: "note.write", subject: visit.citizenID, visit: visit.id),
        tenant: tenant, by: initiator, at: now, in: db)
      return change
    }
  }

  /// A citizen's notes.
  public func notes(
    about citizen: PersonID, tenant: TenantID, limit: Int
  ) async throws(StoreError) -> [VisitNote] {
    try await read {
      try NoteTable.notes(about: citizen, tenant: tenant, limit: limit, in: $0)
    }
  }

  /// A citizen's goals.
  public func goals(of citizen: PersonID, tenant: TenantID) async throws(StoreError) -> [Goal] {
    try await read { try NoteTable.goals(of: citizen, tenant: tenant, in: $0) }
  }

  /// Adds a goal.
  public func addGoal(
    _ wording: String, reference: String?, of citizen: PersonID, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> Goal {
    try await write { db in
      try CircleTable.requireCitizen(citizen, tenant: tenant, in: db)
      let goal = try GoalRules().add(
        wording, as: .random(), of: citizen, reference: reference,
        to: try NoteTable.goals(of: citizen, tenant: tenant, in: db), by: initiator, at: now)
      try NoteTable.write(goal, tenant: tenant, in: db)
      try AuditTable.append(
        AuditDraft(action: "goal.add", subject: citizen, detail: goal.id.rawValue),
        tenant: tenant, by: initiator, at: now, in: db)
      return goal
    }
  }

  /// Closes a goal.
  public func closeGoal(
    _ id: GoalID, of citizen: PersonID, as state: Goal.State, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> Goal {
    try await write { db in
      let goals = try NoteTable.goals(of: citizen, tenant: tenant, in: db)
      guard let known = goals.first(where: { $0.id == id }) else { throw StoreError.notFound }
      let goal = try GoalRules().close(known, as: state, by: initiator, at: now)
      try NoteTable.write(goal, tenant: tenant, in: db)
      try AuditTable.append(
        AuditDraft(action: "goal.\(state.rawValue)", subject: citizen, detail: id.rawValue),
        tenant: tenant, by: initiator, at: now, in: db)
      return goal
    }
  }
}
