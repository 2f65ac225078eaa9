import Foundation
import Testing

@testable import VisitClient

struct DateWordsTests {
  /// Saturday 21 November 2026, 09:30 in Denmark (UTC+1).
  private let now = utc(2026, 11, 21, 8, 30)

  private static func utc(
    _ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int
  ) -> Date {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let parts = DateComponents(year: year, month: month, day: day, hour: hour, minute: minute)
    return calendar.date(from: parts) ?? .distantPast
  }

  private func date(_ text: String, now: Date? = nil) throws -> Date {
    try DateWords(now: now ?? self.now).date(text)
  }

  @Test(arguments: [
    ("i morgen 10.00", utc(2026, 11, 22, 9, 0)),
    ("I morgen kl. 10", utc(2026, 11, 22, 9, 0)),
    ("i dag 14.15", utc(2026, 11, 21, 13, 15)),
    ("14.15", utc(2026, 11, 21, 13, 15)),
    ("kl. 1415", utc(2026, 11, 21, 13, 15)),
    ("i overmorgen 9", utc(2026, 11, 23, 8, 0)),
    ("fredag 14", utc(2026, 11, 27, 13, 0)),
    ("på fredag kl 14", utc(2026, 11, 27, 13, 0)),
    ("man 8.30", utc(2026, 11, 23, 7, 30)),
    ("Tirsdag 24/11 11.00", utc(2026, 11, 24, 10, 0)),
    ("tirsdag den 1. december kl. 10", utc(2026, 12, 1, 9, 0)),
    ("fredag 14.15", utc(2026, 11, 27, 13, 15)),
    ("lørdag 10", utc(2026, 11, 21, 9, 0)),
    ("lørdag 9", utc(2026, 11, 28, 8, 0)),
    ("2026-12-01 10:00", utc(2026, 12, 1, 9, 0)),
    ("2026-12-01T10:00", utc(2026, 12, 1, 9, 0)),
    ("1/12 9.30", utc(2026, 12, 1, 8, 30)),
    ("1/12-2026 kl. 9.30", utc(2026, 12, 1, 8, 30)),
    ("1.12 9.30", utc(2026, 12, 1, 8, 30)),
    ("den 1. december kl. 10", utc(2026, 12, 1, 9, 0)),
    ("1. dec. 2027 10.00", utc(2027, 12, 1, 9, 0)),
    ("3/1 10.00", utc(2027, 1, 3, 9, 0)),
    ("1. juni 2027 kl. 10", utc(2027, 6, 1, 8, 0)),
    ("nu", utc(2026, 11, 21, 8, 30)),
    ("om 20 minutter", utc(2026, 11, 21, 8, 50)),
    ("om 1 time", utc(2026, 11, 21, 9, 30)),
    ("tomorrow at 10:00", utc(2026, 11, 22, 9, 0)),
    ("in 20 minutes", utc(2026, 11, 21, 8, 50)),
    ("friday 14", utc(2026, 11, 27, 13, 0)),
  ])
  func wordsAreUnderstood(words: String, expected: Date) throws {
    #expect(try date(words) == expected)
  }

  @Test(arguments: [
    ("kage", DateWordsError.notUnderstood("kage")),
    ("i morgen", .timeMissing),
    ("fredag", .timeMissing),
    ("i morgen 25.00", .notUnderstood("25.00")),
    ("i morgen 10.00 kage", .notUnderstood("kage")),
    ("næste fredag 10", .ambiguous("næste fredag")),
    ("31/2 10.00", .noSuchTime),
    ("2026-13-01 10:00", .noSuchTime),
    ("i dag 9", .passed(utc(2026, 11, 21, 8, 0))),
    ("2026-11-01 10:00", .passed(utc(2026, 11, 1, 9, 0))),
    ("om kage minutter", .notUnderstood("om")),
    ("", .notUnderstood("")),
  ])
  func whatIsWrongIsNamed(words: String, expected: DateWordsError) {
    #expect(throws: expected) { try date(words) }
  }

  @Test func theSkippedHourOfSummerTimeDoesNotExist() {
    // Clocks go from 02:00 to 03:00 on Sunday 28 March 2027.
    #expect(throws: DateWordsError.noSuchTime) { try date("2027-03-28 02:30") }
    #expect((try? date("2027-03-28 03:30")) == Self.utc(2027, 3, 28, 1, 30))
  }

  @Test func tomorrowAcrossTheEndOfSummerTimeKeepsTheClock() throws {
    // Saturday 30 October 2027, 10:00 in Denmark is UTC+2; Sunday is UTC+1.
    let saturday = Self.utc(2027, 10, 30, 8, 0)
    #expect(try date("i morgen 10", now: saturday) == Self.utc(2027, 10, 31, 9, 0))
  }

  @Test func midnightDoesNotEndADayOfWork() {
    let evening = Self.utc(2026, 11, 21, 22, 58)
    let midnight = Self.utc(2026, 11, 21, 23, 0)
    #expect(Copenhagen().workday(at: evening).contains(Self.utc(2026, 11, 21, 23, 2)))
    #expect(Copenhagen().workday(at: midnight).contains(Self.utc(2026, 11, 21, 22, 30)))
    // In the middle of the day it is the calendar's: nobody of tomorrow is next.
    let noon = Copenhagen().workday(at: Self.utc(2026, 11, 21, 11, 0))
    #expect(noon == Self.utc(2026, 11, 20, 23, 0)..<midnight)
  }

  @Test func aClockReadSlowlyStillMeansNow() throws {
    #expect(try date("9.20") == Self.utc(2026, 11, 21, 8, 20))
  }

  @Test func datesAreSaidInWords() {
    let danish = DateText(.danish)
    let start = Self.utc(2026, 11, 22, 9, 0)
    #expect(danish.spokenDay(now, now: now) == "i dag")
    #expect(danish.spokenDay(start, now: now) == "i morgen, søndag den 22. november,")
    #expect(danish.span(from: start, to: start.addingTimeInterval(1800)) == "10.00–10.30")
    #expect(danish.day(Self.utc(2027, 1, 3, 9, 0), now: now) == "søndag den 3. januar 2027")
    #expect(DateText(.english).clock(start) == "10:00")
    #expect(danish.seconds(640) == "0,6")
    #expect(danish.seconds(31) == "0,1")
    #expect(danish.seconds(0) == "0,0")
    #expect(danish.decimal(4.347) == "4,3")
    #expect(danish.decimal(0.04) == "0,0")
    #expect(danish.stopwatch(42) == "00:42")
    #expect(danish.stopwatch(3723) == "1:02:03")
  }
}
