// Dates and times in the forms of RFC 5545 §3.3.4 and §3.3.5: `20261121`, `20261121T090500`,
// `20261121T080500Z`.

extension LocalDate {
  /// Reads `20261121`; nil where the text is no such date.
  init?(calendarText text: Substring) {
    let digits = text.utf8.map { Int($0) - 0x30 }
    guard digits.count == 8, digits.allSatisfy((0...9).contains) else { return nil }
    func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
    self.init(year: number(0..<4), month: number(4..<6), day: number(6..<8))
  }

  /// The form `20261121`.
  var calendarText: String { iso8601.filter { $0 != "-" } }
}

extension LocalDateTime {
  /// The form `20261121T090500`, to be read in the time zone beside it.
  var calendarText: String {
    "\(date.calendarText)T\(twoDigits(time.hour))\(twoDigits(time.minute))00"
  }
}

extension UTCMilliseconds {
  /// Reads `20261121T080500Z`; nil where the text is no such time.
  init?(calendarText text: Substring) {
    let bytes = Array(text.utf8)
    guard bytes.count == 16, bytes[8] == 0x54, bytes[15] == 0x5a else { return nil }
    let parts = [0..<4, 4..<6, 6..<8, 9..<11, 11..<13, 13..<15]
    let texts = parts.map { String(decoding: bytes[$0], as: UTF8.self) }
    self.init(
      rfc3339: "\(texts[0])-\(texts[1])-\(texts[2])T\(texts[3]):\(texts[4]):\(texts[5])Z")
  }

  /// The form `20261121T080500Z`; a fraction of a second is dropped.
  var calendarText: String {
    let characters = rfc3339.prefix { $0 != "." && $0 != "Z" }
    return characters.filter { $0 != "-" && $0 != ":" } + "Z"
  }
}
