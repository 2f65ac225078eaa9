import GRDB
public import Visits

extension SQLiteStore: SeriesStore {
  /// Begins a series.
  public func begin(
    _ request: SeriesRequest, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping SeriesEventMaker
  ) async throws(StoreError) -> CommittedSeries {
    let rules = rules
    return try await commitSeries(tenant: request.series.tenant, at: now, events) { db in
      let series = request.series
      if let known = try SeriesTable.find(series.id, tenant: series.tenant, in: db) {
        guard known.series.citizenID == series.citizenID,
          known.series.workerID == series.workerID,
          known.series.recurrence.start == series.recurrence.start
        else { throw StoreError.conflict }
        return CommittedSeries(
          series: try SeriesTable.details(of: known, in: db), changed: [], orphans: [])
      }
      try SeriesRules().checkNew(series)
      let grace = now.adding(minutes: -rules.policy.graceMinutes)
      guard let first = series.recurrence.first, first.utc >= grace else {
        throw Refusal.startsInThePast
      }
      let horizon = SeriesLayer.horizon(rules, at: now)
      guard first.date <= horizon else {
        throw Refusal.startsTooFarAhead(days: rules.policy.farthestDays)
      }
      var layer = try SeriesLayer(series, rules: rules, by: initiator, at: now, in: db)
      for original in series.recurrence.occurrences(from: first.date, through: horizon) {
        try layer.lay(series.occurrence(original), of: series, in: db)
      }
      try layer.requireWhole(skipping: request.skipsRefused)
      let stored = try Self.store(layer, series, horizon: horizon, at: now, in: db)
      try AuditTable.append(
        AuditDraft(
          action: "series.begin", subject: series.citizenID, detail: series.id.rawValue),
        tenant: series.tenant, by: initiator, at: now, in: db)
      return CommittedSeries(
        series: try SeriesTable.details(of: stored, in: db), changed: layer.laid, orphans: [])
    }
  }

  /// Applies a command to a series.
  public func apply(
    _ command: SeriesCommand, to id: SeriesID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping SeriesEventMaker
  ) async throws(StoreError) -> CommittedSeries {
    let rules = rules
    return try await commitSeries(tenant: tenant, at: now, events) { db in
      let stored = try SeriesTable.asItStands(
        SeriesTable.stored(id, tenant: tenant, in: db), at: now, in: db)
      // Ended from its first occurrence on: there is nothing left that could be changed.
      guard !stored.isOver else { throw Refusal.seriesNeverHappens }
      let outcome = try SeriesRules().apply(command, to: stored.series, by: initiator, at: now)
      let change = SeriesChange(
        command: command, before: stored, outcome: outcome, rules: rules, initiator: initiator,
        now: now)
      let committed = try change.carryOut(in: db)
      if !committed.changed.isEmpty || outcome.series != stored.series {
        try AuditTable.append(
          AuditDraft(
            action: "series.\(command.name)", subject: stored.series.citizenID,
            detail: id.rawValue),
          tenant: tenant, by: initiator, at: now, in: db)
      }
      return committed
    }
  }

  /// A series with its visits.
  public func seriesDetails(
    _ id: SeriesID, tenant: TenantID
  ) async throws(StoreError) -> SeriesDetails {
    try await read { db in
      try SeriesTable.details(of: SeriesTable.stored(id, tenant: tenant, in: db), in: db)
    }
  }

  /// The series of a person that may still have visits to come.
  public func series(
    of person: PersonID, tenant: TenantID
  ) async throws(StoreError) -> [Series] {
    try await read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT body FROM series WHERE tenant = ?1 AND worker = ?2 AND isOver = 0
          UNION SELECT body FROM series WHERE tenant = ?1 AND citizen = ?2 AND isOver = 0
          """, arguments: [tenant.rawValue, person.rawValue]
      ).map { try $0.body(as: Series.self) }
    }.sorted { ($0.recurrence.start, $0.id.rawValue) < ($1.recurrence.start, $1.id.rawValue) }
  }

  /// Lays the visits of open-ended series that have come within reach.
  public func extendSeries(
    at now: UTCMilliseconds, events: @escaping SeriesEventMaker
  ) async throws(StoreError) -> Int {
    let rules = rules
    let horizon = SeriesLayer.horizon(rules, at: now)
    // A week at a time: one transaction a week and series, not one a day.
    let due = horizon.adding(days: -7).iso8601
    let waiting = try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT tenant, id FROM series WHERE laidThrough < ? AND isOver = 0",
        arguments: [due]
      ).map { (tenant: $0.id("tenant", as: TenantID.self), id: $0.id("id", as: SeriesID.self)) }
    }
    var count = 0
    for (tenant, id) in waiting {
      let laid = try await commitSeries(tenant: tenant, at: now, events) { db in
        let stored = try SeriesTable.stored(id, tenant: tenant, in: db)
        let series = stored.series
        var layer = try SeriesLayer(series, rules: rules, by: .system, at: now, in: db)
        let first = stored.laidThrough.adding(days: 1)
        for original in series.recurrence.occurrences(from: first, through: horizon) {
          try layer.lay(series.occurrence(original), of: series, in: db)
        }
        let after = try Self.store(layer, series, horizon: horizon, at: now, in: db)
        return CommittedSeries(
          series: try SeriesTable.details(of: after, in: db), changed: layer.laid, orphans: [])
      }
      count += laid.changed.count
    }
    return count
  }

  /// Occurrences still to come that could not be laid.
  public func seriesGaps(
    tenant: TenantID, workers: Set<PersonID>?, from: UTCMilliseconds
  ) async throws(StoreError) -> [SeriesGapDetails] {
    try await read { db in
      var people = PeopleTable.Cache()
      return try Row.fetchAll(
        db,
        sql: """
          SELECT g.body, s.citizen, s.worker FROM seriesGap g
          JOIN series s ON s.tenant = g.tenant AND s.id = g.series
          WHERE g.tenant = ? AND g.start >= ? ORDER BY g.start, g.series
          """, arguments: [tenant.rawValue, from.rawValue]
      ).filter { workers?.contains($0.id("worker")) ?? true }
        .map { row in
          SeriesGapDetails(
            gap: try row.body(as: SeriesGap.self),
            citizen: try people.person(row.id("citizen"), tenant: tenant, in: db))
        }
    }
  }

  /// Writes a series after its visits were laid through `horizon`, and what could not be laid.
  static func store(
    _ layer: SeriesLayer, _ series: Series, horizon: LocalDate, at now: UTCMilliseconds,
    in db: Database
  ) throws -> SeriesTable.Stored {
    let series = layer.withoutGaps(series)
    let through = SeriesLayer.laidThrough(series, horizon: horizon)
    try SeriesTable.put(series, laidThrough: through, at: now, in: db)
    for gap in layer.gaps { try SeriesTable.put(gap.gap, tenant: series.tenant, in: db) }
    return SeriesTable.Stored(series: series, laidThrough: through)
  }

  func commitSeries(
    tenant: TenantID, at now: UTCMilliseconds, _ events: @escaping SeriesEventMaker,
    _ body: @escaping @Sendable (Database) throws -> CommittedSeries
  ) async throws(StoreError) -> CommittedSeries {
    let (committed, hasEvents) = try await write { db in
      let committed = try body(db)
      guard !committed.changed.isEmpty else { return (committed, false) }
      let drafts = events(committed.following ?? committed.series, committed.changed)
      return (
        committed,
        !(try EventTable.append(drafts, tenant: tenant, at: now, in: db)).isEmpty
      )
    }
    if hasEvents { signals.fire() }
    return committed
  }
}
