import GRDB
import Store
import Testing
import Visits

@Suite struct SeriesStoreTests {
  typealias M = Municipality

  @Test func aWeeklySeriesIsLaidAYearAhead() async throws {
    let town = try await Municipality()
    let details = try await town.begin()
    let visits = details.visits
    #expect(visits.count == 57)
    #expect(visits.first?.start == M.next(.tuesday, 10).utc)
    // At ten in summer and in winter.
    #expect(visits.allSatisfy { LocalDateTime($0.start).time == time(10, 0) })
    #expect(visits.allSatisfy { $0.seriesID?.rawValue == "s1" })
    #expect(details.laidThrough == M.today.adding(days: 399))
    #expect(try await town.ledger(visits[0].id.rawValue).map(\.kind) == [.booked])
    let audit = try await town.store.audit(tenant: M.tenant, after: 0, limit: 100)
    #expect(audit.last?.draft.action == "series.begin")
  }

  @Test func aWeekIsSharedOutInUnequalParts() async throws {
    let town = try await Municipality()
    try await town.openTeam()
    try await town.grant(weeklyMinutes: 40)
    func parts(_ friday: Int) -> Series {
      var series = M.series(
        start: M.next(.monday, 10),
        rule: RecurrenceRule(
          .weekly, on: WeekdaySet([.monday, .wednesday, .friday]), ending: .count(6)),
        minutes: 20)
      series.lengths = [
        DayLength(day: .wednesday, minutes: 30), DayLength(day: .friday, minutes: friday),
      ]
      return series
    }
    #expect(await refusal { try await town.begin(parts(15)) } == "series-conflicts")
    let details = try await town.begin(parts(10))
    #expect(details.visits.map(\.durationMinutes) == [20, 30, 10, 20, 30, 10])
    // What is agreed about one of them leaves the others as they are.
    let original = LocalDateTime(M.next(.wednesday, 10).date, time(10, 0))
    try await town.apply(
      .move(OccurrenceChange(original: original, kind: .moved, durationMinutes: 25)))
    #expect(try await town.visits(of: "karen").map(\.durationMinutes) == [20, 25, 10, 20, 30, 10])
    let split = try await town.apply(
      .split(
        at: LocalDateTime(M.next(.monday, 10).date.adding(days: 7), time(10, 0)),
        into: SeriesID(rawValue: "s2"), SeriesEdit(durationMinutes: 15)))
    #expect(split.following?.series.lengths.isEmpty == true)
    #expect(try await town.visits(of: "karen").map(\.durationMinutes) == [20, 25, 10, 15, 15, 15])
  }

  @Test func beginningTwiceLaysOnce() async throws {
    let town = try await Municipality()
    let first = try await town.begin()
    let again = try await town.begin()
    #expect(first.visits == again.visits)
    let other = await storeError {
      try await town.begin(M.series(start: M.next(.wednesday, 10)))
    }
    #expect(other == .conflict)
  }

