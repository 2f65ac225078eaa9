import GRDB
public import Visits

extension SQLiteStore: EventStore {
  /// Stores events that belong to no visit's change.
  public func appendEvents(
    _ drafts: [EventDraft], tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> [StoredEvent] {
    let events = try await write { db in
      try EventTable.append(drafts, tenant: tenant, at: now, in: db)
    }
    if !events.isEmpty { signals.fire() }
    return events
  }

  /// Events after an id that a person may receive.
  public func events(
    after id: Int64, tenant: TenantID, person: PersonID, role: Role, limit: Int
  ) async throws(StoreError) -> [StoredEvent] {
    try await read { db in
      try EventTable.withAudience(
        // By audience, not by number: a device that is seldom told anything must not read through all
        // that others were told meanwhile.
        Row.fetchAll(
          db.cachedStatement(
            sql: """
              SELECT * FROM event WHERE tenant = ?1 AND id IN (
                SELECT event FROM eventAudience
                  WHERE sort = 'person' AND member = ?3 AND event > ?2
                UNION SELECT event FROM eventAudience
                  WHERE sort = 'role' AND member = ?4 AND event > ?2)
              ORDER BY id LIMIT ?5
              """),
          arguments: [tenant.rawValue, id, person.rawValue, role.rawValue, max(0, limit)]), in: db)
    }
  }

  /// Events of all municipalities after an id.
  public func allEvents(after id: Int64, limit: Int) async throws(StoreError) -> [StoredEvent] {
    try await read { db in
      try EventTable.withAudience(
        Row.fetchAll(
          db, sql: "SELECT * FROM event WHERE id > ? ORDER BY id LIMIT ?",
          arguments: [id, max(0, limit)]), in: db)
    }
  }

  /// The newest event's id ever given.
  public func lastEventID() async throws(StoreError) -> Int64 {
    // Not MAX(id): after pruning everything the ids go on from here.
    try await read { db in
      try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'event'") ?? 0
    }
  }

  /// The oldest kept event's id.
  public func firstEventID() async throws(StoreError) -> Int64? {
    try await read { try Int64.fetchOne($0, sql: "SELECT MIN(id) FROM event") }
  }

  /// Forgets events stored before a time.
  public func pruneEvents(before: UTCMilliseconds) async throws(StoreError) {
    try await write { db in
      try db.execute(sql: "DELETE FROM event WHERE at < ?", arguments: [before.rawValue])
    }
  }

  /// Says that there are new events.
  public func eventSignals() -> AsyncStream<Void> { signals.subscribe() }
}

/// Rows of `event` and `eventAudience`. Ids rise in commit order because there is one writer at a
/// time.
enum EventTable {
  static func append(
    _ drafts: [EventDraft], tenant: TenantID, at now: UTCMilliseconds, in db: Database
  ) throws -> [StoredEvent] {
    try drafts.map { draft in
      try db.cachedStatement(
        sql: "INSERT INTO event (tenant, at, name, payload) VALUES (?, ?, ?, ?)"
      ).execute(arguments: [tenant.rawValue, now.rawValue, draft.name, draft.payload])
      let id = db.lastInsertedRowID
      let members =
        draft.audience.people.map { ("person", $0.rawValue) }
        + draft.audience.roles.map { ("role", $0.rawValue) }
      for (sort, member) in members {
        try db.cachedStatement(
          sql: "INSERT INTO eventAudience (event, sort, member) VALUES (?, ?, ?)"
        ).execute(arguments: [id, sort, member])
      }
      return StoredEvent(
        id: id, tenant: tenant, at: now, name: draft.name, payload: draft.payload,
        audience: draft.audience)
    }
  }

  static func withAudience(_ rows: [Row], in db: Database) throws -> [StoredEvent] {
    try rows.map { row in
      let id: Int64 = row["id"]
      var audience = Audience()
      let members = try Row.fetchAll(
        db.cachedStatement(sql: "SELECT sort, member FROM eventAudience WHERE event = ?"),
        arguments: [id])
      for member in members {
        if member["sort"] == "person" {
          audience.people.insert(member.id("member"))
        } else {
          audience.roles.insert(try member.value("member", as: Role.self))
        }
      }
      return StoredEvent(
        id: id, tenant: row.id("tenant"), at: row.time("at"), name: row["name"],
        payload: row["payload"], audience: audience)
    }
  }
}
