import GRDB

// Questions about passing something on (C8).
extension Schema {
  /// Registers their migration.
  static func registerDisclosures(in migrator: inout DatabaseMigrator) {
    migrator.registerMigration("2026-11 disclosures") { try $0.execute(sql: disclosures) }
  }

  private static let disclosures = """
    CREATE TABLE disclosure (
      tenant TEXT NOT NULL,
      id TEXT NOT NULL,
      citizen TEXT NOT NULL,
      changedAt INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, id),
      FOREIGN KEY (tenant, citizen) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX disclosureOfCitizen ON disclosure (tenant, citizen, changedAt);
    """
}
