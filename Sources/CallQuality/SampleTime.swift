import FoundationEssentials

/// When something was measured: milliseconds since 1970-01-01T00:00:00Z; in JSON an RFC 3339
/// string. The module's own, because it knows nothing of `Visits`.
public struct SampleTime: Codable, Sendable, Hashable, Comparable {
  /// Milliseconds since 1970.
  public var milliseconds: Int64

  /// The time `milliseconds` after the beginning of 1970.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Whether `a` is the earlier.
  public static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }

  /// Milliseconds since 1970 that have a four-digit year, 0001 ... 9999.
  private static let representable: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

  /// Reads the RFC 3339 form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    let style = Date.ISO8601FormatStyle()
    let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    // Longer than any date-time with nanoseconds and offset: not worth parsing.
    guard text.utf8.count <= 40,
      let date = (try? style.parse(text)) ?? (try? fractional.parse(text)),
      let value = Int64(exactly: (date.timeIntervalSince1970 * 1000).rounded()),
      Self.representable.contains(value)
    else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "not an RFC 3339 date-time")
    }
    milliseconds = value
  }

  /// Writes the RFC 3339 form.
  public func encode(to encoder: any Encoder) throws {
    let range = Self.representable
    let shown = min(max(milliseconds, range.lowerBound), range.upperBound)
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    var container = encoder.singleValueContainer()
    // Foundation cuts the fraction off where the nearest Double may lie just below the millisecond;
    // a quarter of one more cannot reach the next.
    let date = Date(timeIntervalSince1970: (Double(shown) + 0.25) / 1000)
    try container.encode(date.formatted(style))
  }
}
