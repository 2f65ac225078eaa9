/// A time as the clocks in Denmark show it.
///
/// Computed from the rule itself (summer time from the last Sunday of March to the last Sunday of
/// October, changing at 01:00 UTC; directive 2000/84/EC, in force in Denmark since 1996), so that
/// rules need no time zone database and give the same answer on every machine. The tests hold it
/// against the operating system's database.
public struct CopenhagenTime: Hashable, Sendable {
  /// The year.
  public let year: Int
  /// The month, 1 ... 12.
  public let month: Int
  /// The day of the month, 1 ... 31.
  public let dayOfMonth: Int
  /// The hour, 0 ... 23.
  public let hour: Int
  /// The minute, 0 ... 59.
  public let minute: Int
  /// The weekday as ISO 8601 numbers it: 1 is Monday, 7 Sunday.
  public let weekday: Int
  /// Minutes ahead of UTC: 60, or 120 in summer.
  public let offsetMinutes: Int

  /// What the clocks show at `time`; at the nearest end of the years 1 ... 9999 for a time outside.
  public init(_ time: UTCMilliseconds) {
    let offset = Self.offsetMinutes(at: time)
    let minutes = Self.floorDivide(time.representable.rawValue, 60_000) + Int64(offset)
    let days = Self.floorDivide(minutes, 1440)
    let minuteOfDay = Int(minutes - days * 1440)
    let date = CivilDate(daysSince1970: days)
    year = date.year
    month = date.month
    dayOfMonth = date.day
    hour = minuteOfDay / 60
    minute = minuteOfDay % 60
    weekday = CivilDate.weekday(daysSince1970: days)
    offsetMinutes = offset
  }

  /// The hour and minute as written in Danish, for example `9.05`.
  public var clock: String { "\(hour).\(minute < 10 ? "0" : "")\(minute)" }

  /// The date as day and month, for example `21/11`.
  public var day: String { "\(dayOfMonth)/\(month)" }

  /// Minutes that Danish clocks are ahead of UTC at `time`.
  public static func offsetMinutes(at time: UTCMilliseconds) -> Int {
    let time = time.representable
    let days = floorDivide(time.rawValue, 86_400_000)
    let year = CivilDate(daysSince1970: days).year
    let summer = change(year: year, month: 3)..<change(year: year, month: 10)
    return summer.contains(time.rawValue) ? 120 : 60
  }

  /// 01:00 UTC on the last Sunday of the month, which has 31 days, in milliseconds since 1970.
  private static func change(year: Int, month: Int) -> Int64 {
    let last = CivilDate(year: year, month: month, day: 31).daysSince1970
    let sunday = last - Int64(CivilDate.weekday(daysSince1970: last) % 7)
    return sunday * 86_400_000 + 3_600_000
  }

  /// The quotient rounded down, so that the remainder is never negative.
  static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }
}

/// A day of the proleptic Gregorian calendar.
struct CivilDate: Hashable {
  var year: Int
  var month: Int
  var day: Int

  init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// Years counted from March, so that the leap day is a year's last and months have the fixed
  /// lengths of 153 days per five.
  init(daysSince1970 days: Int64) {
    // 719 468 days lie between 0000-03-01 and 1970-01-01; 146 097 make 400 years.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = Int(dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    month = Int(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9)
    year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
  }

  var daysSince1970: Int64 {
    let marchYear = Int64(month <= 2 ? year - 1 : year)
    let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * Int64(month > 2 ? month - 3 : month + 9) + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// 1 is Monday, 7 Sunday; 1970-01-01 was a Thursday.
  static func weekday(daysSince1970 days: Int64) -> Int {
    let remainder = (days + 3) % 7
    return Int(remainder < 0 ? remainder + 7 : remainder) + 1
  }
}
