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
}
