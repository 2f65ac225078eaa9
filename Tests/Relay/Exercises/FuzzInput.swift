import Wire

/// A fuzzer's bytes, read as decisions one after the other; zeros once they are used up.
struct FuzzInput {
  private let bytes: [UInt8]
  private var offset = 0

  /// Reads `bytes` from the start.
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Whether there is nothing left to decide by.
  var isEmpty: Bool { offset >= bytes.count }

  /// The next byte.
  mutating func byte() -> UInt8 {
    guard offset < bytes.count else { return 0 }
    defer { offset += 1 }
    return bytes[offset]
  }

  /// The next two bytes.
  mutating func short() -> UInt16 { UInt16(byte()) << 8 | UInt16(byte()) }

  /// The next four bytes.
  mutating func word() -> UInt32 { UInt32(short()) << 16 | UInt32(short()) }

  /// So many bytes, or as many as there are.
  mutating func take(_ count: Int) -> [UInt8] {
    let end = min(bytes.count, offset + count)
    defer { offset = end }
    return Array(bytes[offset..<end])
  }

  /// A string of bytes that says its own length first.
  mutating func string() -> [UInt8] { take(Int(byte())) }
}

/// Something that ought to hold did not.
struct BrokenClaim: Error {
  var claim: String
}

/// Fails the exercise unless `condition` holds.
func claim(_ condition: Bool, _ text: @autoclosure () -> String) throws {
  if !condition { throw BrokenClaim(claim: text()) }
}
