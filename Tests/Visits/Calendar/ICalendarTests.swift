import Testing

@testable import Visits

@Suite struct ICalendarTests {
  static let changed = UTCMilliseconds(rawValue: 1_795_000_000_000)

  /// The lines of a feed, unfolded, without the calendar's head and time zone.
  static func events(_ events: [ICalendarEvent]) throws -> [String] {
    let text = ICalendarFeed(events: events).text
    #expect(text.hasSuffix("\r\n") && !text.replacing("\r\n", with: "").contains("\n"))
    let lines = text.replacing("\r\n ", with: "").split(separator: "\r\n").map(String.init)
    let end = try #require(lines.firstIndex(of: "END:VTIMEZONE"))
    #expect(lines.first == "BEGIN:VCALENDAR" && lines.last == "END:VCALENDAR")
    return Array(lines[(end + 1)..<(lines.count - 1)])
  }

  @Test func aVisitIsANeutralAppointment() throws {
    // E11: whoever sees the telephone learns a time and nothing else.
    var visit = Example.visit
    let event = ICalendarEvent(visit, sequence: 0, changedAt: Self.changed)
    #expect(
      try Self.events([event]) == [
        "BEGIN:VEVENT", "UID:v1", "DTSTAMP:20261118T110640Z", "LAST-MODIFIED:20261118T110640Z",
        "SEQUENCE:0", "DTSTART:20261118T110640Z", "DTEND:20261118T113640Z", "SUMMARY:Aftale",
        "CLASS:PRIVATE", "STATUS:CONFIRMED", "TRANSP:OPAQUE", "END:VEVENT",
      ])
    visit.state = .cancelled
    let cancelled = ICalendarEvent(visit, sequence: 2, changedAt: Self.changed)
    let lines = try Self.events([cancelled])
    #expect(lines.contains("STATUS:CANCELLED") && lines.contains("TRANSP:TRANSPARENT"))
    #expect(lines.contains("UID:v1") && lines.contains("SEQUENCE:2"))
  }

  @Test func nothingInAFeedSaysWhatItIsAbout() throws {
    let series = try SeriesTests.weekly()
    let text = ICalendarFeed(
      events: [ICalendarEvent(Example.visit, sequence: 0, changedAt: Self.changed)]
        + ICalendarEvent.events(of: series, changedAt: Self.changed)
    ).text.lowercased()
    for word in ["bostøtte", "støtte", "karen", "anne", "skærm", "borger", "kommune", "forløb"] {
      #expect(!text.contains(word), "\(word)")
    }
  }

  @Test func aSeriesIsARuleWithItsExceptions() throws {
    var series = try SeriesTests.weekly(ending: .count(12))
    // The start itself, a Tuesday, is no day of the rule.
    series.recurrence = Recurrence(
      start: try .at("2026-11-03T10:00"), rule: series.recurrence.rule,
      extra: [try .at("2026-11-14T11:00")], except: [try .at("2026-11-19T10:00")])
    let moved = try LocalDateTime.at("2026-11-09T10:00")
    let start = try LocalDateTime.at("2026-11-10T13:15").utc
    series = try #require(
      try SeriesTests.apply(
        .move(OccurrenceChange(original: moved, kind: .moved, start: start)), to: series
      ).series)
    series = try #require(
      try SeriesTests.apply(.cancel(try .at("2026-11-12T10:00")), to: series).series)
    let lines = try Self.events(ICalendarEvent.events(of: series, changedAt: Self.changed))
    func has(_ line: String) -> Bool { lines.contains(line) }
    #expect(lines.count { $0 == "UID:s1" } == 3 && lines.count { $0 == "SEQUENCE:2" } == 3)
    #expect(has("DTSTART;TZID=Europe/Copenhagen:20261105T100000") && has("DURATION:PT30M"))
    #expect(has("RRULE:FREQ=WEEKLY;COUNT=12;BYDAY=MO,TH"))
    #expect(has("RDATE;TZID=Europe/Copenhagen:20261114T110000"))
    #expect(has("EXDATE;TZID=Europe/Copenhagen:20261119T100000"))
    #expect(has("RECURRENCE-ID;TZID=Europe/Copenhagen:20261109T100000"))
    #expect(has("DTSTART:20261110T121500Z") && has("DTEND:20261110T124500Z"))
    #expect(has("RECURRENCE-ID;TZID=Europe/Copenhagen:20261112T100000"))
    #expect(lines.count { $0 == "STATUS:CANCELLED" } == 1)
  }

  @Test func splittingASeriesEndsTheOldRuleAndBeginsANewOne() throws {
    let outcome = try SeriesTests.apply(
      .split(
        at: try .at("2026-11-12T10:00"), into: SeriesID(rawValue: "s2"),
        SeriesEdit(time: try .of("14:00"))), to: try SeriesTests.weekly())
    let old = try #require(outcome.series)
    let new = try #require(outcome.following)
    let lines = try Self.events(
      [old, new].flatMap { ICalendarEvent.events(of: $0, changedAt: Self.changed) })
    #expect(lines.contains("RRULE:FREQ=WEEKLY;UNTIL=20261109T090000Z;BYDAY=MO,TH"))
    #expect(lines.contains("DTSTART;TZID=Europe/Copenhagen:20261112T140000"))
    #expect(lines.contains("UID:s1") && lines.contains("UID:s2"))
  }

  @Test func linesAreFoldedAt75OctetsAndNoCharacterIsCut() {
    var random = CalendarRandom(seed: 75)
    for _ in 0..<200 {
      let letters = ["a", "æ", "–", "😀", "é", " "]
      let line = (0..<random.int(0...400)).map { _ in letters[random.int(0...5)] }.joined()
      let folded = ICalendarFeed.folded(line)
      #expect(folded.replacing("\r\n ", with: "") == line)
      #expect(folded.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 75 })
    }
  }

  @Test func textIsEscaped() {
    #expect(ICalendarFeed.escaped("a;b,c\\d\r\ne\u{0}\u{7f}") == "a\\;b\\,c\\\\d\\ne")
  }

  @Test func theTimeZoneIsOurs() {
    let text = ICalendarFeed(events: []).text
    #expect(text.contains("TZID:Europe/Copenhagen\r\n"))
    #expect(text.contains("DTSTART:19960331T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"))
    #expect(text.contains("DTSTART:19961027T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"))
  }
}
