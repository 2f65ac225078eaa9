import GRDB
import Visits

/// Rows of `careCircle`, `team` and `teamMember`.
enum CircleTable {
  static func requireCitizen(_ id: PersonID, tenant: TenantID, in db: Database) throws {
    let person = try PeopleTable.person(id, tenant: tenant, in: db)
    guard person.role == .citizen else { throw StoreError.notFound }
  }

  static func circle(
    of citizen: PersonID, tenant: TenantID, in db: Database
  ) throws -> CareCircle {
    let row = try Row.fetchOne(
      db, sql: "SELECT * FROM careCircle WHERE tenant = ? AND citizen = ?",
      arguments: [tenant.rawValue, citizen.rawValue])
    return CareCircle(
      citizen: citizen, teams: try TeamTable.teams(of: citizen, tenant: tenant, in: db),
      primaryWorker: row?.optionalID("primaryWorker"), backup: row?.optionalID("backup"),
      caseWorker: row?.optionalID("caseWorker"))
  }

  static func write(_ circle: CareCircle, tenant: TenantID, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO careCircle (tenant, citizen, primaryWorker, backup, caseWorker)
        VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (tenant, citizen) DO UPDATE SET primaryWorker = excluded.primaryWorker,
          backup = excluded.backup, caseWorker = excluded.caseWorker
        """,
      arguments: [
        tenant.rawValue, circle.citizen.rawValue, circle.primaryWorker?.rawValue,
        circle.backup?.rawValue, circle.caseWorker?.rawValue,
      ])
  }

  static func setTeams(
    _ teams: [TeamID], of person: PersonID, tenant: TenantID, in db: Database
  ) throws {
    try db.execute(
      sql: "DELETE FROM teamMember WHERE tenant = ? AND person = ?",
      arguments: [tenant.rawValue, person.rawValue])
    for team in Set(teams) {
      try db.execute(
        sql: "INSERT OR IGNORE INTO team (tenant, id, name) VALUES (?1, ?2, ?2)",
        arguments: [tenant.rawValue, team.rawValue])
      try db.execute(
        sql: "INSERT INTO teamMember (tenant, team, person) VALUES (?, ?, ?)",
        arguments: [tenant.rawValue, team.rawValue, person.rawValue])
    }
  }

  /// Whether the two have, had or will have a visit with each other about now. A group's meeting to
  /// come is each member's own.
  static func haveVisit(
    citizen: PersonID, worker: PersonID, tenant: TenantID, at now: UTCMilliseconds, in db: Database
  ) throws -> Bool {
    let margin = AccessRequest.visitDays * 1440
    let talk = now.adding(minutes: -AccessRequest.talkDays * 1440)
    return try Bool.fetchOne(
      db,
      sql: """
        SELECT EXISTS (SELECT 1 FROM visit WHERE tenant = ?1 AND citizen = ?2 AND worker = ?3
          AND start BETWEEN ?4 AND ?5 AND state <> 'cancelled'
          AND (form <> 'dropIn' OR start >= ?6))
        OR EXISTS (SELECT 1 FROM participant p
          JOIN visit v ON v.tenant = p.tenant AND v.id = p.visit AND v.worker = ?3
            AND v.form = 'group'
          WHERE p.tenant = ?1 AND p.person = ?2 AND p.occupies = 1 AND p.start BETWEEN ?4 AND ?5)
        """,
      arguments: [
        tenant.rawValue, citizen.rawValue, worker.rawValue,
        now.adding(minutes: -margin).rawValue, now.adding(minutes: margin).rawValue,
        talk.rawValue,
      ]) ?? false
  }

  static func people(
    around reader: PersonID, role: Role?, isCaseWorker: Bool, tenant: TenantID,
    at now: UTCMilliseconds, in db: Database
  ) throws -> [Person] {
    let margin = AccessRequest.visitDays * 1440
    // Each way of being around somebody by its own index: asked of everybody in turn it took four
    // times as long. A citizen whom no team and no worker has yet is everybody's; see `AccessTable`.
    return try Row.fetchAll(
      db,
      sql: """
        WITH mine (id) AS (
          SELECT t.person FROM teamMember o
            JOIN teamMember t ON t.tenant = o.tenant AND t.team = o.team
            WHERE NOT ?4 AND o.tenant = ?1 AND o.person = ?2
          UNION SELECT citizen FROM careCircle WHERE tenant = ?1 AND primaryWorker = ?2
          UNION SELECT citizen FROM careCircle WHERE tenant = ?1 AND backup = ?2
          UNION SELECT citizen FROM careCircle WHERE tenant = ?1 AND caseWorker = ?2
          UNION SELECT citizen FROM visit WHERE NOT ?4 AND tenant = ?1 AND worker = ?2
            AND start BETWEEN ?5 AND ?6 AND state <> 'cancelled'
            AND (form <> 'dropIn' OR start >= ?7)
          UNION SELECT p.id FROM person p
            LEFT JOIN careCircle c ON c.tenant = p.tenant AND c.citizen = p.id
            WHERE p.tenant = ?1 AND p.role = 'citizen' AND CASE WHEN ?4 THEN c.caseWorker IS NULL
              ELSE c.primaryWorker IS NULL AND NOT EXISTS (
                SELECT 1 FROM teamMember t WHERE t.tenant = ?1 AND t.person = p.id) END)
        SELECT p.* FROM mine JOIN person p ON p.tenant = ?1 AND p.id = mine.id
        WHERE ?3 IS NULL OR p.role = ?3
        ORDER BY p.displayName, p.id
        """,
      arguments: [
        tenant.rawValue, reader.rawValue, role?.rawValue, isCaseWorker,
        now.adding(minutes: -margin).rawValue, now.adding(minutes: margin).rawValue,
        now.adding(minutes: -AccessRequest.talkDays * 1440).rawValue,
      ]
    ).map(PeopleTable.person)
  }
}
