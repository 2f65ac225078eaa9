import GRDB
import Visits

/// Rows of `dutyRota`, and who in a team is there for whom.
enum DutyTable {
  /// The citizen's team: their own, that of the worker they last had an appointment with, else the
  /// municipality's first.
  static func team(of citizen: PersonID, tenant: TenantID, in db: Database) throws -> TeamID {
    if let own = try TeamTable.teams(of: citizen, tenant: tenant, in: db).first { return own }
    let worker = try String.fetchOne(
      db,
      sql: """
        SELECT m.team FROM visit v
        JOIN teamMember m ON m.tenant = v.tenant AND m.person = v.worker
        WHERE v.tenant = ? AND v.citizen = ? ORDER BY v.start DESC, m.team LIMIT 1
        """,
      arguments: [tenant.rawValue, citizen.rawValue])
    let first =
      try worker
      ?? String.fetchOne(
        db, sql: "SELECT id FROM team WHERE tenant = ? ORDER BY id LIMIT 1",
        arguments: [tenant.rawValue])
    return first.map(TeamID.init(rawValue:)) ?? .everybody
  }

  /// The team's workers, by id.
  static func members(
    of team: TeamID, tenant: TenantID, in db: Database
  ) throws -> [PersonID] {
    try String.fetchAll(
      db,
      sql: """
        SELECT m.person FROM teamMember m
        JOIN person p ON p.tenant = m.tenant AND p.id = m.person
        WHERE m.tenant = ? AND m.team = ? AND p.role <> 'citizen' ORDER BY m.person
        """, arguments: [tenant.rawValue, team.rawValue]
    ).map(PersonID.init(rawValue:))
  }

  /// The worker whom the citizen knows: of the last appointment.
  static func knownWorker(
    of citizen: PersonID, tenant: TenantID, in db: Database
  ) throws -> PersonID? {
    try String.fetchOne(
      db,
      sql: "SELECT worker FROM visit WHERE tenant = ? AND citizen = ? ORDER BY start DESC LIMIT 1",
      arguments: [tenant.rawValue, citizen.rawValue]
    ).map(PersonID.init(rawValue:))
  }

  /// Shifts that are on at `now`; of one team, or of all.
  static func shifts(
    tenant: TenantID, team: TeamID?, at now: UTCMilliseconds, in db: Database
  ) throws -> [DutyShift] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT * FROM dutyRota
        WHERE tenant = ?1 AND "end" > ?2 AND start <= ?2 AND (?3 IS NULL OR team = ?3)
        ORDER BY team, person, start
        """,
      arguments: [tenant.rawValue, now.rawValue, team?.rawValue]
    ).map(shift)
  }

  /// A worker's shifts that overlap a span of time, of whatever team and kind.
  static func shifts(
    of worker: PersonID, in window: TimeWindow, tenant: TenantID, in db: Database
  ) throws -> [DutyShift] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT * FROM dutyRota WHERE tenant = ? AND person = ? AND "end" > ? AND start < ?
          ORDER BY start
          """),
      arguments: [
        tenant.rawValue, worker.rawValue, window.start.rawValue, window.end.rawValue,
      ]
    ).map(shift)
  }

  static func shift(_ row: Row) throws -> DutyShift {
    DutyShift(
      worker: row.id("person"), team: row.id("team"),
      kind: try row.value("kind", as: DutyShift.Kind.self),
      window: TimeWindow(start: row.time("start"), end: row.time("end")))
  }

  /// Whether the worker takes the team's requests: a member, or anybody where it has no members.
  static func serves(
    _ worker: PersonID, team: TeamID, tenant: TenantID, in db: Database
  ) throws -> Bool {
    let members = try members(of: team, tenant: tenant, in: db)
    return members.isEmpty || members.contains(worker)
  }
}
