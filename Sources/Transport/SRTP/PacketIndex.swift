/// The 48-bit SRTP packet index: rollover counter and sequence number (RFC 3711 §3.3.1).
enum PacketIndex {
  /// The index that `sequence` most likely stands for, given the highest index so far; nil where it
  /// would lie beyond the last one.
  ///
  /// With `highest` = 0x1_FFF0: 0xFFFE is 0x1_FFFE (same rollover), 0x0003 is 0x2_0003 (the next).
  /// With `highest` = 0x0_0003: 0xFFF0 is 0x0_FFF0, a leap, since nothing lies before the first rollover.
  static func estimate(_ sequence: UInt16, highest: UInt64) -> UInt64? {
    let last = UInt16(truncatingIfNeeded: highest)
    let rollover = highest >> 16
    let candidate: UInt64
    if last < 0x8000 {
      let isBeforeTheWrap = sequence > last && sequence &- last > 0x8000
      candidate = isBeforeTheWrap && rollover > 0 ? rollover &- 1 : rollover
    } else {
      candidate = last &- 0x8000 > sequence ? rollover &+ 1 : rollover
    }
    // RFC 3711 §3.3.1: a master key is good for 2^48 packets.
    guard candidate <= 0xFFFF_FFFF else { return nil }
    return candidate << 16 | UInt64(sequence)
  }
}
