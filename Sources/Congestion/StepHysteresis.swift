public import Wire

/// Moves between steps, numbered from the worst: down at once, up only after a better step has been
/// within reach for a while, and never to and fro.
///
/// A rise that was a mistake makes the next one wait longer:
///
///     within reach  4 4 2 4 4 4 4 2 4 4 …
///     step          4   2       4 2          (twice the wait from here on)
public struct StepHysteresis: Sendable, BitwiseCopyable {
  /// How long a better step must have been within reach.
  public static let patience = TimeSpan.seconds(3)
  /// The longest that mistakes make it wait.
  public static let longestPatience = TimeSpan.seconds(24)
  /// A fall this soon after a rise shows that the rise was a mistake.
  static let trial = TimeSpan.seconds(10)
  /// A step kept this long forgives all mistakes.
  static let forgiveness = TimeSpan.seconds(60)

  /// How many steps there may be.
  public static let count = 8

  /// The present step.
  public private(set) var step: UInt8
  private var patience = Self.patience
  /// Since when each step has been within reach without a break; nil while it is not.
  private var reachSince = InlineArray<8, MonotonicTime?>(repeating: nil)
  private var changedAt: MonotonicTime
  private var roseAt: MonotonicTime?

  /// Begins at a step, 0 ..< `count`.
  public init(step: UInt8, now: MonotonicTime) {
    self.step = min(step, UInt8(Self.count - 1))
    changedAt = now
  }

  /// Takes which step can be had now, and which with some room to spare; whether the step changes.
  ///
  /// Call it at least a few times a second: a step up happens in a call.
  public mutating func note(
    affordable: UInt8, comfortable: UInt8, at now: MonotonicTime
  ) -> Bool {
    for index in 0..<Self.count {
      let isWithinReach = index <= Int(comfortable)
      reachSince[index] = isWithinReach ? reachSince[index] ?? now : nil
    }
    if affordable < step {
      if let roseAt, now - roseAt < Self.trial {
        patience = min(patience * 2, Self.longestPatience)
      }
      step = affordable
      changedAt = now
      return true
    }
    if now - changedAt >= Self.forgiveness { patience = Self.patience }
    var best = step
    for index in Int(step)..<Self.count {
      if let since = reachSince[index], now - since >= patience { best = UInt8(index) }
    }
    guard best > step else { return false }
    step = best
    roseAt = now
    changedAt = now
    return true
  }
}
