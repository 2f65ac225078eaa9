import GRDB
import Visits

/// People about whom nothing is kept any more, and teams that nobody is in.
///
/// A citizen goes when the last of their records has: each kind has a period of its own, and until
/// then the name belongs to it. Whoever works there goes when every access was taken back long ago and
/// nothing of theirs is left to read. The logs keep the numbers that they had.
///
/// A circle and a place in a team go with the person and never before: a citizen without either would
/// be everybody's to see.
enum PersonPurge {
  /// A column that names a person.
  struct Column: Hashable {
    var table: String
    var column: String
    /// Whether rows are found by it; otherwise the table is read once for everybody.
    var isIndexed = true

    init(_ table: String, _ column: String, isIndexed: Bool = true) {
      (self.table, self.column, self.isIndexed) = (table, column, isIndexed)
    }
  }

  /// Where somebody stands named for as long as something is kept about them.
  static let kept = [
    Column("visit", "citizen"), Column("visit", "worker"), Column("supportGrant", "citizen"),
    Column("series", "citizen"), Column("series", "worker"), Column("absence", "worker"),
    Column("freedTime", "worker"), Column("timeProposal", "citizen"),
    Column("callback", "citizen"), Column("queueTicket", "citizen"), Column("goal", "citizen"),
    Column("note", "citizen"), Column("consent", "citizen"), Column("disclosure", "citizen"),
    Column("copingCard", "citizen"),
    Column("scoreAnswer", "citizen"), Column("post", "citizen"), Column("autoAnswer", "citizen"),
    Column("screenStart", "person"), Column("equipment", "person"),
    Column("homeVisitOrder", "person"), Column("parkedTopic", "person"),
    Column("waitingWish", "person"), Column("careCircle", "primaryWorker"),
    Column("careCircle", "backup"), Column("careCircle", "caseWorker"),
    Column("absenceTask", "citizen", isIndexed: false),
    Column("groupStep", "citizen", isIndexed: false),
    Column("followUp", "citizen", isIndexed: false),
    Column("followUp", "worker", isIndexed: false),
    Column("reminder", "person", isIndexed: false),
    Column("outcome", "citizen", isIndexed: false),
    Column("participant", "person", isIndexed: false),
    Column("meetingObserver", "person", isIndexed: false),
    Column("observerAnswer", "citizen", isIndexed: false),
    Column("observerAnswer", "person", isIndexed: false),
  ]

  /// What goes with somebody, in the order it goes.
  static let with = [
    Column("device", "person"), Column("calendarFeed", "person"), Column("reminderPlan", "person"),
    Column("teamMember", "person"), Column("dutyRota", "person"), Column("careCircle", "citizen"),
    Column("scaleChoice", "citizen"), Column("groupMember", "citizen"),
    Column("keepApart", "first"), Column("keepApart", "second"),
  ]

  /// Tables whose JSON may name who works there, for somebody to read the name.
  private static let told = [
    "callback", "queueTicket", "dropInSession", "groupMeeting", "timeProposal", "setting",
  ]

  /// Deletes who and what has been over since `:before`, or counts it: people and teams.
  static func purge(
    before: UTCMilliseconds, tenant: TenantID, isDry: Bool, in db: Database
  ) throws -> Int {
    let arguments: StatementArguments = ["tenant": tenant.rawValue, "before": before.rawValue]
    let people = try String.fetchAll(db, sql: over, arguments: arguments)
    guard !isDry else {
      return people.count
        + (try Int.fetchOne(
          db, sql: "SELECT COUNT(*) FROM team t WHERE \(teamIsOver)", arguments: arguments) ?? 0)
    }
    for person in people {
      let one: StatementArguments = ["tenant": tenant.rawValue, "person": person]
      try db.execute(
        sql: """
          DELETE FROM devicePresence WHERE tenant = :tenant AND device IN (
            SELECT id FROM device WHERE tenant = :tenant AND person = :person)
          """, arguments: one)
      for place in with {
        try db.execute(
          sql: "DELETE FROM \(place.table) WHERE tenant = :tenant AND \(place.column) = :person",
          arguments: one)
      }
      try db.execute(
        sql: "DELETE FROM person WHERE tenant = :tenant AND id = :person", arguments: one)
    }
    try db.execute(sql: "DELETE FROM team AS t WHERE \(teamIsOver)", arguments: arguments)
    return people.count + db.changesCount
  }

  /// Registered before then and named nowhere. A citizen's devices, feed and reminders have their own
  /// period; who works there had the last access taken back before then, and is told of nowhere.
  private static let over: String = {
    func none(_ table: String, _ condition: String) -> String {
      "NOT EXISTS (SELECT 1 FROM \(table) x WHERE x.tenant = p.tenant AND \(condition))"
    }
    let citizen =
      ["device", "calendarFeed", "reminderPlan"].map { none($0, "x.person = p.id") }
      + [none("groupMember", "x.citizen = p.id AND x.until IS NULL")]
    let staff =
      [
        none("device", "x.person = p.id AND COALESCE(x.revokedAt >= :before, 1)")
      ] + told.map { none($0, #"instr(x.body, '"' || p.id || '"') > 0"#) }
    let unnamed = kept.map { place in
      place.isIndexed
        ? none(place.table, "x.\(place.column) = p.id")
        : """
        p.id NOT IN (SELECT x.\(place.column) FROM \(place.table) x WHERE x.tenant = :tenant)
        """
    }
    return """
      SELECT p.id FROM person p WHERE p.tenant = :tenant AND p.createdAt < :before
        AND CASE p.role WHEN 'citizen' THEN \(citizen.joined(separator: " AND "))
          ELSE \(staff.joined(separator: " AND ")) END
        AND \(unnamed.joined(separator: " AND "))
      ORDER BY p.id
      """
  }()

  /// Nobody is in the team, nothing is held by it, and nobody has decided about it since then.
  private static let teamIsOver: String = {
    let empty = ["teamMember", "openingProfile", "dutyRota", "callback"].map { table in
      "NOT EXISTS (SELECT 1 FROM \(table) x WHERE x.tenant = t.tenant AND x.team = t.id)"
    }
    let untold = ["groupUnit", "dropInSession"].map { table in
      """
      NOT EXISTS (SELECT 1 FROM \(table) x WHERE x.tenant = t.tenant
        AND instr(x.body, '"' || t.id || '"') > 0)
      """
    }
    return """
      t.tenant = :tenant AND \((empty + untold).joined(separator: " AND "))
        AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.tenant = t.tenant AND a.action = 'team.put'
          AND a.detail = t.id AND a.at >= :before)
      """
  }()
}
