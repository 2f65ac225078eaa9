import GRDB

// What devices last told of themselves.
extension Schema {
  /// Registers the migration of presence.
  static func registerPresence(in migrator: inout DatabaseMigrator) {
    migrator.registerMigration("2026-11 presence") { try $0.execute(sql: presence) }
  }

  /// One row per device and no history: presence is for reaching people, not for watching them.
  private static let presence = """
    CREATE TABLE devicePresence (
      tenant TEXT NOT NULL,
      device TEXT NOT NULL,
      lastSeenAt INTEGER NOT NULL,
      selfTestAt INTEGER,
      selfTestPassed INTEGER CHECK (selfTestPassed IN (0, 1)),
      PRIMARY KEY (tenant, device),
      FOREIGN KEY (tenant, device) REFERENCES device (tenant, id)
    ) STRICT, WITHOUT ROWID;
    """
}
