import Store
import Visits

/// What is measured: by the store, and the same statements on bare SQLite.
struct Questions {
  let town: Town
  let store: SQLiteStore
  let bare: BareSQLite

  private static let monday = LocalDate(Town.now)
  static let week = TimeWindow(
    start: LocalDateTime(monday, .midnight).utc,
    end: LocalDateTime(monday.adding(days: 7), .midnight).utc)
  static let fourWeeks = TimeWindow(
    start: Town.now, end: LocalDateTime(monday.adding(days: 28), .midnight).utc)
  private static let day: Int64 = 86_400_000

  // MARK: A worker's week

  func week(_ index: Int) async throws {
    let week = try await store.week(
      of: town.worker(index), in: Self.week, tenant: Town.tenant, at: Town.now)
    precondition(!week.visits.isEmpty)
  }

  func bareWeek(_ index: Int) {
    let tenant = BareSQLite.Value.text(Town.tenant.rawValue)
    let worker = BareSQLite.Value.text(town.worker(index).rawValue)
    let (from, to) = (Self.week.start.rawValue, Self.week.end.rawValue)
    bare.run("BEGIN")
    let span = "tenant = ?1 AND start < ?3 AND start > ?4"
    bare.run(
      """
      SELECT * FROM visit WHERE worker = ?2 AND \(span)
      UNION ALL SELECT * FROM visit WHERE citizen = ?2 AND \(span)
      """, [tenant, worker, .integer(to), .integer(from - Self.day)])
    let person = "SELECT * FROM person WHERE tenant = ? AND id = ?"
    bare.run(person, [tenant, worker])
    for citizen in 0..<10 {
      bare.run(person, [tenant, .text(town.citizen(index, citizen).rawValue)])
    }
    bare.run(
      #"SELECT body FROM absence WHERE tenant = ? AND worker = ? AND "end" > ? ORDER BY start"#,
      [tenant, worker, .integer(from)])
    bare.run(
      #"SELECT worker, visit, start, "end" FROM freedTime WHERE tenant = ? AND "end" > ?"#,
      [tenant, .integer(Town.now.rawValue)])
    bare.run("COMMIT")
  }

  // MARK: Free time of a team of twenty over four weeks

  func slots(_ index: Int) async throws {
    let search = SlotSearch(
      citizen: town.citizen(index, 0),
      query: FreeSlotQuery(window: Self.fourWeeks, durationMinutes: 30, limit: 50))
    let slots = try await store.freeSlots(search, tenant: Town.tenant, at: Town.now)
    precondition(slots.count == 50)
  }

  func bareSlots(_ index: Int) {
    let tenant = BareSQLite.Value.text(Town.tenant.rawValue)
    let citizen = BareSQLite.Value.text(town.citizen(index, 0).rawValue)
    bare.run("BEGIN")
    bare.run("SELECT body FROM setting WHERE tenant = ? AND name = 'booking'", [tenant])
    bare.run(
      "SELECT team FROM teamMember WHERE tenant = ? AND person = ? ORDER BY team",
      [tenant, citizen])
    bare.run("SELECT * FROM careCircle WHERE tenant = ? AND citizen = ?", [tenant, citizen])
    bare.run(
      "SELECT team, body FROM openingProfile WHERE tenant = ? AND team IN (?) ORDER BY id",
      [tenant, .text("t\(index / Town.teamSize)")])
    bare.run(
      "SELECT body FROM supportGrant WHERE tenant = ? AND citizen = ?", [tenant, citizen])
    bare.run(
      """
      SELECT DISTINCT m.person FROM teamMember own
      JOIN teamMember m ON m.tenant = own.tenant AND m.team = own.team
      JOIN person p ON p.tenant = m.tenant AND p.id = m.person
      WHERE own.tenant = ? AND own.person = ? AND p.role IN ('supportWorker', 'teamLead')
      ORDER BY m.person
      """, [tenant, citizen])
    let (from, to) = (Self.fourWeeks.start.rawValue, Self.fourWeeks.end.rawValue)
    let first = index / Town.teamSize * Town.teamSize
    for worker in first..<first + Town.teamSize {
      let id = BareSQLite.Value.text(town.worker(worker).rawValue)
      bare.run(
        #"SELECT body FROM absence WHERE tenant = ? AND worker = ? AND "end" > ? ORDER BY start"#,
        [tenant, id, .integer(from)])
      bare.run(
        """
        SELECT p.start, p."end", v.form, v.citizen FROM participant p
        JOIN visit v ON v.tenant = p.tenant AND v.id = p.visit
        WHERE p.tenant = ? AND p.person = ? AND p.occupies = 1 AND p.start < ? AND p.start > ?
        ORDER BY p.start
        """, [tenant, id, .integer(to), .integer(from - Self.day)])
    }
    bare.run(
      """
      SELECT start, "end" FROM participant
      WHERE tenant = ? AND person = ? AND occupies = 1 AND start < ? AND start > ?
      """, [tenant, citizen, .integer(to), .integer(from - Self.day)])
    bare.run("COMMIT")
  }

