import GRDB
import Visits

/// Rows of `note`, which only grow, and of `goal`.
enum NoteTable {
  static func note(
    of visit: VisitID, tenant: TenantID, in db: Database
  ) throws -> VisitNote? {
    try String.fetchOne(
      db,
      sql: "SELECT body FROM note WHERE tenant = ? AND visit = ? ORDER BY revision DESC LIMIT 1",
      arguments: [tenant.rawValue, visit.rawValue]
    ).map { try StoredJSON.value($0, as: VisitNote.self) }
  }

  static func notes(
    about citizen: PersonID, tenant: TenantID, limit: Int, in db: Database
  ) throws -> [VisitNote] {
    try String.fetchAll(
      db,
      sql: """
        SELECT body FROM note n WHERE tenant = ? AND citizen = ? AND revision = (
          SELECT MAX(revision) FROM note WHERE tenant = n.tenant AND visit = n.visit)
        ORDER BY at DESC, visit LIMIT ?
        """, arguments: [tenant.rawValue, citizen.rawValue, max(0, limit)]
    ).map { try StoredJSON.value($0, as: VisitNote.self) }
  }

  static func append(_ note: VisitNote, tenant: TenantID, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO note (tenant, visit, revision, citizen, at, body) VALUES (?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        tenant.rawValue, note.visit.rawValue, note.revision, note.citizen.rawValue,
        note.at.rawValue, try StoredJSON.text(note),
      ])
  }

  static func goals(of citizen: PersonID, tenant: TenantID, in db: Database) throws -> [Goal] {
    try String.fetchAll(
      db, sql: "SELECT body FROM goal WHERE tenant = ? AND citizen = ? ORDER BY createdAt, id",
      arguments: [tenant.rawValue, citizen.rawValue]
    ).map { try StoredJSON.value($0, as: Goal.self) }
  }

  static func write(_ goal: Goal, tenant: TenantID, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO goal (tenant, id, citizen, createdAt, body) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (tenant, id) DO UPDATE SET body = excluded.body
        """,
      arguments: [
        tenant.rawValue, goal.id.rawValue, goal.citizen.rawValue, goal.createdAt.rawValue,
        try StoredJSON.text(goal),
      ])
  }
}
