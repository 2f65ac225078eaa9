import GRDB
import Visits

/// Rows of `visit` and of `participant`, which says whose time a visit takes.
enum VisitTable {
  /// `original` is the time its series gives it; `now` is when calendars are told it was made.
  static func insert(
    _ visit: Visit, original: LocalDateTime? = nil,
    at now: UTCMilliseconds = UTCMilliseconds(rawValue: 0), in db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO visit (tenant, id, citizen, worker, start, minutes, form, mediaMode, state,
          ringExpiresAt, answeredDevice, series, original, room, changedAt)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(
      arguments: [
        visit.tenant.rawValue, visit.id.rawValue, visit.citizenID.rawValue,
        visit.workerID.rawValue, visit.start.rawValue, visit.durationMinutes,
        visit.form.rawValue, visit.mediaMode.rawValue, visit.state.rawValue,
        visit.ringExpiresAt?.rawValue, visit.answeredDevice?.rawValue,
        visit.seriesID?.rawValue, original?.text, visit.roomID?.rawValue, now.rawValue,
      ])
    for person in visit.participants { try ParticipantTable.insert(person, visit, in: db) }
    if visit.form != .group, !visit.others.isEmpty {
      try db.execute(
        sql: "UPDATE visit SET invited = 1 WHERE tenant = ? AND id = ?",
        arguments: [visit.tenant.rawValue, visit.id.rawValue])
    }
    if visit.roomID != nil { try RoomTable.occupy(visit, in: db) }
  }

  /// Writes what a command may have changed.
  static func update(
    _ visit: Visit, from previous: Visit, at now: UTCMilliseconds? = nil, in db: Database
  ) throws {
    let isRevised = visit.isRevised(from: previous)
    try db.execute(
      sql: """
        UPDATE visit SET start = ?, minutes = ?, state = ?, ringExpiresAt = ?, answeredDevice = ?,
          worker = ?, form = ?, mediaMode = ?, room = ?, series = ?, revision = revision + ?,
          changedAt = COALESCE(?, changedAt)
        WHERE tenant = ? AND id = ?
        """,
      arguments: [
        visit.start.rawValue, visit.durationMinutes, visit.state.rawValue,
        visit.ringExpiresAt?.rawValue, visit.answeredDevice?.rawValue, visit.workerID.rawValue,
        visit.form.rawValue, visit.mediaMode.rawValue, visit.roomID?.rawValue,
        visit.seriesID?.rawValue, isRevised ? 1 : 0, isRevised ? now?.rawValue : nil,
        visit.tenant.rawValue, visit.id.rawValue,
      ])
    let key: StatementArguments = [visit.tenant.rawValue, visit.id.rawValue]
    if visit.workerID != previous.workerID {
      try db.execute(
        sql: "DELETE FROM participant WHERE tenant = ? AND visit = ? AND person = ?",
        arguments: key + [previous.workerID.rawValue])
    }
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
    if visit.workerID != previous.workerID {
      try ParticipantTable.insert(visit.workerID, visit, in: db)
    }
    if visit.roomID != nil || previous.roomID != nil { try RoomTable.occupy(visit, in: db) }
    if visit.state.isFinal, visit.form == .group {
      try db.execute(sql: "DELETE FROM meetingFloor WHERE tenant = ? AND visit = ?", arguments: key)
    }
  }

  /// Writes who takes part, where that changed. Nobody is booked twice: the trigger sees each row.
  static func setPeople(of visit: Visit, from previous: Visit, in db: Database) throws {
    try db.execute(
      sql: "UPDATE visit SET citizen = ?, worker = ? WHERE tenant = ? AND id = ?",
      arguments: [
        visit.citizenID.rawValue, visit.workerID.rawValue, visit.tenant.rawValue,
        visit.id.rawValue,
      ])
    let (now, before) = (Set(visit.participants), Set(previous.participants))
    for person in before.subtracting(now) {
      try db.execute(
        sql: "DELETE FROM participant WHERE tenant = ? AND visit = ? AND person = ?",
        arguments: [visit.tenant.rawValue, visit.id.rawValue, person.rawValue])
    }
    for person in now.subtracting(before) {
      try ParticipantTable.insert(person, visit, in: db)
    }
  }

