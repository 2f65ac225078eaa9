/// JSON (RFC 8259) written value by value, without the tree of objects that a general encoder makes first.
struct JSONText {
  private(set) var bytes: [UInt8] = []
  /// False once there was something to say for which there are no words here.
  private(set) var isValid = true

  /// An empty text with room for `capacity` bytes.
  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  /// Makes it invalid.
  mutating func giveUp() { isValid = false }

  // MARK: Members of an object

  /// A member that is an object.
  mutating func object(_ name: StaticString, _ members: (inout JSONText) -> Void) {
    key(name)
    object(members)
  }

  /// A member that is a list.
  mutating func list(_ name: StaticString, _ elements: (inout JSONText) -> Void) {
    key(name)
    write("[")
    elements(&self)
    write("]")
  }

  /// A member that is a text; none where it is nil.
  mutating func member(_ name: StaticString, _ text: String?) {
    guard let text else { return }
    key(name)
    quote(text)
  }

  /// A member that is a whole number; none where it is nil.
  mutating func member(_ name: StaticString, _ number: (some BinaryInteger)?) {
    guard let number else { return }
    key(name)
    digits(number)
  }

  /// A member that is a number; none where it is nil. JSON has no infinity.
  mutating func member(_ name: StaticString, _ number: Double?) {
    guard let number else { return }
    if !number.isFinite { giveUp() }
    key(name)
    bytes.append(contentsOf: "\(number)".utf8)
  }

  // MARK: Elements of a list

  /// An object: also the whole text.
  mutating func object(_ members: (inout JSONText) -> Void) {
    separate()
    write("{")
    members(&self)
    write("}")
  }

  /// A text.
  mutating func element(_ text: String) {
    separate()
    quote(text)
  }

  // MARK: Bytes

  private mutating func key(_ name: StaticString) {
    separate()
    write("\"")
    write(name)
    write("\":")
  }

  /// A comma where something stands before; outside texts the last byte tells.
  private mutating func separate() {
    switch bytes.last {
    case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"): break
    default: write(",")
    }
  }

  private mutating func write(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  private mutating func digits(_ number: some BinaryInteger) {
    if number < 0 { write("-") }
    let end = bytes.count
    var rest = UInt64(number.magnitude)
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    bytes[end...].reverse()
  }

  /// A text in quotes, with what must be escaped (RFC 8259 §7).
  private mutating func quote(_ text: String) {
    write("\"")
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        write("\\")
        bytes.append(byte)
      case UInt8(ascii: "\r"): write("\\r")
      case UInt8(ascii: "\n"): write("\\n")
      case ..<0x20:
        let digits: StaticString = "0123456789abcdef"
        write("\\u00")
        digits.withUTF8Buffer {
          bytes.append($0[Int(byte >> 4)])
          bytes.append($0[Int(byte & 15)])
        }
      default:
        bytes.append(byte)
      }
    }
    write("\"")
  }
}
