import Testing
import Wire

@Suite("NTP time")
struct NTPTimeTests {
  @Test("1970 is 2 208 988 800 s after 1900")
  func epoch() {
    let epoch: UInt64 = 2_208_988_800 << 32
    #expect(NTPTime(millisecondsSince1970: 0).rawValue == epoch)
    #expect(NTPTime(millisecondsSince1970: 500).rawValue == epoch | 0x8000_0000)
    #expect(
      NTPTime(nanosecondsSince1970: 1_500_000_000).rawValue
        == NTPTime(millisecondsSince1970: 1500).rawValue)
    #expect(
      NTPTime(millisecondsSince1970: 1_790_000_123_457).millisecondsSince1970
        == 1_790_000_123_457)
  }

  @Test("the round trip of RFC 3550 §6.4.1's example is 6.125 s")
  func roundTrip() throws {
    let now = NTPTime(rawValue: 0x0000_B710_8000_0000)
    let trip = try #require(
      NTPTime.roundTrip(now: now, lastReport: 0xB705_2000, delaySinceLastReport: 0x0005_4000))
    #expect(trip == TimeSpan.milliseconds(6125))
  }

  @Test("a report that answers nothing, or from the future, gives no round trip")
  func noRoundTrip() {
    let now = NTPTime(rawValue: 0x0000_B710_8000_0000)
    #expect(NTPTime.roundTrip(now: now, lastReport: 0, delaySinceLastReport: 0) == nil)
    #expect(NTPTime.roundTrip(now: now, lastReport: 0xB711_0000, delaySinceLastReport: 0) == nil)
    #expect(
      NTPTime.roundTrip(now: now, lastReport: 0xB710_0000, delaySinceLastReport: 0xFFFF_FFFF)
        == TimeSpan(nanoseconds: 500_015_258))
  }

  @Test("moving and measuring agree, either way")
  func moves() {
    let start = NTPTime(millisecondsSince1970: 1_700_000_000_000)
    for span in [TimeSpan.milliseconds(1500), .milliseconds(-1500), .seconds(3600)] {
      let moved = start.advanced(by: span)
      #expect(abs(start.distance(to: moved).nanoseconds - span.nanoseconds) <= 1)
    }
  }

  @Test("delays are counted in 1/65536 s and clamped")
  func delays() {
    #expect(NTPTime.shortDelay(.milliseconds(5250)) == 0x0005_4000)
    #expect(NTPTime.shortDelay(.milliseconds(-1)) == 0)
    #expect(NTPTime.shortDelay(.seconds(100_000)) == .max)
  }
}
