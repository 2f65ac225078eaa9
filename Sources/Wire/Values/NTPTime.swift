/// Wallclock time as RTCP carries it: 32.32 fixed-point seconds since 1900 (RFC 3550 §4).
///
/// It wraps in 2036, as NTP does: only differences within 68 years mean anything.
public struct NTPTime: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  /// Seconds since 1900 in the upper 32 bits, their fraction in the lower.
  public var rawValue: UInt64

  /// From 1900 to 1970 in seconds: 70 years of 365 days and 17 leap days (RFC 868).
  @usableFromInline static let unixEpoch: Int64 = 2_208_988_800

  /// The time with this fixed-point value.
  @inlinable
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The time `nanoseconds` after 1970-01-01 00:00 UTC.
  @inlinable
  public init(nanosecondsSince1970 nanoseconds: Int64) {
    let seconds = nanoseconds / 1_000_000_000
    let rest = nanoseconds % 1_000_000_000
    let whole = UInt64(bitPattern: (seconds &+ Self.unixEpoch) &<< 32)
    // rest < 10^9 < 2^30, so the shift stays within 62 bits.
    let fraction = (rest &<< 32) / 1_000_000_000
    self.init(rawValue: whole &+ UInt64(bitPattern: fraction))
  }

  /// The time `milliseconds` after 1970-01-01 00:00 UTC.
  @inlinable
  public init(millisecondsSince1970 milliseconds: Int64) {
    let seconds = milliseconds / 1000
    let fraction = ((milliseconds % 1000) &<< 32) / 1000
    let whole = UInt64(bitPattern: (seconds &+ Self.unixEpoch) &<< 32)
    self.init(rawValue: whole &+ UInt64(bitPattern: fraction))
  }

  /// Milliseconds since 1970-01-01 00:00 UTC, rounded, for times before the wrap in 2036.
  @inlinable
  public var millisecondsSince1970: Int64 {
    let seconds = Int64(rawValue >> 32) &- Self.unixEpoch
    return seconds &* 1000 &+ Int64(((rawValue & 0xFFFF_FFFF) &* 1000 &+ 0x8000_0000) >> 32)
  }

  /// The middle 32 bits, 16.16 seconds: what LSR and DLSR count in (RFC 3550 §6.4.1).
  @inlinable
  public var middle32: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 16) }

  /// How much later `other` is.
  @inlinable
  public func distance(to other: Self) -> TimeSpan {
    let difference = Int64(bitPattern: other.rawValue &- rawValue)
    let seconds = difference >> 32
    let fraction = ((difference & 0xFFFF_FFFF) &* 1_000_000_000) >> 32
    return TimeSpan(nanoseconds: seconds &* 1_000_000_000 &+ fraction)
  }

  /// The time `span` later.
  @inlinable
  public func advanced(by span: TimeSpan) -> Self {
    let seconds = span.nanoseconds / 1_000_000_000
    let fraction = ((span.nanoseconds % 1_000_000_000) &<< 32) / 1_000_000_000
    return Self(rawValue: rawValue &+ UInt64(bitPattern: (seconds &<< 32) &+ fraction))
  }

  /// The round trip that a report block tells of: A - LSR - DLSR (RFC 3550 §6.4.1), or nil where the
  /// peer has had no sender report (`lastReport` 0) or the result is negative or above a minute.
  ///
  ///     A     0xb710:8000 (46864.500 s)
  ///     LSR  -0xb705:2000 (46853.125 s)
  ///     DLSR -0x0005:4000 (    5.250 s)
  ///           0x0006:2000 (    6.125 s)
  @inlinable
  public static func roundTrip(
    now: Self, lastReport: UInt32, delaySinceLastReport: UInt32
  ) -> TimeSpan? {
    guard lastReport != 0 else { return nil }
    let units = Int32(bitPattern: now.middle32 &- lastReport &- delaySinceLastReport)
    guard units >= 0, units <= 60 << 16 else { return nil }
    return TimeSpan(nanoseconds: (Int64(units) &* 1_000_000_000) >> 16)
  }

  /// A span in units of 1/65536 s, as DLSR and DLRR carry it; clamped to what 32 bits hold.
  @inlinable
  public static func shortDelay(_ span: TimeSpan) -> UInt32 {
    guard span.nanoseconds > 0 else { return 0 }
    let seconds = span.nanoseconds / 1_000_000_000
    guard seconds < 0x1_0000 else { return .max }
    let fraction = ((span.nanoseconds % 1_000_000_000) &<< 16) / 1_000_000_000
    return UInt32(truncatingIfNeeded: seconds &<< 16 | fraction)
  }
}
