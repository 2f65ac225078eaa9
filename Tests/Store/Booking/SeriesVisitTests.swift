import CallQuality
import Store
import Testing
import Visits

/// What was agreed about one visit of a series, by moving, handing over or calling off the visit
/// itself, outlives a change of all that follow.
@Suite("Single visits of a series that changes")
struct SeriesVisitTests {
  typealias M = Municipality

  private static let first = M.next(.tuesday, 10)
  private static let bo = PersonID(rawValue: "bo")

  private static func day(_ week: Int) -> LocalDate { first.date.adding(days: 7 * week) }

  private func town(count: Int = 8) async throws -> (Municipality, [Visit]) {
    let town = try await Municipality()
    let series = M.series(rule: RecurrenceRule(.weekly, ending: .count(count)))
    return (town, try await town.begin(series).visits)
  }

  @discardableResult
  private func split(
    _ town: Municipality, fromWeek week: Int, _ edit: SeriesEdit
  ) async throws -> CommittedSeries {
    let cut = LocalDateTime(Self.day(week), Self.first.time)
    return try await town.apply(.split(at: cut, into: SeriesID(rawValue: "s2"), edit))
  }

  private func booked(_ id: VisitID, _ town: Municipality) async throws -> Visit? {
    try await town.visits(of: "karen").first { $0.id == id }
  }

  @Test(arguments: [0, 2])
  func aVisitCalledOffIsNotLaidAgain(fromWeek week: Int) async throws {
    let (town, visits) = try await town()
    let off = visits[3].id.rawValue
    try await town.apply(.cancel(reason: "ferie"), to: off)
    let changed = try await split(town, fromWeek: week, SeriesEdit(time: time(13, 0)))
    #expect(try await town.visits(of: "karen").count == 7)
    let onThatDay = try await town.visits(of: "karen")
      .filter { LocalDate($0.start) == Self.day(3) }
    #expect(onThatDay.isEmpty)
    #expect(try await town.ledger(off).map(\.kind) == [.booked, .cancelled])
    let after = try #require(changed.following ?? changed.series)
    #expect(after.series.changes.map(\.kind) == [.cancelled])
    #expect(changed.orphans.isEmpty)
  }

  @Test(arguments: [0, 2])
  func aVisitThatWasMovedStaysWhereItIs(fromWeek week: Int) async throws {
    let (town, visits) = try await town()
    let start = visits[3].start.adding(minutes: 1440 + 45)
    try await town.apply(
      .move(start: start, durationMinutes: 20), to: visits[3].id.rawValue)
    try await split(
      town, fromWeek: week, SeriesEdit(time: time(13, 0), durationMinutes: 60))
    let moved = try #require(try await booked(visits[3].id, town))
    #expect(moved.start == start && moved.durationMinutes == 20)
    let next = try #require(try await booked(visits[4].id, town))
    #expect(LocalDateTime(next.start).time == time(13, 0) && next.durationMinutes == 60)
  }

  @Test func aSubstituteAndTheTelephoneStayAsAgreed() async throws {
    let (town, visits) = try await town()
    let absence = Absence(
      id: AbsenceID(rawValue: "a1"), tenant: M.tenant, worker: PersonID(rawValue: "anne"),
      kind: .illness, window: TimeWindow(day: Self.day(3)), reportedBy: PersonID(rawValue: "anne"),
      reportedAt: M.now)
    _ = try await town.store.declare(absence, by: M.anne, at: M.now, events: { _ in [] })
    _ = try await town.store.apply(
      .settle(.substitute(Self.bo), way: .phone), to: visits[3].id, absence: absence.id,
      tenant: M.tenant, by: M.anne, at: M.now, events: { _ in [] })
    _ = try await town.store.convert(
      visits[4].id, to: .phone, tenant: M.tenant, by: M.anne, at: M.now, events: { _ in [] })
    try await split(town, fromWeek: 1, SeriesEdit(durationMinutes: 45))
    let substituted = try #require(try await booked(visits[3].id, town))
    #expect(substituted.workerID == Self.bo && substituted.durationMinutes == 45)
    #expect(try await booked(visits[4].id, town)?.mediaMode == .phone)
    #expect(try await booked(visits[5].id, town)?.mediaMode == .video)
  }

  @Test func taperingLeavesWhatWasCalledOffAlone() async throws {
    let town = try await Municipality()
    let visits = try await town.begin().visits
    try await town.apply(.cancel(reason: nil), to: visits[4].id.rawValue)
    let plan = TaperPlan(fortnightlyFrom: Self.day(2), onDemandFrom: Self.day(9))
    _ = try await town.store.taper(
      SeriesID(rawValue: "s1"), plan, tenant: M.tenant, by: M.anne, at: M.now,
      events: { _, _ in [] })
    let days = try await town.visits(of: "karen").map { LocalDate($0.start) }
    #expect(days == [0, 1, 2, 6, 8].map(Self.day))
  }

