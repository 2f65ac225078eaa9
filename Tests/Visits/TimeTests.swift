import Foundation
import Testing
import Visits

@Suite struct TimeTests {
  static func at(_ text: String) throws -> UTCMilliseconds {
    try #require(UTCMilliseconds(rfc3339: text))
  }

  @Test func copenhagenAgreesWithTheSystemsDatabaseForFortyYears() throws {
    let zone = try #require(TimeZone(identifier: "Europe/Copenhagen"))
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    // Every 5 h 37 min from 2000 to 2040 comes by every hour of day and every changeover's day.
    var time: Int64 = 946_684_800_000
    while time < 2_208_988_800_000 {
      let local = CopenhagenTime(UTCMilliseconds(rawValue: time))
      let date = Date(timeIntervalSince1970: Double(time) / 1000)
      let parts = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .weekday], from: date)
      let same =
        local.year == parts.year && local.month == parts.month && local.dayOfMonth == parts.day
        && local.hour == parts.hour && local.minute == parts.minute
        && local.weekday % 7 + 1 == parts.weekday
      guard same else {
        Issue.record("\(date): \(local) is not \(parts)")
        return
      }
      time += (5 * 60 + 37) * 60_000
    }
  }

  @Test func theClocksChangeAtOneUTC() throws {
    #expect(CopenhagenTime(try Self.at("2026-03-29T00:59:00Z")).clock == "1.59")
    #expect(CopenhagenTime(try Self.at("2026-03-29T01:00:00Z")).clock == "3.00")
    #expect(CopenhagenTime(try Self.at("2026-10-25T00:59:00Z")).clock == "2.59")
    #expect(CopenhagenTime(try Self.at("2026-10-25T01:00:00Z")).clock == "2.00")
  }

  @Test func timesBefore1970AndTheExtremesHaveAnAnswer() throws {
    let local = CopenhagenTime(try Self.at("1969-12-31T23:30:00Z"))
    #expect(local.year == 1970 && local.clock == "0.30" && local.weekday == 4)
    for extreme in [Int64.min, .max] {
      #expect((1...12).contains(CopenhagenTime(UTCMilliseconds(rawValue: extreme)).month))
    }
  }

  @Test func jsonCarriesTheStringForm() throws {
    let time = UTCMilliseconds(rawValue: 1_795_251_900_123)
    let json = try JSONEncoder().encode([time])
    #expect(String(decoding: json, as: UTF8.self) == #"["2026-11-21T09:05:00.123Z"]"#)
    #expect(try JSONDecoder().decode([UTCMilliseconds].self, from: json) == [time])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(
        [UTCMilliseconds].self, from: Data(#"["2026-02-30T09:00:00Z"]"#.utf8))
    }
  }

  @Test func idsAreLongRandomAndPlain() {
    var seeded = Counting()
    let ids = (0..<1000).map { _ in VisitID(random: &seeded) }
    #expect(Set(ids).count == 1000)
    let alphabet = Set("0123456789abcdefghjkmnpqrstvwxyz")
    #expect(ids.allSatisfy { $0.rawValue.count == 26 && $0.rawValue.allSatisfy(alphabet.contains) })
    var again = Counting()
    #expect(VisitID(random: &again) == ids.first)
  }

  /// A generator of consecutive numbers.
  struct Counting: RandomNumberGenerator {
    var last: UInt64 = 0
    mutating func next() -> UInt64 {
      last += 1
      return last
    }
  }
}
