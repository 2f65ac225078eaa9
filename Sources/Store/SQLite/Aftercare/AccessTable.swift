import GRDB
import Visits

/// Rows of `accessLog`, which triggers keep from ever being changed, and decisions about access.
enum AccessTable {
  /// The decision about a request; nil for the system itself, which asks nobody.
  static func decide(
    _ request: AccessRequest, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    in db: Database
  ) throws -> AccessDecision? {
    guard let reader = initiator.person, let role = initiator.role else { return nil }
    try CircleTable.requireCitizen(request.citizen, tenant: tenant, in: db)
    var question = AccessQuestion(
      reader: reader, role: role, device: initiator.device,
      teams: Set(try TeamTable.teams(of: reader, tenant: tenant, in: db)),
      circle: try CircleTable.circle(of: request.citizen, tenant: tenant, in: db),
      part: request.part, action: request.action, reason: request.reason)
    question.hasVisit = try CircleTable.haveVisit(
      citizen: request.citizen, worker: reader, tenant: tenant, at: now, in: db)
    if role.givesSupport, question.teams.isDisjoint(with: question.circle.teams) {
      question.isOnDuty = try isOnDuty(
        reader, for: question.circle.teams, tenant: tenant, at: now, in: db)
    }
    // A citizen whom no team and no worker has yet belongs to all of them: somebody must be able to
    // begin, and a small municipality has one team and no need to say so.
    if question.circle.teams.isEmpty, question.circle.primaryWorker == nil {
      let everybody = TeamID(rawValue: "")
      question.circle.teams = [everybody]
      question.teams.insert(everybody)
    }
    return try AccessRules().decide(question, at: now)
  }

  /// Whether the reader has the duty now for one of a citizen's teams (H14).
  private static func isOnDuty(
    _ reader: PersonID, for teams: [TeamID], tenant: TenantID, at now: UTCMilliseconds,
    in db: Database
  ) throws -> Bool {
    guard !teams.isEmpty else { return false }
    return try DutyTable.shifts(tenant: tenant, team: nil, at: now, in: db).contains {
      $0.worker == reader && $0.kind == .duty && teams.contains($0.team)
    }
  }

  /// Whether the same look was logged a short while ago.
  static func isLogged(_ entry: AccessEntry, tenant: TenantID, in db: Database) throws -> Bool {
    guard entry.action == .read else { return false }
    return try Bool.fetchOne(
      db,
      sql: """
        SELECT EXISTS (SELECT 1 FROM accessLog WHERE tenant = ? AND reader = ? AND at > ?
          AND citizen = ? AND part = ? AND action = ? AND basis = ? AND device IS ?
          AND reason IS ?)
        """,
      arguments: [
        tenant.rawValue, entry.reader.rawValue, Self.horizon(entry.at), entry.citizen.rawValue,
        entry.part.rawValue, entry.action.rawValue, entry.basis.rawValue, entry.device?.rawValue,
        entry.reason,
      ]) ?? false
  }

  static func isLogged(
    list criterion: String, part: RecordPart, reader: PersonID, tenant: TenantID,
    at now: UTCMilliseconds, in db: Database
  ) throws -> Bool {
    try Bool.fetchOne(
      db,
      sql: """
        SELECT EXISTS (SELECT 1 FROM accessLog WHERE tenant = ? AND reader = ? AND at > ?
          AND citizen IS NULL AND criterion = ? AND part = ?)
        """,
      arguments: [
        tenant.rawValue, reader.rawValue, Self.horizon(now), criterion, part.rawValue,
      ]) ?? false
  }

  private static func horizon(_ now: UTCMilliseconds) -> Int64 {
    now.adding(milliseconds: -AccessRequest.sameLookMilliseconds).rawValue
  }

  static func append(_ entry: AccessEntry, tenant: TenantID, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO accessLog (tenant, at, reader, role, device, citizen, part, action, basis,
          reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        tenant.rawValue, entry.at.rawValue, entry.reader.rawValue, entry.role.rawValue,
        entry.device?.rawValue, entry.citizen.rawValue, entry.part.rawValue,
        entry.action.rawValue, entry.basis.rawValue, entry.reason,
      ])
  }

  static func append(
    list criterion: String, part: RecordPart, reader: PersonID, role: Role, device: DeviceID?,
    tenant: TenantID, at now: UTCMilliseconds, in db: Database
  ) throws {
    try db.execute(
      sql: """
        INSERT INTO accessLog (tenant, at, reader, role, device, criterion, part, action, basis)
        VALUES (?, ?, ?, ?, ?, ?, ?, 'read', ?)
        """,
      arguments: [
        tenant.rawValue, now.rawValue, reader.rawValue, role.rawValue, device?.rawValue, criterion,
        part.rawValue, (role.givesSupport ? AccessBasis.team : AccessBasis.role).rawValue,
      ])
  }

  static func line(_ row: Row) throws -> AccessLine {
    AccessLine(
      id: row["id"], at: row.time("at"), reader: row.id("reader"),
      role: try row.value("role", as: Role.self), device: row.optionalID("device"),
      citizen: row.optionalID("citizen"), criterion: row["criterion"],
      part: try row.value("part", as: RecordPart.self),
      action: try row.value("action", as: AccessAction.self),
      basis: try row.value("basis", as: AccessBasis.self), reason: row["reason"])
  }
}
