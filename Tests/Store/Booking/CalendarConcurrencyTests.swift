import GRDB
import Store
import Testing
import Visits

/// Random calendars with many writers at once, on two connections to one file: whatever comes between
/// whatever, nobody is booked twice, nothing that was acknowledged is lost, and everything that stands
/// lies within the grants, the hours and the holidays.
@Suite struct CalendarConcurrencyTests {
  typealias M = Municipality
  typealias Seeded = CalendarPropertyTests.Seeded

  /// What one writer was told about its own visits, which nobody else touches.
  private struct Told: Sendable {
    var visits: [VisitID: Visit] = [:]
    var series: [SeriesID] = []
    var refused = 0
  }

  /// Minutes a week Karen is granted, without tolerance.
  private static let weeklyMinutes = 150
  /// Visits Ole is granted in all.
  private static let cap = 12

  @Test(arguments: 0..<8 as Range<UInt64>)
  func manyWritersKeepTheRules(seed: UInt64) async throws {
    let anchor = CalendarPropertyTests.anchors[Int(seed) % CalendarPropertyTests.anchors.count]
    let now = LocalDateTime(anchor.adding(days: -3), time(7, 0)).utc
    let town = try await Municipality()
    try await town.openTeam { $0.grants.weeklyTolerancePercent = 0 }
    try await town.store.putRoom(
      Room(id: RoomID(rawValue: "r1"), name: "r1"), tenant: M.tenant, by: M.operations, at: now)
    for (citizen, basis) in [("karen", LegalBasis.section85), ("ole", .section82b)] {
      let request = GrantRequest(
        id: GrantID(rawValue: "g-\(citizen)"), basis: basis, start: anchor.adding(days: -10),
        visitCap: basis == .section82b ? Self.cap : nil,
        terms: GrantTerms(
          forms: [.screen, .physical],
          weeklyMinutes: basis == .section85 ? Self.weeklyMinutes : nil))
      _ = try await town.store.grant(
        request, to: PersonID(rawValue: citizen), born: M.born, tenant: M.tenant, by: M.lise,
        at: now.adding(minutes: -7 * 1440))
    }
    let stores = [town.store, try town.reopened { $0.busyMilliseconds = 30_000 }]
    let told = try await withThrowingTaskGroup(of: Told.self) { group in
      for writer in 0..<8 {
        group.addTask {
          try await Self.write(
            writer, to: stores[writer % 2], anchor, at: now,
            Seeded(state: seed &* 1000 &+ UInt64(writer)))
        }
      }
      return try await group.reduce(into: [Told]()) { $0.append($1) }
    }
    let visits = told.flatMap(\.visits.values)
    #expect(visits.contains { $0.state == .booked })
    #expect(told.contains { $0.refused > 0 }, "so full a calendar refuses something")
    try await CalendarPropertyTests.check(town, told.flatMap(\.series))
    for visit in visits {
      let kept = try await stores[1].visit(visit.id, tenant: M.tenant).visit
      #expect(kept == visit, "as acknowledged")
    }
    try await checkRules(town, from: anchor.adding(days: -3))
  }

  /// One writer's day.
  private static func write(
    _ writer: Int, to store: SQLiteStore, _ anchor: LocalDate, at now: UTCMilliseconds,
    _ seeded: Seeded
  ) async throws -> Told {
    var random = seeded
    var told = Told()
    for step in 0..<12 {
      do {
        try await act("w\(writer)-\(step)", on: store, anchor, at: now, &random, &told)
      } catch StoreError.refused {
        told.refused += 1
      }
    }
    return told
  }

  /// A booking, a move, a cancellation or a series, as it comes.
  private static func act(
    _ name: String, on store: SQLiteStore, _ anchor: LocalDate, at now: UTCMilliseconds,
    _ random: inout Seeded, _ told: inout Told
  ) async throws {
    let start = LocalDateTime(
      anchor.adding(days: Int.random(in: 0...14, using: &random)),
      time(Int.random(in: 7...16, using: &random), [0, 15, 30].randomElement(using: &random)!))
    let citizen = ["karen", "ole"].randomElement(using: &random)!
    let worker = ["anne", "bo"].randomElement(using: &random)!
    let minutes = [15, 30, 45].randomElement(using: &random)!
    let isEither = Bool.random(using: &random)
    let own = told.visits.values.filter { $0.state == .booked && $0.seriesID == nil }
      .min { $0.start < $1.start }
    let choice = Int.random(in: 0...3, using: &random)
    if choice < 2, let own {
      let command: VisitCommand =
        isEither ? .cancel(reason: nil) : .move(start: start.utc, durationMinutes: minutes)
      let changed = try await store.apply(
        command, to: own.id, tenant: M.tenant, by: M.operations, at: now)
      told.visits[own.id] = changed.details.visit
    } else if choice == 2 {
      let series = M.series(
        name, citizen: citizen, worker: worker, start: start,
        rule: RecurrenceRule(
          .weekly, interval: Int.random(in: 1...2, using: &random),
          ending: .count(Int.random(in: 2...6, using: &random))),
        minutes: minutes, room: isEither ? "r1" : nil)
      let begun = try await store.begin(
        SeriesRequest(series: series, skipsRefused: Bool.random(using: &random)),
        by: M.operations, at: now, events: { _, _ in [] })
      told.series.append(series.id)
      for visit in begun.changed { told.visits[visit.details.visit.id] = visit.details.visit }
    } else {
      let booked = try await store.book(
        BookingRequest(
          citizenID: PersonID(rawValue: citizen), workerID: PersonID(rawValue: worker),
          start: start.utc, durationMinutes: minutes, form: isEither ? .screen : .physical),
        tenant: M.tenant, by: M.operations, at: now)
      told.visits[booked.details.visit.id] = booked.details.visit
    }
  }

  /// What the grants say, asked of the file itself.
  private func checkRules(_ town: Municipality, from first: LocalDate) async throws {
    let window = TimeWindow(
      start: LocalDateTime(first, .midnight).utc,
      end: LocalDateTime(first.adding(days: 400), .midnight).utc)
    let plan = try await town.store.openingPlan(tenant: M.tenant)
    for citizen in ["karen", "ole"] {
      let visits = try await town.store.calendar(
        of: PersonID(rawValue: citizen), in: window, tenant: M.tenant
      ).map(\.visit).filter { $0.state.occupiesTime }
      let grant = try #require(
        try await town.store.grants(of: PersonID(rawValue: citizen), tenant: M.tenant).first)
      for visit in visits {
        #expect(grant.covers(LocalDate(visit.start)))
        #expect(throws: Never.self) {
          try plan.check(
            TimeWindow(start: visit.start, end: visit.end), team: TeamID(rawValue: "vest"),
            service: .visits, flags: [])
        }
      }
      if citizen == "ole" {
        #expect(visits.count <= Self.cap)
      } else {
        let weeks = Dictionary(grouping: visits) { LocalDate($0.start).monday }
        for (_, week) in weeks {
          #expect(week.reduce(0) { $0 + $1.durationMinutes } <= Self.weeklyMinutes)
        }
      }
    }
  }
}
