/// A time of day as the clocks in Denmark show it, in whole minutes. Its text and JSON form is `09:05`.
public struct LocalTime: Hashable, Comparable, Sendable {
  /// Minutes since midnight, 0 ... 1439.
  public let minuteOfDay: Int

  /// Midnight.
  public static let midnight = LocalTime(wrapping: 0)

  /// The time so many minutes after midnight, counted on around the clock.
  public init(wrapping minutes: Int) { minuteOfDay = (minutes % 1440 + 1440) % 1440 }

  /// The time with these numbers; nil where no clock shows it.
  public init?(hour: Int, minute: Int) {
    guard (0...23).contains(hour), (0...59).contains(minute) else { return nil }
    minuteOfDay = hour * 60 + minute
  }

  /// Reads `09:05`; nil where the text is no such time. `24:00` is midnight.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 5, bytes[2] == 0x3a else { return nil }
    let digits = [bytes[0], bytes[1], bytes[3], bytes[4]].map { Int($0) - 0x30 }
    guard digits.allSatisfy((0...9).contains) else { return nil }
    let (hour, minute) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
    self.init(hour: hour == 24 && minute == 0 ? 0 : hour, minute: minute)
  }

  /// The hour, 0 ... 23.
  public var hour: Int { minuteOfDay / 60 }
  /// The minute, 0 ... 59.
  public var minute: Int { minuteOfDay % 60 }

  /// The form `09:05`.
  public var text: String { "\(twoDigits(hour)):\(twoDigits(minute))" }

  /// As written in Danish, for example `9.05`.
  public var clock: String { "\(hour).\(twoDigits(minute))" }

  /// Whether `a` is the earlier in the day.
  public static func < (a: Self, b: Self) -> Bool { a.minuteOfDay < b.minuteOfDay }
}

extension LocalTime: Codable {
  /// Reads `09:05`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let time = Self(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "not a time of day")
    }
    self = time
  }

  /// Writes `09:05`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

/// A day and a time of day in Denmark. Its text and JSON form is `2026-11-21T09:05`.
public struct LocalDateTime: Hashable, Comparable, Sendable {
  /// The day.
  public var date: LocalDate
  /// The time.
  public var time: LocalTime

  /// The time on the day.
  public init(_ date: LocalDate, _ time: LocalTime) {
    self.date = date
    self.time = time
  }

  /// What Danish clocks show at `time`; seconds are dropped.
  public init(_ time: UTCMilliseconds) {
    let local = CopenhagenTime(time)
    self.init(LocalDate(time), LocalTime(wrapping: local.hour * 60 + local.minute))
  }

  /// Reads `2026-11-21T09:05`; nil where the text is no such time.
  public init?(_ text: String) {
    let parts = text.split(separator: "T", omittingEmptySubsequences: false)
    guard parts.count == 2, let date = LocalDate(iso8601: String(parts[0])),
      let time = LocalTime(String(parts[1])), parts[1] != "24:00"
    else { return nil }
    self.init(date, time)
  }

  /// The form `2026-11-21T09:05`.
  public var text: String { "\(date.iso8601)T\(time.text)" }

  /// When the clocks show it.
  ///
  /// RFC 5545 §3.3.5: a time that the spring change leaps over is as long after midnight as if the
  /// clocks had not changed (2:30 becomes 3:30), and of a time that autumn shows twice the first
  /// is meant.
  public var utc: UTCMilliseconds {
    let minutes = date.daysSince1970 * 1440 + Int64(time.minuteOfDay)
    let summer = UTCMilliseconds(rawValue: (minutes - 120) * 60_000)
    if CopenhagenTime.offsetMinutes(at: summer) == 120 { return summer }
    return UTCMilliseconds(rawValue: (minutes - 60) * 60_000)
  }

  /// Whether `a` is the earlier on the wall.
  public static func < (a: Self, b: Self) -> Bool { (a.date, a.time) < (b.date, b.time) }
}

extension LocalDateTime: Codable {
  /// Reads `2026-11-21T09:05`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let value = Self(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a local time")
    }
    self = value
  }

  /// Writes `2026-11-21T09:05`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

/// A number of at least two digits.
func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
