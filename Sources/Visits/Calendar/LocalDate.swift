/// A day of the Danish calendar, with no time and no zone: what people mean by "den 3. marts".
///
/// Its text and JSON form is ISO 8601 (`2026-11-21`), so that texts sort as the days do. Days outside
/// the years 1 ... 9999 do not exist: arithmetic stops at the ends.
public struct LocalDate: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01.
  public let daysSince1970: Int64

  /// The first day there is, 0001-01-01.
  public static let earliest = LocalDate(unchecked: -719_162)
  /// The last, 9999-12-31.
  public static let latest = LocalDate(unchecked: 2_932_896)

  private init(unchecked days: Int64) { daysSince1970 = days }

  /// The day so many days after 1970-01-01; the nearest that exists.
  public init(daysSince1970 days: Int64) {
    daysSince1970 = min(max(days, Self.earliest.daysSince1970), Self.latest.daysSince1970)
  }

  /// The day with these numbers; nil where the calendar has none, as 30 February.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
      return nil
    }
    let date = CivilDate(year: year, month: month, day: day)
    guard CivilDate(daysSince1970: date.daysSince1970) == date else { return nil }
    self.init(unchecked: date.daysSince1970)
  }

  /// The day that Danish clocks show at `time`.
  public init(_ time: UTCMilliseconds) {
    let local = CopenhagenTime(time)
    self.init(
      daysSince1970: CivilDate(year: local.year, month: local.month, day: local.dayOfMonth)
        .daysSince1970)
  }

  /// The year.
  public var year: Int { CivilDate(daysSince1970: daysSince1970).year }
  /// The month, 1 ... 12.
  public var month: Int { CivilDate(daysSince1970: daysSince1970).month }
  /// The day of the month, 1 ... 31.
  public var day: Int { CivilDate(daysSince1970: daysSince1970).day }
  /// The weekday as ISO 8601 numbers it: 1 is Monday, 7 Sunday.
  public var isoWeekday: Int { CivilDate.weekday(daysSince1970: daysSince1970) }
  /// The Monday of the day's week.
  public var monday: LocalDate { adding(days: 1 - isoWeekday) }

  /// The day `days` later; earlier when negative.
  public func adding(days: Int) -> LocalDate {
    let (sum, overflow) = daysSince1970.addingReportingOverflow(Int64(days))
    return overflow ? (days > 0 ? .latest : .earliest) : LocalDate(daysSince1970: sum)
  }

  /// The same day of the month `months` later; the month's last day where it has no such day:
  /// 31 August and six months is 28 February, or 29 in a leap year.
  public func adding(months: Int) -> LocalDate {
    let date = CivilDate(daysSince1970: daysSince1970)
    // More months than there are lead past an end whatever the day; none of this can overflow.
    let bounded = min(max(months, -120_000), 120_000)
    let index = date.year * 12 + date.month - 1 + bounded
    if index < 12 { return .earliest }
    if index >= 10_000 * 12 { return .latest }
    let first = CivilDate(year: index / 12, month: index % 12 + 1, day: 1).daysSince1970
    let next = index + 1
    let length = CivilDate(year: next / 12, month: next % 12 + 1, day: 1).daysSince1970 - first
    return LocalDate(daysSince1970: first + min(Int64(date.day), length) - 1)
  }

  /// Days from this day to `other`; negative when that is earlier.
  public func days(until other: LocalDate) -> Int { Int(other.daysSince1970 - daysSince1970) }

  /// Whether `a` is the earlier.
  public static func < (a: Self, b: Self) -> Bool { a.daysSince1970 < b.daysSince1970 }
}

extension LocalDate {
  /// Reads `2026-11-21`; nil where the text is no such date.
  public init?(iso8601 text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == 0x2d, bytes[7] == 0x2d else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      var value = 0
      for byte in bytes[range] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      return value
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else {
      return nil
    }
    self.init(year: year, month: month, day: day)
  }

  /// The form `2026-11-21`.
  public var iso8601: String {
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  /// The form Danes write, for example `21/11 2026`.
  public var danish: String { "\(day)/\(month) \(year)" }
}

extension LocalDate: CustomStringConvertible {
  /// The ISO 8601 form.
  public var description: String { iso8601 }
}

extension LocalDate: Codable {
  /// Reads the ISO 8601 form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let date = Self(iso8601: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a date")
    }
    self = date
  }

  /// Writes the ISO 8601 form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(iso8601)
  }
}
