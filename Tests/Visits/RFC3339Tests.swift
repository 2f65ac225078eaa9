import Foundation
import Testing
import Visits

@Suite("RFC 3339 times")
struct RFC3339Tests {
  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2026-11-03T09:00:00Z", 1_793_696_400_000),
      ("2026-11-03T10:00:00+01:00", 1_793_696_400_000),
      ("2026-11-03T00:30:00-08:30", 1_793_696_400_000),
      ("2026-11-03t09:00:00z", 1_793_696_400_000),
      ("2026-11-03T09:00:00.1Z", 1_793_696_400_100),
      ("2026-11-03T09:00:00.123999Z", 1_793_696_400_123),
      ("2024-02-29T23:59:59Z", 1_709_251_199_000), ("9999-12-31T23:59:59Z", 253_402_300_799_000),
      ("1969-12-31T23:59:59.999Z", -1), ("0001-01-01T00:00:00Z", -62_135_596_800_000),
    ] as [(String, Int64)])
  func aTimeIsRead(text: String, milliseconds: Int64) {
    #expect(UTCMilliseconds(rfc3339: text)?.rawValue == milliseconds)
  }

  @Test(arguments: [
    "", "i morgen", "2026-11-03", "2026-11-03T09:00:00", "2026-11-03 09:00:00Z",
    "2026-02-30T09:00:00Z", "2025-02-29T09:00:00Z", "2026-13-01T09:00:00Z",
    "2026-00-01T09:00:00Z", "2026-01-00T09:00:00Z", "2026-01-01T24:00:00Z",
    "2026-01-01T09:60:00Z", "2026-01-01T09:00:60Z", "2026-01-01T09:00:00.Z",
    "2026-01-01T09:00:00+0100", "2026-01-01T09:00:00+24:00", "2026-01-01T09:00:00Zjunk",
    "-026-01-01T09:00:00Z", "２026-01-01T09:00:00Z", "0000-12-31T23:59:59Z",
    "0001-01-01T00:30:00+01:00", "9999-12-31T23:30:00-01:00", "1795250000000",
    "2026-11-03T09:00:00." + String(repeating: "1", count: 100_000) + "Z",
  ])
  func whatIsNoTimeIsRefused(text: String) {
    #expect(UTCMilliseconds(rfc3339: text) == nil)
  }

  @Test func writingAndReadingAgreeWithFoundation() {
    let style = Date.ISO8601FormatStyle()
    var milliseconds: Int64 = 1
    for step in 0..<20_000 as Range<Int64> {
      let whole = milliseconds / 1000
      let text = UTCMilliseconds(rawValue: whole * 1000).rfc3339
      let time = UTCMilliseconds(rawValue: milliseconds)
      #expect(text == Date(timeIntervalSince1970: Double(whole)).formatted(style))
      #expect(UTCMilliseconds(rfc3339: time.rfc3339) == time)
      milliseconds += 7_654_321_987 + step
    }
  }

  @Test func theExtremesHaveAFormAsWell() {
    #expect(UTCMilliseconds(rawValue: .max).rfc3339 == "9999-12-31T23:59:59.999Z")
    #expect(UTCMilliseconds(rawValue: .min).rfc3339 == "0001-01-01T00:00:00Z")
    #expect(UTCMilliseconds(rawValue: -1).rfc3339 == "1969-12-31T23:59:59.999Z")
  }

  @Test func fractionsAreKeptToTheMillisecond() {
    #expect(UTCMilliseconds(rawValue: 1_793_696_400_123).rfc3339 == "2026-11-03T09:00:00.123Z")
    #expect(UTCMilliseconds(rawValue: 1_793_696_400_007).rfc3339 == "2026-11-03T09:00:00.007Z")
  }
}
