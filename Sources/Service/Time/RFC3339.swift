/// Times as RFC 3339 strings in UTC, to and from milliseconds since 1970.
///
/// Not Foundation's ISO 8601 style: it reads 30 February as 2 March, overlooks text after the time
/// and prints 0.123 s as `.122`.
enum RFC3339 {
  /// `2026-11-03T09:00:00Z`, with `.123` where there is a fraction of a second.
  static func string(_ milliseconds: Int64) -> String {
    let (days, dayMilliseconds) = milliseconds.dividingRoundingDown(by: 86_400_000)
    let date = CivilDate(daysSince1970: days)
    let seconds = dayMilliseconds / 1000
    let fraction = dayMilliseconds % 1000
    let time =
      "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    let tail = fraction == 0 ? "Z" : ".\(padded(fraction, 3))Z"
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T\(time)\(tail)"
  }

  /// The time that `text` says; nil where it is not an RFC 3339 `date-time` in years 1970 ... 9999.
  static func milliseconds(_ text: String) -> Int64? {
    var reader = Reader(bytes: Array(text.utf8))
    guard let year = reader.number(digits: 4), reader.take("-"),
      let month = reader.number(digits: 2), reader.take("-"),
      let day = reader.number(digits: 2), reader.take("T") || reader.take("t"),
      let hour = reader.number(digits: 2), reader.take(":"),
      let minute = reader.number(digits: 2), reader.take(":"),
      let second = reader.number(digits: 2),
      let fraction = reader.fraction(), let offset = reader.offset(), reader.isAtEnd,
      year >= 1970, hour < 24, minute < 60, second < 60,
      let date = CivilDate(year: year, month: month, day: day)
    else { return nil }
    let seconds = date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second
    return (seconds - offset * 60) * 1000 + fraction
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private struct Reader {
    var bytes: [UInt8]
    var index = 0

    var isAtEnd: Bool { index == bytes.count }

    mutating func take(_ character: Character) -> Bool {
      guard index < bytes.count, bytes[index] == character.asciiValue else { return false }
      index += 1
      return true
    }

    mutating func digit() -> Int64? {
      guard index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 else { return nil }
      index += 1
      return Int64(bytes[index - 1] - 0x30)
    }

    mutating func number(digits: Int) -> Int64? {
      var value: Int64 = 0
      for _ in 0..<digits {
        guard let next = digit() else { return nil }
        value = value * 10 + next
      }
      return value
    }

    /// Milliseconds of an optional fraction; digits beyond the third are dropped.
    mutating func fraction() -> Int64? {
      guard take(".") else { return 0 }
      var value: Int64 = 0
      var scale: Int64 = 100
      var count = 0
      while let next = digit() {
        value += next * scale
        scale /= 10
        count += 1
      }
      return count > 0 ? value : nil
    }

    /// Minutes east of UTC.
    mutating func offset() -> Int64? {
      if take("Z") || take("z") { return 0 }
      let sign: Int64
      if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
      guard let hours = number(digits: 2), take(":"), let minutes = number(digits: 2),
        hours < 24, minutes < 60
      else { return nil }
      return sign * (hours * 60 + minutes)
    }
  }
}

/// A date of the proleptic Gregorian calendar.
private struct CivilDate {
  var year: Int64
  var month: Int64
  var day: Int64

  /// The date, where there is such a day.
  init?(year: Int64, month: Int64, day: Int64) {
    self.year = year
    self.month = month
    self.day = day
    guard (1...12).contains(month), day >= 1 else { return nil }
    let again = CivilDate(daysSince1970: daysSince1970)
    guard again.month == month, again.day == day else { return nil }
  }

  /// Counts in years that start in March, so that the leap day is the last of its year, and in
  /// eras of 400 years, which are all alike: 146 097 days.
  init(daysSince1970: Int64) {
    // 719 468 days lie between 0000-03-01 and 1970-01-01.
    let (era, dayOfEra) = (daysSince1970 + 719_468).dividingRoundingDown(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shifted + 2) / 5 + 1
    month = shifted < 10 ? shifted + 3 : shifted - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  var daysSince1970: Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = shiftedYear.dividingRoundingDown(by: 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}

extension Int64 {
  /// Quotient and remainder with the remainder never negative.
  fileprivate func dividingRoundingDown(by divisor: Int64) -> (Int64, Int64) {
    let remainder = ((self % divisor) + divisor) % divisor
    return ((self - remainder) / divisor, remainder)
  }
}
