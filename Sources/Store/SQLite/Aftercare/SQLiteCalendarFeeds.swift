import GRDB
public import Visits

extension SQLiteStore: CalendarFeedStore {
  /// Gives a person's feed a new address.
  public func openFeed(
    of person: PersonID, fingerprint: String, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await write { db in
      _ = try PeopleTable.person(person, tenant: tenant, in: db)
      try db.execute(
        sql: """
          INSERT INTO calendarFeed (tenant, person, fingerprint, openedAt) VALUES (?, ?, ?, ?)
          ON CONFLICT (tenant, person) DO UPDATE SET fingerprint = excluded.fingerprint,
            openedAt = excluded.openedAt
          """, arguments: [tenant.rawValue, person.rawValue, fingerprint, now.rawValue])
      try AuditTable.append(
        AuditDraft(action: "calendar.open", subject: person), tenant: tenant, by: initiator,
        at: now, in: db)
    }
  }

  /// Takes the address back.
  public func closeFeed(
    of person: PersonID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await write { db in
      try db.execute(
        sql: "DELETE FROM calendarFeed WHERE tenant = ? AND person = ?",
        arguments: [tenant.rawValue, person.rawValue])
      guard db.changesCount > 0 else { return }
      try AuditTable.append(
        AuditDraft(action: "calendar.close", subject: person), tenant: tenant, by: initiator,
        at: now, in: db)
    }
  }

  /// Whether a person has a feed.
  public func feedOpened(
    of person: PersonID, tenant: TenantID
  ) async throws(StoreError) -> UTCMilliseconds? {
    try await read { db in
      try Int64.fetchOne(
        db, sql: "SELECT openedAt FROM calendarFeed WHERE tenant = ? AND person = ?",
        arguments: [tenant.rawValue, person.rawValue]
      ).map(UTCMilliseconds.init(rawValue:))
    }
  }

  /// The appointments of the feed at an address.
  public func feed(
    fingerprint: String, from: UTCMilliseconds
  ) async throws(StoreError) -> [ICalendarEvent] {
    try await read { db in
      let owner = try Row.fetchOne(
        db, sql: "SELECT tenant, person FROM calendarFeed WHERE fingerprint = ?",
        arguments: [fingerprint])
      guard let owner else { throw StoreError.notFound }
      // How often it was changed, and when last, is in its ledger.
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT v.*,
            (SELECT COUNT(*) FROM ledger l WHERE l.tenant = v.tenant AND l.visit = v.id
              AND l.kind IN ('moved', 'cancelled')) AS sequence,
            (SELECT MAX(l.at) FROM ledger l WHERE l.tenant = v.tenant AND l.visit = v.id
              AND l.kind IN ('booked', 'moved', 'cancelled')) AS changedAt
          FROM visit v JOIN participant p ON p.tenant = v.tenant AND p.visit = v.id
          WHERE p.tenant = ? AND p.person = ? AND p.start > ? ORDER BY v.start, v.id
          """,
        arguments: [owner["tenant"] as String, owner["person"] as String, from.rawValue])
      return try rows.map { row in
        let visit = try VisitTable.visit(row, in: db)
        return ICalendarEvent(
          visit, sequence: row["sequence"], changedAt: row.optionalTime("changedAt") ?? visit.start)
      }
    }
  }
}
