import GRDB

// Call-backs and who is on duty for them.
extension Schema {
  /// Registers the migrations of the day's work, in order.
  static func registerDaily(in migrator: inout DatabaseMigrator) {
    migrator.registerMigration("2026-11 call-backs") { try $0.execute(sql: callbacks) }
  }

  /// A value with many optional members is one JSON column; what is searched or must be unique stands
  /// beside it.
  private static let callbacks = """
    CREATE INDEX IF NOT EXISTS visitOfCitizen ON visit (tenant, citizen, start);

    -- Working hours and the duty ("den, der er på vagt").
    CREATE TABLE dutyRota (
      tenant TEXT NOT NULL,
      team TEXT NOT NULL,
      person TEXT NOT NULL,
      kind TEXT NOT NULL,
      start INTEGER NOT NULL,
      "end" INTEGER NOT NULL CHECK ("end" > start),
      PRIMARY KEY (tenant, team, person, kind, start),
      FOREIGN KEY (tenant, person) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX dutyRotaByTime ON dutyRota (tenant, "end");

    CREATE TABLE callback (
      tenant TEXT NOT NULL,
      id TEXT NOT NULL,
      citizen TEXT NOT NULL,
      team TEXT NOT NULL,
      isOpen INTEGER NOT NULL CHECK (isOpen IN (0, 1)),
      createdAt INTEGER NOT NULL,
      -- When time alone changes it next.
      wakeAt INTEGER,
      -- The visit in which the citizen is being called.
      visit TEXT,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, id),
      FOREIGN KEY (tenant, citizen) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    -- A citizen who presses twice, on two devices at once, has asked once.
    CREATE UNIQUE INDEX callbackOneOpen ON callback (tenant, citizen) WHERE isOpen = 1;
    CREATE INDEX callbackOpen ON callback (tenant, team) WHERE isOpen = 1;
    CREATE INDEX callbackDue ON callback (wakeAt) WHERE wakeAt IS NOT NULL;
    CREATE INDEX callbackOfVisit ON callback (tenant, visit) WHERE visit IS NOT NULL;
    CREATE INDEX callbackLatest ON callback (tenant, citizen, createdAt);
    """
}
