import GRDB
import Visits

/// Rows of `visit` and of `participant`, which says whose time a visit takes.
enum VisitTable {
  static func insert(_ visit: Visit, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO visit (tenant, id, citizen, worker, start, minutes, form, mediaMode, state,
          ringExpiresAt, answeredDevice) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        visit.tenant.rawValue, visit.id.rawValue, visit.citizenID.rawValue,
        visit.workerID.rawValue, visit.start.rawValue, visit.durationMinutes,
        visit.form.rawValue, visit.mediaMode.rawValue, visit.state.rawValue,
        visit.ringExpiresAt?.rawValue, visit.answeredDevice?.rawValue,
      ])
    for person in visit.participants {
      try db.execute(
        sql: """
          INSERT INTO participant (tenant, visit, person, start, "end", occupies)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          visit.tenant.rawValue, visit.id.rawValue, person.rawValue, visit.start.rawValue,
          visit.end.rawValue, visit.state.occupiesTime,
        ])
    }
  }

  /// Writes what a command may have changed.
  static func update(_ visit: Visit, from previous: Visit, in db: Database) throws {
    try db.execute(
      sql: """
        UPDATE visit SET start = ?, minutes = ?, state = ?, ringExpiresAt = ?, answeredDevice = ?
        WHERE tenant = ? AND id = ?
        """,
      arguments: [
        visit.start.rawValue, visit.durationMinutes, visit.state.rawValue,
        visit.ringExpiresAt?.rawValue, visit.answeredDevice?.rawValue, visit.tenant.rawValue,
        visit.id.rawValue,
      ])
    let key: StatementArguments = [visit.tenant.rawValue, visit.id.rawValue]
    if visit.start != previous.start || visit.end != previous.end {
      try db.execute(
        sql: """
          UPDATE participant SET occupies = ?, start = ?, "end" = ?
          WHERE tenant = ? AND visit = ?
          """,
        arguments: [visit.state.occupiesTime, visit.start.rawValue, visit.end.rawValue] + key)
    } else if visit.state.occupiesTime != previous.state.occupiesTime {
      try db.execute(
        sql: "UPDATE participant SET occupies = ? WHERE tenant = ? AND visit = ?",
        arguments: [visit.state.occupiesTime] + key)
    }
  }

  static func visit(_ id: VisitID, tenant: TenantID, in db: Database) throws -> Visit {
    guard let visit = try find(id, tenant: tenant, in: db) else { throw StoreError.notFound }
    return visit
  }

  static func find(_ id: VisitID, tenant: TenantID, in db: Database) throws -> Visit? {
    try Row.fetchOne(
      db, sql: "SELECT * FROM visit WHERE tenant = ? AND id = ?",
      arguments: [tenant.rawValue, id.rawValue]
    ).map(visit)
  }

  static func requireVisit(_ id: VisitID, tenant: TenantID, in db: Database) throws {
    _ = try visit(id, tenant: tenant, in: db)
  }

  static func details(of visit: Visit, in db: Database) throws -> VisitDetails {
    var people = PeopleTable.Cache()
    return try details(of: visit, people: &people, in: db)
  }

  static func details(
    of visit: Visit, people: inout PeopleTable.Cache, in db: Database
  ) throws -> VisitDetails {
    VisitDetails(
      visit: visit,
      citizen: try people.person(visit.citizenID, tenant: visit.tenant, in: db),
      worker: try people.person(visit.workerID, tenant: visit.tenant, in: db))
  }

  /// Throws when somebody in the visit is busy then. The triggers on `participant` would refuse it
  /// too; this says who and when.
  static func requireFree(_ details: VisitDetails, in db: Database) throws {
    let visit = details.visit
    for person in [details.worker, details.citizen] {
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT start, "end" FROM participant
          WHERE tenant = ? AND person = ? AND occupies = 1 AND visit <> ?
            AND start < ? AND "end" > ?
          ORDER BY start LIMIT 1
          """,
        arguments: [
          visit.tenant.rawValue, person.id.rawValue, visit.id.rawValue, visit.end.rawValue,
          visit.start.rawValue,
        ])
      if let row {
        throw Refusal.doubleBooked(
          name: person.displayName, from: row.time("start"), to: row.time("end"))
      }
    }
  }

  static func visit(_ row: Row) throws -> Visit {
    Visit(
      id: row.id("id"), tenant: row.id("tenant"), citizenID: row.id("citizen"),
      workerID: row.id("worker"), start: row.time("start"), durationMinutes: row["minutes"],
      form: try row.value("form", as: VisitForm.self),
      mediaMode: try row.value("mediaMode", as: MediaMode.self),
      state: try row.value("state", as: VisitState.self),
      ringExpiresAt: row.optionalTime("ringExpiresAt"),
      answeredDevice: row.optionalID("answeredDevice"))
  }
}