  // MARK: A 26-week series

  private static let first = LocalDateTime(monday.adding(days: 1), LocalTime(wrapping: 960))
  private static let rule = RecurrenceRule(.weekly, ending: .count(26))

  func series(_ index: Int, minute: Int) async throws {
    var start = Self.first
    start.time = LocalTime(wrapping: start.time.minuteOfDay + minute)
    let series = Series(
      id: SeriesID(rawValue: "s\(index)-\(minute)"), tenant: Town.tenant,
      citizenID: town.citizen(index, 1), workerID: town.worker(index),
      recurrence: Recurrence(start: start, rule: Self.rule), durationMinutes: 15)
    let begun = try await store.begin(
      SeriesRequest(series: series), by: .system, at: Town.now,
      events: { _, changed in
        [EventDraft(name: "series", payload: "{\"visits\":\(changed.count)}", audience: Audience())]
      })
    precondition(begun.changed.count >= 23)
  }

  /// What a program writes that trusts its caller: the same rows in one transaction, and what the
  /// same reads cost that keep people, rooms and grants in order.
  func bareSeries(_ index: Int, minute: Int) {
    let tenant = BareSQLite.Value.text(Town.tenant.rawValue)
    let (citizen, worker) = (town.citizen(index, 2).rawValue, town.worker(index).rawValue)
    let now = BareSQLite.Value.integer(Town.now.rawValue)
    bare.run("BEGIN IMMEDIATE")
    bare.run(
      "SELECT body, laidThrough FROM series WHERE tenant = ? AND id = ?", [tenant, .text("-")])
    bare.run("SELECT body FROM setting WHERE tenant = ? AND name = 'booking'", [tenant])
    bare.run(
      "SELECT team, body FROM openingProfile WHERE tenant = ? AND team IN (?) ORDER BY id",
      [tenant, .text("t\(index / Town.teamSize)")])
    bare.run(
      "SELECT body FROM supportGrant WHERE tenant = ? AND citizen = ?", [tenant, .text(citizen)])
    var start = Self.first
    start.time = LocalTime(wrapping: start.time.minuteOfDay + minute)
    for week in 0..<26 {
      var occurrence = start
      occurrence.date = start.date.adding(days: 7 * week)
      let from = occurrence.utc.rawValue
      let id = BareSQLite.Value.text("b\(index)-\(minute)-\(week)")
      for person in [worker, citizen] {
        bare.run(
          """
          SELECT start, "end" FROM participant
          WHERE tenant = ? AND person = ? AND occupies = 1 AND visit <> ?
            AND start < ? AND start > ? AND "end" > ? ORDER BY start LIMIT 1
          """,
          [
            tenant, .text(person), id, .integer(from + 900_000), .integer(from - Self.day),
            .integer(from),
          ])
      }
      bare.run(
        """
        INSERT INTO visit (tenant, id, citizen, worker, start, minutes, form, mediaMode, state,
          ringExpiresAt, answeredDevice, series, original, room, changedAt)
        VALUES (?, ?, ?, ?, ?, 15, 'screen', 'video', 'booked', NULL, NULL, ?, ?, NULL, ?)
        """,
        [
          tenant, id, .text(citizen), .text(worker), .integer(from),
          .text("b\(index)-\(minute)"), .text(occurrence.text), now,
        ])
      for person in [citizen, worker] {
        bare.run(
          "INSERT INTO participant VALUES (?, ?, ?, ?, ?, 1)",
          [tenant, id, .text(person), .integer(from), .integer(from + 900_000)])
      }
      bare.run(
        "SELECT MAX(sequence) FROM ledger WHERE tenant = ? AND visit = ?", [tenant, id])
      bare.run(
        """
        INSERT INTO ledger (tenant, visit, sequence, at, kind, cause)
        VALUES (?, ?, 1, ?, 'booked', 'requested')
        """, [tenant, id, now])
    }
    bare.run(
      """
      INSERT INTO series (tenant, id, citizen, worker, laidThrough, isOver, changedAt, body)
      VALUES (?, ?, ?, ?, '9999-12-31', 0, ?, '{}')
      """,
      [tenant, .text("b\(index)-\(minute)"), .text(citizen), .text(worker), now])
    bare.run(
      "INSERT INTO audit (tenant, at, action, subject, detail) VALUES (?, ?, 'series.begin', ?, ?)",
      [tenant, now, .text(citizen), .text("b\(index)-\(minute)")])
    bare.run(
      "SELECT * FROM visit WHERE tenant = ? AND series = ? AND original >= '' ORDER BY start, id",
      [tenant, .text("b\(index)-\(minute)")])
    bare.run(
      "INSERT INTO event (tenant, at, name, payload) VALUES (?, ?, 'series', '{}')", [tenant, now])
    bare.run("COMMIT")
  }
}
