import GRDB

// Records around a citizen that are kept whole: see `KeptRecord`.
extension Schema {
  /// Registers the migration of starts, equipment, orders, parked topics and wishes.
  static func registerStart(in migrator: inout DatabaseMigrator) {
    migrator.registerMigration("2026-11 start") { db in
      for table in ["screenStart", "equipment", "homeVisitOrder", "parkedTopic", "waitingWish"] {
        try db.execute(sql: record(table))
      }
    }
  }

  private static func record(_ table: String) -> String {
    """
    CREATE TABLE \(table) (
      tenant TEXT NOT NULL REFERENCES tenant (id),
      id TEXT NOT NULL,
      -- Whom it is about; NULL where it is about nobody.
      person TEXT,
      isOpen INTEGER NOT NULL CHECK (isOpen IN (0, 1)),
      changedAt INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, id),
      FOREIGN KEY (tenant, person) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX \(table)OfPerson ON \(table) (tenant, person) WHERE person IS NOT NULL;
    CREATE INDEX \(table)Open ON \(table) (tenant, changedAt) WHERE isOpen = 1;
    """
  }
}
