import Foundation
import Testing
import Visits

@Suite struct SeriesTests {
  static let year = TimeWindow(
    start: UTCMilliseconds(rawValue: 1_790_000_000_000), minutes: 400 * 1440)

  static func series(_ recurrence: Recurrence) -> Series {
    Series(
      id: SeriesID(rawValue: "s1"), tenant: Example.tenant, citizenID: Example.visit.citizenID,
      workerID: Example.visit.workerID, recurrence: recurrence, durationMinutes: 30)
  }

  /// Every Monday and Thursday at 10 from 2 November 2026.
  static func weekly(ending: RecurrenceRule.Ending = .never) throws -> Series {
    series(
      Recurrence(
        start: try .at("2026-11-02T10:00"),
        rule: RecurrenceRule(.weekly, on: WeekdaySet([.monday, .thursday]), ending: ending)))
  }

  static let now = UTCMilliseconds(rawValue: 1_793_600_000_000)

  static func apply(_ command: SeriesCommand, to series: Series) throws -> SeriesOutcome {
    try SeriesRules().apply(command, to: series, by: Example.worker, at: now)
  }

  static func refusal(
    _ command: SeriesCommand, _ series: Series, by initiator: Initiator = Example.worker,
    at time: UTCMilliseconds = now
  ) -> Refusal? {
    calendarRefusal { () throws(Refusal) in
      _ = try SeriesRules().apply(command, to: series, by: initiator, at: time)
    }
  }

  /// When what takes place, from either half of a series; without ids, which a split changes.
  static func agenda(_ series: [Series?], in window: TimeWindow) -> [String] {
    series.compactMap(\.self).flatMap { $0.occurrences(startingIn: window) }
      .map { "\($0.start.rfc3339) \($0.durationMinutes) \($0.workerID) \($0.form) \($0.mediaMode)" }
      .sorted()
  }

  static let november = TimeWindow(
    start: UTCMilliseconds(rawValue: 1_793_487_600_000), minutes: 30 * 1440)

