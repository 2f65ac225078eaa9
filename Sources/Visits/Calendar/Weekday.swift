/// A day of the week; its text is RFC 5545's (§3.3.10).
public enum Weekday: String, Codable, Sendable, Hashable, CaseIterable, Comparable {
  /// Monday, with which the Danish week begins.
  case monday = "MO"
  /// Tuesday.
  case tuesday = "TU"
  /// Wednesday.
  case wednesday = "WE"
  /// Thursday.
  case thursday = "TH"
  /// Friday.
  case friday = "FR"
  /// Saturday.
  case saturday = "SA"
  /// Sunday.
  case sunday = "SU"

  /// The number as ISO 8601 counts: 1 is Monday, 7 Sunday.
  public var isoNumber: Int {
    switch self {
    case .monday: 1
    case .tuesday: 2
    case .wednesday: 3
    case .thursday: 4
    case .friday: 5
    case .saturday: 6
    case .sunday: 7
    }
  }

  /// The weekday with this ISO number; numbers outside 1 ... 7 count on around the week.
  public init(isoNumber: Int) {
    self = Self.allCases[((isoNumber - 1) % 7 + 7) % 7]
  }

  /// Whether it is Saturday or Sunday.
  public var isWeekend: Bool { self >= .saturday }

  /// Days from the last `first`, or the same day, to this day: 0 ... 6.
  func days(after first: Weekday) -> Int { (isoNumber - first.isoNumber + 7) % 7 }

  /// Whether `a` comes before `b` in a week that begins on Monday.
  public static func < (a: Self, b: Self) -> Bool { a.isoNumber < b.isoNumber }
}

/// Some days of the week. Its JSON form is a list, Monday first.
public struct WeekdaySet: OptionSet, Hashable, Sendable {
  /// Bit 0 is Monday, bit 6 Sunday.
  public let rawValue: UInt8

  /// The days whose bits are set.
  public init(rawValue: UInt8) { self.rawValue = rawValue & 0x7f }

  /// The days listed.
  public init(_ days: some Sequence<Weekday>) {
    self.init(rawValue: days.reduce(0) { $0 | 1 << ($1.isoNumber - 1) })
  }

  /// Monday to Friday.
  public static let workdays = WeekdaySet(rawValue: 0b001_1111)
  /// Saturday and Sunday.
  public static let weekend = WeekdaySet(rawValue: 0b110_0000)
  /// Every day.
  public static let all = WeekdaySet(rawValue: 0b111_1111)

  /// Whether the day is among them.
  public func contains(_ day: Weekday) -> Bool { rawValue & 1 << (day.isoNumber - 1) != 0 }

  /// The days, Monday first.
  public var days: [Weekday] { Weekday.allCases.filter(contains) }
}

extension WeekdaySet: Codable {
  /// Reads the list.
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode([Weekday].self))
  }

  /// Writes the list.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(days)
  }
}

/// Whether an ISO week's number is even or odd: what Danes call A and B weeks (B2).
public enum WeekParity: String, Codable, Sendable, Hashable, CaseIterable {
  /// Weeks 2, 4 … 52.
  case even
  /// Weeks 1, 3 … 53.
  case odd
}

extension LocalDate {
  /// The day of the week.
  public var weekday: Weekday { Weekday(isoNumber: isoWeekday) }

  /// The ISO 8601 week: the one that holds the week's Thursday, whose year is the week's year.
  public var isoWeek: (year: Int, week: Int) {
    let thursday = CivilDate(daysSince1970: daysSince1970 + Int64(4 - isoWeekday))
    let newYear = CivilDate(year: thursday.year, month: 1, day: 1).daysSince1970
    return (thursday.year, Int(thursday.daysSince1970 - newYear) / 7 + 1)
  }

  /// Whether the number of the day's ISO week is even or odd.
  public var weekParity: WeekParity { isoWeek.week.isMultiple(of: 2) ? .even : .odd }
}
