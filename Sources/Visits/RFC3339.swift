// Times as text. Not Foundation's ISO 8601 style: it reads 30 February as 2 March, overlooks what
// follows the time and prints 0.123 s as `.122`.
extension UTCMilliseconds {
  /// The years whose RFC 3339 form has four digits: 0001 ... 9999.
  private static let years: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999
  /// More characters than any date-time with picoseconds and offset: not worth parsing.
  private static let longestText = 64

  /// The nearest time within those years.
  var representable: Self {
    Self(rawValue: min(max(rawValue, Self.years.lowerBound), Self.years.upperBound))
  }

  /// Reads an RFC 3339 `date-time` with any offset, with or without a fraction of a second, of which
  /// the milliseconds count. Nil where it is none, or lies outside the years 0001 ... 9999 in UTC.
  public init?(rfc3339 text: String) {
    guard text.utf8.count <= Self.longestText else { return nil }
    var reader = DateTimeReader(bytes: Array(text.utf8))
    guard let year = reader.number(digits: 4), reader.take("-"),
      let month = reader.number(digits: 2), reader.take("-"),
      let day = reader.number(digits: 2), reader.take("T") || reader.take("t"),
      let hour = reader.number(digits: 2), reader.take(":"),
      let minute = reader.number(digits: 2), reader.take(":"),
      let second = reader.number(digits: 2),
      let fraction = reader.fraction(), let offset = reader.offset(), reader.isAtEnd,
      hour < 24, minute < 60, second < 60
    else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    let days = date.daysSince1970
    // A day that is not in the calendar counts on into one that is.
    guard CivilDate(daysSince1970: days) == date else { return nil }
    let seconds = days * 86_400 + Int64(hour * 3600 + (minute - offset) * 60 + second)
    let value = seconds * 1000 + Int64(fraction)
    guard Self.years.contains(value) else { return nil }
    self.init(rawValue: value)
  }

  /// The RFC 3339 form in UTC: `2026-11-21T09:00:00Z`, with `.123` where there is a fraction of a
  /// second. The nearest time that has one where the year would not have four digits.
  public var rfc3339: String {
    let value = representable.rawValue
    let days = CopenhagenTime.floorDivide(value, 86_400_000)
    let millisecond = Int(value - days * 86_400_000)
    let date = CivilDate(daysSince1970: days)
    let second = millisecond / 1000
    let fraction = millisecond % 1000
    let (hour, minute) = (second / 3600, second / 60 % 60)
    let day = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
    let time = "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second % 60, 2))"
    return fraction == 0 ? "\(day)T\(time)Z" : "\(day)T\(time).\(padded(fraction, 3))Z"
  }

  private func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension UTCMilliseconds: Codable {
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

/// Takes the parts of a date-time off the front of its text.
private struct DateTimeReader {
  let bytes: [UInt8]
  var index = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { index == bytes.count }

  mutating func take(_ character: Character) -> Bool {
    guard index < bytes.count, bytes[index] == character.asciiValue else { return false }
    index += 1
    return true
  }

  mutating func digit() -> Int? {
    guard index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 else { return nil }
    index += 1
    return Int(bytes[index - 1] - 0x30)
  }

  mutating func number(digits: Int) -> Int? {
    var value = 0
    for _ in 0..<digits {
      guard let next = digit() else { return nil }
      value = value * 10 + next
    }
    return value
  }

  /// Milliseconds of an optional fraction; digits beyond the third are dropped.
  mutating func fraction() -> Int? {
    guard take(".") else { return 0 }
    var value = 0
    var scale = 100
    var count = 0
    while let next = digit() {
      value += next * scale
      scale /= 10
      count += 1
    }
    return count > 0 ? value : nil
  }

  /// Minutes east of UTC.
  mutating func offset() -> Int? {
    if take("Z") || take("z") { return 0 }
    let sign: Int
    if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
    guard let hours = number(digits: 2), take(":"), let minutes = number(digits: 2),
      hours < 24, minutes < 60
    else { return nil }
    return sign * (hours * 60 + minutes)
  }
}
