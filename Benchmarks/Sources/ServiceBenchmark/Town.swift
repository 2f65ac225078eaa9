import Foundation
import Store
import Visits

/// A municipality of some size in a database of its own: teams of twenty workers, ten citizens to a
/// worker, each with a grant, calendars full from nine weeks ago to eight weeks ahead, a third of the
/// visits at home.
struct Town: Sendable {
  static let tenant = TenantID(rawValue: "kommune")
  static let teamSize = 20
  static let citizensPerWorker = 10
  static let visitsPerWorker = 500
  /// Of the visits to come, one in so many was called off, and its time published.
  private static let calledOff = 20

  /// The database file.
  let path: String
  let visits: Int
  /// Eight o'clock on the present week's Monday, so that a server started now can go on with it.
  let now = LocalDateTime(
    LocalDate(UTCMilliseconds(rawValue: Int64(Date().timeIntervalSince1970 * 1000))).monday,
    LocalTime(wrapping: 480)
  ).utc

  var workers: Int { visits / Self.visitsPerWorker }
  var citizens: Int { workers * Self.citizensPerWorker }

  func worker(_ index: Int) -> PersonID { PersonID(rawValue: "w\(index)") }
  /// A worker's citizen.
  func citizen(_ worker: Int, _ index: Int) -> PersonID {
    PersonID(rawValue: "c\(worker * Self.citizensPerWorker + index)")
  }

  /// Makes it, past the rules: a million bookings one by one would take an hour. Indices and triggers
  /// are put back when the rows are in.
  func build() async throws {
    let store = try SQLiteStore(StoreConfiguration(path: path))
    try await store.addTenant(Tenant(id: Self.tenant, name: "Kommunen", createdAt: now))
    try await store.setBookingSettings(
      BookingSettings(grants: GrantPolicy(), travelMinutes: 15), tenant: Self.tenant,
      by: .system, at: now)
    try store.close()
    let bare = BareSQLite(path: path)
    // A crash would cost the file; it is made anew each time.
    for pragma in [
      "journal_mode = OFF", "synchronous = OFF", "cache_size = -600000", "foreign_keys = OFF",
    ] { bare.run("PRAGMA \(pragma)") }
    let parts = Set(bare.texts(Self.secondary("name")))
    let definitions = bare.texts(Self.secondary("sql"))
    for kind in ["TRIGGER", "INDEX"] {
      for name in bare.texts(Self.secondary("name", "type = '\(kind.lowercased())'"))
      where parts.contains(name) { bare.run("DROP \(kind) \(name)") }
    }
    bare.run("BEGIN")
    try people(bare)
    var ids = RandomIDs()
    for index in 0..<workers { calendar(of: index, &ids, bare) }
    for definition in definitions { bare.run(definition) }
    bare.run("COMMIT")
    // Minutes for a million; the smaller ones are made the same way.
    if visits <= 100_000 {
      precondition(bare.texts("PRAGMA foreign_key_check").isEmpty, "rows without their persons")
    }
  }

  private static func secondary(_ column: String, _ condition: String = "1") -> String {
    """
    SELECT \(column) FROM sqlite_master WHERE \(condition) AND type IN ('index', 'trigger')
      AND sql IS NOT NULL AND tbl_name IN ('visit', 'participant', 'ledger', 'freedTime')
    ORDER BY type, name
    """
  }

  private func people(_ bare: BareSQLite) throws {
    let tenant = BareSQLite.Value.text(Self.tenant.rawValue)
    let made = BareSQLite.Value.integer(now.rawValue)
    for index in 0..<workers {
      let team = "t\(index / Self.teamSize)"
      if index % Self.teamSize == 0 {
        bare.run("INSERT INTO team VALUES (?, ?, ?)", [tenant, .text(team), .text(team)])
        bare.run(
          "INSERT INTO openingProfile (tenant, id, team, body) VALUES (?, ?, ?, ?)",
          [tenant, .text(team), .text(team), .text(try json(Self.hours(of: team)))])
      }
      let own =
        [(worker(index), "supportWorker")]
        + (0..<Self.citizensPerWorker).map { (citizen(index, $0), "citizen") }
      for (number, (id, role)) in own.enumerated() {
        bare.run(
          "INSERT INTO person (tenant, id, role, displayName, createdAt) VALUES (?, ?, ?, ?, ?)",
          [tenant, .text(id.rawValue), .text(role), .text(id.rawValue), made])
        bare.run(
          "INSERT INTO teamMember (tenant, team, person) VALUES (?, ?, ?)",
          [tenant, .text(team), .text(id.rawValue)])
        guard number > 0 else {
          bare.run(
            """
            INSERT INTO device (tenant, id, person, label, createdAt) VALUES (?, ?, ?, 'pc', ?)
            """, [tenant, .text("d-\(id.rawValue)"), .text(id.rawValue), made])
          continue
        }
        bare.run(
          """
          INSERT INTO careCircle (tenant, citizen, primaryWorker, travelMinutes)
          VALUES (?, ?, ?, ?)
          """,
          [
            tenant, .text(id.rawValue), .text(worker(index).rawValue),
            .integer(Int64(5 + number % 3)),
          ])
        let grant = Self.grant(of: id, at: now)
        bare.run(
          "INSERT INTO supportGrant (tenant, id, citizen, body) VALUES (?, ?, ?, ?)",
          [tenant, .text(grant.id.rawValue), .text(id.rawValue), .text(try json(grant))])
      }
    }
  }

