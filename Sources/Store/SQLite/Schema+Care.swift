import GRDB

// The tables of what is agreed with a citizen and told to others: consents, the coping card, scales,
// and messages to somebody outside.
extension Schema {
  /// Registers their migration.
  static func registerCare(in migrator: inout DatabaseMigrator) {
    migrator.registerMigration("2026-11 care") { try $0.execute(sql: care) }
  }

  private static let care = """
    -- Whether somebody takes part besides the citizen and the worker, though it is no group.
    ALTER TABLE visit ADD COLUMN invited INTEGER NOT NULL DEFAULT 0 CHECK (invited IN (0, 1));

    -- Calls that answer themselves are agreed on in autoAnswer and shown with these.
    CREATE TABLE consent (
      tenant TEXT NOT NULL,
      id TEXT NOT NULL,
      citizen TEXT NOT NULL,
      givenAt INTEGER NOT NULL,
      withdrawnAt INTEGER,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, id),
      FOREIGN KEY (tenant, citizen) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX consentOfCitizen ON consent (tenant, citizen, givenAt);

    -- The card as it is now: what the citizen has crossed out is gone.
    CREATE TABLE copingCard (
      tenant TEXT NOT NULL,
      citizen TEXT NOT NULL,
      at INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, citizen),
      FOREIGN KEY (tenant, citizen) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE scoreScale (
      tenant TEXT NOT NULL REFERENCES tenant (id),
      id TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE scaleChoice (
      tenant TEXT NOT NULL,
      citizen TEXT NOT NULL,
      scale TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, citizen, scale),
      FOREIGN KEY (tenant, citizen) REFERENCES person (tenant, id),
      FOREIGN KEY (tenant, scale) REFERENCES scoreScale (tenant, id)
    ) STRICT, WITHOUT ROWID;

    -- Answers outlive their visits, as notes do.
    CREATE TABLE scoreAnswer (
      tenant TEXT NOT NULL,
      citizen TEXT NOT NULL,
      scale TEXT NOT NULL,
      visit TEXT NOT NULL,
      at INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, citizen, scale, visit),
      FOREIGN KEY (tenant, citizen) REFERENCES person (tenant, id),
      FOREIGN KEY (tenant, scale) REFERENCES scoreScale (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX scoreOfScale ON scoreAnswer (tenant, scale, at);

    CREATE TABLE journalChoice (
      tenant TEXT NOT NULL PRIMARY KEY REFERENCES tenant (id),
      notes INTEGER NOT NULL CHECK (notes IN (0, 1)),
      visits INTEGER NOT NULL CHECK (visits IN (0, 1))
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE post (
      tenant TEXT NOT NULL,
      "key" TEXT NOT NULL,
      citizen TEXT NOT NULL,
      visit TEXT,
      destination TEXT NOT NULL CHECK (destination IN ('partner', 'journal', 'staff')),
      state TEXT NOT NULL,
      at INTEGER NOT NULL,
      -- When it next needs a look; NULL when never.
      wake INTEGER,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, "key"),
      FOREIGN KEY (tenant, citizen) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX postWake ON post (wake) WHERE wake IS NOT NULL;
    CREATE INDEX postOfCitizen ON post (tenant, citizen);
    CREATE INDEX postOpen ON post (tenant, at)
      WHERE state IN ('pending', 'sending', 'handed-over', 'failed', 'uncertain');
    """
}
