public import Wire

/// How the injected monotonic clock relates to wall-clock time.
///
/// Sender reports need NTP time and the proof pictures carry wall-clock time; the engine itself
/// never reads a clock, so whoever drives it says once how the two relate.
public struct WallClock: Sendable, Equatable {
  /// Milliseconds since 1970 (UTC) at the monotonic clock's zero.
  public var millisecondsAtZero: Int64

  /// A wall clock that read `millisecondsAtZero` when the monotonic clock was at zero.
  public init(millisecondsAtZero: Int64) { self.millisecondsAtZero = millisecondsAtZero }

  /// A wall clock that reads `milliseconds` (since 1970, UTC) at `now`.
  public init(milliseconds: Int64, at now: MonotonicTime) {
    self.millisecondsAtZero = milliseconds &- now.nanoseconds / 1_000_000
  }

  /// Milliseconds since 1970 (UTC) at `time`.
  public func milliseconds(at time: MonotonicTime) -> Int64 {
    millisecondsAtZero &+ time.nanoseconds / 1_000_000
  }
}
