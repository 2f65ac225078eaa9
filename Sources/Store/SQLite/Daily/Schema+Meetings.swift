import GRDB

// What goes on around one meeting of a group: its floor while it lasts, and who looks on.
extension Schema {
  /// Registers the migration of floors and observers.
  static func registerMeetings(in migrator: inout DatabaseMigrator) {
    migrator.registerMigration("2026-11 meetings") { try $0.execute(sql: meetings) }
  }

  private static let meetings = """
    -- Gone with the end of the meeting: who spoke how much is nobody's record.
    CREATE TABLE meetingFloor (
      tenant TEXT NOT NULL,
      visit TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, visit),
      FOREIGN KEY (tenant, visit) REFERENCES visit (tenant, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE meetingObserver (
      tenant TEXT NOT NULL,
      meeting TEXT NOT NULL,
      person TEXT NOT NULL,
      purpose TEXT NOT NULL,
      askedBy TEXT NOT NULL,
      askedAt INTEGER NOT NULL,
      PRIMARY KEY (tenant, meeting, person),
      FOREIGN KEY (tenant, meeting) REFERENCES groupMeeting (tenant, id),
      FOREIGN KEY (tenant, person) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;

    -- Each member's own yes or no: a row each, so that nobody's export tells of another.
    CREATE TABLE observerAnswer (
      tenant TEXT NOT NULL,
      meeting TEXT NOT NULL,
      person TEXT NOT NULL,
      citizen TEXT NOT NULL,
      isYes INTEGER NOT NULL CHECK (isYes IN (0, 1)),
      recordedBy TEXT NOT NULL,
      at INTEGER NOT NULL,
      PRIMARY KEY (tenant, meeting, person, citizen),
      FOREIGN KEY (tenant, meeting, person) REFERENCES meetingObserver (tenant, meeting, person)
        ON DELETE CASCADE,
      FOREIGN KEY (tenant, citizen) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    """
}
