/// Text of protocols: bytes, not Unicode characters. A space with a combining accent after it is one
/// `Character` and would hide from `split`.
enum ASCII {
  /// The byte with A … Z made lower case.
  static func lowercased(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }

  /// The text with A … Z made lower case.
  static func lowercased(_ text: some StringProtocol) -> String {
    String(decoding: text.utf8.map(lowercased), as: UTF8.self)
  }

  /// The value of a hexadecimal digit.
  static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }

  /// The parts of `text` between spaces; runs of spaces count as one.
  static func fields(_ text: Substring) -> [Substring] {
    text.utf8.split(separator: UInt8(ascii: " ")).map { Substring($0) }
  }

  /// The text up to the first `separator`, and what follows it; nil for the latter where there is none.
  static func cut(_ text: Substring, at separator: UInt8) -> (Substring, Substring?) {
    guard let index = text.utf8.firstIndex(of: separator) else { return (text, nil) }
    return (text[..<index], text[text.utf8.index(after: index)...])
  }

  /// The text without spaces at its ends.
  static func trimmed(_ text: Substring) -> Substring {
    let space = UInt8(ascii: " ")
    guard let first = text.utf8.firstIndex(where: { $0 != space }),
      let last = text.utf8.lastIndex(where: { $0 != space })
    else { return "" }
    return text[first...last]
  }

  /// An unsigned decimal number: digits only, no sign; nil also where it does not fit.
  static func decimal<Number: FixedWidthInteger & UnsignedInteger>(
    _ text: Substring, as _: Number.Type = Number.self
  ) -> Number? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Number(text)
  }

  /// Whether `text` is a token of 1 ... 256 bytes (RFC 8866 §9).
  static func isToken(_ text: Substring) -> Bool {
    (1...256).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x30...0x39, 0x41...0x5A, 0x5E...0x7E: true
        default: false
        }
      }
  }

  /// Whether `text` is made of ICE characters only: letters, digits, plus and slash (RFC 8839 §5.1).
  static func isICECharacters(_ text: Substring) -> Bool {
    text.utf8.allSatisfy { byte in
      switch byte {
      case 0x2B, 0x2F...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: false
      }
    }
  }
}
