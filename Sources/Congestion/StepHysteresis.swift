public import Wire

/// Moves between steps, numbered from the worst: down at once, up only after a better step has been
/// within reach for a while, and never to and fro.
///
/// A rise that was a mistake makes the next one wait longer:
///
///     within reach  4 4 2 4 4 4 4 2 4 4 …
///     step          4   2       4 2          (twice the wait from here on)
///
/// Clearly more room than such a rise ever had is another matter: the path has changed, and what was
/// learnt of it holds no more.
public struct StepHysteresis: Sendable, BitwiseCopyable {
  /// How long a better step must have been within reach.
  public static let patience = TimeSpan.seconds(3)
  /// The longest that mistakes make it wait.
  public static let longestPatience = TimeSpan.seconds(24)
  /// A fall this soon after a rise shows that the rise was a mistake.
  static let trial = TimeSpan.seconds(10)
  /// A step kept this long forgives all mistakes …
  static let forgiveness = TimeSpan.seconds(60)
  /// … and so does so much of the most room that the last of them had, in per cent: a path that lets a
  /// burst through can look like that, too, but not again and again, as each time it takes more.
  static let fresh = 150

  /// How many steps there may be.
  public static let count = 8

  /// The present step.
  public private(set) var step: UInt8
  private var patience = Self.patience
  /// Since when each step has been within reach without a break; nil while it is not.
  private var reachSince = InlineArray<8, MonotonicTime?>(repeating: nil)
  private var changedAt: MonotonicTime
  private var roseAt: MonotonicTime?
  /// The most room there was since the last rise, and what there was of it for the last mistake.
  private var most = 0
  private var mistaken: Int?

  /// Begins at a step, 0 ..< `count`.
  public init(step: UInt8, now: MonotonicTime) {
    self.step = min(step, UInt8(Self.count - 1))
    changedAt = now
  }

  /// Takes which step can be had now, which with some room to spare, and how much room there is, in
  /// bit/s; whether the step changes.
  ///
  /// Call it at least a few times a second: a step up happens in a call.
  public mutating func note(
    affordable: UInt8, comfortable: UInt8, room: Int, at now: MonotonicTime
  ) -> Bool {
    if let mistaken, room / Self.fresh > mistaken / 100 { forgive() }
    most = max(most, room)
    for index in 0..<Self.count {
      let isWithinReach = index <= Int(comfortable)
      reachSince[index] = isWithinReach ? reachSince[index] ?? now : nil
    }
    if affordable < step {
      if let roseAt, now - roseAt < Self.trial {
        patience = min(patience * 2, Self.longestPatience)
        mistaken = max(mistaken ?? 0, most)
      }
      step = affordable
      changedAt = now
      return true
    }
    if now - changedAt >= Self.forgiveness { forgive() }
    var best = step
    for index in Int(step)..<Self.count {
      if let since = reachSince[index], now - since >= patience { best = UInt8(index) }
    }
    guard best > step else { return false }
    step = best
    roseAt = now
    changedAt = now
    most = room
    return true
  }

  private mutating func forgive() {
    patience = Self.patience
    mistaken = nil
  }
}
