import GRDB
public import Visits

extension SQLiteStore: LedgerStore {
  /// A visit's ledger after a number.
  public func ledger(
    of visit: VisitID, tenant: TenantID, after sequence: Int64, limit: Int
  ) async throws(StoreError) -> [LedgerEntry] {
    try await read { db in
      try VisitTable.requireVisit(visit, tenant: tenant, in: db)
      return try LedgerTable.entries(
        of: visit, tenant: tenant, after: sequence, limit: limit, in: db)
    }
  }
}

/// Rows of `ledger`.
enum LedgerTable {
  /// Numbers and writes drafts, leaving out those whose key is there already. The number is read
  /// and written in one immediate transaction, and a trigger refuses any other.
  static func append(
    _ drafts: [LedgerDraft], to visit: Visit, in db: Database
  ) throws -> [LedgerEntry] {
    var sequence = try last(of: visit.id, tenant: visit.tenant, in: db)
    var entries: [LedgerEntry] = []
    for draft in drafts where try !isKnown(draft.key, visit: visit, in: db) {
      sequence += 1
      try db.cachedStatement(
        sql: """
          INSERT INTO ledger (tenant, visit, sequence, at, kind, participant, cause, note, device,
            session, attempt, "key") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """
      ).execute(
        arguments: [
          visit.tenant.rawValue, visit.id.rawValue, sequence, draft.at.rawValue,
          draft.kind.rawValue, draft.participant?.rawValue, draft.cause.rawValue, draft.note,
          draft.device?.rawValue, draft.session, draft.attempt, draft.key,
        ])
      entries.append(
        LedgerEntry(
          sequence: sequence, visit: visit.id, at: draft.at, kind: draft.kind,
          participant: draft.participant, cause: draft.cause, note: draft.note,
          device: draft.device, session: draft.session, attempt: draft.attempt))
    }
    return entries
  }

  static func entries(
    of visit: VisitID, tenant: TenantID, after sequence: Int64 = 0, limit: Int = .max,
    in db: Database
  ) throws -> [LedgerEntry] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT * FROM ledger WHERE tenant = ? AND visit = ? AND sequence > ?
        ORDER BY sequence LIMIT ?
        """,
      arguments: [tenant.rawValue, visit.rawValue, sequence, max(0, limit)]
    ).map { row in
      LedgerEntry(
        sequence: row["sequence"], visit: visit, at: row.time("at"),
        kind: try row.value("kind", as: LedgerKind.self),
        participant: row.optionalID("participant"), cause: LedgerCause(rawValue: row["cause"]),
        note: row["note"], device: row.optionalID("device"), session: row["session"],
        attempt: row["attempt"])
    }
  }

  /// The newest entry's number; 0 when there is none.
  static func last(of visit: VisitID, tenant: TenantID, in db: Database) throws -> Int64 {
    try Int64.fetchOne(
      db.cachedStatement(
        sql: "SELECT MAX(sequence) FROM ledger WHERE tenant = ? AND visit = ?"),
      arguments: [tenant.rawValue, visit.rawValue]) ?? 0
  }

  private static func isKnown(_ key: String?, visit: Visit, in db: Database) throws -> Bool {
    guard let key else { return false }
    return try Bool.fetchOne(
      db.cachedStatement(
        sql: #"SELECT EXISTS (SELECT 1 FROM ledger WHERE tenant = ? AND visit = ? AND "key" = ?)"#
      ),
      arguments: [visit.tenant.rawValue, visit.id.rawValue, key]) ?? false
  }
}
