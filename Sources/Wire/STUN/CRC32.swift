/// The CRC-32 of ITU-T V.42 that STUN's FINGERPRINT is made of (RFC 8489 §14.7).
struct CRC32: Sendable, BitwiseCopyable {
  /// The reflected polynomial 0xEDB88320, one entry for each value of a byte.
  private static let table: InlineArray<256, UInt32> = {
    var table = InlineArray<256, UInt32>(repeating: 0)
    for index in 0..<256 {
      var value = UInt32(index)
      for _ in 0..<8 { value = value & 1 != 0 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
      table[index] = value
    }
    return table
  }()

  private var register: UInt32 = 0xFFFF_FFFF

  /// The checksum of everything added.
  var value: UInt32 { ~register }

  /// Adds one byte.
  mutating func update(_ byte: UInt8) {
    register = Self.table[Int((register ^ UInt32(byte)) & 0xFF)] ^ register >> 8
  }

  /// Adds the bytes in `range`, which must lie within `bytes`.
  mutating func update(_ bytes: RawSpan, _ range: Range<Int>) {
    for offset in range { update(bytes.loadUInt8(at: offset)) }
  }

  /// The FINGERPRINT of a STUN message from `start` up to `end`, with its length field taken to be
  /// `length`.
  static func fingerprint(
    ofMessageIn bytes: RawSpan, from start: Int, to end: Int, length: Int
  ) -> UInt32 {
    var crc = CRC32()
    crc.update(bytes, start..<(start &+ 2))
    crc.update(UInt8(truncatingIfNeeded: length >> 8))
    crc.update(UInt8(truncatingIfNeeded: length))
    crc.update(bytes, (start &+ 4)..<end)
    return crc.value ^ 0x5354_554E  // "STUN"
  }
}