  private static func hours(of team: String) -> OpeningProfile {
    let day = OpeningHours(from: LocalTime(wrapping: 480), to: LocalTime(wrapping: 1020))
    return OpeningProfile(
      id: OpeningProfileID(rawValue: team), team: TeamID(rawValue: team), service: .visits,
      validFrom: LocalDate(year: 2020, month: 1, day: 1)!, week: [WeeklyHours(.workdays, [day])])
  }

  private static func grant(of citizen: PersonID, at now: UTCMilliseconds) -> Grant {
    let start = LocalDate(now).adding(days: -200)
    return Grant(
      id: GrantID(rawValue: "g-\(citizen.rawValue)"), tenant: tenant, citizen: citizen,
      basis: .section85, start: start,
      terms: [
        DatedTerms(
          from: start, terms: GrantTerms(forms: [.screen, .physical], weeklyMinutes: 360),
          decision: GrantDecision(by: nil, at: now))
      ])
  }

  private func json(_ value: some Encodable) throws -> String {
    String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
  }

  /// Six visits a working day from 8 to 14, so that an afternoon is left to book in.
  private func calendar(of index: Int, _ ids: inout RandomIDs, _ bare: BareSQLite) {
    var day = LocalDate(now).adding(days: -63)
    var made = 0
    while made < Self.visitsPerWorker {
      defer { day = day.adding(days: 1) }
      guard day.isoWeekday < 6 else { continue }
      for slot in 0..<6 where made < Self.visitsPerWorker {
        visit(
          made, of: index, LocalDateTime(day, LocalTime(wrapping: 480 + slot * 60)), ids.next(),
          bare)
        made += 1
      }
    }
  }

  private func visit(
    _ number: Int, of index: Int, _ time: LocalDateTime, _ id: String, _ bare: BareSQLite
  ) {
    let tenant = BareSQLite.Value.text(Self.tenant.rawValue)
    let start = time.utc
    let end = start.adding(minutes: 45)
    let citizen = citizen(index, number % Self.citizensPerWorker).rawValue
    let worker = worker(index).rawValue
    var state = start < now ? "ended" : "booked"
    if state == "booked", number % Self.calledOff == 0 { state = "cancelled" }
    bare.run(
      """
      INSERT INTO visit (tenant, id, citizen, worker, start, minutes, form, mediaMode, state)
      VALUES (?, ?, ?, ?, ?, 45, ?, 'video', ?)
      """,
      [
        tenant, .text(id), .text(citizen), .text(worker), .integer(start.rawValue),
        .text(number % 3 == 0 ? "physical" : "screen"), .text(state),
      ])
    for person in [citizen, worker] {
      bare.run(
        "INSERT INTO participant VALUES (?, ?, ?, ?, ?, ?)",
        [
          tenant, .text(id), .text(person), .integer(start.rawValue), .integer(end.rawValue),
          .integer(state == "booked" ? 1 : 0),
        ])
    }
    var ledger = [("booked", start.adding(minutes: -10_000))]
    if state == "ended" { ledger += [("answered", start), ("ended", end)] }
    if state == "cancelled" {
      ledger.append(("cancelled", start.adding(minutes: -5_000)))
      bare.run(
        #"INSERT INTO freedTime (tenant, worker, visit, start, "end") VALUES (?, ?, ?, ?, ?)"#,
        [tenant, .text(worker), .text(id), .integer(start.rawValue), .integer(end.rawValue)])
    }
    for (sequence, (kind, at)) in ledger.enumerated() {
      bare.run(
        """
        INSERT INTO ledger (tenant, visit, sequence, at, kind, cause)
        VALUES (?, ?, ?, ?, ?, 'requested')
        """,
        [tenant, .text(id), .integer(Int64(sequence + 1)), .integer(at.rawValue), .text(kind)])
    }
  }
}

/// Names of visits, spread over the index as random ones are, and the same in every run (SplitMix64).
private struct RandomIDs {
  private var state: UInt64 = 1

  mutating func next() -> String {
    String(format: "%016llx%016llx", number(), number())
  }

  private mutating func number() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
