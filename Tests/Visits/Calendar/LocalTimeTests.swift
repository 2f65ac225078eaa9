import Foundation
import Testing
import Visits

@Suite struct LocalTimeTests {
  @Test func aTimeThatSpringLeapsOverMovesForward() throws {
    #expect(try LocalDateTime.at("2026-03-29T02:30").utc.rfc3339 == "2026-03-29T01:30:00Z")
    #expect(LocalDateTime(try LocalDateTime.at("2026-03-29T02:30").utc).text == "2026-03-29T03:30")
    #expect(try LocalDateTime.at("2026-03-29T01:59").utc.rfc3339 == "2026-03-29T00:59:00Z")
    #expect(try LocalDateTime.at("2026-03-29T03:00").utc.rfc3339 == "2026-03-29T01:00:00Z")
  }

  @Test func ofATimeThatAutumnShowsTwiceTheFirstIsMeant() throws {
    #expect(try LocalDateTime.at("2026-10-25T02:30").utc.rfc3339 == "2026-10-25T00:30:00Z")
    #expect(try LocalDateTime.at("2026-10-25T03:00").utc.rfc3339 == "2026-10-25T02:00:00Z")
  }

  /// Goes through every minute of the days on which the clocks change and notes when each time of
  /// day is shown first.
  @Test(arguments: 2019...2031)
  func everyMinuteOfAChangeoverDayIsTheFirstThatShowsIt(_ year: Int) throws {
    for month in [3, 10] {
      let last = try #require(LocalDate(year: year, month: month, day: 31))
      let sunday = last.adding(days: -(last.isoWeekday % 7))
      var first: [Int: UTCMilliseconds] = [:]
      var time = UTCMilliseconds(rawValue: (sunday.daysSince1970 * 1440 - 120) * 60_000)
      for _ in 0..<26 * 60 {
        let shown = CopenhagenTime(time)
        if shown.dayOfMonth == sunday.day {
          let minute = shown.hour * 60 + shown.minute
          first[minute] = first[minute] ?? time
        }
        time = time.adding(minutes: 1)
      }
      #expect(first.count == (month == 3 ? 1380 : 1440))
      for minute in 0..<1440 {
        let expected = first[minute] ?? first[minute + 60]
        #expect(LocalDateTime(sunday, LocalTime(wrapping: minute)).utc == expected)
      }
    }
  }

  @Test func weeksAreThoseOfISO8601() throws {
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
    for day in stride(from: Int64(7300), to: 25_600, by: 1) {
      let date = Date(timeIntervalSince1970: Double(day) * 86_400)
      let parts = calendar.dateComponents([.weekOfYear, .yearForWeekOfYear], from: date)
      let week = LocalDate(daysSince1970: day).isoWeek
      guard week.week == parts.weekOfYear, week.year == parts.yearForWeekOfYear else {
        Issue.record("\(date): \(week)")
        return
      }
    }
  }

  @Test func aYearOf53WeeksPutsTwoOddWeeksInARow() throws {
    #expect(try LocalDate.day("2026-12-28").isoWeek == (2026, 53))
    #expect(try LocalDate.day("2026-12-28").weekParity == .odd)
    #expect(try LocalDate.day("2027-01-04").isoWeek == (2027, 1))
    #expect(try LocalDate.day("2027-01-04").weekParity == .odd)
    #expect(try LocalDate.day("2027-01-03").isoWeek == (2026, 53))
  }

  @Test(arguments: ["9:05", "0905", "24:01", "25:00", "12:60", "-1:00", "12.00", "12:0x", ""])
  func whatIsNoTimeOfDayIsNotRead(_ text: String) { #expect(LocalTime(text) == nil) }

  @Test func timesAreWrittenAsTheyAreRead() throws {
    #expect(LocalTime("24:00") == .midnight)
    for minute in 0..<1440 {
      let time = LocalTime(wrapping: minute)
      #expect(LocalTime(time.text) == time)
      let local = LocalDateTime(try LocalDate.day("2028-02-29"), time)
      #expect(LocalDateTime(local.text) == local)
    }
    #expect(try LocalTime.of("09:05").clock == "9.05")
    #expect(LocalDateTime("2027-02-29T09:00") == nil && LocalDateTime("2027-02-28T24:00") == nil)
  }

  @Test func extremesHaveAnAnswer() {
    for date in [LocalDate.earliest, .latest] {
      #expect(LocalDateTime(date, .midnight).utc.rfc3339.hasSuffix("Z"))
      #expect(TimeWindow(day: date).minutes >= 0)
    }
  }
}
