import GRDB
import Visits

/// Rows of `supportGrant` and `grantEntry`.
enum GrantTable {
  static func grants(of citizen: PersonID, tenant: TenantID, in db: Database) throws -> [Grant] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT body FROM supportGrant WHERE tenant = ? AND citizen = ?"),
      arguments: [tenant.rawValue, citizen.rawValue]
    ).map { try $0.body(as: Grant.self) }
      .sorted { ($0.start, $0.id.rawValue) > ($1.start, $1.id.rawValue) }
  }

  static func grant(_ id: GrantID, tenant: TenantID, in db: Database) throws -> Grant {
    let row = try Row.fetchOne(
      db, sql: "SELECT body FROM supportGrant WHERE tenant = ? AND id = ?",
      arguments: [tenant.rawValue, id.rawValue])
    guard let row else { throw StoreError.notFound }
    return try row.body(as: Grant.self)
  }

  static func history(of id: GrantID, tenant: TenantID, in db: Database) throws -> [GrantEntry] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT body FROM grantEntry WHERE tenant = ? AND "grant" = ? ORDER BY sequence
        """, arguments: [tenant.rawValue, id.rawValue]
    ).map { try $0.body(as: GrantEntry.self) }
  }

  /// Writes a change: the grant and its history. Says whether there was any.
  static func write(_ change: GrantChange, isNew: Bool, in db: Database) throws {
    guard !change.entries.isEmpty else { return }
    let grant = change.grant
    let body = try JSONColumn.text(grant)
    if isNew {
      try db.execute(
        sql: "INSERT INTO supportGrant (tenant, id, citizen, body) VALUES (?, ?, ?, ?)",
        arguments: [grant.tenant.rawValue, grant.id.rawValue, grant.citizen.rawValue, body])
    } else {
      try db.execute(
        sql: "UPDATE supportGrant SET body = ? WHERE tenant = ? AND id = ?",
        arguments: [body, grant.tenant.rawValue, grant.id.rawValue])
    }
    for entry in change.entries {
      try db.execute(
        sql: """
          INSERT INTO grantEntry (tenant, "grant", sequence, body) VALUES (?1, ?2,
            1 + COALESCE((SELECT MAX(sequence) FROM grantEntry
              WHERE tenant = ?1 AND "grant" = ?2), 0), ?3)
          """,
        arguments: [grant.tenant.rawValue, grant.id.rawValue, try JSONColumn.text(entry)])
    }
  }

  /// The citizen's visits that lie within the grants, as an account of minutes needs them.
  static func counted(
    for grants: [Grant], of citizen: PersonID, tenant: TenantID, in db: Database
  ) throws -> [CountedVisit] {
    guard let first = grants.map(\.start).min() else { return [] }
    return try counted(of: citizen, from: first, tenant: tenant, in: db)
  }

  /// The citizen's visits from a day on. What was delivered is what the ledger says of a visit that
  /// was held on screen; of others it is not known here.
  static func counted(
    of citizen: PersonID, from first: LocalDate, tenant: TenantID, in db: Database
  ) throws -> [CountedVisit] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT id, start, minutes, form, state,
            CASE state WHEN 'ended' THEN
              (SELECT MAX(at) FROM ledger l WHERE l.tenant = visit.tenant AND l.visit = visit.id
                AND l.kind = 'ended')
              - (SELECT MIN(at) FROM ledger l WHERE l.tenant = visit.tenant
                AND l.visit = visit.id AND l.kind = 'answered') END AS taken
          FROM visit WHERE tenant = ? AND citizen = ? AND start >= ?
          ORDER BY start
          """),
      arguments: [
        tenant.rawValue, citizen.rawValue, LocalDateTime(first, .midnight).utc.rawValue,
      ]
    ).map { row in
      let taken: Int64? = row["taken"]
      return CountedVisit(
        id: row.id("id"), start: row.time("start"), plannedMinutes: row["minutes"],
        // A begun minute is a minute: a call of forty seconds is no nothing.
        deliveredMinutes: taken.map { Int(($0 + 59_999) / 60_000) },
        form: try row.value("form", as: VisitForm.self),
        state: try row.value("state", as: VisitState.self))
    }
  }
}
