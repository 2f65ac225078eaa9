import GRDB

// Groups, their members and their meetings.
extension Schema {
  /// Registers the migration of groups.
  static func registerGroups(in migrator: inout DatabaseMigrator) {
    migrator.registerMigration("2026-11 groups") { try $0.execute(sql: groups) }
  }

  private static let groups = """
    CREATE TABLE groupUnit (
      tenant TEXT NOT NULL REFERENCES tenant (id),
      id TEXT NOT NULL,
      name TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE groupMember (
      tenant TEXT NOT NULL,
      groupUnit TEXT NOT NULL,
      citizen TEXT NOT NULL,
      since INTEGER NOT NULL,
      until INTEGER,
      PRIMARY KEY (tenant, groupUnit, citizen, since),
      FOREIGN KEY (tenant, groupUnit) REFERENCES groupUnit (tenant, id),
      FOREIGN KEY (tenant, citizen) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX groupOfMember ON groupMember (tenant, citizen);

    -- "Ikke-sammen-med": for planners alone.
    CREATE TABLE keepApart (
      tenant TEXT NOT NULL,
      first TEXT NOT NULL,
      second TEXT NOT NULL CHECK (second > first),
      by TEXT NOT NULL,
      at INTEGER NOT NULL,
      PRIMARY KEY (tenant, first, second),
      FOREIGN KEY (tenant, first) REFERENCES person (tenant, id),
      FOREIGN KEY (tenant, second) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;

    -- A meeting is a visit with a plan: the visit says when, who and in what state.
    CREATE TABLE groupMeeting (
      tenant TEXT NOT NULL,
      id TEXT NOT NULL,
      groupUnit TEXT NOT NULL,
      start INTEGER NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (tenant, id),
      FOREIGN KEY (tenant, id) REFERENCES visit (tenant, id),
      FOREIGN KEY (tenant, groupUnit) REFERENCES groupUnit (tenant, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX groupMeetingOfGroup ON groupMeeting (tenant, groupUnit, start);

    CREATE TABLE groupStep (
      tenant TEXT NOT NULL,
      meeting TEXT NOT NULL,
      citizen TEXT NOT NULL,
      text TEXT NOT NULL,
      PRIMARY KEY (tenant, meeting, citizen),
      FOREIGN KEY (tenant, meeting) REFERENCES groupMeeting (tenant, id),
      FOREIGN KEY (tenant, citizen) REFERENCES person (tenant, id)
    ) STRICT, WITHOUT ROWID;
    """
}
