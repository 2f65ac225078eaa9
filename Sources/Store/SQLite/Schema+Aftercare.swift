// The tables of access, reminders, what comes after a visit, and retention.

extension Schema {
  /// Who is around a citizen, and who looked at whose record.
  static let access = """
    CREATE INDEX circleOfPrimary ON careCircle (tenant, primaryWorker);
    CREATE INDEX circleOfBackup ON careCircle (tenant, backup);
    CREATE INDEX circleOfCaseWorker ON careCircle (tenant, caseWorker);
    CREATE INDEX visitOfPair ON visit (tenant, citizen, worker, start);

    -- A line per look at a citizen's record, or per list that was asked for.
    CREATE TABLE accessLog (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      tenant TEXT NOT NULL REFERENCES tenant (id),
      at INTEGER NOT NULL,
      reader TEXT NOT NULL,
      role TEXT NOT NULL,
      device TEXT,
      citizen TEXT,
      criterion TEXT,
      part TEXT NOT NULL,
      action TEXT NOT NULL,
      basis TEXT NOT NULL,
      reason TEXT,
      CHECK (citizen IS NOT NULL OR criterion IS NOT NULL)
    ) STRICT;
    CREATE INDEX accessOfCitizen ON accessLog (tenant, citizen, id);
    CREATE INDEX accessOfReader ON accessLog (tenant, reader, at);
    CREATE TRIGGER accessLogIsNotChanged BEFORE UPDATE ON accessLog
      BEGIN SELECT RAISE(ABORT, 'the access log only grows'); END;
    CREATE TRIGGER accessLogIsNotReplaced BEFORE INSERT ON accessLog
      WHEN EXISTS (SELECT 1 FROM accessLog WHERE id = NEW.id)
      BEGIN SELECT RAISE(ABORT, 'the access log only grows'); END;
    CREATE TRIGGER accessLogIsNotDeleted BEFORE DELETE ON accessLog
      BEGIN SELECT RAISE(ABORT, 'the access log only grows'); END;
    """

  /// What people are reminded of, the messages on their way, and private calendars.
  static let reminders = """
    CREATE TABLE reminderPlan (
      tenant TEXT NOT NULL,
      person TEXT NOT NULL,
      plan TEXT NOT NULL,
      email TEXT,
      sms TEXT,
      webhook TEXT,
      PRIMARY KEY (tenant, person),
      FOREIGN KEY (tenant, person) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE reminder (
      tenant TEXT NOT NULL,
      "key" TEXT NOT NULL,
      visit TEXT NOT NULL,
      person TEXT NOT NULL,
      state TEXT NOT NULL,
      dueAt INTEGER NOT NULL,
      -- When it next needs a look; NULL when never.
      wake INTEGER,
      changedAt INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, "key"),
      FOREIGN KEY (tenant, visit) REFERENCES visit (tenant, id),
      FOREIGN KEY (tenant, person) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX reminderWake ON reminder (wake) WHERE wake IS NOT NULL;
    CREATE INDEX reminderOfVisit ON reminder (tenant, visit);
    CREATE INDEX reminderTrouble ON reminder (tenant, visit)
      WHERE state IN ('failed', 'uncertain');

    CREATE TABLE calendarFeed (
      tenant TEXT NOT NULL,
      person TEXT NOT NULL,
      fingerprint TEXT NOT NULL UNIQUE,
      openedAt INTEGER NOT NULL,
      PRIMARY KEY (tenant, person),
      FOREIGN KEY (tenant, person) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    """

  /// What became of visits, notes against goals, and following up.
  static let outcomes = """
    -- Earlier revisions are kept; the last one holds.
    CREATE TABLE outcome (
      tenant TEXT NOT NULL,
      visit TEXT NOT NULL,
      revision INTEGER NOT NULL,
      citizen TEXT NOT NULL,
      kind TEXT NOT NULL,
      at INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, visit, revision),
      FOREIGN KEY (tenant, visit) REFERENCES visit (tenant, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE note (
      tenant TEXT NOT NULL,
      visit TEXT NOT NULL,
      revision INTEGER NOT NULL,
      citizen TEXT NOT NULL,
      at INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, visit, revision),
      FOREIGN KEY (tenant, visit) REFERENCES visit (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX noteOfCitizen ON note (tenant, citizen, at);

    CREATE TABLE goal (
      tenant TEXT NOT NULL,
      id TEXT NOT NULL,
      citizen TEXT NOT NULL,
      createdAt INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, id),
      FOREIGN KEY (tenant, citizen) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX goalOfCitizen ON goal (tenant, citizen, createdAt);

    CREATE TABLE followUp (
      tenant TEXT NOT NULL,
      visit TEXT NOT NULL,
      citizen TEXT NOT NULL,
      worker TEXT NOT NULL,
      isOpen INTEGER NOT NULL CHECK (isOpen IN (0, 1)),
      -- When time alone changes it next; NULL when never.
      due INTEGER,
      at INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, visit),
      FOREIGN KEY (tenant, visit) REFERENCES visit (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX followUpDue ON followUp (due) WHERE due IS NOT NULL;
    CREATE INDEX followUpOpen ON followUp (tenant, worker) WHERE isOpen = 1;
    """

  /// How long data is kept, and the one way in which what only grows is ever deleted: see
  /// `PurgeTable`.
  static let retention = """
    CREATE TABLE retention (
      tenant TEXT NOT NULL PRIMARY KEY REFERENCES tenant (id),
      body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Holds a line only inside a purging transaction.
    CREATE TABLE purgeLicence (
      tenant TEXT NOT NULL,
      kind TEXT NOT NULL,
      before INTEGER NOT NULL,
      PRIMARY KEY (tenant, kind)
    ) STRICT, WITHOUT ROWID;

    DROP TRIGGER ledgerIsNotDeleted;
    CREATE TRIGGER ledgerIsNotDeleted BEFORE DELETE ON ledger
      WHEN NOT EXISTS (SELECT 1 FROM purgeLicence p WHERE p.tenant = OLD.tenant
        AND p.kind = 'ledger' AND (SELECT v.start FROM visit v
          WHERE v.tenant = OLD.tenant AND v.id = OLD.visit) < p.before)
      BEGIN SELECT RAISE(ABORT, 'a ledger only grows'); END;
    DROP TRIGGER auditIsNotDeleted;
    CREATE TRIGGER auditIsNotDeleted BEFORE DELETE ON audit
      WHEN NOT EXISTS (SELECT 1 FROM purgeLicence p WHERE p.tenant = OLD.tenant
        AND p.kind = 'audit' AND OLD.at < p.before)
      BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
    DROP TRIGGER accessLogIsNotDeleted;
    CREATE TRIGGER accessLogIsNotDeleted BEFORE DELETE ON accessLog
      WHEN NOT EXISTS (SELECT 1 FROM purgeLicence p WHERE p.tenant = OLD.tenant
        AND p.kind = 'accessLog' AND OLD.at < p.before)
      BEGIN SELECT RAISE(ABORT, 'the access log only grows'); END;
    """
}
