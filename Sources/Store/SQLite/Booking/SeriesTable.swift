import GRDB
import Visits

/// Rows of `series` and `seriesGap`.
enum SeriesTable {
  /// A stored series with how far it is laid.
  struct Stored {
    var series: Series
    var laidThrough: LocalDate
    /// Whether nothing of it is left.
    var isOver = false
  }

  /// Stands for "there is nothing more to lay".
  static let allLaid = LocalDate.latest

  static func stored(_ id: SeriesID, tenant: TenantID, in db: Database) throws -> Stored {
    guard let stored = try find(id, tenant: tenant, in: db) else { throw StoreError.notFound }
    return stored
  }

  static func find(_ id: SeriesID, tenant: TenantID, in db: Database) throws -> Stored? {
    try Row.fetchOne(
      db, sql: "SELECT body, laidThrough, isOver FROM series WHERE tenant = ? AND id = ?",
      arguments: [tenant.rawValue, id.rawValue]
    ).map { row in
      let text: String = row["laidThrough"]
      guard let day = LocalDate(iso8601: text) else {
        throw StoreError.failed(code: -1, message: "unknown laidThrough '\(text)'")
      }
      return Stored(
        series: try row.body(as: Series.self), laidThrough: day, isOver: row["isOver"])
    }
  }

  static func put(
    _ series: Series, laidThrough: LocalDate, isOver: Bool = false, at now: UTCMilliseconds,
    in db: Database
  ) throws {
    guard let citizen = series.citizenID else { throw StoreError.conflict }
    try db.execute(
      sql: """
        INSERT INTO series (tenant, id, citizen, worker, laidThrough, isOver, changedAt, body)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, id) DO UPDATE SET worker = excluded.worker,
          laidThrough = excluded.laidThrough, isOver = excluded.isOver,
          changedAt = excluded.changedAt, body = excluded.body
        """,
      arguments: [
        series.tenant.rawValue, series.id.rawValue, citizen.rawValue, series.workerID.rawValue,
        laidThrough.iso8601, isOver, now.rawValue, try JSONColumn.text(series),
      ])
  }

  static func put(_ gap: SeriesGap, tenant: TenantID, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO seriesGap (tenant, series, original, start, body) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (tenant, series, original) DO UPDATE SET body = excluded.body
        """,
      arguments: [
        tenant.rawValue, gap.series.rawValue, gap.original.text, gap.original.utc.rawValue,
        try JSONColumn.text(gap),
      ])
  }

  static func gaps(of id: SeriesID, tenant: TenantID, in db: Database) throws -> [SeriesGap] {
    try Row.fetchAll(
      db, sql: "SELECT body FROM seriesGap WHERE tenant = ? AND series = ? ORDER BY original",
      arguments: [tenant.rawValue, id.rawValue]
    ).map { try $0.body(as: SeriesGap.self) }
  }

  /// The visits laid, each with the time the series gives it.
  static func visits(
    of id: SeriesID, tenant: TenantID, from cut: LocalDateTime? = nil, in db: Database
  ) throws -> [(visit: Visit, original: LocalDateTime)] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT * FROM visit WHERE tenant = ? AND series = ? AND original >= ?
        ORDER BY start, id
        """, arguments: [tenant.rawValue, id.rawValue, cut?.text ?? ""]
    ).map { row in
      let text: String = row["original"]
      guard let original = LocalDateTime(text) else {
        throw StoreError.failed(code: -1, message: "unknown original '\(text)'")
      }
      return (try VisitTable.visit(row, in: db), original)
    }
  }

  static func visit(
    of series: SeriesID, original: LocalDateTime, tenant: TenantID, in db: Database
  ) throws -> Visit? {
    try Row.fetchOne(
      db, sql: "SELECT * FROM visit WHERE tenant = ? AND series = ? AND original = ?",
      arguments: [tenant.rawValue, series.rawValue, original.text]
    ).map { try VisitTable.visit($0, in: db) }
  }

  /// A stored series with what was done to its coming visits one by one, which it does not know of
  /// itself.
  static func asItStands(
    _ stored: Stored, at now: UTCMilliseconds, in db: Database
  ) throws -> Stored {
    var stored = stored
    let series = stored.series
    for (visit, original) in try visits(of: series.id, tenant: series.tenant, in: db)
    where (original.utc >= now || visit.start >= now) && series.recurrence.contains(original) {
      stored.series.follow(visit, laidFor: original)
    }
    return stored
  }

  /// The visit called off that has an occurrence's place or name; nil where both are free.
  static func spent(
    _ occurrence: Occurrence, of series: Series, in db: Database
  ) throws -> Visit? {
    let found =
      try visit(
        of: series.id, original: occurrence.original, tenant: series.tenant, in: db)
      ?? VisitTable.find(occurrence.visitID, tenant: series.tenant, in: db)
    return found?.state == .cancelled ? found : nil
  }

  /// Lets a visit that is held already be a series' occurrence.
  static func place(
    _ visit: Visit, at original: LocalDateTime, in series: Series, in db: Database
  ) throws {
    try db.execute(
      sql: "UPDATE visit SET series = ?, original = ? WHERE tenant = ? AND id = ?",
      arguments: [
        series.id.rawValue, original.text, visit.tenant.rawValue, visit.id.rawValue,
      ])
  }

  static func details(of stored: Stored, in db: Database) throws -> SeriesDetails {
    let series = stored.series
    guard let citizen = series.citizenID else { throw StoreError.notFound }
    return SeriesDetails(
      series: series,
      citizen: try PeopleTable.person(citizen, tenant: series.tenant, in: db),
      worker: try PeopleTable.person(series.workerID, tenant: series.tenant, in: db),
      visits: try visits(of: series.id, tenant: series.tenant, in: db).map(\.visit),
      gaps: try gaps(of: series.id, tenant: series.tenant, in: db),
      laidThrough: stored.laidThrough == allLaid ? nil : stored.laidThrough)
  }
}
