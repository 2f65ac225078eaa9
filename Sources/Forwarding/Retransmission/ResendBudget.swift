import Wire

/// How much may be sent again to one receiver in one slot.
///
/// A NACK costs its sender a few bytes and us a whole packet each, so an impatient or malicious
/// receiver is held to one answer per packet and round trip, a handful per packet, and a share of
/// bytes in all. The table of answers is made when the first packet is asked for.
struct ResendBudget: ~Copyable {
  /// Bytes per millisecond that may be sent again for long: 2 Mbit/s.
  static let bytesPerMillisecond: Int64 = 250
  /// Bytes that may be sent again at once: half a second of the above.
  static let burst: Int64 = 125_000
  /// How often one packet is sent again.
  static let maximumAnswers: UInt8 = 10
  /// The least time between two answers for one packet, on paths faster than this.
  static let shortestRepeat = TimeSpan.milliseconds(10)

  /// Answers remembered, a power of two.
  private static let capacity = 128

  private struct Answered: BitwiseCopyable {
    var sequence: UInt16 = 0
    var answers: UInt8 = 0
    var at = MonotonicTime.zero
  }

  private var table: UnsafeMutablePointer<Answered>?
  private var tokens = Self.burst
  private var filledAt: MonotonicTime?

  /// A budget that nobody has drawn on.
  init() {}

  deinit { table?.deallocate() }

  /// Whether the packet may be sent again now, at `rate` bytes a millisecond for long; if so it counts
  /// as sent. An echo of an answer is part of it: it costs bytes, and does not put off the next answer.
  mutating func allows(
    _ sequence: UInt16, byteCount: Int, now: MonotonicTime, roundTrip: TimeSpan,
    rate: Int64 = Self.bytesPerMillisecond, isEcho: Bool = false
  ) -> Bool {
    if let filledAt {
      let elapsed = (now - filledAt).nanoseconds / 1_000_000
      if elapsed > 0 {
        tokens = min(Self.burst, tokens &+ min(elapsed, 1000) &* rate)
        self.filledAt = filledAt + TimeSpan.milliseconds(elapsed)
      }
    } else {
      filledAt = now
    }
    guard tokens >= Int64(byteCount) else { return false }
    if isEcho {
      tokens -= Int64(byteCount)
      return true
    }
    let answered = table ?? makeTable()
    let index = Int(sequence) & (Self.capacity - 1)
    var entry = answered[index]
    if entry.sequence == sequence && entry.answers > 0 {
      // Who asks again did so half a round trip ago, after a round trip of its own measuring, which
      // may be shorter than ours by a little.
      guard entry.answers < Self.maximumAnswers,
        now - entry.at
          >= max(
            Self.shortestRepeat, TimeSpan(nanoseconds: roundTrip.nanoseconds / 8 * 7))
      else { return false }
    } else {
      entry = Answered(sequence: sequence)
    }
    entry.answers += 1
    entry.at = now
    answered[index] = entry
    tokens -= Int64(byteCount)
    return true
  }

  @inline(never)
  private mutating func makeTable() -> UnsafeMutablePointer<Answered> {
    let made = UnsafeMutablePointer<Answered>.allocate(capacity: Self.capacity)
    made.initialize(repeating: Answered(), count: Self.capacity)
    table = made
    return made
  }
}
