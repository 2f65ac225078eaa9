import Foundation
import Store
import Visits

/// A municipality of some size in a database of its own: teams of twenty workers, ten citizens each,
/// calendars full from nine weeks ago to eight weeks ahead.
struct Town {
  static let tenant = TenantID(rawValue: "kommune")
  /// Monday 23 November 2026, 8.00 in Denmark.
  static let now = UTCMilliseconds(rawValue: 1_795_417_200_000)
  static let teamSize = 20

  let path: String
  let workers: Int
  let citizens: Int
  let visits: Int

  func worker(_ index: Int) -> PersonID { PersonID(rawValue: "w\(index)") }
  /// A worker's citizen.
  func citizen(_ worker: Int, _ index: Int) -> PersonID {
    PersonID(rawValue: "c\(worker * (citizens / workers) + index)")
  }

  /// Makes it, past the rules: a million bookings one by one would take an hour.
  func build() async throws {
    let store = try SQLiteStore(StoreConfiguration(path: path))
    try await store.addTenant(Tenant(id: Self.tenant, name: "Kommunen", createdAt: Self.now))
    var grants = GrantPolicy()
    grants.visitsNeedGrant = false
    try await store.setBookingSettings(
      BookingSettings(grants: grants), tenant: Self.tenant, by: .system, at: Self.now)
    try store.close()
    let bare = BareSQLite(path: path)
    bare.run("BEGIN")
    try people(bare)
    bare.run("COMMIT")
    for first in stride(from: 0, to: workers, by: 50) {
      bare.run("BEGIN")
      for index in first..<min(first + 50, workers) { calendar(of: index, bare) }
      bare.run("COMMIT")
    }
    bare.run("ANALYZE")
  }

  private func people(_ bare: BareSQLite) throws {
    let person = "INSERT INTO person VALUES (?, ?, ?, ?, ?)"
    let member = "INSERT INTO teamMember VALUES (?, ?, ?)"
    let tenant = BareSQLite.Value.text(Self.tenant.rawValue)
    for index in 0..<workers {
      let team = "t\(index / Self.teamSize)"
      if index % Self.teamSize == 0 {
        bare.run("INSERT INTO team VALUES (?, ?, ?)", [tenant, .text(team), .text(team)])
        let week = [
          WeeklyHours(
            .workdays,
            [OpeningHours(from: LocalTime(wrapping: 480), to: LocalTime(wrapping: 1020))])
        ]
        let profile = OpeningProfile(
          id: OpeningProfileID(rawValue: team), team: TeamID(rawValue: team), service: .visits,
          validFrom: LocalDate(year: 2026, month: 1, day: 1)!, week: week)
        let body = String(decoding: try JSONEncoder().encode(profile), as: UTF8.self)
        bare.run(
          "INSERT INTO openingProfile VALUES (?, ?, ?, ?)",
          [tenant, .text(team), .text(team), .text(body)])
      }
      let now = BareSQLite.Value.integer(Self.now.rawValue)
      let own =
        [(worker(index), "supportWorker")]
        + (0..<citizens / workers).map { (citizen(index, $0), "citizen") }
      for (id, role) in own {
        bare.run(person, [tenant, .text(id.rawValue), .text(role), .text(id.rawValue), now])
        bare.run(member, [tenant, .text(team), .text(id.rawValue)])
      }
    }
  }

  /// Six visits a working day from 8 to 14, so that an afternoon is left to book in.
  private func calendar(of index: Int, _ bare: BareSQLite) {
    let perWorker = visits / workers
    let tenant = BareSQLite.Value.text(Self.tenant.rawValue)
    var day = LocalDate(Self.now).adding(days: -63)
    var made = 0
    while made < perWorker {
      defer { day = day.adding(days: 1) }
      guard day.isoWeekday < 6 else { continue }
      for slot in 0..<6 where made < perWorker {
        let start = LocalDateTime(day, LocalTime(wrapping: 480 + slot * 60)).utc
        let isOver = start < Self.now
        let id = "\(worker(index))-\(made)"
        let citizen = citizen(index, made % (citizens / workers)).rawValue
        bare.run(
          """
          INSERT INTO visit (tenant, id, citizen, worker, start, minutes, form, mediaMode, state)
          VALUES (?, ?, ?, ?, ?, 45, 'screen', 'video', ?)
          """,
          [
            tenant, .text(id), .text(citizen), .text(worker(index).rawValue),
            .integer(start.rawValue), .text(isOver ? "ended" : "booked"),
          ])
        for person in [citizen, worker(index).rawValue] {
          bare.run(
            "INSERT INTO participant VALUES (?, ?, ?, ?, ?, ?)",
            [
              tenant, .text(id), .text(person), .integer(start.rawValue),
              .integer(start.rawValue + 45 * 60_000), .integer(isOver ? 0 : 1),
            ])
        }
        made += 1
      }
    }
  }
}
