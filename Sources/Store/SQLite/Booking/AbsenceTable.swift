import GRDB
import Visits

/// Rows of `absence`, `absenceTask` and `freedTime`.
enum AbsenceTable {
  static func absence(_ id: AbsenceID, tenant: TenantID, in db: Database) throws -> Absence {
    guard let absence = try find(id, tenant: tenant, in: db) else { throw StoreError.notFound }
    return absence
  }

  static func find(_ id: AbsenceID, tenant: TenantID, in db: Database) throws -> Absence? {
    try Row.fetchOne(
      db, sql: "SELECT body FROM absence WHERE tenant = ? AND id = ?",
      arguments: [tenant.rawValue, id.rawValue]
    ).map { try $0.body(as: Absence.self) }
  }

  /// A worker's absences that are not over at `from` and stand.
  static func absences(
    of worker: PersonID, tenant: TenantID, from: UTCMilliseconds, in db: Database
  ) throws -> [Absence] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT body FROM absence WHERE tenant = ? AND worker = ? AND "end" > ? ORDER BY start
          """),
      arguments: [tenant.rawValue, worker.rawValue, from.rawValue]
    ).map { try $0.body(as: Absence.self) }.filter { $0.withdrawnAt == nil }
  }

  /// Everybody's absences that are not over at `from` and stand.
  static func absences(
    tenant: TenantID, from: UTCMilliseconds, in db: Database
  ) throws -> [Absence] {
    try Row.fetchAll(
      db, sql: #"SELECT body FROM absence WHERE tenant = ? AND "end" > ? ORDER BY start, id"#,
      arguments: [tenant.rawValue, from.rawValue]
    ).map { try $0.body(as: Absence.self) }.filter { $0.withdrawnAt == nil }
  }

  static func put(_ absence: Absence, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO absence (tenant, id, worker, start, "end", body) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, id) DO UPDATE SET start = excluded.start, "end" = excluded."end",
          body = excluded.body
        """,
      arguments: [
        absence.tenant.rawValue, absence.id.rawValue, absence.worker.rawValue,
        absence.window.start.rawValue, absence.window.end.rawValue, try JSONColumn.text(absence),
      ])
  }

  // MARK: To-dos

  static func tasks(
    where condition: String, _ arguments: StatementArguments, in db: Database
  ) throws -> [AbsenceTask] {
    try Row.fetchAll(
      db, sql: "SELECT body FROM absenceTask WHERE \(condition) ORDER BY dueAt, visit",
      arguments: arguments
    ).map { try $0.body(as: AbsenceTask.self) }
  }

  static func task(
    about visit: VisitID, absence: AbsenceID, tenant: TenantID, in db: Database
  ) throws -> AbsenceTask {
    let found = try tasks(
      where: "tenant = ? AND absence = ? AND visit = ?",
      [tenant.rawValue, absence.rawValue, visit.rawValue], in: db)
    guard let task = found.first else { throw StoreError.notFound }
    return task
  }

  static func put(_ task: AbsenceTask, tenant: TenantID, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO absenceTask (tenant, absence, visit, citizen, dueAt, state, body)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, absence, visit) DO UPDATE SET dueAt = excluded.dueAt,
          state = excluded.state, body = excluded.body
        """,
      arguments: [
        tenant.rawValue, task.absence.rawValue, task.visit.rawValue, task.citizen.rawValue,
        task.dueAt.rawValue, task.state.rawValue, try JSONColumn.text(task),
      ])
  }

  // MARK: What a visit's change leaves behind

  /// Brings the to-dos about a visit up to date with it, and publishes the time it gave free. To be
  /// called wherever a visit is moved, handed over or called off.
  @discardableResult
  static func followUp(
    _ visit: Visit, from previous: Visit, at now: UTCMilliseconds, in db: Database
  ) throws -> [FreedTime] {
    let isOther =
      visit.start != previous.start || visit.end != previous.end
      || visit.workerID != previous.workerID || visit.state == .cancelled
    guard isOther || visit.state == .ended || visit.state == .active else { return [] }
    let pending = try tasks(
      where: "tenant = ? AND visit = ? AND state IN ('open', 'proposed')",
      [visit.tenant.rawValue, visit.id.rawValue], in: db)
    for task in pending {
      let absence = try absence(task.absence, tenant: visit.tenant, in: db)
      for changed in AbsenceRules().reconcile(absence, existing: [task], visits: [visit]) {
        try put(changed, tenant: visit.tenant, in: db)
      }
    }
    guard isOther else { return [] }
    let freed = FreedTime.freed(
      from: previous, to: visit,
      absences: try absences(of: previous.workerID, tenant: visit.tenant, from: now, in: db),
      at: now)
    for time in freed {
      try db.execute(
        sql: """
          INSERT INTO freedTime (tenant, worker, visit, start, "end") VALUES (?, ?, ?, ?, ?)
          """,
        arguments: [
          time.tenant.rawValue, time.worker.rawValue, time.visit.rawValue,
          time.window.start.rawValue, time.window.end.rawValue,
        ])
    }
    return freed
  }

  /// Published time that nobody has taken.
  static func freedTime(
    tenant: TenantID, workers: Set<PersonID>?, at now: UTCMilliseconds, in db: Database
  ) throws -> [FreedTime] {
    let columns = #"SELECT worker, visit, start, "end" FROM freedTime WHERE tenant = ?"#
    let rows: [Row]
    if let workers {
      rows = try workers.sorted { $0.rawValue < $1.rawValue }.flatMap { worker in
        try Row.fetchAll(
          db.cachedStatement(sql: #"\#(columns) AND worker = ? AND "end" > ?"#),
          arguments: [tenant.rawValue, worker.rawValue, now.rawValue])
      }
    } else {
      rows = try Row.fetchAll(
        db, sql: #"\#(columns) AND "end" > ?"#, arguments: [tenant.rawValue, now.rawValue])
    }
    // Moved away and back, a visit frees the same time twice.
    var known: Set<FreedTime> = []
    let published = rows.map { row in
      FreedTime(
        tenant: tenant, worker: row.id("worker"), visit: row.id("visit"),
        window: TimeWindow(start: row.time("start"), end: row.time("end")))
    }.filter { known.insert($0).inserted }
    guard let last = published.map(\.window.end).max() else { return [] }
    let span = TimeWindow(start: now, end: last)
    var busy: [PersonID: TimeWindows] = [:]
    for worker in Set(published.map(\.worker)) {
      let visits = try VisitTable.occupying(worker, in: span, tenant: tenant, in: db)
      let away = try absences(of: worker, tenant: tenant, from: now, in: db)
      busy[worker] = TimeWindows(
        visits.map { TimeWindow(start: $0.start, end: $0.end) } + away.map(\.window))
    }
    return FreedTime.open(published, busy: busy, at: now)
  }
}
