import Wire

/// Whether a worker that has ended is started again at once, or after a pause.
///
/// People wait for a worker that ran well until now, so it is started again without a pause. One that
/// never came up, or fell at once, would only burn the machine its neighbours need.
struct RestartPolicy {
  /// Times it was started again after having been lost.
  private(set) var restarts = 0
  private var pause = WorkerState.shortestRest
  private var hasRun = false
  /// Since when it serves; nil where it never has since it was last looked for.
  private var servingSince: MonotonicTime?

  /// Notes that it serves.
  mutating func noteServing(now: MonotonicTime) {
    servingSince = now
    hasRun = true
  }

  /// Notes that it has been gone for a while because nobody wanted it.
  mutating func forgetServing() { servingSince = nil }

  /// Whether to start it now. `isLookedFor`: it was not there yet, before its first start or after a
  /// pause.
  mutating func mayStart(isLookedFor: Bool, now: MonotonicTime) -> Bool {
    let since = servingSince
    servingSince = nil
    if let since {
      guard now - since >= WorkerState.steadyAfter else { return false }
      pause = WorkerState.shortestRest
    } else if !isLookedFor {
      return false
    }
    if hasRun { restarts += 1 }
    return true
  }

  /// How long to wait before the next try; each time twice as long, up to a bound.
  mutating func takePause() -> TimeSpan {
    defer { pause = min(pause * 2, WorkerState.longestRest) }
    return pause
  }
}