  @Test func aSeriesGoesToEveryOtherWeekAndBackUnderItsOwnName() async throws {
    let (town, visits) = try await town()
    try await split(
      town, fromWeek: 0,
      SeriesEdit(rule: RecurrenceRule(.weekly, interval: 2, ending: .count(4))))
    #expect(try await town.visits(of: "karen").count == 4)
    try await split(
      town, fromWeek: 0, SeriesEdit(rule: RecurrenceRule(.weekly, ending: .count(8))))
    #expect(try await town.visits(of: "karen").map(\.id) == visits.map(\.id))
    #expect(
      try await town.ledger(visits[1].id.rawValue).map(\.kind) == [.booked, .cancelled, .booked])
  }

  /// Split, the earlier part ends at its last visit's time, which a later time of day lies beyond.
  @Test(arguments: [8, 13])
  func theLastVisitBeforeAChangeIsNotLostWhenTheTimeChanges(hour: Int) async throws {
    let (town, visits) = try await town()
    try await split(town, fromWeek: 5, SeriesEdit(durationMinutes: 45))
    let edit = SeriesEdit(time: time(hour, 0))
    let cut = LocalDateTime(Self.day(1), Self.first.time)
    try await town.apply(.split(at: cut, into: SeriesID(rawValue: "s3"), edit))
    let booked = try await town.visits(of: "karen")
    #expect(booked.map(\.id) == visits.map(\.id))
    #expect(
      booked.map { LocalDateTime($0.start).time.hour }
        == [10, hour, hour, hour, hour, 10, 10, 10])
  }

  @Test func aVisitCalledOffByItselfIsTakenBackThroughItsSeries() async throws {
    let (town, visits) = try await town()
    try await town.apply(.cancel(reason: nil), to: visits[3].id.rawValue)
    let original = LocalDateTime(Self.day(3), Self.first.time)
    #expect(try await town.apply(.cancel(original)).changed.isEmpty)
    let back = try await town.apply(.restore(original))
    #expect(back.changed.map(\.details.visit.id) == [visits[3].id])
    #expect(try await booked(visits[3].id, town) == visits[3])
    let verdict = try await town.store.verdict(of: visits[3].id, tenant: M.tenant)
    #expect(verdict.outcome == .pending)
  }

  // MARK: At random

  /// What a random sequence of commands should have made of the visits.
  private struct Model {
    /// The day each visit was first laid for.
    var days: [VisitID: LocalDate] = [:]
    /// By day: the series that has it and the time of day it gives.
    var places: [LocalDate: (series: String, time: LocalTime)] = [:]
    var off: Set<VisitID> = []
    var moved: [VisitID: UTCMilliseconds] = [:]

    func expected() -> [VisitID: UTCMilliseconds] {
      var expected: [VisitID: UTCMilliseconds] = [:]
      for (id, day) in days where !off.contains(id) {
        expected[id] = moved[id] ?? places[day].map { LocalDateTime(day, $0.time).utc }
      }
      return expected
    }
  }

  @Test(arguments: 1...12)
  func whateverIsDoneToVisitsAndSeriesWhatWasAgreedStands(seed: Int) async throws {
    var random = CalendarPropertyTests.Seeded(state: UInt64(seed))
    let (town, visits) = try await town(count: 10)
    var model = Model()
    for visit in visits {
      let day = LocalDate(visit.start)
      model.days[visit.id] = day
      model.places[day] = ("s1", Self.first.time)
    }
    var done = 0
    for step in 0..<14 {
      do {
        try await Self.act(step, on: visits, town, &model, &random)
        done += 1
      } catch StoreError.refused {
        // A time that is taken: nothing may have changed.
      }
      let booked = try await town.visits(of: "karen")
      let found = Dictionary(uniqueKeysWithValues: booked.map { ($0.id, $0.start) })
      #expect(found == model.expected(), "seed \(seed), step \(step)")
    }
    #expect(done > 5)
  }

  private static func act(
    _ step: Int, on visits: [Visit], _ town: Municipality, _ model: inout Model,
    _ random: inout CalendarPropertyTests.Seeded
  ) async throws {
    let visit = visits.randomElement(using: &random)!
    let hour = Int.random(in: 8...15, using: &random)
    switch Int.random(in: 0...3, using: &random) {
    case 0 where model.off.count < 4:
      try await town.apply(.cancel(reason: nil), to: visit.id.rawValue)
      model.off.insert(visit.id)
    case 1 where !model.off.contains(visit.id):
      let start = LocalDateTime(
        model.days[visit.id]!.adding(days: Int.random(in: 0...3, using: &random)), time(hour, 15))
      try await town.apply(
        .move(start: start.utc, durationMinutes: nil), to: visit.id.rawValue)
      model.moved[visit.id] = start.utc
    default:
      let cut = model.days[visit.id]!
      let (series, old) = model.places[cut]!
      let result = try await town.apply(
        .split(
          at: LocalDateTime(cut, old), into: SeriesID(rawValue: "t\(step)"),
          SeriesEdit(time: time(hour, 0), durationMinutes: [20, 30].randomElement(using: &random))),
        to: series)
      let after = result.following.map(\.series.id.rawValue) ?? series
      for (day, place) in model.places where day >= cut && place.series == series {
        model.places[day] = (after, time(hour, 0))
      }
    }
  }
}
