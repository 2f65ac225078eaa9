/// A rule that a series of visits repeats by: the part of RFC 5545 §3.3.10 that appointments with
/// people need (`FREQ` daily or weekly, `INTERVAL`, `BYDAY`, `COUNT` or `UNTIL`, `WKST`).
///
/// Rules are kept and exchanged as RFC 5545 text; see `init(text:)`.
public struct RecurrenceRule: Hashable, Sendable {
  /// What is repeated.
  public enum Frequency: String, Sendable, Hashable, CaseIterable {
    /// Days.
    case daily = "DAILY"
    /// Weeks.
    case weekly = "WEEKLY"
  }

  /// When the rule stops.
  public enum Ending: Hashable, Sendable {
    /// It does not.
    case never
    /// After so many occurrences.
    case count(Int)
    /// With the last occurrence that begins at this time or before it.
    case until(UTCMilliseconds)
  }

  /// What is repeated.
  public var frequency: Frequency
  /// Every how many days or weeks, 1 ... `longestInterval`.
  public var interval: Int
  /// On which weekdays. Empty: daily on all of them, weekly on that of the start.
  public var weekdays: WeekdaySet
  /// When it stops.
  public var ending: Ending
  /// The day on which weeks begin, which decides what "every other week" means.
  public var weekStart: Weekday

  /// The longest interval: about once a year.
  public static let longestInterval = 366
  /// The most occurrences a `COUNT` may ask for: three years of every day.
  public static let longestCount = 1100

  /// A rule; numbers outside their ranges are taken as the nearest within.
  public init(
    _ frequency: Frequency, interval: Int = 1, on weekdays: WeekdaySet = [],
    ending: Ending = .never, weekStart: Weekday = .monday
  ) {
    self.frequency = frequency
    self.interval = min(max(interval, 1), Self.longestInterval)
    self.weekdays = weekdays
    self.ending = ending
    self.weekStart = weekStart
  }

  /// Every other week on `weekdays`, as A and B weeks are (B2).
  ///
  /// Which of the weeks it is, even or odd, is decided by where the series begins: `firstDay`. Weeks
  /// then alternate for good: after a year of 53 weeks the numbers have changed places, but never
  /// come two group weeks in a row.
  public static func alternating(on weekdays: WeekdaySet, ending: Ending = .never) -> Self {
    Self(.weekly, interval: 2, on: weekdays, ending: ending)
  }

  /// The first day on or after `date` in a week of the parity, which is that day itself or a Monday.
  public static func firstDay(onOrAfter date: LocalDate, in parity: WeekParity) -> LocalDate {
    // Two odd weeks, 53 and 1, can come after one another; never more.
    var day = date
    while day.weekParity != parity { day = day.monday.adding(days: 7) }
    return day
  }
}

extension RecurrenceRule {
  /// Reads the value of an RFC 5545 `RRULE`, with or without `RRULE:` before it.
  ///
  /// `UNTIL` is a UTC time, as the RFC demands where the start has a time zone, or a date, which then
  /// counts to its end. What else the RFC knows is refused rather than overlooked.
  public init(text: String) throws(Refusal) {
    guard text.utf8.count <= 256 else { throw .recurrenceUnreadable(part: "RRULE") }
    var body = text[...]
    if body.hasPrefix("RRULE:") { body = body.dropFirst(6) }
    var frequency: Frequency?
    var rule = RecurrenceRule(.weekly)
    var seen: Set<Substring> = []
    for part in body.split(separator: ";", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2, seen.insert(pair[0]).inserted else {
        throw .recurrenceUnreadable(part: String(part))
      }
      let value = pair[1]
      switch pair[0] {
      case "FREQ": frequency = try Self.frequency(value)
      case "INTERVAL":
        rule.interval = try Self.number(value, in: 1...Self.longestInterval, part: part)
      case "COUNT":
        rule.ending = .count(try Self.number(value, in: 1...Self.longestCount, part: part))
      case "UNTIL": rule.ending = .until(try Self.until(value))
      case "BYDAY": rule.weekdays = try Self.weekdays(value)
      case "WKST":
        guard let day = Weekday(rawValue: String(value)) else {
          throw .recurrenceUnreadable(part: String(part))
        }
        rule.weekStart = day
      case "BYSECOND", "BYMINUTE", "BYHOUR", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH",
        "BYSETPOS":
        throw .recurrenceNotOffered(part: String(part))
      default: throw .recurrenceUnreadable(part: String(part))
      }
    }
    guard let frequency else { throw .recurrenceUnreadable(part: "FREQ") }
    if seen.contains("COUNT"), seen.contains("UNTIL") {
      throw .recurrenceUnreadable(part: "COUNT;UNTIL")
    }
    rule.frequency = frequency
    self = rule
  }

  private static func frequency(_ value: Substring) throws(Refusal) -> Frequency {
    if let known = Frequency(rawValue: String(value)) { return known }
    switch value {
    case "SECONDLY", "MINUTELY", "HOURLY", "MONTHLY", "YEARLY":
      throw .recurrenceNotOffered(part: "FREQ=\(value)")
    default: throw .recurrenceUnreadable(part: "FREQ=\(value)")
    }
  }

  private static func number(
    _ value: Substring, in range: ClosedRange<Int>, part: Substring
  ) throws(Refusal) -> Int {
    guard value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(value),
      range.contains(number)
    else { throw .recurrenceUnreadable(part: String(part)) }
    return number
  }

  private static func weekdays(_ value: Substring) throws(Refusal) -> WeekdaySet {
    var days: [Weekday] = []
    for name in value.split(separator: ",", omittingEmptySubsequences: false) {
      guard let day = Weekday(rawValue: String(name)) else {
        // `2MO`, the month's second Monday, has no meaning in a weekly rule.
        throw .recurrenceUnreadable(part: "BYDAY=\(value)")
      }
      days.append(day)
    }
    return WeekdaySet(days)
  }

  private static func until(_ value: Substring) throws(Refusal) -> UTCMilliseconds {
    if let time = UTCMilliseconds(calendarText: value) { return time }
    if let date = LocalDate(calendarText: value) { return TimeWindow(day: date).lastSecond }
    throw .recurrenceUnreadable(part: "UNTIL=\(value)")
  }

  /// The value of an RFC 5545 `RRULE`.
  public var text: String {
    var parts = ["FREQ=\(frequency.rawValue)"]
    switch ending {
    case .never: break
    case .count(let count): parts.append("COUNT=\(count)")
    case .until(let time): parts.append("UNTIL=\(time.calendarText)")
    }
    if interval != 1 { parts.append("INTERVAL=\(interval)") }
    if !weekdays.isEmpty {
      parts.append("BYDAY=" + weekdays.days.map(\.rawValue).joined(separator: ","))
    }
    if weekStart != .monday { parts.append("WKST=\(weekStart.rawValue)") }
    return parts.joined(separator: ";")
  }
}

extension RecurrenceRule: Codable {
  /// Reads the RFC 5545 text.
  public init(from decoder: any Decoder) throws {
    self = try Self(text: try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the RFC 5545 text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

extension TimeWindow {
  /// The last whole second in it, which calendars can write; its start where it is empty.
  var lastSecond: UTCMilliseconds { max(start, end.adding(milliseconds: -1000)) }
}
