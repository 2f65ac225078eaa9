import GRDB

// Drop-in sessions and their queues.
extension Schema {
  /// Registers the migration of the drop-in queue.
  static func registerDropIn(in migrator: inout DatabaseMigrator) {
    migrator.registerMigration("2026-11 drop-in") { try $0.execute(sql: dropIn) }
  }

  private static let dropIn = """
    CREATE TABLE dropInSession (
      tenant TEXT NOT NULL REFERENCES tenant (id),
      id TEXT NOT NULL,
      start INTEGER NOT NULL,
      "end" INTEGER NOT NULL CHECK ("end" > start),
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX dropInSessionByTime ON dropInSession (tenant, start);

    CREATE TABLE queueTicket (
      tenant TEXT NOT NULL,
      id TEXT NOT NULL,
      session TEXT NOT NULL,
      number INTEGER NOT NULL,
      citizen TEXT NOT NULL,
      isOpen INTEGER NOT NULL CHECK (isOpen IN (0, 1)),
      joinedAt INTEGER NOT NULL,
      -- When time alone changes it next.
      wakeAt INTEGER,
      -- The visit in which they talk, or are rung.
      visit TEXT,
      -- How far the soft timer was when it was last told.
      phase TEXT NOT NULL DEFAULT 'within',
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, id),
      UNIQUE (tenant, session, number),
      FOREIGN KEY (tenant, session) REFERENCES dropInSession (tenant, id),
      FOREIGN KEY (tenant, citizen) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX queueTicketOnePlace ON queueTicket (tenant, session, citizen)
      WHERE isOpen = 1;
    CREATE INDEX queueTicketDue ON queueTicket (wakeAt) WHERE wakeAt IS NOT NULL;
    CREATE INDEX queueTicketOfVisit ON queueTicket (tenant, visit) WHERE visit IS NOT NULL;
    CREATE INDEX queueTicketOfCitizen ON queueTicket (tenant, citizen, joinedAt);
    """
}
