extension Schema {
  /// Teams and their hours, grants, series, absences. What a rule reads as a whole is kept as a whole
  /// (`body`, JSON), beside the columns it is looked up by.
  static let booking = """
    ALTER TABLE visit ADD COLUMN series TEXT;
    -- The local time the series gives it, by which the occurrence is known.
    ALTER TABLE visit ADD COLUMN original TEXT;
    ALTER TABLE visit ADD COLUMN room TEXT;
    -- Counts changes of when, how and whether: RFC 5545's SEQUENCE and LAST-MODIFIED.
    ALTER TABLE visit ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE visit ADD COLUMN changedAt INTEGER NOT NULL DEFAULT 0;
    CREATE UNIQUE INDEX visitOfSeries ON visit (tenant, series, original)
      WHERE series IS NOT NULL;
    CREATE INDEX visitOfWorker ON visit (tenant, worker, start);
    CREATE INDEX visitOfCitizen ON visit (tenant, citizen, start);

    -- Nobody is booked twice for one time, as before; but no visit is longer than a day, so what
    -- began before that need not be read, and the index answers alone.
    DROP INDEX participantBusy;
    CREATE INDEX participantBusy ON participant (tenant, person, start, "end") WHERE occupies = 1;
    DROP TRIGGER participantNotTwiceOnInsert;
    DROP TRIGGER participantNotTwiceOnMove;
    CREATE TRIGGER participantNotTooLong BEFORE INSERT ON participant
      WHEN NEW."end" - NEW.start > 86400000
      BEGIN SELECT RAISE(ABORT, 'no visit is longer than a day'); END;
    CREATE TRIGGER participantNotTwiceOnInsert BEFORE INSERT ON participant
      WHEN NEW.occupies = 1 AND EXISTS (
        SELECT 1 FROM participant p
        WHERE p.tenant = NEW.tenant AND p.person = NEW.person AND p.occupies = 1
          AND p.visit <> NEW.visit AND p.start < NEW."end"
          AND p.start > NEW.start - 86400000 AND p."end" > NEW.start)
      BEGIN SELECT RAISE(ABORT, 'double booking'); END;
    CREATE TRIGGER participantNotTwiceOnMove BEFORE UPDATE OF start, "end", person ON participant
      WHEN NEW.occupies = 1 AND EXISTS (
        SELECT 1 FROM participant p
        WHERE p.tenant = NEW.tenant AND p.person = NEW.person AND p.occupies = 1
          AND p.visit <> NEW.visit AND p.start < NEW."end"
          AND p.start > NEW.start - 86400000 AND p."end" > NEW.start)
      BEGIN SELECT RAISE(ABORT, 'double booking'); END;

    CREATE TABLE room (
      tenant TEXT NOT NULL REFERENCES tenant (id),
      id TEXT NOT NULL,
      name TEXT NOT NULL,
      -- How many visits it has room for at a time.
      places INTEGER NOT NULL DEFAULT 1 CHECK (places BETWEEN 1 AND 50),
      PRIMARY KEY (tenant, id)
    ) STRICT, WITHOUT ROWID;

    -- Which visit has a room when.
    CREATE TABLE roomTime (
      tenant TEXT NOT NULL,
      visit TEXT NOT NULL,
      room TEXT NOT NULL,
      start INTEGER NOT NULL,
      "end" INTEGER NOT NULL,
      occupies INTEGER NOT NULL CHECK (occupies IN (0, 1)),
      PRIMARY KEY (tenant, visit),
      FOREIGN KEY (tenant, visit) REFERENCES visit (tenant, id),
      FOREIGN KEY (tenant, room) REFERENCES room (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX roomTimeBusy ON roomTime (tenant, room, start, "end") WHERE occupies = 1;
    CREATE TRIGGER roomNotTwiceOnInsert BEFORE INSERT ON roomTime
      WHEN \(roomIsFull)
      BEGIN SELECT RAISE(ABORT, 'double booking'); END;
    CREATE TRIGGER roomNotTwiceOnMove BEFORE UPDATE OF start, "end", room ON roomTime
      WHEN \(roomIsFull)
      BEGIN SELECT RAISE(ABORT, 'double booking'); END;

    -- What a municipality has decided, one JSON text per subject ('booking').
    CREATE TABLE setting (
      tenant TEXT NOT NULL REFERENCES tenant (id),
      name TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE team (
      tenant TEXT NOT NULL REFERENCES tenant (id),
      id TEXT NOT NULL,
      name TEXT NOT NULL,
      PRIMARY KEY (tenant, id)
    ) STRICT, WITHOUT ROWID;
    -- Workers and the citizens they share.
    CREATE TABLE teamMember (
      tenant TEXT NOT NULL,
      team TEXT NOT NULL,
      person TEXT NOT NULL,
      PRIMARY KEY (tenant, team, person),
      FOREIGN KEY (tenant, team) REFERENCES team (tenant, id),
      FOREIGN KEY (tenant, person) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX teamOfMember ON teamMember (tenant, person);

    -- Who is around a citizen besides the teams, and how far away the citizen lives.
    CREATE TABLE careCircle (
      tenant TEXT NOT NULL,
      citizen TEXT NOT NULL,
      primaryWorker TEXT,
      backup TEXT,
      caseWorker TEXT,
      travelMinutes INTEGER,
      scheduling TEXT NOT NULL DEFAULT 'worker-sets',
      PRIMARY KEY (tenant, citizen),
      FOREIGN KEY (tenant, citizen) REFERENCES person (tenant, id),
      FOREIGN KEY (tenant, primaryWorker) REFERENCES person (tenant, id),
      FOREIGN KEY (tenant, backup) REFERENCES person (tenant, id),
      FOREIGN KEY (tenant, caseWorker) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE openingProfile (
      tenant TEXT NOT NULL,
      id TEXT NOT NULL,
      team TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, id),
      FOREIGN KEY (tenant, team) REFERENCES team (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX openingOfTeam ON openingProfile (tenant, team);

    CREATE TABLE supportGrant (
      tenant TEXT NOT NULL,
      id TEXT NOT NULL,
      citizen TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, id),
      FOREIGN KEY (tenant, citizen) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX grantOfCitizen ON supportGrant (tenant, citizen);
    CREATE TABLE grantEntry (
      tenant TEXT NOT NULL,
      "grant" TEXT NOT NULL,
      sequence INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, "grant", sequence),
      FOREIGN KEY (tenant, "grant") REFERENCES supportGrant (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER grantEntryIsNotChanged BEFORE UPDATE ON grantEntry
      BEGIN SELECT RAISE(ABORT, 'a history only grows'); END;

    CREATE TABLE series (
      tenant TEXT NOT NULL,
      id TEXT NOT NULL,
      citizen TEXT NOT NULL,
      worker TEXT NOT NULL,
      -- The last local day its visits are laid through; '9999-12-31' when there are no more to lay.
      laidThrough TEXT NOT NULL,
      -- Whether nothing of it is left.
      isOver INTEGER NOT NULL DEFAULT 0 CHECK (isOver IN (0, 1)),
      changedAt INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, id),
      FOREIGN KEY (tenant, citizen) REFERENCES person (tenant, id),
      FOREIGN KEY (tenant, worker) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX seriesOfCitizen ON series (tenant, citizen);
    CREATE INDEX seriesOfWorker ON series (tenant, worker);
    CREATE INDEX seriesToLay ON series (laidThrough);
    -- Occurrences that could not be laid, and why: somebody has to see to them.
    CREATE TABLE seriesGap (
      tenant TEXT NOT NULL,
      series TEXT NOT NULL,
      original TEXT NOT NULL,
      start INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, series, original),
      FOREIGN KEY (tenant, series) REFERENCES series (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX seriesGapByStart ON seriesGap (tenant, start);

    CREATE TABLE absence (
      tenant TEXT NOT NULL,
      id TEXT NOT NULL,
      worker TEXT NOT NULL,
      start INTEGER NOT NULL,
      "end" INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, id),
      FOREIGN KEY (tenant, worker) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX absenceOfWorker ON absence (tenant, worker, "end");
    CREATE TABLE absenceTask (
      tenant TEXT NOT NULL,
      absence TEXT NOT NULL,
      visit TEXT NOT NULL,
      citizen TEXT NOT NULL,
      dueAt INTEGER NOT NULL,
      state TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, absence, visit),
      FOREIGN KEY (tenant, absence) REFERENCES absence (tenant, id),
      FOREIGN KEY (tenant, visit) REFERENCES visit (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX absenceTaskPending ON absenceTask (tenant, dueAt)
      WHERE state IN ('open', 'proposed');
    CREATE INDEX absenceTaskOfVisit ON absenceTask (tenant, visit);

    CREATE TABLE freedTime (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      tenant TEXT NOT NULL,
      worker TEXT NOT NULL,
      visit TEXT NOT NULL,
      start INTEGER NOT NULL,
      "end" INTEGER NOT NULL,
      FOREIGN KEY (tenant, worker) REFERENCES person (tenant, id),
      FOREIGN KEY (tenant, visit) REFERENCES visit (tenant, id)
    ) STRICT;
    CREATE INDEX freedTimeByEnd ON freedTime (tenant, "end");
    CREATE INDEX freedTimeOfWorker ON freedTime (tenant, worker, "end");

    CREATE TABLE timeProposal (
      tenant TEXT NOT NULL,
      id TEXT NOT NULL,
      citizen TEXT NOT NULL,
      state TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, id),
      FOREIGN KEY (tenant, citizen) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX timeProposalOfCitizen ON timeProposal (tenant, citizen);

    CREATE TABLE delayNotice (
      tenant TEXT NOT NULL,
      visit TEXT NOT NULL,
      -- The agreed start it was told for.
      start INTEGER NOT NULL,
      minutes INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, visit, start, minutes),
      FOREIGN KEY (tenant, visit) REFERENCES visit (tenant, id)
    ) STRICT, WITHOUT ROWID;
    """

  /// SQL for a row whose room is full at some time of it: as many others as the room has places lie
  /// over each other when it begins, or when one of them begins in it.
  private static let roomIsFull = """
    NEW.occupies = 1 AND EXISTS (
      SELECT 1 FROM (
        SELECT NEW.start AS at UNION ALL
        SELECT r.start FROM roomTime r
        WHERE r.tenant = NEW.tenant AND r.room = NEW.room AND r.occupies = 1
          AND r.visit <> NEW.visit AND r.start > NEW.start AND r.start < NEW."end") p
      WHERE (
        SELECT COUNT(*) FROM roomTime o
        WHERE o.tenant = NEW.tenant AND o.room = NEW.room AND o.occupies = 1
          AND o.visit <> NEW.visit AND o.start <= p.at AND o.start > p.at - 86400000
          AND o."end" > p.at)
        >= (SELECT places FROM room WHERE tenant = NEW.tenant AND id = NEW.room))
    """
}
