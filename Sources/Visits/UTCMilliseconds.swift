/// A wall-clock time: whole milliseconds since 1970-01-01T00:00:00Z. What is stored and sent.
///
/// Its text and JSON form is RFC 3339 in UTC. Local time is `CopenhagenTime`'s business.
public struct UTCMilliseconds: RawRepresentable, Hashable, Comparable, Sendable {
  /// Milliseconds since 1970.
  public var rawValue: Int64

  /// The time `rawValue` milliseconds after the beginning of 1970.
  public init(rawValue: Int64) { self.rawValue = rawValue }

  /// Whether `a` is the earlier.
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// The time `milliseconds` later; earlier when negative. Stops at the ends of the range: a
  /// caller's absurd date is refused by a rule, never a trap.
  public func adding(milliseconds: Int64) -> Self {
    let (sum, overflow) = rawValue.addingReportingOverflow(milliseconds)
    guard overflow else { return Self(rawValue: sum) }
    return Self(rawValue: milliseconds > 0 ? .max : .min)
  }

  /// The time `minutes` later.
  public func adding(minutes: Int) -> Self {
    let (product, overflow) = Int64(minutes).multipliedReportingOverflow(by: 60_000)
    return adding(milliseconds: overflow ? (minutes > 0 ? .max : .min) : product)
  }

  /// Milliseconds from `earlier` to this time; negative where that is later.
  public func milliseconds(since earlier: Self) -> Int64 {
    let (difference, overflow) = rawValue.subtractingReportingOverflow(earlier.rawValue)
    return overflow ? (self > earlier ? .max : .min) : difference
  }
}
