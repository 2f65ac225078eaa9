import Wire

/// How unpunctually a stream's packets arrive, and how long to hold them so that nearly all are
/// there when they are due.
///
/// A packet's *offset* is its arrival minus its media time. The least offset of the last seconds is
/// the fastest trip; a packet's *lateness* is what its offset exceeds it by. The target delay is the
/// 98th percentile of lateness over about the last ten seconds, raised at once when a packet comes
/// too late to be played, and let down slowly.
struct ArrivalDelays {
  /// Bounds of the target: 20 ms is one frame; beyond 200 ms a conversation suffers more from the
  /// delay than from the gaps (G.114).
  static let least = TimeSpan.milliseconds(20)
  static let most = TimeSpan.milliseconds(200)
  /// The target before anything is known.
  private static let initial = TimeSpan.milliseconds(40)

  /// Bins of 5 ms up to half a second.
  private static let binMs: Int64 = 5
  private static let bins = 100
  /// A packet's weight fades to a half within 350 packets, 7 s of 20 ms frames.
  private static let memory = 0.998
  /// The share of packets that may come later than the target.
  private static let quantile = 0.98
  /// The fastest trip is the least of this and the last period: clocks drift, routes change.
  private static let period = TimeSpan.milliseconds(2_500)
  /// How fast a raised target is let down again: 10 ms a second.
  private static let releasePerSecond: Int64 = 10

  private var weights = [Double](repeating: 0, count: bins)
  private var total = 0.0
  private var packets = 0
  private var currentLeast: TimeSpan?
  private var previousLeast: TimeSpan?
  private var periodStart = MonotonicTime.zero
  private var raised = TimeSpan.zero
  private var raisedAt = MonotonicTime.zero
  private var quantileDelay = initial

  /// The fastest trip's offset: when media time zero would have arrived on it.
  var fastestOffset: TimeSpan? {
    guard let currentLeast else { return previousLeast }
    guard let previousLeast else { return currentLeast }
    return min(currentLeast, previousLeast)
  }

  /// Notes a packet of media time `mediaTime` (since the stream's zero) arriving at `now`.
  mutating func note(mediaTime: TimeSpan, at now: MonotonicTime) {
    let offset = TimeSpan(nanoseconds: now.nanoseconds &- mediaTime.nanoseconds)
    if currentLeast == nil && previousLeast == nil { periodStart = now }
    if now - periodStart >= Self.period {
      previousLeast = currentLeast
      currentLeast = nil
      periodStart = now
    }
    currentLeast = currentLeast.map { min($0, offset) } ?? offset
    let fastest = fastestOffset ?? offset
    let lateMs = max((offset - fastest).nanoseconds / 1_000_000, 0)
    packets += 1
    // The first packets count equally, so that the target settles within a second.
    fade(by: packets < 500 ? 1 : Self.memory)
    weights[Int(min(lateMs / Self.binMs, Int64(Self.bins - 1)))] += 1
    total += 1
    if packets & 7 == 0 || packets < 64 { quantileDelay = computeQuantile() }
  }

  /// Notes that a packet came `lateness` after the fastest trip and was too late to be played.
  mutating func noteTooLate(_ lateness: TimeSpan, at now: MonotonicTime) {
    raised = max(raisedTarget(at: now), lateness + .milliseconds(10))
    raisedAt = now
  }

  /// How much later than on the fastest trip a packet should be played.
  func target(at now: MonotonicTime) -> TimeSpan {
    min(max(max(quantileDelay, raisedTarget(at: now)), Self.least), Self.most)
  }

  /// Forgets the trip but keeps the target: after a break in the stream.
  mutating func restart() {
    currentLeast = nil
    previousLeast = nil
  }

  private func raisedTarget(at now: MonotonicTime) -> TimeSpan {
    let released = (now - raisedAt).nanoseconds / 1000 * Self.releasePerSecond
    return max(TimeSpan(nanoseconds: min(raised, Self.most).nanoseconds - released), .zero)
  }

  private mutating func fade(by factor: Double) {
    guard factor < 1 else { return }
    weights.withUnsafeMutableBufferPointer { weights in
      for i in weights.indices { weights[i] *= factor }
    }
    total *= factor
  }

  private func computeQuantile() -> TimeSpan {
    var sum = 0.0
    for (bin, weight) in weights.enumerated() {
      sum += weight
      if sum >= Self.quantile * total {
        // Before 25 packets (half a second) the initial target is the least.
        let delay = TimeSpan.milliseconds(Int64(bin + 1) * Self.binMs)
        return packets < 25 ? max(delay, Self.initial) : delay
      }
    }
    return Self.most
  }
}
