public import Wire

/// A leaky bucket for what leaves on one path, so that a picture's packets do not arrive at a narrow
/// link all at once.
///
/// Sound, retransmissions and probes are never held by it, only counted: the picture pays for them.
public struct PacingBudget: Sendable, BitwiseCopyable {
  /// What may leave in one go: what the rate carries in this time.
  public static let burst = TimeSpan.milliseconds(5)
  /// The same on a path that carries clearly more than it is given and has no queue: a picture leaves as
  /// it came, at once and in one system call; only keyframes are spread.
  public static let wideBurst = TimeSpan.milliseconds(20)
  /// What was forced through is not paid back for longer than this, so that sound alone can never
  /// shut the picture out for good.
  private static let longestDebt = TimeSpan.milliseconds(200)

  private var bitrate: Int
  private var burst = Self.burst
  /// When everything that left so far has been paid for at the rate.
  private var paidAt: MonotonicTime

  /// A budget at a rate in bit/s; at 0 nothing leaves but what is forced.
  public init(bitsPerSecond: Int = 0, now: MonotonicTime) {
    bitrate = max(0, bitsPerSecond)
    paidAt = now
  }

  /// Changes the rate; what is owed is owed in bytes, so that it takes longer at a lower rate.
  public mutating func setRate(bitsPerSecond: Int, at now: MonotonicTime) {
    let rate = max(0, bitsPerSecond)
    guard rate != bitrate else { return }
    if bitrate > 0, rate > 0, paidAt > now {
      let owed = (paidAt - now).seconds * Double(bitrate) / Double(rate)
      paidAt = now + min(Self.longestDebt, TimeSpan(nanoseconds: Int64(min(owed, 10) * 1e9)))
    }
    bitrate = rate
  }

  /// Changes what may leave in one go.
  public mutating func setBurst(_ span: TimeSpan) { burst = span }

  /// Whether a packet may leave now; counts it where it may.
  public mutating func take(bytes: Int, at now: MonotonicTime) -> Bool {
    guard bitrate > 0, paidAt <= now + burst else { return false }
    charge(bytes, at: now)
    return true
  }

  /// Counts a packet that leaves in any case.
  public mutating func force(bytes: Int, at now: MonotonicTime) {
    guard bitrate > 0 else { return }
    charge(bytes, at: now)
    paidAt = min(paidAt, now + Self.longestDebt)
  }

  /// When the next packet may leave, at the earliest; nil where none may at this rate.
  public var nextRelease: MonotonicTime? { bitrate > 0 ? paidAt - burst : nil }

  private mutating func charge(_ bytes: Int, at now: MonotonicTime) {
    paidAt = max(paidAt, now) + .nanoseconds(of: bytes, at: bitrate)
  }
}
