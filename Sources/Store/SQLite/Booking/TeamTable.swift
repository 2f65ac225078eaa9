import GRDB
import Visits

/// Rows of `team`, `teamMember` and `careCircle`.
enum TeamTable {
  static func teams(tenant: TenantID, in db: Database) throws -> [Team] {
    var members: [TeamID: [PersonID]] = [:]
    for row in try Row.fetchAll(
      db, sql: "SELECT team, person FROM teamMember WHERE tenant = ? ORDER BY team, person",
      arguments: [tenant.rawValue])
    { members[row.id("team"), default: []].append(row.id("person")) }
    return try Row.fetchAll(
      db, sql: "SELECT id, name FROM team WHERE tenant = ? ORDER BY name, id",
      arguments: [tenant.rawValue]
    ).map { Team(id: $0.id("id"), name: $0["name"], members: members[$0.id("id")] ?? []) }
  }

  static func put(_ team: Team, tenant: TenantID, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO team (tenant, id, name) VALUES (?, ?, ?)
        ON CONFLICT (tenant, id) DO UPDATE SET name = excluded.name
        """, arguments: [tenant.rawValue, team.id.rawValue, team.name])
    try db.execute(
      sql: "DELETE FROM teamMember WHERE tenant = ? AND team = ?",
      arguments: [tenant.rawValue, team.id.rawValue])
    for person in Set(team.members) {
      // A person of another municipality's does not exist here.
      _ = try PeopleTable.person(person, tenant: tenant, in: db)
      try db.execute(
        sql: "INSERT INTO teamMember (tenant, team, person) VALUES (?, ?, ?)",
        arguments: [tenant.rawValue, team.id.rawValue, person.rawValue])
    }
  }

  /// The teams somebody is in, by id.
  static func teams(of person: PersonID, tenant: TenantID, in db: Database) throws -> [TeamID] {
    try String.fetchAll(
      db.cachedStatement(
        sql: "SELECT team FROM teamMember WHERE tenant = ? AND person = ? ORDER BY team"),
      arguments: [tenant.rawValue, person.rawValue]
    ).map(TeamID.init(rawValue:))
  }

  /// The workers of a citizen's teams, by id.
  static func workers(
    around person: PersonID, tenant: TenantID, in db: Database
  ) throws -> [PersonID] {
    try String.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT DISTINCT m.person FROM teamMember own
          JOIN teamMember m ON m.tenant = own.tenant AND m.team = own.team
          JOIN person p ON p.tenant = m.tenant AND p.id = m.person
          WHERE own.tenant = ? AND own.person = ? AND p.role IN ('supportWorker', 'teamLead')
          ORDER BY m.person
          """), arguments: [tenant.rawValue, person.rawValue]
    ).map(PersonID.init(rawValue:))
  }

  /// The workers who share a team with somebody.
  static func colleagues(
    of person: PersonID, tenant: TenantID, in db: Database
  ) throws -> Set<PersonID> {
    Set(try workers(around: person, tenant: tenant, in: db)).subtracting([person])
  }

  static func plan(of citizen: PersonID, tenant: TenantID, in db: Database) throws -> CitizenPlan {
    let teams = try teams(of: citizen, tenant: tenant, in: db)
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT * FROM careCircle WHERE tenant = ? AND citizen = ?"),
      arguments: [tenant.rawValue, citizen.rawValue])
    guard let row else { return CitizenPlan(circle: CareCircle(citizen: citizen, teams: teams)) }
    return CitizenPlan(
      circle: CareCircle(
        citizen: citizen, teams: teams, primaryWorker: row.optionalID("primaryWorker"),
        backup: row.optionalID("backup"), caseWorker: row.optionalID("caseWorker")),
      travelMinutes: row["travelMinutes"],
      scheduling: try row.value("scheduling", as: SchedulingMode.self))
  }

  static func put(_ plan: CitizenPlan, tenant: TenantID, in db: Database) throws {
    let circle = plan.circle
    try db.execute(
      sql: """
        INSERT INTO careCircle (tenant, citizen, primaryWorker, backup, caseWorker, travelMinutes,
          scheduling) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, citizen) DO UPDATE SET primaryWorker = excluded.primaryWorker,
          backup = excluded.backup, caseWorker = excluded.caseWorker,
          travelMinutes = excluded.travelMinutes, scheduling = excluded.scheduling
        """,
      arguments: [
        tenant.rawValue, circle.citizen.rawValue, circle.primaryWorker?.rawValue,
        circle.backup?.rawValue, circle.caseWorker?.rawValue, plan.travelMinutes,
        plan.scheduling.rawValue,
      ])
  }
}

/// Rows of `setting` and `openingProfile`.
enum SettingsTable {
  static func booking(tenant: TenantID, in db: Database) throws -> BookingSettings {
    let text = try String.fetchOne(
      db.cachedStatement(sql: "SELECT body FROM setting WHERE tenant = ? AND name = 'booking'"),
      arguments: [tenant.rawValue])
    return try text.map { try JSONColumn.value(BookingSettings.self, from: $0) }
      ?? BookingSettings()
  }

  static func put(_ settings: BookingSettings, tenant: TenantID, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO setting (tenant, name, body) VALUES (?, 'booking', ?)
        ON CONFLICT (tenant, name) DO UPDATE SET body = excluded.body
        """, arguments: [tenant.rawValue, try JSONColumn.text(settings)])
  }

  /// The profiles of some teams, or of all.
  static func profiles(
    tenant: TenantID, teams: [TeamID]? = nil, in db: Database
  ) throws -> [OpeningProfile] {
    guard let teams else {
      return try Row.fetchAll(
        db, sql: "SELECT body FROM openingProfile WHERE tenant = ? ORDER BY id",
        arguments: [tenant.rawValue]
      ).map { try $0.body(as: OpeningProfile.self) }
    }
    return try teams.flatMap { team in
      try Row.fetchAll(
        db.cachedStatement(
          sql: "SELECT body FROM openingProfile WHERE tenant = ? AND team = ? ORDER BY id"),
        arguments: [tenant.rawValue, team.rawValue]
      ).map { try $0.body(as: OpeningProfile.self) }
    }
  }

  static func put(_ profile: OpeningProfile, tenant: TenantID, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO openingProfile (tenant, id, team, body) VALUES (?, ?, ?, ?)
        ON CONFLICT (tenant, id) DO UPDATE SET team = excluded.team, body = excluded.body
        """,
      arguments: [
        tenant.rawValue, profile.id.rawValue, profile.team.rawValue,
        try JSONColumn.text(profile),
      ])
  }
}
