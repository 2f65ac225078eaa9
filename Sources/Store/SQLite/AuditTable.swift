import GRDB
public import Visits

extension SQLiteStore: AuditStore {
  /// Writes a line of the audit log.
  public func appendAudit(
    _ draft: AuditDraft, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await write { try AuditTable.append(draft, tenant: tenant, by: initiator, at: now, in: $0) }
  }

  /// Lines of the audit log.
  public func audit(
    tenant: TenantID, after id: Int64, limit: Int
  ) async throws(StoreError) -> [AuditEntry] {
    try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM audit WHERE tenant = ? AND id > ? ORDER BY id LIMIT ?",
        arguments: [tenant.rawValue, id, max(0, limit)]
      ).map(AuditTable.entry)
    }
  }
}

/// Rows of `audit`, which triggers keep from ever being changed or deleted.
enum AuditTable {
  static func append(
    _ draft: AuditDraft, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    in db: Database
  ) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO audit (tenant, at, actor, role, device, action, subject, visit, detail)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(
      arguments: [
        tenant.rawValue, now.rawValue, initiator.person?.rawValue, initiator.role?.rawValue,
        initiator.device?.rawValue, draft.action, draft.subject?.rawValue, draft.visit?.rawValue,
        draft.detail,
      ])
  }

  static func entry(_ row: Row) throws -> AuditEntry {
    let role: String? = row["role"]
    return AuditEntry(
      id: row["id"], tenant: row.id("tenant"), at: row.time("at"),
      actor: row.optionalID("actor"),
      role: role == nil ? nil : try row.value("role", as: Role.self),
      device: row.optionalID("device"),
      draft: AuditDraft(
        action: row["action"], subject: row.optionalID("subject"), visit: row.optionalID("visit"),
        detail: row["detail"]))
  }
}
