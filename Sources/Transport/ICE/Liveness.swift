import Wire

/// Whether the peer is heard from at all, over whatever path.
struct Liveness {
  /// What the passing of time, or the lack of it, means.
  enum Finding {
    /// No path was found in time.
    case neverConnected
    /// Nothing has been heard for `TransportTimers.silence`.
    case silent
    /// Nothing has been heard for `TransportTimers.expiry`.
    case expired
  }

  /// When anything authenticated was last heard.
  private(set) var lastHeard: MonotonicTime
  /// Whether a path has ever been selected.
  private(set) var hasConnected = false
  private var isSilent = false
  private let startedAt: MonotonicTime
  private let timers: TransportTimers

  /// A peer that is expected from `now` on.
  init(timers: TransportTimers, now: MonotonicTime) {
    self.timers = timers
    startedAt = now
    lastHeard = now
  }

  /// Notes that something authenticated came; true where that ends a silence.
  mutating func noteHeard(_ now: MonotonicTime) -> Bool {
    lastHeard = now
    guard isSilent else { return false }
    isSilent = false
    return true
  }

  /// Notes that a path is selected; true for the first.
  mutating func noteConnected(_ now: MonotonicTime) -> Bool {
    guard !hasConnected else { return false }
    hasConnected = true
    lastHeard = now
    return true
  }

  /// When `advance` is wanted.
  var nextWake: MonotonicTime {
    guard hasConnected else { return startedAt + timers.connect }
    return lastHeard + (isSilent ? timers.expiry : timers.silence)
  }

  /// Tells the time, and what is new by it.
  mutating func advance(to now: MonotonicTime) -> Finding? {
    guard hasConnected else { return now - startedAt >= timers.connect ? .neverConnected : nil }
    if now - lastHeard >= timers.expiry { return .expired }
    guard !isSilent, now - lastHeard >= timers.silence else { return nil }
    isSilent = true
    return .silent
  }
}
