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

  /// SQL for `mine (id)`: the visits of municipality `?1`'s citizen `?2` from `?3` on, meetings of
  /// groups among them.
  static let mine = """
    mine (id) AS (
      SELECT id FROM visit WHERE tenant = ?1 AND citizen = ?2 AND start >= ?3
      UNION SELECT m.id FROM groupMember g
        JOIN groupMeeting m ON m.tenant = g.tenant AND m.groupUnit = g.groupUnit
          AND m.start >= ?3
        JOIN participant p ON p.tenant = m.tenant AND p.visit = m.id AND p.person = ?2
        WHERE g.tenant = ?1 AND g.citizen = ?2)
    """

  /// SQL for a meeting `v` that others came to and citizen `?2` did not.
  static let stayedAway = """
    v.form = 'group' AND v.state = 'ended' AND EXISTS (
      SELECT 1 FROM ledger l WHERE l.tenant = v.tenant AND l.visit = v.id
        AND l.kind = 'media-connected' AND l.participant <> v.worker)
    AND NOT EXISTS (
      SELECT 1 FROM ledger l WHERE l.tenant = v.tenant AND l.visit = v.id
        AND l.kind = 'media-connected' AND l.participant = ?2)
    """

  /// What `counted` asks.
  static let countedQuery = """
    WITH \(mine)
    SELECT v.id, v.start, v.minutes, v.form, v.state, CASE
      WHEN v.state IN ('ringing', 'active', 'cancelled') THEN NULL
      WHEN \(stayedAway) THEN 0
      ELSE COALESCE(
        \(OutcomeTable.delivered),
        -- A begun minute is a minute: a call of forty seconds is no nothing.
        CASE v.state WHEN 'ended' THEN (59999
          + (SELECT MAX(at) FROM ledger l WHERE l.tenant = v.tenant AND l.visit = v.id
            AND l.kind = 'ended')
          - (SELECT MIN(at) FROM ledger l WHERE l.tenant = v.tenant AND l.visit = v.id
            AND l.kind = 'answered')) / 60000 END)
      END AS delivered
    -- CROSS: theirs first. SQLite would read all of a municipality's to have them in order.
    FROM mine CROSS JOIN visit v ON v.tenant = ?1 AND v.id = mine.id
    ORDER BY v.start
    """

  /// The citizen's visits from a day on, meetings of groups among them whoever's name they bear.
  ///
  /// What was delivered is what the last outcome says; without one, the time on screen that the
  /// ledger tells of. A member who stayed away from a meeting had nothing of it. Where the ledger saw
  /// none of the members it was held elsewhere, and counts for all who were asked to it.
  static func counted(
    of citizen: PersonID, from first: LocalDate, tenant: TenantID, in db: Database
  ) throws -> [CountedVisit] {
    try Row.fetchAll(
      db.cachedStatement(sql: countedQuery),
      arguments: [
        tenant.rawValue, citizen.rawValue, LocalDateTime(first, .midnight).utc.rawValue,
      ]
    ).map { row in
      CountedVisit(
        id: row.id("id"), start: row.time("start"), plannedMinutes: row["minutes"],
        deliveredMinutes: row["delivered"],
        form: try row.value("form", as: VisitForm.self),
        state: try row.value("state", as: VisitState.self))
    }
  }
}