  @Test func oneTakenTimeRefusesTheWholeUnlessItIsPassedOver() async throws {
    let town = try await Municipality()
    let start = M.next(.tuesday, 10)
    try await town.book(
      BookingRequest(
        id: VisitID(rawValue: "v1"), citizenID: PersonID(rawValue: "ole"),
        workerID: PersonID(rawValue: "anne"), start: start.utc.adding(minutes: 7 * 1440 + 15),
        durationMinutes: 30))
    let rule = RecurrenceRule(.weekly, ending: .count(4))
    #expect(
      await refusal { try await town.begin(M.series(rule: rule)) } == "series-conflicts")
    #expect(try await town.visits(of: "karen").isEmpty)
    let details = try await town.begin(M.series(rule: rule), skipping: true)
    #expect(details.visits.count == 3)
    #expect(details.gaps.map(\.code) == ["double-booked"])
    #expect(details.series.recurrence.except == details.gaps.map(\.original))
    let (anne, bo) = (PersonID(rawValue: "anne"), PersonID(rawValue: "bo"))
    for workers: Set<PersonID>? in [nil, [anne], [anne, bo]] {
      let gaps = try await town.store.seriesGaps(
        tenant: M.tenant, workers: workers, from: M.now)
      #expect(gaps.map(\.gap) == details.gaps)
      #expect(gaps.map(\.citizen.id.rawValue) == ["karen"])
    }
    let others = try await town.store.seriesGaps(tenant: M.tenant, workers: [bo], from: M.now)
    #expect(others.isEmpty)
  }

  @Test func holidaysArePassedOver() async throws {
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false)
    // Thursdays: 24 and 31 December 2026, Maundy Thursday and Ascension Day 2027.
    let details = try await town.begin(
      M.series(start: M.next(.thursday, 10), rule: RecurrenceRule(.weekly, ending: .count(26))))
    #expect(details.gaps.allSatisfy { $0.code == "closed-on-holiday" })
    #expect(
      details.gaps.map(\.original.date.iso8601) == [
        "2026-12-24", "2026-12-31", "2027-03-25", "2027-05-06",
      ])
    #expect(details.visits.count == 22)
  }

  @Test func nobodyAndNoRoomIsBookedTwiceBySeries() async throws {
    let town = try await Municipality()
    try await town.store.putRoom(
      Room(id: RoomID(rawValue: "r"), name: "Køkkenet"), tenant: M.tenant, by: M.operations,
      at: M.now)
    try await town.begin(M.series(room: "r"))
    for other in [
      M.series("s2", citizen: "ole"), M.series("s2", worker: "bo"),
      M.series("s2", citizen: "ole", worker: "bo", room: "r"),
    ] {
      let code = await refusal { try await town.begin(other) }
      #expect(code == "double-booked" || code == "room-taken")
    }
    try await town.begin(M.series("s2", citizen: "ole", worker: "bo"))
    // The database says so itself, whatever program writes.
    let queue = try DatabaseQueue(path: town.path)
    #expect(throws: DatabaseError.self) {
      try queue.write { db in
        try db.execute(
          sql: """
            INSERT INTO roomTime SELECT tenant, id, 'r', start, start + 60000, 1 FROM visit
            WHERE series = 's2'
            """)
      }
    }
  }

  @Test func oneOccurrenceIsMovedCancelledAndTakenBack() async throws {
    let town = try await Municipality()
    let details = try await town.begin()
    let original = M.next(.tuesday, 10)
    let first = details.visits[0]
    let later = first.start.adding(minutes: 1440)
    let moved = try await town.apply(
      .move(OccurrenceChange(original: original, kind: .moved, start: later)))
    #expect(moved.series?.visits[0].start == later)
    #expect(moved.series?.visits[0].id == first.id)
    #expect(moved.changed.map(\.entries.first?.kind) == [.moved])
    try await town.apply(.cancel(original))
    #expect(try await town.visits(of: "karen").count == 56)
    #expect(try await town.store.freedTime(tenant: M.tenant, workers: nil, at: M.now).count == 2)
    let restored = try await town.apply(.restore(original))
    #expect(restored.series?.visits[0].start == first.start)
    #expect(restored.series?.visits[0].state == .booked)
    #expect(try await town.visits(of: "karen").count == 57)
    let calendar = try await town.store.calendar(
      of: PersonID(rawValue: "karen"),
      in: TimeWindow(start: first.start, minutes: 10), tenant: M.tenant)
    #expect(calendar.map(\.revision) == [3])
  }

  @Test func thisAndAllThatFollowBecomesOtherwiseAndKeepsItsVisits() async throws {
    let town = try await Municipality()
    let before = try await town.begin().visits
    let cut = LocalDateTime(M.next(.tuesday, 10).date.adding(days: 28), time(10, 0))
    let edit = SeriesEdit(time: time(13, 0), workerID: PersonID(rawValue: "bo"))
    let result = try await town.apply(.split(at: cut, into: SeriesID(rawValue: "s2"), edit))
    let following = try #require(result.following)
    #expect(following.series.continues?.rawValue == "s1")
    #expect(result.series?.visits.count == 4)
    #expect(following.visits.count == 53)
    #expect(following.visits.map(\.id) == before.dropFirst(4).map(\.id))
    #expect(following.visits.allSatisfy { LocalDateTime($0.start).time == time(13, 0) })
    #expect(try await town.visits(of: "anne").count == 4)
    #expect(try await town.visits(of: "bo").count == 53)
    #expect(result.series?.laidThrough == nil)
  }

  @Test func aSeriesThatIsEndedCallsOffWhatFollows() async throws {
    let town = try await Municipality()
    let first = M.next(.tuesday, 10).date
    try await town.begin()
    try await town.apply(.end(from: first.adding(days: 14)))
    #expect(try await town.visits(of: "karen").count == 2)
    try await town.apply(.end(from: M.today))
    #expect(try await town.visits(of: "karen").isEmpty)
    let left = try await town.store.series(of: PersonID(rawValue: "karen"), tenant: M.tenant)
    #expect(left.isEmpty)
  }

  @Test func weeklyBecomesFortnightly() async throws {
    let town = try await Municipality()
    try await town.begin()
    let cut = M.next(.tuesday, 10)
    let result = try await town.apply(
      .split(
        at: cut, into: SeriesID(rawValue: "s2"),
        SeriesEdit(rule: RecurrenceRule(.weekly, interval: 2))))
    // The whole of it: it keeps its name.
    #expect(result.following == nil)
    #expect(result.series?.visits.filter { $0.state == .booked }.count == 29)
    #expect(try await town.visits(of: "karen").count == 29)
  }

  @Test func openEndedSeriesAreLaidFurtherAsTimeGoes() async throws {
    let town = try await Municipality()
    try await town.begin()
    try await town.begin(
      M.series("s2", citizen: "ole", worker: "bo", rule: RecurrenceRule(.weekly, ending: .count(3)))
    )
    let soon = M.now.adding(minutes: 5 * 1440)
    #expect(try await town.store.extendSeries(at: soon, events: { _, _ in [] }) == 0)
    let later = M.now.adding(minutes: 30 * 1440)
    let count = try await town.store.extendSeries(at: later, events: { _, _ in [] })
    #expect(count == 4)
    #expect(try await town.store.extendSeries(at: later, events: { _, _ in [] }) == 0)
    #expect(try await town.visits(of: "karen").count == 61)
  }
}
