import GRDB
public import Visits

extension SQLiteStore {
  /// What the municipality has decided about the day's work.
  public func dailySettings(tenant: TenantID) async throws(StoreError) -> DailySettings {
    try await read { try DailySettings.decided(tenant: tenant, in: $0) ?? DailySettings() }
  }

  /// Keeps what the municipality has decided.
  public func setDailySettings(
    _ settings: DailySettings, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await write { db in
      try db.execute(
        sql: """
          INSERT INTO setting (tenant, name, body) VALUES (?, 'daily', ?)
          ON CONFLICT (tenant, name) DO UPDATE SET body = excluded.body
          """, arguments: [tenant.rawValue, try JSONColumn.text(settings)])
      try AuditTable.append(
        AuditDraft(action: "settings.daily"), tenant: tenant, by: initiator, at: now, in: db)
    }
  }
}

extension DailySettings {
  /// As decided; nil where nothing is.
  fileprivate static func decided(tenant: TenantID, in db: Database) throws -> DailySettings? {
    try String.fetchOne(
      db.cachedStatement(sql: "SELECT body FROM setting WHERE tenant = ? AND name = 'daily'"),
      arguments: [tenant.rawValue]
    ).map { try JSONColumn.value(DailySettings.self, from: $0) }
  }
}

extension DailyPolicy {
  /// The policy as the municipality has decided it: settings, its teams' contact hours, holidays.
  func decided(tenant: TenantID, in db: Database) throws -> DailyPolicy {
    var policy = self
    policy.settings = try DailySettings.decided(tenant: tenant, in: db) ?? settings
    policy.holidays = try SettingsTable.booking(tenant: tenant, in: db).holidays
    policy.profiles = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT body FROM openingProfile
          WHERE tenant = ? AND json_extract(body, '$.service') = ? ORDER BY id
          """),
      arguments: [tenant.rawValue, ServiceID.contact.rawValue]
    ).map { try $0.body(as: OpeningProfile.self) }
    return policy
  }
}