  static func visit(_ id: VisitID, tenant: TenantID, in db: Database) throws -> Visit {
    guard let visit = try find(id, tenant: tenant, in: db) else { throw StoreError.notFound }
    return visit
  }

  static func find(_ id: VisitID, tenant: TenantID, in db: Database) throws -> Visit? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT * FROM visit WHERE tenant = ? AND id = ?"),
      arguments: [tenant.rawValue, id.rawValue]
    ).map { try visit($0, in: db) }
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
      worker: try people.person(visit.workerID, tenant: visit.tenant, in: db),
      others: try visit.others.map { try people.person($0, tenant: visit.tenant, in: db) }
        .sorted { ($0.displayName, $0.id.rawValue) < ($1.displayName, $1.id.rawValue) },
      observers: try ObserverTable.observers(at: visit, in: db).agreed
        .map { try people.person($0, tenant: visit.tenant, in: db) }
        .sorted { ($0.displayName, $0.id.rawValue) < ($1.displayName, $1.id.rawValue) })
  }

  /// Throws when somebody in the visit, or its room, is busy then. The triggers on `participant` and
  /// `roomTime` would refuse it too; this says who and when.
  static func requireFree(_ details: VisitDetails, in db: Database) throws {
    let visit = details.visit
    try RoomTable.requireFree(visit, in: db)
    for person in [details.worker, details.citizen] + details.others {
      // No visit is longer than a day, so what began before that is over: without a lower bound the
      // search would read all that the person ever had.
      let row = try Row.fetchOne(
        try db.cachedStatement(
          sql: """
            SELECT start, "end" FROM participant
            WHERE tenant = ? AND person = ? AND occupies = 1 AND visit <> ?
              AND start < ? AND start > ? AND "end" > ?
            ORDER BY start LIMIT 1
            """),
        arguments: [
          visit.tenant.rawValue, person.id.rawValue, visit.id.rawValue, visit.end.rawValue,
          visit.start.adding(minutes: -Visit.longestMinutes).rawValue, visit.start.rawValue,
        ])
      if let row {
        throw Refusal.doubleBooked(
          name: person.displayName, from: row.time("start"), to: row.time("end"))
      }
    }
  }

  static func visit(_ row: Row, in db: Database) throws -> Visit {
    let form = try row.value("form", as: VisitForm.self)
    let (citizen, worker): (String, String) = (row["citizen"], row["worker"])
    // Two rows say nothing that the visit does not; only a group, or a visit that somebody was
    // invited to, is looked up.
    let invited: Int = row["invited"]
    let others =
      form != .group && invited == 0
      ? []
      : try String.fetchAll(
        db,
        sql: """
          SELECT person FROM participant WHERE tenant = ? AND visit = ? AND person NOT IN (?, ?)
          ORDER BY person
          """,
        arguments: [row["tenant"] as String, row["id"] as String, citizen, worker])
    return Visit(
      id: row.id("id"), tenant: row.id("tenant"), citizenID: row.id("citizen"),
      workerID: row.id("worker"), start: row.time("start"), durationMinutes: row["minutes"],
      form: form,
      mediaMode: try row.value("mediaMode", as: MediaMode.self),
      state: try row.value("state", as: VisitState.self),
      ringExpiresAt: row.optionalTime("ringExpiresAt"),
      answeredDevice: row.optionalID("answeredDevice"), seriesID: row.optionalID("series"),
      roomID: row.optionalID("room"), others: others.map(PersonID.init(rawValue:)))
  }
}

extension Visit {
  /// No visit takes longer, in minutes.
  static let longestMinutes = 1440

  /// Whether calendars have to be told of a change.
  fileprivate func isRevised(from previous: Visit) -> Bool {
    start != previous.start || durationMinutes != previous.durationMinutes
      || workerID != previous.workerID || form != previous.form
      || mediaMode != previous.mediaMode || roomID != previous.roomID
      || (state == .cancelled) != (previous.state == .cancelled)
  }
}
