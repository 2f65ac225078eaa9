import GRDB
public import Visits

extension SQLiteStore: AccessStore {
  /// Decides, and logs the look.
  @discardableResult
  public func access(
    _ request: AccessRequest, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> AccessBasis {
    let look = try await read { db in
      let decision = try AccessTable.decide(
        request, tenant: tenant, by: initiator, at: now, in: db)
      let isLogged = try decision?.entry.map {
        try AccessTable.isLogged($0, tenant: tenant, in: db)
      }
      return (decision: decision, isLogged: isLogged ?? true)
    }
    if let entry = look.decision?.entry, !look.isLogged {
      try await write { try AccessTable.append(entry, tenant: tenant, in: $0) }
    }
    return look.decision?.basis ?? .role
  }

  /// Logs a list.
  public func logList(
    _ criterion: String, part: RecordPart, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) {
    guard let reader = initiator.person, let role = initiator.role, role.isStaff else { return }
    let isLogged = try await read { db in
      try AccessTable.isLogged(
        list: criterion, part: part, reader: reader, tenant: tenant, at: now, in: db)
    }
    guard !isLogged else { return }
    try await write { db in
      try AccessTable.append(
        list: criterion, part: part, reader: reader, role: role, device: initiator.device,
        tenant: tenant, at: now, in: db)
    }
  }

  /// Lines of the log of looks.
  public func accessLog(
    tenant: TenantID, of citizen: PersonID?, after id: Int64, limit: Int
  ) async throws(StoreError) -> [AccessLine] {
    try await read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT * FROM accessLog
          WHERE tenant = ?1 AND id > ?3 AND (?2 IS NULL OR citizen = ?2) ORDER BY id LIMIT ?4
          """, arguments: [tenant.rawValue, citizen?.rawValue, id, max(0, limit)]
      ).map(AccessTable.line)
    }
  }

  /// Who is around a citizen.
  public func circle(
    of citizen: PersonID, tenant: TenantID
  ) async throws(StoreError) -> CareCircle {
    try await read { db in
      try CircleTable.requireCitizen(citizen, tenant: tenant, in: db)
      return try CircleTable.circle(of: citizen, tenant: tenant, in: db)
    }
  }

  /// Sets who is around a citizen.
  public func setCircle(
    _ circle: CareCircle, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await write { db in
      try CircleTable.requireCitizen(circle.citizen, tenant: tenant, in: db)
      for worker in [circle.primaryWorker, circle.backup].compactMap(\.self) {
        let person = try PeopleTable.person(worker, tenant: tenant, in: db)
        guard person.role.givesSupport else {
          throw Refusal.notASupportWorker(name: person.displayName)
        }
      }
      if let caseWorker = circle.caseWorker {
        let person = try PeopleTable.person(caseWorker, tenant: tenant, in: db)
        guard person.role == .caseWorker else {
          throw Refusal.notACaseWorker(name: person.displayName)
        }
      }
      try CircleTable.write(circle, tenant: tenant, in: db)
      try CircleTable.setTeams(circle.teams, of: circle.citizen, tenant: tenant, in: db)
      try AuditTable.append(
        AuditDraft(action: "circle.set", subject: circle.citizen), tenant: tenant, by: initiator,
        at: now, in: db)
    }
  }

  /// Whether a worker runs a team's groups and takes its requests.
  public func serves(
    _ worker: PersonID, _ team: TeamID, tenant: TenantID
  ) async throws(StoreError) -> Bool {
    try await read { try DutyTable.serves(worker, team: team, tenant: tenant, in: $0) }
  }

  /// The teams that a person belongs to.
  public func teams(of person: PersonID, tenant: TenantID) async throws(StoreError) -> [TeamID] {
    try await read { try TeamTable.teams(of: person, tenant: tenant, in: $0) }
  }

  /// Sets the teams that a person works in.
  public func setTeams(
    _ teams: [TeamID], of person: PersonID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await write { db in
      _ = try PeopleTable.person(person, tenant: tenant, in: db)
      try CircleTable.setTeams(teams, of: person, tenant: tenant, in: db)
      let names = teams.map(\.rawValue).joined(separator: ", ")
      try AuditTable.append(
        AuditDraft(action: "person.teams", subject: person, detail: names), tenant: tenant,
        by: initiator, at: now, in: db)
    }
  }

  /// The people whom a member of staff has to do with.
  public func people(
    around initiator: Initiator, tenant: TenantID, role: Role?, at now: UTCMilliseconds
  ) async throws(StoreError) -> [Person] {
    switch initiator.role {
    case .citizen: return []
    case .operations, .administrator, nil: return try await people(tenant: tenant, role: role)
    case .supportWorker, .teamLead, .caseWorker: break
    }
    guard let reader = initiator.person else { return [] }
    return try await read { db in
      try CircleTable.people(
        around: reader, role: role, isCaseWorker: initiator.role == .caseWorker, tenant: tenant,
        at: now, in: db)
    }
  }
}
