/// Which of the last 1 024 packet indices have been used (RFC 3711 §3.3.2).
///
/// RFC 3711 asks for at least 64. 1 024 lets a retransmission on the same SSRC, or a packet that took
/// the slow one of two paths, arrive a second late at 1 000 packets/s.
struct ReplayWindow: BitwiseCopyable {
  /// How many indices behind the highest are remembered.
  static let size: UInt64 = 1_024

  /// The highest index used; meaningful once `isStarted`.
  private(set) var highest: UInt64 = 0
  /// Whether any index has been used.
  private(set) var isStarted = false
  /// A ring of bits; index `i` is bit `i % 1024`.
  private var bits = InlineArray<16, UInt64>(repeating: 0)

  /// Whether `index` has neither been used nor fallen out of the window. Inlined, or the whole window
  /// would be copied for the call.
  @inline(__always)
  func allows(_ index: UInt64) -> Bool {
    guard isStarted, index <= highest else { return true }
    guard highest &- index < Self.size else { return false }
    return bits[Self.word(index)] & Self.mask(index) == 0
  }

  /// Marks `index` as used. Only after its tag verified, or an attacker could move the window.
  mutating func commit(_ index: UInt64) {
    if !isStarted {
      isStarted = true
      highest = index
    } else if index > highest {
      // The next one's own bit is written below.
      if index &- highest > 1 { clear(after: highest, through: index) }
      highest = index
    }
    bits[Self.word(index)] |= Self.mask(index)
  }

  /// Forgets the indices that the ring held where `first + 1 ... last` go now.
  private mutating func clear(after first: UInt64, through last: UInt64) {
    guard last &- first < Self.size else {
      bits = InlineArray(repeating: 0)
      return
    }
    var index = first
    while index != last {
      index &+= 1
      bits[Self.word(index)] &= ~Self.mask(index)
    }
  }

  private static func word(_ index: UInt64) -> Int { Int(truncatingIfNeeded: (index >> 6) & 15) }
  private static func mask(_ index: UInt64) -> UInt64 { 1 << (index & 63) }
}
