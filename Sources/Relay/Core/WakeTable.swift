import Wire

/// When each of a number of machines wants to be called, and which of them is first.
///
/// Times are rounded up to a tick that all machines share: a thousand calls' timers then fall together
/// in at most `1 s / tick` wake-ups, each of which does the work of many, where every one of their own
/// would cost a wake-up and a system call to send what it brings forth.
///
/// A flat array of times beats a heap here: a packet moves one machine's time, which is one store,
/// and the scan for the earliest runs only once a tick, a thousand times in a few hundred nanoseconds.
struct WakeTable {
  /// The common measure of all timers. Pictures' packets that are held back wait so much longer; the
  /// burst that pacing allows (`PacingBudget`) is longer still.
  static let tick = TimeSpan.milliseconds(2)

  private static let never = MonotonicTime(nanoseconds: .max)

  private var times: [MonotonicTime]
  /// Not later than the earliest entry; a walk over all makes it exact again.
  private var bound = Self.never

  /// A table for `capacity` machines, none of which wants anything.
  init(capacity: Int) {
    times = Array(repeating: Self.never, count: capacity)
  }

  /// When to call `takeDue` next.
  var nextWake: MonotonicTime? { bound == Self.never ? nil : bound }

  /// Machine `index` wants to be called at `time`, or at the end of the tick it lies in.
  mutating func set(_ index: Int, to time: MonotonicTime?) {
    guard let time else {
      times[index] = Self.never
      return
    }
    let tick = Self.tick.nanoseconds
    let rounded = MonotonicTime(
      nanoseconds: (time.nanoseconds &+ tick &- 1) / tick &* tick)
    times[index] = rounded
    if rounded < bound { bound = rounded }
  }

  /// Whether machine `index` is due; if so it wants nothing until it is set again.
  mutating func takeDue(_ index: Int, at now: MonotonicTime) -> Bool {
    guard times[index] <= now else { return false }
    times[index] = Self.never
    return true
  }

  /// Whether anything may be due.
  func mayBeDue(at now: MonotonicTime) -> Bool { bound <= now }

  /// Makes `nextWake` exact for the first `limit` machines, after all that were due have been called.
  mutating func settle(limit: Int) {
    var earliest = Self.never
    for index in 0..<limit where times[index] < earliest { earliest = times[index] }
    bound = earliest
  }
}
