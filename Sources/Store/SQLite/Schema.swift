import GRDB

/// The tables, as migrations. A migration that has been released is never edited: it has run on
/// somebody's data.
///
/// Every row belongs to a municipality and every key begins with it, so that a foreign key cannot
/// cross from one to another. Times are UTC milliseconds since 1970.
enum Schema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("2026-11 people") { try $0.execute(sql: people) }
    migrator.registerMigration("2026-11 visits") { try $0.execute(sql: visits) }
    migrator.registerMigration("2026-11 streams") { try $0.execute(sql: streams) }
    migrator.registerMigration("2026-11 booking") { try $0.execute(sql: booking) }
    migrator.registerMigration("2026-11 access") { try $0.execute(sql: access) }
    registerDaily(in: &migrator)
    registerDropIn(in: &migrator)
    registerPresence(in: &migrator)
    registerGroups(in: &migrator)
    registerMeetings(in: &migrator)
    registerAutoAnswer(in: &migrator)
    migrator.registerMigration("2026-11 reminders") { try $0.execute(sql: reminders) }
    migrator.registerMigration("2026-11 outcomes") { try $0.execute(sql: outcomes) }
    registerStart(in: &migrator)
    registerCare(in: &migrator)
    registerDisclosures(in: &migrator)
    migrator.registerMigration("2026-11 retention") { try $0.execute(sql: retention) }
    Statistics.register(in: &migrator)
    return migrator
  }

  private static let people = """
    CREATE TABLE tenant (
      id TEXT NOT NULL PRIMARY KEY,
      name TEXT NOT NULL,
      createdAt INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE person (
      tenant TEXT NOT NULL REFERENCES tenant (id),
      id TEXT NOT NULL,
      role TEXT NOT NULL,
      displayName TEXT NOT NULL,
      createdAt INTEGER NOT NULL,
      PRIMARY KEY (tenant, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE device (
      tenant TEXT NOT NULL,
      id TEXT NOT NULL,
      person TEXT NOT NULL,
      label TEXT NOT NULL,
      createdAt INTEGER NOT NULL,
      revokedAt INTEGER,
      PRIMARY KEY (tenant, id),
      FOREIGN KEY (tenant, person) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX deviceOfPerson ON device (tenant, person);

    CREATE TABLE audit (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      tenant TEXT NOT NULL REFERENCES tenant (id),
      at INTEGER NOT NULL,
      actor TEXT,
      role TEXT,
      device TEXT,
      action TEXT NOT NULL,
      subject TEXT,
      visit TEXT,
      detail TEXT
    ) STRICT;
    CREATE INDEX auditOfTenant ON audit (tenant, id);
    CREATE TRIGGER auditIsNotChanged BEFORE UPDATE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
    -- REPLACE deletes without asking the trigger below.
    CREATE TRIGGER auditIsNotReplaced BEFORE INSERT ON audit
      WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
      BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
    CREATE TRIGGER auditIsNotDeleted BEFORE DELETE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;

    CREATE TABLE heartbeat (
      id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
      at INTEGER NOT NULL
    ) STRICT;
    """

  private static let visits = """
    CREATE TABLE visit (
      tenant TEXT NOT NULL,
      id TEXT NOT NULL,
      citizen TEXT NOT NULL,
      worker TEXT NOT NULL,
      start INTEGER NOT NULL,
      minutes INTEGER NOT NULL CHECK (minutes > 0),
      form TEXT NOT NULL,
      mediaMode TEXT NOT NULL,
      state TEXT NOT NULL,
      ringExpiresAt INTEGER,
      answeredDevice TEXT,
      PRIMARY KEY (tenant, id),
      FOREIGN KEY (tenant, citizen) REFERENCES person (tenant, id),
      FOREIGN KEY (tenant, worker) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX visitByStart ON visit (tenant, start);
    -- With the citizen, so that a search for free time reads no visit.
    CREATE INDEX visitAtHome ON visit (tenant, worker, start, citizen) WHERE form = 'physical';
    CREATE INDEX visitLive ON visit (state) WHERE state IN ('ringing', 'active');

    -- Whose time a visit takes. A row per person, so that groups need no other rule.
    CREATE TABLE participant (
      tenant TEXT NOT NULL,
      visit TEXT NOT NULL,
      person TEXT NOT NULL,
      start INTEGER NOT NULL,
      "end" INTEGER NOT NULL,
      occupies INTEGER NOT NULL CHECK (occupies IN (0, 1)),
      PRIMARY KEY (tenant, visit, person),
      FOREIGN KEY (tenant, visit) REFERENCES visit (tenant, id),
      FOREIGN KEY (tenant, person) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    -- With the end, so that a search for free time reads nothing else.
    CREATE INDEX participantBusy ON participant (tenant, person, start, "end") WHERE occupies = 1;

    -- Nobody is booked twice for one time, whatever program writes. Ringing a missed visit again
    -- takes its time back without asking: it changes no time and so passes.
    CREATE TRIGGER participantNotTwiceOnInsert BEFORE INSERT ON participant
      WHEN NEW.occupies = 1 AND EXISTS (
        SELECT 1 FROM participant p
        WHERE p.tenant = NEW.tenant AND p.person = NEW.person AND p.occupies = 1
          AND p.visit <> NEW.visit AND p.start < NEW."end" AND p."end" > NEW.start)
      BEGIN SELECT RAISE(ABORT, 'double booking'); END;
    CREATE TRIGGER participantNotTwiceOnMove BEFORE UPDATE OF start, "end" ON participant
      WHEN NEW.occupies = 1 AND EXISTS (
        SELECT 1 FROM participant p
        WHERE p.tenant = NEW.tenant AND p.person = NEW.person AND p.occupies = 1
          AND p.visit <> NEW.visit AND p.start < NEW."end" AND p."end" > NEW.start)
      BEGIN SELECT RAISE(ABORT, 'double booking'); END;

    CREATE TABLE ledger (
      tenant TEXT NOT NULL,
      visit TEXT NOT NULL,
      sequence INTEGER NOT NULL,
      at INTEGER NOT NULL,
      kind TEXT NOT NULL,
      participant TEXT,
      cause TEXT NOT NULL,
      note TEXT,
      device TEXT,
      session TEXT,
      attempt INTEGER,
      -- Tells repeats of one report.
      "key" TEXT,
      PRIMARY KEY (tenant, visit, sequence),
      UNIQUE (tenant, visit, "key"),
      FOREIGN KEY (tenant, visit) REFERENCES visit (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER ledgerHasNoGaps BEFORE INSERT ON ledger
      WHEN NEW.sequence <> 1 + COALESCE(
        (SELECT MAX(sequence) FROM ledger WHERE tenant = NEW.tenant AND visit = NEW.visit), 0)
      BEGIN SELECT RAISE(ABORT, 'a ledger has no gaps'); END;
    CREATE TRIGGER ledgerIsNotChanged BEFORE UPDATE ON ledger
      BEGIN SELECT RAISE(ABORT, 'a ledger only grows'); END;
    CREATE TRIGGER ledgerIsNotDeleted BEFORE DELETE ON ledger
      BEGIN SELECT RAISE(ABORT, 'a ledger only grows'); END;
    """

  private static let streams = """
    CREATE TABLE sample (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      tenant TEXT NOT NULL,
      visit TEXT NOT NULL,
      body TEXT NOT NULL,
      FOREIGN KEY (tenant, visit) REFERENCES visit (tenant, id)
    ) STRICT;
    CREATE INDEX sampleOfVisit ON sample (tenant, visit, id);

    -- A judgement kept with how far it had read; read further, it is made anew.
    CREATE TABLE verdict (
      tenant TEXT NOT NULL,
      visit TEXT NOT NULL,
      rules INTEGER NOT NULL,
      ledger INTEGER NOT NULL,
      sample INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, visit),
      FOREIGN KEY (tenant, visit) REFERENCES visit (tenant, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE event (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      tenant TEXT NOT NULL REFERENCES tenant (id),
      at INTEGER NOT NULL,
      name TEXT NOT NULL,
      payload TEXT NOT NULL
    ) STRICT;
    CREATE INDEX eventOfTenant ON event (tenant, id);
    CREATE INDEX eventByTime ON event (at);

    -- Who may receive an event: a row per person ('person') or role ('role').
    CREATE TABLE eventAudience (
      event INTEGER NOT NULL REFERENCES event (id) ON DELETE CASCADE,
      sort TEXT NOT NULL CHECK (sort IN ('person', 'role')),
      member TEXT NOT NULL,
      PRIMARY KEY (event, sort, member)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX eventsOfMember ON eventAudience (sort, member, event);
    """
}
