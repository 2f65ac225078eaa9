import GRDB
import Visits

/// What is deleted when its period is over.
///
/// Ledger, audit log and access log only grow: their triggers refuse every deletion but that of a
/// row for which `purgeLicence` holds a line, older than that line says. The line is written and
/// taken away inside the purging transaction, so no other connection ever sees one, and a stray
/// `DELETE` is refused as before.
enum PurgeTable {
  /// A table's rows that a kind of data is, and when each happened.
  struct Part {
    var table: String
    /// SQL for when it happened, in the row's terms.
    var at: String
    /// A further condition on the row.
    var condition = "1"
    /// SQL for whose course counts; nil for what is about no citizen.
    var citizen: String?
  }

  /// A column of the visit that a row hangs on; `key` names the visit in the row.
  private static func visit(_ column: String, by key: String = "visit") -> String {
    "(SELECT v.\(column) FROM visit v WHERE v.tenant = t.tenant AND v.id = t.\(key))"
  }
  private static let visitStart = visit("start")
  private static let visitCitizen = visit("citizen")
  /// What has not ended may still be written to.
  private static func isOver(by key: String = "visit") -> String {
    "\(visit("state", by: key)) IN ('ended', 'cancelled', 'missed', 'booked')"
  }
  private static let isOver = isOver()

  /// What goes with a visit, and may not be there when it goes itself.
  private static func appendage(_ table: String, by key: String = "visit") -> Part {
    Part(
      table: table, at: visit("start", by: key),
      condition: "\(isOver(by: key)) AND \(isBare(by: key))", citizen: visit("citizen", by: key))
  }

  /// What a kind is made of, in the order it goes. Kinds whose tables belong to other parts of the
  /// store have none here.
  static func parts(of kind: DataKind) -> [Part] {
    switch kind {
    case .reminders:
      [Part(table: "reminder", at: visitStart, condition: "t.wake IS NULL", citizen: visitCitizen)]
    case .followUps:
      [Part(table: "followUp", at: "t.at", condition: "t.isOpen = 0", citizen: "t.citizen")]
    case .callQuality:
      [
        Part(table: "sample", at: visitStart, condition: isOver, citizen: visitCitizen),
        Part(table: "verdict", at: visitStart, condition: isOver, citizen: visitCitizen),
      ]
    case .ledger:
      [Part(table: "ledger", at: visitStart, condition: isOver, citizen: visitCitizen)]
    case .notes:
      [
        Part(table: "note", at: "t.at", citizen: "t.citizen"),
        Part(
          table: "goal", at: "t.createdAt",
          condition: "json_extract(t.body, '$.state') <> 'active'", citizen: "t.citizen"),
      ]
    case .visits:
      // What still hangs on a visit keeps it: it goes when that has gone.
      [
        Part(table: "outcome", at: visitStart, condition: isOver, citizen: "t.citizen"),
        appendage("roomTime"), appendage("freedTime"), appendage("absenceTask"),
        appendage("delayNotice"), appendage("groupStep", by: "meeting"),
        appendage("groupMeeting", by: "id"), appendage("participant"),
        Part(
          table: "visit", at: "t.start",
          condition: """
            t.state <> 'active' AND t.state <> 'ringing' AND NOT EXISTS (
              SELECT 1 FROM participant p WHERE p.tenant = t.tenant AND p.visit = t.id)
            """, citizen: "t.citizen"),
      ]
    case .accessLog: [Part(table: "accessLog", at: "t.at")]
    case .audit: [Part(table: "audit", at: "t.at")]
    case .grants, .consents, .queue, .callbacks, .pairing: []
    // Forgotten by the service itself, when no screen can want to resume from them any more.
    case .events: []
    }
  }

  private static func isBare(by key: String) -> String {
    ["ledger", "sample", "verdict", "reminder", "followUp", "note"].map { table in
      "NOT EXISTS (SELECT 1 FROM \(table) x WHERE x.tenant = t.tenant AND x.visit = t.\(key))"
    }.joined(separator: " AND ")
  }

  /// The condition under which a part's rows go: old enough, over, and, where the kind counts from
  /// the end of a course, of nobody who still receives support.
  static func condition(_ part: Part, _ step: PurgeStep) -> String {
    var conditions = ["t.tenant = :tenant", "\(part.at) < :before", part.condition]
    if step.from == .courseEnd, let citizen = part.citizen {
      // Until grants say when a course ended, it runs for as long as there are visits.
      conditions.append(
        """
        NOT EXISTS (SELECT 1 FROM visit c WHERE c.tenant = t.tenant
          AND c.citizen = \(citizen) AND c.start >= :before)
        """)
    }
    return conditions.joined(separator: " AND ")
  }

  static func purge(
    _ step: PurgeStep, tenant: TenantID, isDry: Bool, in db: Database
  ) throws -> Int {
    let before = LocalDateTime(step.before, LocalTime(wrapping: 0)).utc
    let arguments: StatementArguments = ["tenant": tenant.rawValue, "before": before.rawValue]
    var rows = 0
    if !isDry {
      try db.execute(
        sql: "INSERT INTO purgeLicence (tenant, kind, before) VALUES (?, ?, ?)",
        arguments: [tenant.rawValue, step.kind.rawValue, before.rawValue])
    }
    for part in parts(of: step.kind) + careParts(of: step.kind) {
      let condition = condition(part, step)
      if isDry {
        rows +=
          try Int.fetchOne(
            db, sql: "SELECT COUNT(*) FROM \(part.table) t WHERE \(condition)",
            arguments: arguments) ?? 0
      } else {
        try db.execute(
          sql: "DELETE FROM \(part.table) AS t WHERE \(condition)", arguments: arguments)
        rows += db.changesCount
      }
    }
    if !isDry { try db.execute(sql: "DELETE FROM purgeLicence") }
    return rows
  }
}
