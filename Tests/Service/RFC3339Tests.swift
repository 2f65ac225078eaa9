import Foundation
import Testing

@testable import Service

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
    ] as [(String, Int64)])
  func aTimeIsRead(text: String, milliseconds: Int64) {
    #expect(RFC3339.milliseconds(text) == milliseconds)
  }

  @Test(arguments: [
    "", "i morgen", "2026-11-03", "2026-11-03T09:00:00", "2026-11-03 09:00:00Z",
    "2026-02-30T09:00:00Z", "2025-02-29T09:00:00Z", "2026-13-01T09:00:00Z",
    "2026-00-01T09:00:00Z", "2026-01-00T09:00:00Z", "2026-01-01T24:00:00Z",
    "2026-01-01T09:60:00Z", "2026-01-01T09:00:60Z", "2026-01-01T09:00:00.Z",
    "2026-01-01T09:00:00+0100", "2026-01-01T09:00:00+24:00", "2026-01-01T09:00:00Zjunk",
    "1969-12-31T23:59:59Z", "-026-01-01T09:00:00Z", "２026-01-01T09:00:00Z",
  ])
  func whatIsNoTimeIsRefused(text: String) {
    #expect(RFC3339.milliseconds(text) == nil)
  }

  @Test func writingAndReadingAgreeWithFoundation() {
    let style = Date.ISO8601FormatStyle()
    var milliseconds: Int64 = 1
    for step in 0..<20_000 as Range<Int64> {
      let whole = milliseconds / 1000
      let text = RFC3339.string(whole * 1000)
      #expect(text == Date(timeIntervalSince1970: Double(whole)).formatted(style))
      #expect(RFC3339.milliseconds(RFC3339.string(milliseconds)) == milliseconds)
      milliseconds += 7_654_321_987 + step
    }
  }

  @Test func fractionsAreKeptToTheMillisecond() {
    #expect(RFC3339.string(1_793_696_400_123) == "2026-11-03T09:00:00.123Z")
    #expect(RFC3339.string(1_793_696_400_007) == "2026-11-03T09:00:00.007Z")
  }
}
