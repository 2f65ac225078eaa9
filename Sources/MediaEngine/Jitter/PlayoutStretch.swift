import Wire

/// Moves the playout's delay towards its target, by shortening or lengthening what is queued.
struct PlayoutStretch {
  /// Off by less than this, nothing is done: early or late.
  private static let tolerance = (early: TimeSpan.milliseconds(10), late: TimeSpan.milliseconds(15))
  /// Stretching often is heard: every so many packets at most, unless the delay is far off.
  private static let pause = 5
  private static let far = TimeSpan.milliseconds(60)
  /// From here on the delay is worse than what is heard of the remedy.
  private static let veryFar = TimeSpan.milliseconds(100)
  /// So soon after a gap, the path's delay is taken to grow still.
  private static let growth = TimeSpan.milliseconds(300)

  private var packets = 0
  private var starvedAt: MonotonicTime?
  /// Samples taken out and put in.
  private(set) var removed: Int64 = 0
  private(set) var inserted: Int64 = 0

  /// Notes that there is nothing to play.
  mutating func starve(at now: MonotonicTime) { starvedAt = now }

  /// Stretches what was queued with a packet that is heard at `heard`, by `early` too early, negative
  /// where it is late. `isLast`: nothing waits behind it.
  mutating func adjust(
    _ queue: inout SampleQueue, early: TimeSpan, isLast: Bool, at heard: MonotonicTime
  ) {
    packets += 1
    let late = TimeSpan.zero - early
    // The path's delay has grown. To shorten now would lengthen the next gap.
    if isLast, late > Self.tolerance.late { return drawOut(&queue, at: heard) }
    guard packets >= Self.pause || late > Self.far || early > Self.far else { return }
    if late > Self.tolerance.late {
      let count = TimeStretch.shorten(&queue, force: late > Self.veryFar)
      removed += Int64(count)
      if count > 0 { packets = 0 }
    } else if early > Self.tolerance.early {
      let count = TimeStretch.lengthen(&queue, force: false)
      inserted += Int64(count)
      if count > 0 { packets = 0 }
    }
  }

  /// While there are gaps, what there is is drawn out over them: slower speech is understood, and half
  /// a packet more of it each time is half a gap less.
  private mutating func drawOut(_ queue: inout SampleQueue, at heard: MonotonicTime) {
    guard let starvedAt, heard - starvedAt < Self.growth else { return }
    var drawn = 0
    while drawn < AudioPlayout.blockSamples {
      let count = TimeStretch.lengthen(&queue, force: true)
      guard count > 0 else { break }
      drawn += count
    }
    inserted += Int64(drawn)
    packets = 0
  }
}
