import Wire

/// One direction of a narrow line in virtual time: a queue of bounded length before a bottleneck,
/// then a delay, and random loss.
struct Line {
  /// What it carries in bit/s; 0 for no limit.
  var bitrate = 0
  /// The least time from end to end.
  var delay = TimeSpan.milliseconds(20)
  /// The longest its queue grows before it drops.
  var longestQueue = TimeSpan.milliseconds(400)
  /// The part of the packets that it loses.
  var loss = 0.0
  /// Nothing gets through.
  var isCut = false
  private var freeAt = MonotonicTime.zero

  /// How long a packet put in at `now` would wait.
  func queue(at now: MonotonicTime) -> TimeSpan { max(.zero, freeAt - now) }

  /// When a packet of `bytes` comes out; nil where it is lost.
  mutating func send(
    _ bytes: Int, at now: MonotonicTime, using generator: inout SeededLineGenerator
  ) -> MonotonicTime? {
    guard !isCut, queue(at: now) <= longestQueue else { return nil }
    if bitrate > 0 {
      freeAt =
        max(freeAt, now)
        + TimeSpan(nanoseconds: Int64(bytes) * 8_000_000_000 / Int64(bitrate))
    }
    guard Double.random(in: 0..<1, using: &generator) >= loss else { return nil }
    return max(freeAt, now) + delay
  }
}

/// SplitMix64, for what a line draws.
struct SeededLineGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
