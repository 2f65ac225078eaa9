import FoundationEssentials

/// A wall-clock time: whole milliseconds since 1970-01-01T00:00:00Z. What is stored and sent.
///
/// Its JSON form is an RFC 3339 string in UTC with milliseconds. Local time is `CopenhagenTime`'s
/// business.
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

extension UTCMilliseconds: Codable {
  /// The years whose RFC 3339 form has four digits: 0001 ... 9999.
  private static let years: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

  /// The nearest time within those years.
  var representable: Self {
    Self(rawValue: min(max(rawValue, Self.years.lowerBound), Self.years.upperBound))
  }

  /// Reads an RFC 3339 date-time with any offset, with or without fractions of a second. Nil when
  /// it is none.
  public init?(rfc3339 text: String) {
    // Longer than any date-time with nanoseconds and offset: not worth parsing.
    guard text.utf8.count <= 40 else { return nil }
    let style = Date.ISO8601FormatStyle()
    let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    guard let date = (try? style.parse(text)) ?? (try? fractional.parse(text)) else { return nil }
    let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
    guard let value = Int64(exactly: milliseconds), Self.years.contains(value) else {
      return nil
    }
    self.init(rawValue: value)
  }

  /// The RFC 3339 form in UTC, for example `2026-11-21T09:00:00.000Z`.
  public var rfc3339: String {
    // Foundation cuts the fraction off where the nearest Double may lie just below the millisecond;
    // a quarter of one more cannot reach the next.
    let date = Date(timeIntervalSince1970: (Double(representable.rawValue) + 0.25) / 1000)
    return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  /// Reads the RFC 3339 form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let value = Self(rfc3339: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "not an RFC 3339 date-time")
    }
    self = value
  }

  /// Writes the RFC 3339 form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rfc3339)
  }
}