  @Test func aMovedOccurrenceLeavesItsTimeAndKeepsItsName() throws {
    let series = try Self.weekly()
    let original = try LocalDateTime.at("2026-11-09T10:00")
    let start = try LocalDateTime.at("2026-11-10T13:15").utc
    let change = OccurrenceChange(original: original, kind: .moved, start: start)
    let after = try #require(try Self.apply(.move(change), to: series).series)
    let found = after.occurrences(startingIn: Self.november)
    #expect(found.count == 9 && found.count { $0.change == .moved } == 1)
    let moved = try #require(found.first { $0.change == .moved })
    #expect(moved.start == start && moved.original == original)
    #expect(moved.visitID.rawValue == "s1-20261109t100000")
    #expect(series.occurrence(original).visitID == moved.visitID && after.revision == 1)
    // Seen from a window that holds only where it went, and from one it left.
    #expect(after.occurrences(startingIn: TimeWindow(start: start, minutes: 1)).count == 1)
    let left = TimeWindow(start: original.utc, minutes: 60)
    #expect(after.occurrences(startingIn: left).isEmpty)
    #expect(
      after.occurrences(overlapping: TimeWindow(start: start.adding(minutes: 29), minutes: 1))
        .count == 1)
  }

  @Test func aPhysicalVisitBecomesAScreenVisitInTheSameSlot() throws {
    // B16; then B11: somebody else takes it. The second change keeps the first.
    var series = try Self.weekly()
    series.form = .physical
    let original = try LocalDateTime.at("2026-11-09T10:00")
    let screen = OccurrenceChange(original: original, kind: .moved, form: .screen)
    let once = try #require(try Self.apply(.move(screen), to: series).series)
    let bo = PersonID(rawValue: "bo")
    let substitute = OccurrenceChange(original: original, kind: .moved, workerID: bo)
    let twice = try #require(try Self.apply(.move(substitute), to: once).series)
    let occurrence = twice.occurrence(original)
    #expect(occurrence.form == .screen && occurrence.workerID == bo)
    #expect(occurrence.start == original.utc)
    let visit = try #require(Visit(occurrence, of: twice))
    #expect(visit.workerID == bo && visit.form == .screen && visit.state == .booked)
    #expect(visit.id == series.occurrence(original).visitID && visit.start == original.utc)
    #expect(twice.occurrences(startingIn: Self.november).count == 9)
  }

  @Test func aCancelledOccurrenceIsTakenBack() throws {
    let series = try Self.weekly()
    let original = try LocalDateTime.at("2026-11-05T10:00")
    let cancelled = try #require(try Self.apply(.cancel(original), to: series).series)
    #expect(cancelled.occurrences(startingIn: Self.november).count == 8)
    let all = cancelled.occurrences(startingIn: Self.november, includingCancelled: true)
    #expect(all.count == 9 && all.count { $0.change == .cancelled } == 1)
    let again = try Self.apply(.cancel(original), to: cancelled)
    #expect(again.series == cancelled && again.touched == nil, "twice changes nothing")
    let change = OccurrenceChange(original: original, kind: .moved, durationMinutes: 45)
    #expect(Self.refusal(.move(change), cancelled) == .occurrenceCancelled(original.utc))
    let restored = try #require(try Self.apply(.restore(original), to: cancelled).series)
    #expect(restored.changes.isEmpty && restored.revision == 2)
  }

  @Test func whatHasBegunOrNeverWasIsNotChanged() throws {
    let series = try Self.weekly()
    let original = try LocalDateTime.at("2026-11-05T10:00")
    #expect(
      Self.refusal(.cancel(original), series, at: original.utc.adding(minutes: 1))
        == .occurrenceBegun(original.utc))
    let tuesday = try LocalDateTime.at("2026-11-03T10:00")
    #expect(Self.refusal(.cancel(tuesday), series) == .noSuchOccurrence(tuesday))
    let past = OccurrenceChange(
      original: original, kind: .moved, start: Self.now.adding(minutes: -60))
    #expect(Self.refusal(.move(past), series) == .startsInThePast)
    #expect(
      Self.refusal(.end(from: LocalDate(Self.now).adding(days: -1)), series)
        == .startsInThePast)
  }

  @Test func theSystemNeverEndsASeries() throws {
    // H2: no series is called off after visits that were not held.
    let series = try Self.weekly()
    let day = try LocalDate.day("2026-12-01")
    let original = try LocalDateTime.at("2026-11-05T10:00")
    for command in [SeriesCommand.end(from: day), .cancel(original)] {
      #expect(Self.refusal(command, series, by: .system) == .seriesNeedsAPerson)
      #expect(Self.refusal(command, series, by: Example.citizen) == .onlyStaffBooks)
      #expect(Self.refusal(command, series, by: Example.operations) == nil)
    }
  }

  @Test func fromSomeDayOnItIsFortnightlyInTheAfternoon() throws {
    // H12: the support is tapered; one move and one cancellation were agreed before.
    var series = try Self.weekly(ending: .count(12))
    let moved = try LocalDateTime.at("2026-11-26T10:00")
    let away = try LocalDateTime.at("2026-11-23T10:00")
    let change = OccurrenceChange(original: moved, kind: .moved, durationMinutes: 60)
    series = try #require(try Self.apply(.move(change), to: series).series)
    series = try #require(try Self.apply(.cancel(away), to: series).series)
    let edit = SeriesEdit(
      time: try .of("14:00"),
      rule: RecurrenceRule(.weekly, interval: 2, on: WeekdaySet([.thursday]), ending: .count(3)))
    let outcome = try Self.apply(
      .split(at: try .at("2026-11-12T10:00"), into: SeriesID(rawValue: "s2"), edit), to: series)
    let before = try #require(outcome.series)
    let after = try #require(outcome.following)
    #expect(before.id.rawValue == "s1" && before.revision == 3)
    #expect(after.id.rawValue == "s2" && after.continues == before.id && after.revision == 0)
    #expect(
      before.occurrences(startingIn: Self.year).map { LocalDateTime($0.start).text } == [
        "2026-11-02T10:00", "2026-11-05T10:00", "2026-11-09T10:00",
      ])
    #expect(
      after.occurrences(startingIn: Self.year)
        .map { "\(LocalDateTime($0.start).text) \($0.durationMinutes)" } == [
          "2026-11-12T14:00 30", "2026-11-26T14:00 60", "2026-12-10T14:00 30",
        ])
    #expect(outcome.orphans.map(\.original) == [away], "no Monday any more: somebody is told")
    #expect(outcome.replacedFrom?.text == "2026-11-12T10:00")
  }

  @Test func splittingAtTheFirstChangesTheSeriesItself() throws {
    let series = try Self.weekly()
    let edit = SeriesEdit(workerID: PersonID(rawValue: "bo"))
    let outcome = try Self.apply(
      .split(at: try .at("2026-11-02T10:00"), into: SeriesID(rawValue: "s2"), edit), to: series)
    #expect(outcome.following == nil && outcome.series?.id == series.id)
    #expect(outcome.series?.workerID.rawValue == "bo" && outcome.series?.revision == 1)
  }

  @Test func aSeriesWithoutVisitsIsNotBegun() throws {
    let never = Self.series(
      Recurrence(
        start: try .at("2026-11-02T10:00"),
        rule: RecurrenceRule(.daily, interval: 7, on: WeekdaySet([.tuesday]))))
    #expect(
      calendarRefusal { () throws(Refusal) in try SeriesRules().checkNew(never) }
        == .seriesNeverHappens)
    let start = try LocalDateTime.at("2026-11-02T10:00")
    let days = (1...367).map { LocalDateTime(start.date.adding(days: $0), start.time) }
    let many = Self.series(Recurrence(start: start, extra: days))
    #expect(
      calendarRefusal { () throws(Refusal) in try SeriesRules().checkNew(many) }
        == .seriesTooManyDays(most: 366))
  }

  /// Random series, with random changes of single occurrences already made.
  static func random(_ random: inout CalendarRandom) throws -> (Series, [Occurrence]) {
    let date = random.changeover()
    let now = LocalDateTime(date.adding(days: -30), .midnight).utc
    let window = TimeWindow(start: now, minutes: 500 * 1440)
    var series = Self.series(random.recurrence(around: date))
    for occurrence in series.occurrences(startingIn: window).prefix(60) where random.chance(15) {
      let command: SeriesCommand
      if random.chance(50) {
        command = .cancel(occurrence.original)
      } else {
        command = .move(
          OccurrenceChange(
            original: occurrence.original, kind: .moved,
            start: random.chance(70)
              ? occurrence.start.adding(minutes: random.int(0...9000)) : nil,
            durationMinutes: random.chance(30) ? 45 : nil))
      }
      let outcome = try SeriesRules().apply(command, to: series, by: Example.worker, at: now)
      series = try #require(outcome.series)
    }
    return (series, series.occurrences(startingIn: window, includingCancelled: true))
  }

  /// Of one occurrence: the rest is as it was.
  @Test(arguments: 0..<150)
  func whatIsDoneToOneKeepsEveryOther(_ seed: Int) throws {
    var random = CalendarRandom(seed: UInt64(seed))
    let (series, before) = try Self.random(&random)
    guard let chosen = before.filter({ $0.change != .cancelled }).randomElement(using: &random)
    else { return }
    let now = UTCMilliseconds(rawValue: 0)
    let window = TimeWindow(start: now, end: UTCMilliseconds(rawValue: 2_500_000_000_000))
    let command: SeriesCommand =
      random.chance(50)
      ? .cancel(chosen.original)
      : .move(
        OccurrenceChange(
          original: chosen.original, kind: .moved, start: chosen.start.adding(minutes: 4000)))
    let outcome = try SeriesRules().apply(command, to: series, by: Example.worker, at: now)
    let after = try #require(outcome.series)
    func others(_ series: Series) -> [Occurrence] {
      let last = TimeWindow(
        start: window.start, end: chosen.start.adding(minutes: 400 * 1440))
      return series.occurrences(startingIn: last, includingCancelled: true)
        .filter { $0.original != chosen.original }
    }
    #expect(others(after) == others(series))
    #expect(outcome.touched == chosen.original && after.revision == series.revision + 1)
    let restored = try SeriesRules().apply(
      .restore(chosen.original), to: after, by: Example.worker, at: now)
    #expect(restored.series?.change(of: chosen.original) == nil)
    let json = try JSONEncoder().encode(after)
    #expect(try JSONDecoder().decode(Series.self, from: json) == after)
  }

  /// A split that changes nothing, and an ending: every occurrence is in one half, none in both.
  @Test(arguments: 0..<300)
  func splittingAndEndingKeepEveryOtherOccurrence(_ seed: Int) throws {
    var random = CalendarRandom(seed: UInt64(seed))
    let (series, before) = try Self.random(&random)
    guard let cut = before.randomElement(using: &random)?.original else { return }
    let window = TimeWindow(
      start: UTCMilliseconds(rawValue: 0), end: cut.utc.adding(minutes: 600 * 1440))
    let now = UTCMilliseconds(rawValue: 0)
    let split = try SeriesRules().apply(
      .split(at: cut, into: SeriesID(rawValue: "s2"), SeriesEdit()), to: series,
      by: Example.worker, at: now)
    let halves = [split.series, split.following]
    #expect(Self.agenda(halves, in: window) == Self.agenda([series], in: window), "\(series)")
    #expect(split.orphans.isEmpty)
    let originals = halves.compactMap(\.self).map {
      $0.occurrences(startingIn: window, includingCancelled: true).map(\.original)
    }
    if split.following != nil {
      #expect(originals[0].allSatisfy { $0 < cut } && originals[1].allSatisfy { $0 >= cut })
    }
    // From another time of day on, only those after the cut are touched.
    let shifted = try SeriesRules().apply(
      .split(
        at: cut, into: SeriesID(rawValue: "s2"),
        SeriesEdit(time: LocalTime(wrapping: cut.time.minuteOfDay + 60))), to: series,
      by: Example.worker, at: now)
    if let kept = shifted.following == nil ? nil : shifted.series {
      #expect(kept == split.series)
    }
    let ended = try SeriesRules().apply(
      .end(from: cut.date), to: series, by: Example.worker, at: now)
    let all = series.occurrences(startingIn: window, includingCancelled: true)
    let kept = ended.series?.occurrences(startingIn: window, includingCancelled: true) ?? []
    #expect(kept == all.filter { $0.original.date < cut.date })
  }
}
