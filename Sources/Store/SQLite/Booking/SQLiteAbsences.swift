import GRDB
public import Visits

extension SQLiteStore {
  /// Enters or changes an absence.
  public func declare(
    _ absence: Absence, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping AbsenceEventMaker
  ) async throws(StoreError) -> CommittedAbsence {
    try await commitAbsence(tenant: absence.tenant, at: now, events) { db in
      let absence = try absence.checked()
      let worker = try PeopleTable.person(absence.worker, tenant: absence.tenant, in: db)
      guard worker.role.givesSupport else {
        throw Refusal.notASupportWorker(name: worker.displayName)
      }
      if let known = try AbsenceTable.find(absence.id, tenant: absence.tenant, in: db) {
        guard known.worker == absence.worker else { throw StoreError.conflict }
        if known == absence { return CommittedAbsence(absence: absence, tasks: [], freed: []) }
      }
      return try Self.put(absence, "absence.declare", by: initiator, at: now, in: db)
    }
  }

  /// Takes an absence back.
  public func withdrawAbsence(
    _ id: AbsenceID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping AbsenceEventMaker
  ) async throws(StoreError) -> CommittedAbsence {
    try await commitAbsence(tenant: tenant, at: now, events) { db in
      var absence = try AbsenceTable.absence(id, tenant: tenant, in: db)
      if absence.withdrawnAt != nil {
        return CommittedAbsence(absence: absence, tasks: [], freed: [])
      }
      absence.withdrawnAt = now
      return try Self.put(absence, "absence.withdraw", by: initiator, at: now, in: db)
    }
  }

  /// Absences that have not passed.
  public func absences(
    tenant: TenantID, workers: Set<PersonID>?, from: UTCMilliseconds
  ) async throws(StoreError) -> [Absence] {
    try await read { try AbsenceTable.absences(tenant: tenant, from: from, in: $0) }
      .filter { workers?.contains($0.worker) ?? true }
  }

  /// The to-dos somebody must still see to.
  public func absenceTasks(
    tenant: TenantID, workers: Set<PersonID>?, at now: UTCMilliseconds
  ) async throws(StoreError) -> [AbsenceTaskDetails] {
    try await read { db in
      let tasks = try AbsenceTable.tasks(
        where: "tenant = ? AND state IN ('open', 'proposed')", [tenant.rawValue], in: db)
      let mine = try tasks.filter { task in
        guard let workers else { return true }
        let absence = try AbsenceTable.absence(task.absence, tenant: tenant, in: db)
        return workers.contains(absence.worker)
      }
      return try SubstituteSearch.details(of: mine, tenant: tenant, in: db)
    }
  }

