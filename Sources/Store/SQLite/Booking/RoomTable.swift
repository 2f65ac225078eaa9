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
      db, sql: "SELECT id, name, places FROM room WHERE tenant = ? ORDER BY name, id",
      arguments: [tenant.rawValue]
    ).map { Room(id: $0.id("id"), name: $0["name"], places: $0["places"]) }
  }

  static func put(_ room: Room, tenant: TenantID, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO room (tenant, id, name, places) VALUES (?, ?, ?, ?)
        ON CONFLICT (tenant, id) DO UPDATE SET name = excluded.name, places = excluded.places
        """, arguments: [tenant.rawValue, room.id.rawValue, room.name, room.places])
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
    let row = try Row.fetchOne(
      db, sql: "SELECT name FROM room WHERE tenant = ? AND id = ?",
      arguments: [visit.tenant.rawValue, room.rawValue])
    guard let row else { throw StoreError.notFound }
    let window = TimeWindow(start: visit.start, end: visit.end)
    let full = try taken(room, in: window, without: visit.id, tenant: visit.tenant, in: db)
    if let first = full.windows.first(where: { $0.overlaps(window) }) {
      throw Refusal.roomTaken(name: row["name"], from: first.start, to: first.end)
    }
  }

  /// When all of a room's places are taken.
  static func taken(
    _ room: RoomID, in window: TimeWindow, without visit: VisitID? = nil, tenant: TenantID,
    in db: Database
  ) throws -> TimeWindows {
    let places = try Int.fetchOne(
      db, sql: "SELECT places FROM room WHERE tenant = ? AND id = ?",
      arguments: [tenant.rawValue, room.rawValue])
    return TimeWindows(
      atLeast: places ?? 1,
      of: try Row.fetchAll(
        db,
        sql: """
          SELECT start, "end" FROM roomTime
          WHERE tenant = ? AND room = ? AND occupies = 1 AND start < ? AND start > ? AND "end" > ?
            AND visit IS NOT ?
          """,
        arguments: [
          tenant.rawValue, room.rawValue, window.end.rawValue,
          window.start.adding(minutes: -Visit.longestMinutes).rawValue, window.start.rawValue,
          visit?.rawValue,
        ]
      ).map { TimeWindow(start: $0.time("start"), end: $0.time("end")) })
  }
}
