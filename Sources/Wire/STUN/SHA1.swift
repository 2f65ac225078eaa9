/// SHA-1 (FIPS 180-4 §6.1), for STUN's MESSAGE-INTEGRITY only.
///
/// Here because Wire links no cryptographic library and STUN hashes a hundred bytes a few times a
/// minute per participant. SHA-1 is broken for signatures; as HMAC it still stands, and STUN's peers
/// accept nothing else.
struct SHA1: Sendable, BitwiseCopyable {
  static let blockLength = 64
  static let digestLength = 20

  private var state: InlineArray<5, UInt32> = [
    0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0,
  ]
  private var block = InlineArray<64, UInt8>(repeating: 0)
  private var count = 0

  /// Hashes one byte more.
  mutating func update(_ byte: UInt8) {
    block[count & 63] = byte
    count &+= 1
    if count & 63 == 0 { compress() }
  }

  /// Hashes the bytes in `range`, which must lie within `bytes`.
  mutating func update(_ bytes: RawSpan, _ range: Range<Int>) {
    for offset in range { update(bytes.loadUInt8(at: offset)) }
  }

  /// The digest of everything hashed.
  consuming func finish() -> InlineArray<20, UInt8> {
    let bits = UInt64(truncatingIfNeeded: count) &* 8
    update(0x80)
    while count & 63 != 56 { update(0) }
    for index in 0..<8 {
      update(UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * index)))
    }
    var digest = InlineArray<20, UInt8>(repeating: 0)
    for index in 0..<20 {
      digest[index] = UInt8(truncatingIfNeeded: state[index >> 2] >> UInt32(24 - 8 * (index & 3)))
    }
    return digest
  }

  /// The message schedule is made sixteen words at a time (FIPS 180-4 §6.1.3).
  private mutating func compress() {
    var words = InlineArray<16, UInt32>(repeating: 0)
    for index in 0..<16 {
      let at = index * 4
      words[index] =
        UInt32(block[at]) << 24 | UInt32(block[at + 1]) << 16 | UInt32(block[at + 2]) << 8
        | UInt32(block[at + 3])
    }
    var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
    // Four loops, so that none asks in each round which of the four functions is its own.
    func round(_ number: Int, _ mix: UInt32, _ constant: UInt32) {
      let slot = number & 15
      if number >= 16 {
        let mixed =
          words[(number &+ 13) & 15] ^ words[(number &+ 8) & 15] ^ words[(number &+ 2) & 15]
          ^ words[slot]
        words[slot] = Self.rotate(mixed, 1)
      }
      let sum = Self.rotate(a, 5) &+ mix &+ e &+ constant &+ words[slot]
      (e, d, c, b, a) = (d, c, Self.rotate(b, 30), a, sum)
    }
    for number in 0..<20 { round(number, (b & c) | (~b & d), 0x5A82_7999) }
    for number in 20..<40 { round(number, b ^ c ^ d, 0x6ED9_EBA1) }
    for number in 40..<60 { round(number, (b & c) | (b & d) | (c & d), 0x8F1B_BCDC) }
    for number in 60..<80 { round(number, b ^ c ^ d, 0xCA62_C1D6) }
    state[0] &+= a
    state[1] &+= b
    state[2] &+= c
    state[3] &+= d
    state[4] &+= e
  }

  private static func rotate(_ word: UInt32, _ bits: UInt32) -> UInt32 {
    word << bits | word >> (32 &- bits)
  }
}