  /// What was put to a citizen and is unanswered.
  public func absenceTasks(
    putTo citizen: PersonID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> [AbsenceTaskDetails] {
    try await read { db in
      let tasks = try AbsenceTable.tasks(
        where: "tenant = ? AND citizen = ? AND state = 'proposed'",
        [tenant.rawValue, citizen.rawValue], in: db)
      return try SubstituteSearch.details(of: tasks, tenant: tenant, in: db)
    }
  }

  /// Applies a command to a to-do.
  public func apply(
    _ command: AbsenceCommand, to visit: VisitID, absence: AbsenceID, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds, events: @escaping AbsenceEventMaker
  ) async throws(StoreError) -> CommittedAbsence {
    let (rules, daily) = (rules, daily)
    return try await commitAbsence(tenant: tenant, at: now, events) { db in
      let task = try AbsenceTable.task(about: visit, absence: absence, tenant: tenant, in: db)
      let before = try VisitTable.visit(visit, tenant: tenant, in: db)
      let away = try AbsenceTable.absences(tenant: tenant, from: now, in: db)
      let change = try AbsenceRules().apply(
        command, to: task, about: before, absences: away, by: initiator, at: now)
      var committed = CommittedAbsence(
        absence: try AbsenceTable.absence(absence, tenant: tenant, in: db), tasks: [], freed: [])
      guard change.task != task || change.visit != nil else { return committed }
      try AbsenceTable.put(change.task, tenant: tenant, in: db)
      committed.tasks = [change.task]
      if let visitChange = change.visit {
        let changed = try Self.carryOut(
          visitChange, from: before, rules: rules, daily: daily, action: "visit.\(command.name)",
          cancellation: Cancellation(by: .worker, because: committed.absence.kind.cancels),
          by: initiator, at: now, in: db)
        committed.visit = changed.visit
        committed.freed = changed.freed
        // What it changed is settled, not dropped: the follow-up saw the visit and not why.
        try AbsenceTable.put(change.task, tenant: tenant, in: db)
      } else {
        try AuditTable.append(
          AuditDraft(action: "absence-task.\(command.name)", subject: task.citizen, visit: visit),
          tenant: tenant, by: initiator, at: now, in: db)
      }
      return committed
    }
  }

  /// How far a citizen met people they know.
  public func continuity(
    of citizen: PersonID, in period: TimeWindow, tenant: TenantID
  ) async throws(StoreError) -> Continuity {
    try await read { db in
      let plan = try TeamTable.plan(of: citizen, tenant: tenant, in: db)
      // Who leads a group's meeting is met by each member who came, whoever's name it bears.
      let visits = try Row.fetchAll(
        db,
        sql: """
          WITH \(GrantTable.mine)
          SELECT v.* FROM mine CROSS JOIN visit v ON v.tenant = ?1 AND v.id = mine.id
          WHERE v.state = 'ended' AND v.start < ?4 AND NOT (\(GrantTable.stayedAway))
          """, arguments: [tenant.rawValue, citizen.rawValue, 0, period.end.rawValue]
      ).map { try VisitTable.visit($0, in: db) }
      return Continuity(visits: visits, primary: plan.circle.primaryWorker, period: period)
    }
  }

  // MARK: Pieces

  /// Stores an absence and makes to-dos of the visits it touches.
  private static func put(
    _ absence: Absence, _ action: String, by initiator: Initiator, at now: UTCMilliseconds,
    in db: Database
  ) throws -> CommittedAbsence {
    try AbsenceTable.put(absence, in: db)
    let existing = try AbsenceTable.tasks(
      where: "tenant = ? AND absence = ?",
      [absence.tenant.rawValue, absence.id.rawValue], in: db)
    var visits: [VisitID: Visit] = [:]
    for visit in try Row.fetchAll(
      db,
      sql: """
        SELECT * FROM visit WHERE tenant = ? AND worker = ? AND start < ? AND start > ?
          AND state IN ('booked', 'missed')
        """,
      arguments: [
        absence.tenant.rawValue, absence.worker.rawValue, absence.window.end.rawValue,
        max(absence.window.start, now.adding(minutes: -1440)).adding(
          minutes: -Visit.longestMinutes
        ).rawValue,
      ]
    ).map({ try VisitTable.visit($0, in: db) }) where visit.end > now {
      visits[visit.id] = visit
    }
    for task in existing where visits[task.visit] == nil {
      visits[task.visit] = try VisitTable.visit(task.visit, tenant: absence.tenant, in: db)
    }
    let ordered = visits.values.sorted { ($0.start, $0.id.rawValue) < ($1.start, $1.id.rawValue) }
    let tasks = AbsenceRules().reconcile(absence, existing: existing, visits: ordered)
    for task in tasks { try AbsenceTable.put(task, tenant: absence.tenant, in: db) }
    try AuditTable.append(
      AuditDraft(action: action, subject: absence.worker, detail: absence.id.rawValue),
      tenant: absence.tenant, by: initiator, at: now, in: db)
    return CommittedAbsence(absence: absence, tasks: tasks, freed: [])
  }

  private func commitAbsence(
    tenant: TenantID, at now: UTCMilliseconds, _ events: @escaping AbsenceEventMaker,
    _ body: @escaping @Sendable (Database) throws -> CommittedAbsence
  ) async throws(StoreError) -> CommittedAbsence {
    let (committed, hasEvents) = try await write { db in
      let committed = try body(db)
      let stored = try EventTable.append(events(committed), tenant: tenant, at: now, in: db)
      return (committed, !stored.isEmpty)
    }
    if hasEvents { signals.fire() }
    return committed
  }

  /// Writes a visit that was agreed upon: rules, free time, visit, to-dos, ledger and audit log. It
  /// was the citizen's word as much as a colleague's, so who may book is not asked again.
  static func carryOut(
    _ change: VisitChange, from before: Visit, rules: VisitRules, daily: DailyPolicy,
    action: String, cancellation: Cancellation? = nil,
    by initiator: Initiator, at now: UTCMilliseconds, in db: Database
  ) throws -> (visit: CommittedVisit, freed: [FreedTime]) {
    let after = change.visit
    let details = try VisitTable.details(of: after, in: db)
    if after.state != .cancelled {
      let checks = try BookingChecks(for: after, replacing: before, in: db)
      try checks.rules(rules.offering(before), for: after).policy.check(
        BookingProposal(
          visit: after, citizen: details.citizen, worker: details.worker, initiator: .system,
          now: now, previous: before))
      if after.start != before.start || after.workerID != before.workerID
        || after.form != before.form
      {
        try checks.requireFree(details, in: db)
      }
    }
    try VisitTable.update(after, from: before, at: now, in: db)
    let freed = try AbsenceTable.followUp(after, from: before, at: now, in: db)
    let committed = try finish(
      change, action: action, details: details, previous: before, daily: daily,
      cancellation: cancellation, by: initiator, at: now, events: { _ in [] }, in: db)
    return (committed, freed)
  }
}

extension AbsenceKind {
  /// Why a visit that it leaves nobody for is called off.
  fileprivate var cancels: CancellationReason {
    switch self {
    case .illness: .illness
    case .holiday: .holiday
    case .other: .other
    }
  }
}

extension AbsenceCommand {
  /// The command's stable name, as the audit log has it.
  fileprivate var name: String {
    switch self {
    case .take: "take"
    case .propose: "propose"
    case .agree: "agree"
    case .decline: "decline"
    case .settle: "settle"
    }
  }
}
