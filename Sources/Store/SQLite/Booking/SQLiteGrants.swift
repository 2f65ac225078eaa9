import GRDB
public import Visits

extension SQLiteStore: GrantStore {
  /// Records a grant.
  public func grant(
    _ request: GrantRequest, to citizen: PersonID, born: LocalDate, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> GrantDetails {
    try await write { db in
      let person = try PeopleTable.person(citizen, tenant: tenant, in: db)
      let rules = GrantRules(policy: try SettingsTable.booking(tenant: tenant, in: db).grants)
      let change = try rules.grant(
        request, to: person, born: born,
        existing: GrantTable.grants(of: citizen, tenant: tenant, in: db), by: initiator, at: now)
      return try Self.finish(change, isNew: true, "grant.create", by: initiator, at: now, in: db)
    }
  }

  /// Takes up the course that ended last again.
  public func reenter(
    _ id: GrantID, citizen: PersonID, born: LocalDate, start: LocalDate, reference: String?,
    tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> GrantDetails {
    try await write { db in
      let person = try PeopleTable.person(citizen, tenant: tenant, in: db)
      let rules = GrantRules(policy: try SettingsTable.booking(tenant: tenant, in: db).grants)
      let change = try rules.reenter(
        id, as: person, born: born,
        from: GrantTable.grants(of: citizen, tenant: tenant, in: db), start: start,
        reference: reference, by: initiator, at: now)
      return try Self.finish(change, isNew: true, "grant.reenter", by: initiator, at: now, in: db)
    }
  }

  /// Applies a command to a grant.
  public func apply(
    _ command: GrantCommand, to id: GrantID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> GrantDetails {
    try await write { db in
      let grant = try GrantTable.grant(id, tenant: tenant, in: db)
      let rules = GrantRules(policy: try SettingsTable.booking(tenant: tenant, in: db).grants)
      let others = try GrantTable.grants(of: grant.citizen, tenant: tenant, in: db)
        .filter { $0.id != id }
      let change = try rules.apply(command, to: grant, others: others, by: initiator, at: now)
      return try Self.finish(
        change, isNew: false, "grant.\(command.name)", by: initiator, at: now, in: db)
    }
  }

  /// A grant with its history.
  public func grantDetails(
    _ id: GrantID, tenant: TenantID
  ) async throws(StoreError) -> GrantDetails {
    try await read { try Self.details(of: GrantTable.grant(id, tenant: tenant, in: $0), in: $0) }
  }

  /// What whoever booked a visit should know.
  public func advice(on visit: Visit) async throws(StoreError) -> [Notice] {
    try await read { db in
      let booked = CountedVisit(visit)
      // It is counted already, so that it is taken out and put in again.
      return try BookingChecks(for: visit, in: db).grants.advice(on: booked, replacing: booked)
    }
  }

  /// A citizen's grants, newest first.
  public func grants(
    of citizen: PersonID, tenant: TenantID
  ) async throws(StoreError) -> [Grant] {
    try await read { try GrantTable.grants(of: citizen, tenant: tenant, in: $0) }
  }

  /// Minutes granted, booked and delivered.
  public func minutes(
    of id: GrantID, from first: LocalDate, through last: LocalDate, tenant: TenantID
  ) async throws(StoreError) -> [MinutesAccount] {
    try await read { db in
      let grant = try GrantTable.grant(id, tenant: tenant, in: db)
      let visits = try GrantTable.counted(
        of: grant.citizen, from: first.monday, tenant: tenant, in: db)
      return MinutesAccount.weeks(of: grant, visits: visits, from: first, through: last)
    }
  }

  private static func finish(
    _ change: GrantChange, isNew: Bool, _ action: String, by initiator: Initiator,
    at now: UTCMilliseconds, in db: Database
  ) throws -> GrantDetails {
    try GrantTable.write(change, isNew: isNew, in: db)
    if !change.entries.isEmpty {
      try AuditTable.append(
        AuditDraft(
          action: action, subject: change.grant.citizen, detail: change.grant.id.rawValue),
        tenant: change.grant.tenant, by: initiator, at: now, in: db)
    }
    return try details(of: change.grant, in: db)
  }

  private static func details(of grant: Grant, in db: Database) throws -> GrantDetails {
    let settings = try SettingsTable.booking(tenant: grant.tenant, in: db)
    let minutes = grant.terms.last?.terms.weeklyMinutes ?? 0
    let mix =
      grant.package.flatMap(settings.grants.package)?
      .minutes(of: minutes, under: grant.basis) ?? []
    return GrantDetails(
      grant: grant, history: try GrantTable.history(of: grant.id, tenant: grant.tenant, in: db),
      tasks: settings.grants.openTasks(of: grant, firstHeld: try firstHeld(under: grant, in: db)),
      mix: mix.map { FormMinutes(form: $0.0, minutes: $0.1) })
  }

  /// The day of the first visit that was held under a grant, of the citizen's own if there is one;
  /// nil before it.
  static func firstHeld(under grant: Grant, in db: Database) throws -> LocalDate? {
    let start = LocalDateTime(grant.start, .midnight).utc
    let own = try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT start FROM visit v WHERE tenant = ? AND citizen = ? AND start >= ?
            AND state = 'ended' AND form <> 'group' AND COALESCE(\(OutcomeTable.delivered), 1) <> 0
          ORDER BY start LIMIT 1
          """),
      arguments: [grant.tenant.rawValue, grant.citizen.rawValue, start.rawValue])
    if let own { return LocalDate(own.time("start")) }
    // Whether a member came to a meeting takes a closer look: only where there is nothing else.
    return try GrantTable.counted(
      of: grant.citizen, from: grant.start, tenant: grant.tenant, in: db
    ).first { $0.isHeld }.map { LocalDate($0.start) }
  }
}

extension GrantCommand {
  /// The command's stable name, as the audit log has it.
  var name: String {
    switch self {
    case .extend: "extend"
    case .propose: "propose"
    case .decide: "decide"
    case .withdrawProposal: "withdraw-proposal"
    case .writeStatus: "write-status"
    case .exceptFromCafe: "cafe-exception"
    case .close: "close"
    }
  }
}
