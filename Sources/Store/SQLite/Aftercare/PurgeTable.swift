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

  /// SQL for a time that a row's JSON holds (RFC 3339, or a day's beginning), in milliseconds.
  private static func told(_ member: String, in row: String = "t") -> String {
    "unixepoch(json_extract(\(row).body, '$.\(member)')) * 1000"
  }

  /// SQL for a grant's last day, NULL while nothing ends it (`Grant.lastDay`).
  private static func lastDay(of grant: String) -> String {
    let (end, closing) = (told("end", in: grant), told("closing.on", in: grant))
    return "MIN(COALESCE(\(end), \(closing)), COALESCE(\(closing), \(end)))"
  }

  private static func ofGrant(_ value: String) -> String {
    #"(SELECT \#(value) FROM supportGrant g WHERE g.tenant = t.tenant AND g.id = t."grant")"#
  }

  /// What a kind is made of, in the order it goes.
  static func parts(of kind: DataKind) -> [Part] {
    switch kind {
    case .reminders:
      [Part(table: "reminder", at: visitStart, condition: "t.wake IS NULL", citizen: visitCitizen)]
    case .followUps:
      [
        Part(table: "followUp", at: "t.at", condition: "t.isOpen = 0", citizen: "t.citizen"),
        Part(
          table: "absenceTask", at: "t.dueAt", condition: "t.state NOT IN ('open', 'proposed')",
          citizen: "t.citizen"),
        // Why somebody was away concerns nobody when nothing is left to be done about it.
        Part(
          table: "absence", at: #"t."end""#,
          condition: """
            NOT EXISTS (SELECT 1 FROM absenceTask x
              WHERE x.tenant = t.tenant AND x.absence = t.id)
            """),
      ]
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
    case .visits: visits + series
    case .grants:
      [
        Part(table: "grantEntry", at: ofGrant(lastDay(of: "g")), citizen: ofGrant("g.citizen")),
        Part(table: "supportGrant", at: lastDay(of: "t"), citizen: "t.citizen"),
      ]
    case .start:
      // A start goes with its citizen's course, what is open never.
      [Part(table: "screenStart", at: "t.changedAt", citizen: "t.person")]
        + ["equipment", "homeVisitOrder", "parkedTopic"].map {
          Part(table: $0, at: "t.changedAt", condition: "t.isOpen = 0", citizen: "t.person")
        } + [Part(table: "waitingWish", at: "t.changedAt", citizen: "t.person")]
    case .consents:
      [
        Part(
          table: "autoAnswer", at: "COALESCE(\(told("withdrawnAt")), \(told("expiresAt")))",
          citizen: "t.citizen")
      ]
    case .queue:
      [
        Part(table: "queueTicket", at: "t.joinedAt", condition: "t.isOpen = 0"),
        Part(
          table: "dropInSession", at: #"t."end""#,
          condition: """
            NOT EXISTS (SELECT 1 FROM queueTicket x
              WHERE x.tenant = t.tenant AND x.session = t.id)
            """),
      ]
    case .callbacks:
      [
        Part(
          table: "callback", at: "COALESCE(\(told("closedAt")), t.createdAt)",
          condition: "t.isOpen = 0")
      ]
    case .pairing: pairing
    // `PersonPurge` has its own way: a person goes whole or not at all.
    case .people: []
    case .accessLog: [Part(table: "accessLog", at: "t.at")]
    case .audit: [Part(table: "audit", at: "t.at")]
    // Forgotten by the service itself, when no screen can want to resume from them any more.
    case .events: []
    }
  }

  /// Visits, and what hangs on them. What still does keeps a visit: it goes when that has gone.
  private static let visits: [Part] =
    [
      Part(table: "outcome", at: visitStart, condition: isOver, citizen: "t.citizen"),
      appendage("roomTime"), appendage("freedTime"), appendage("absenceTask"),
      appendage("delayNotice"), appendage("groupStep", by: "meeting"),
      // A floor goes when its meeting ends; this is for one whose end nobody wrote.
      appendage("meetingFloor"), appendage("observerAnswer", by: "meeting"),
      appendage("meetingObserver", by: "meeting"),
      appendage("groupMeeting", by: "id"), appendage("participant"),
      Part(
        table: "visit", at: "t.start",
        condition: """
          t.state <> 'active' AND t.state <> 'ringing' AND NOT EXISTS (
            SELECT 1 FROM participant p WHERE p.tenant = t.tenant AND p.visit = t.id)
          """, citizen: "t.citizen"),
    ]

  /// Series of which no visit is left or to come, what could not be laid of them, and times that were
  /// proposed.
  private static let series: [Part] = {
    func over(_ id: String) -> String {
      "NOT EXISTS (SELECT 1 FROM visit v WHERE v.tenant = t.tenant AND v.series = t.\(id))"
    }
    let ofSeries = "(SELECT s.citizen FROM series s WHERE s.tenant = t.tenant AND s.id = t.series)"
    return [
      Part(table: "seriesGap", at: "t.start", condition: over("series"), citizen: ofSeries),
      Part(
        table: "series", at: "t.changedAt",
        condition: """
          \(over("id")) AND (t.isOver = 1 OR t.laidThrough = '9999-12-31')
            AND NOT EXISTS (SELECT 1 FROM seriesGap x
              WHERE x.tenant = t.tenant AND x.series = t.id)
          """, citizen: "t.citizen"),
      // Answered or not: one whose times have long gone by can no more be.
      Part(table: "timeProposal", at: told("visit.start"), citizen: "t.citizen"),
    ]
  }()

  /// The devices a citizen had, and how they wanted to be reminded: kept a while for coming back. A
  /// device that is still seen stays, and staff's are taken back by who gave them.
  private static let pairing: [Part] = {
    func citizens(_ person: String) -> String {
      """
      (SELECT p.role FROM person p WHERE p.tenant = t.tenant AND p.id = \(person)) = 'citizen'
      """
    }
    let person =
      "(SELECT d.person FROM device d WHERE d.tenant = t.tenant AND d.id = t.device)"
    func without(_ table: String, _ device: String) -> String {
      "NOT EXISTS (SELECT 1 FROM \(table) x WHERE x.tenant = t.tenant AND x.device = \(device))"
    }
    return [
      Part(
        table: "devicePresence", at: "t.lastSeenAt",
        condition: "\(citizens(person)) AND \(without("autoAnswer", "t.device"))",
        citizen: person),
      Part(
        table: "device", at: "MAX(t.createdAt, COALESCE(t.revokedAt, 0))",
        condition: """
          \(citizens("t.person")) AND \(without("autoAnswer", "t.id"))
            AND \(without("devicePresence", "t.id"))
          """, citizen: "t.person"),
      Part(
        table: "calendarFeed", at: "t.openedAt", condition: citizens("t.person"),
        citizen: "t.person"),
      Part(
        table: "reminderPlan",
        at: "(SELECT p.createdAt FROM person p WHERE p.tenant = t.tenant AND p.id = t.person)",
        condition: citizens("t.person"), citizen: "t.person"),
    ]
  }()

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
      // A course runs for as long as there is a grant or a visit.
      conditions.append(
        """
        NOT EXISTS (SELECT 1 FROM visit c WHERE c.tenant = t.tenant
          AND c.citizen = \(citizen) AND c.start >= :before)
        AND NOT EXISTS (SELECT 1 FROM supportGrant c WHERE c.tenant = t.tenant
          AND c.citizen = \(citizen) AND COALESCE(\(lastDay(of: "c")) >= :before, 1))
        """)
    }
    return conditions.joined(separator: " AND ")
  }

  static func purge(
    _ step: PurgeStep, tenant: TenantID, isDry: Bool, in db: Database
  ) throws -> Int {
    let before = LocalDateTime(step.before, LocalTime(wrapping: 0)).utc
    guard step.kind != .people else {
      return try PersonPurge.purge(before: before, tenant: tenant, isDry: isDry, in: db)
    }
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
