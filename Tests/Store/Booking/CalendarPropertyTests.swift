import GRDB
import Store
import Testing
import Visits

/// Random calendars against the real store: whatever is asked for, in whatever order, nobody and no
/// room is booked twice, no visit is lost, and none lies outside its rules.
@Suite struct CalendarPropertyTests {
  typealias M = Municipality

  /// A generator that gives the same numbers for the same seed (SplitMix64).
  struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
  }

  /// Days around which things go wrong: both changes of the clocks, a leap day, Easter, Christmas.
  static let anchors: [LocalDate] = [
    LocalDate(year: 2026, month: 10, day: 20)!, LocalDate(year: 2027, month: 3, day: 22)!,
    LocalDate(year: 2028, month: 2, day: 21)!, LocalDate(year: 2027, month: 12, day: 17)!,
  ]

  @Test(arguments: 0..<12 as Range<UInt64>)
  func randomCalendarsKeepTheRules(seed: UInt64) async throws {
    var random = Seeded(state: seed)
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false)
    for room in ["r1", "r2"] {
      try await town.store.putRoom(
        Room(id: RoomID(rawValue: room), name: room), tenant: M.tenant, by: M.operations,
        at: M.now)
    }
    let anchor = Self.anchors[Int(seed) % Self.anchors.count]
    let now = LocalDateTime(anchor.adding(days: -3), time(7, 0)).utc
    var laid: [SeriesID] = []
    for step in 0..<24 {
      let day = anchor.adding(days: Int.random(in: 0...14, using: &random))
      let start = LocalDateTime(
        day,
        time(Int.random(in: 7...16, using: &random), [0, 15, 30].randomElement(using: &random)!))
      let interval = Int.random(in: 1...2, using: &random)
      let days = WeekdaySet(
        Weekday.allCases.filter { _ in Int.random(in: 0...4, using: &random) == 0 })
      let rule = RecurrenceRule(
        .weekly, interval: interval, on: days,
        ending: .count(Int.random(in: 1...12, using: &random)))
      var series = M.series(
        "s\(step)", citizen: ["karen", "ole"].randomElement(using: &random)!,
        worker: ["anne", "bo"].randomElement(using: &random)!, start: start,
        rule: Bool.random(using: &random) ? rule : nil,
        minutes: [15, 30, 45, 90].randomElement(using: &random)!,
        room: ["r1", "r2", nil].randomElement(using: &random)!)
      if Int.random(in: 0...3, using: &random) == 0 { series.form = .physical }
      let command: SeriesCommand? = laid.randomElement(using: &random).map { id in
        Self.command(for: id, anchor, step, &random)
      }
      do {
        if let command, Bool.random(using: &random), let id = laid.randomElement(using: &random) {
          let done = try await town.apply(command, to: id.rawValue, at: now)
          if let following = done.following { laid.append(following.series.id) }
        } else {
          try await town.begin(series, skipping: Bool.random(using: &random), at: now)
          laid.append(series.id)
        }
      } catch StoreError.refused {
        // What the rules do not allow has to leave no trace: looked for below.
      }
    }
    #expect(!laid.isEmpty)
    try await Self.check(town, laid)
  }

  static func command(
    for id: SeriesID, _ anchor: LocalDate, _ step: Int, _ random: inout Seeded
  ) -> SeriesCommand {
    let day = anchor.adding(days: Int.random(in: 0...30, using: &random))
    let original = LocalDateTime(
      day, time(Int.random(in: 8...15, using: &random), [0, 15, 30].randomElement(using: &random)!))
    switch Int.random(in: 0...3, using: &random) {
    case 0: return .cancel(original)
    case 1:
      return .move(
        OccurrenceChange(
          original: original, kind: .moved,
          start: original.utc.adding(minutes: Int.random(in: -90...180, using: &random))))
    case 2:
      return .split(
        at: original, into: SeriesID(rawValue: "t\(step)"),
        SeriesEdit(
          time: time(Int.random(in: 8...15, using: &random), 0),
          workerID: PersonID(rawValue: Bool.random(using: &random) ? "anne" : "bo")))
    default: return .end(from: day)
    }
  }

  /// What is true of every calendar.
  static func check(_ town: Municipality, _ laid: [SeriesID]) async throws {
    let plan = try await town.store.openingPlan(tenant: M.tenant)
    let queue = try DatabaseQueue(path: town.path)
    // No double booking, of people or rooms, seen from outside.
    let doubles = try await queue.read { db in
      try Int.fetchOne(
        db,
        sql: """
          SELECT (SELECT COUNT(*) FROM participant a JOIN participant b
              ON a.tenant = b.tenant AND a.person = b.person AND a.visit < b.visit
              AND a.occupies AND b.occupies AND a.start < b."end" AND b.start < a."end")
            + (SELECT COUNT(*) FROM roomTime a JOIN roomTime b
              ON a.tenant = b.tenant AND a.room = b.room AND a.visit < b.visit
              AND a.occupies AND b.occupies AND a.start < b."end" AND b.start < a."end")
            + (SELECT COUNT(*) FROM visit v JOIN participant p
              ON p.tenant = v.tenant AND p.visit = v.id
              AND (p.start <> v.start OR p."end" <> v.start + v.minutes * 60000
                OR p.occupies <> (v.state IN ('booked', 'ringing', 'active'))))
          """)
    }
    #expect(doubles == 0)
    let integrity = try await queue.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
    #expect(integrity == "ok")
    for id in laid {
      let details = try await town.store.seriesDetails(id, tenant: M.tenant)
      let series = details.series
      let booked = details.visits.filter { $0.state == .booked }
      // No lost visit: every occurrence has its visit or its cancellation, and the other way round.
      let last = try #require(series.recurrence.lastDay)
      let expected = series.recurrence.occurrences(from: .earliest, through: last)
        .filter { series.change(of: $0)?.kind != .cancelled }
        .map { series.occurrence($0).start }.sorted()
      let over = try await queue.read { db in
        try Bool.fetchOne(
          db, sql: "SELECT isOver FROM series WHERE id = ?", arguments: [id.rawValue]) ?? false
      }
      #expect(booked.map(\.start).sorted() == (over ? [] : expected), "\(id)")
      for visit in booked {
        let window = TimeWindow(start: visit.start, end: visit.end)
        #expect(throws: Never.self) {
          try plan.check(window, team: TeamID(rawValue: "vest"), service: .visits, flags: [])
        }
      }
    }
  }

  @Test func concurrentWritersNeverBookTwice() async throws {
    let town = try await Municipality()
    let stores = [town.store, try town.reopened { $0.busyMilliseconds = 30_000 }]
    let outcomes = await withTaskGroup(of: Bool.self) { group in
      for index in 0..<12 {
        group.addTask {
          let series = M.series(
            "s\(index)", citizen: index % 2 == 0 ? "karen" : "ole",
            worker: index % 4 < 2 ? "anne" : "bo",
            start: LocalDateTime(M.next(.tuesday, 10).date, time(10, 0)),
            rule: RecurrenceRule(.weekly, ending: .count(10)))
          let done = try? await stores[index % 2].begin(
            SeriesRequest(series: series), by: M.operations, at: M.now, events: { _, _ in [] })
          return done != nil
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect((1...2).contains(outcomes))
    for person in ["karen", "ole", "anne", "bo"] {
      let visits = try await town.visits(of: person)
      #expect(zip(visits, visits.dropFirst()).allSatisfy { $0.end <= $1.start })
    }
  }
}
