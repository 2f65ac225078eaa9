import GRDB
import Visits

/// Rows of `participant`: whose time a visit takes.
enum ParticipantTable {
  static func insert(_ person: PersonID, _ visit: Visit, in db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO participant (tenant, visit, person, start, "end", occupies)
        VALUES (?, ?, ?, ?, ?, ?)
        """
    ).execute(
      arguments: [
        visit.tenant.rawValue, visit.id.rawValue, person.rawValue, visit.start.rawValue,
        visit.end.rawValue, visit.state.occupiesTime,
      ])
  }
}

/// Rows of `room` and of `roomTime`, which says which visit has a room when.
enum RoomTable {
  static func rooms(tenant: TenantID, in db: Database) throws -> [Room] {
    try Row.fetchAll(
      db, sql: "SELECT id, name FROM room WHERE tenant = ? ORDER BY name, id",
      arguments: [tenant.rawValue]
    ).map { Room(id: $0.id("id"), name: $0["name"]) }
  }

  static func put(_ room: Room, tenant: TenantID, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO room (tenant, id, name) VALUES (?, ?, ?)
        ON CONFLICT (tenant, id) DO UPDATE SET name = excluded.name
        """, arguments: [tenant.rawValue, room.id.rawValue, room.name])
  }

  /// Makes `roomTime` say what the visit says.
  static func occupy(_ visit: Visit, in db: Database) throws {
    guard let room = visit.roomID else {
      try db.execute(
        sql: "DELETE FROM roomTime WHERE tenant = ? AND visit = ?",
        arguments: [visit.tenant.rawValue, visit.id.rawValue])
      return
    }
    try db.execute(
      sql: """
        INSERT INTO roomTime (tenant, visit, room, start, "end", occupies)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, visit) DO UPDATE SET room = excluded.room, start = excluded.start,
          "end" = excluded."end", occupies = excluded.occupies
        """,
      arguments: [
        visit.tenant.rawValue, visit.id.rawValue, room.rawValue, visit.start.rawValue,
        visit.end.rawValue, visit.state.occupiesTime,
      ])
  }

  static func requireFree(_ visit: Visit, in db: Database) throws {
    guard let room = visit.roomID else { return }
    guard
      let name = try String.fetchOne(
        db, sql: "SELECT name FROM room WHERE tenant = ? AND id = ?",
        arguments: [visit.tenant.rawValue, room.rawValue])
    else { throw StoreError.notFound }
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT start, "end" FROM roomTime
        WHERE tenant = ? AND room = ? AND occupies = 1 AND visit <> ?
          AND start < ? AND start > ? AND "end" > ?
        ORDER BY start LIMIT 1
        """,
      arguments: [
        visit.tenant.rawValue, room.rawValue, visit.id.rawValue, visit.end.rawValue,
        visit.start.adding(minutes: -Visit.longestMinutes).rawValue, visit.start.rawValue,
      ])
    if let row { throw Refusal.roomTaken(name: name, from: row.time("start"), to: row.time("end")) }
  }

  /// When a room is taken.
  static func taken(
    _ room: RoomID, in window: TimeWindow, tenant: TenantID, in db: Database
  ) throws -> TimeWindows {
    TimeWindows(
      try Row.fetchAll(
        db,
        sql: """
          SELECT start, "end" FROM roomTime
          WHERE tenant = ? AND room = ? AND occupies = 1 AND start < ? AND start > ? AND "end" > ?
          """,
        arguments: [
          tenant.rawValue, room.rawValue, window.end.rawValue,
          window.start.adding(minutes: -Visit.longestMinutes).rawValue, window.start.rawValue,
        ]
      ).map { TimeWindow(start: $0.time("start"), end: $0.time("end")) })
  }
}
