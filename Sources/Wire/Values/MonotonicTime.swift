/// A point on an injected monotonic clock, in nanoseconds since an arbitrary start.
///
/// Nothing below the event loop reads a clock: every state machine is told what time it is.
public struct MonotonicTime: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Nanoseconds since the clock's start.
  public var nanoseconds: Int64

  /// The clock's start.
  public static let zero = MonotonicTime(nanoseconds: 0)

  /// A point `nanoseconds` after the clock's start.
  @inlinable
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Whether `a` is less than `b`.
  @inlinable
  public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

  /// The point `span` later.
  @inlinable
  public static func + (time: Self, span: TimeSpan) -> Self {
    Self(nanoseconds: time.nanoseconds &+ span.nanoseconds)
  }

  /// The point `span` earlier.
  @inlinable
  public static func - (time: Self, span: TimeSpan) -> Self {
    Self(nanoseconds: time.nanoseconds &- span.nanoseconds)
  }

  /// The span from `b` to `a`; negative where `a` is earlier.
  @inlinable
  public static func - (a: Self, b: Self) -> TimeSpan {
    TimeSpan(nanoseconds: a.nanoseconds &- b.nanoseconds)
  }
}

/// A span of time in nanoseconds; trivial and 8 bytes, unlike `Swift.Duration`.
public struct TimeSpan: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// The span in nanoseconds; may be negative.
  public var nanoseconds: Int64

  /// No time at all.
  public static let zero = TimeSpan(nanoseconds: 0)

  /// A span of `nanoseconds`.
  @inlinable
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// A span of whole microseconds.
  @inlinable
  public static func microseconds(_ count: Int64) -> Self { Self(nanoseconds: count &* 1_000) }

  /// A span of whole milliseconds.
  @inlinable
  public static func milliseconds(_ count: Int64) -> Self { Self(nanoseconds: count &* 1_000_000) }

  /// A span of whole seconds.
  @inlinable
  public static func seconds(_ count: Int64) -> Self { Self(nanoseconds: count &* 1_000_000_000) }

  /// The span in seconds.
  @inlinable
  public var seconds: Double { Double(nanoseconds) / 1e9 }

  /// The span in milliseconds.
  @inlinable
  public var milliseconds: Double { Double(nanoseconds) / 1e6 }

  /// Whether `a` is less than `b`.
  @inlinable
  public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

  /// The sum of two spans.
  @inlinable
  public static func + (a: Self, b: Self) -> Self {
    Self(nanoseconds: a.nanoseconds &+ b.nanoseconds)
  }

  /// The difference of two spans.
  @inlinable
  public static func - (a: Self, b: Self) -> Self {
    Self(nanoseconds: a.nanoseconds &- b.nanoseconds)
  }

  /// A span `factor` times as long.
  @inlinable
  public static func * (a: Self, factor: Int64) -> Self {
    Self(nanoseconds: a.nanoseconds &* factor)
  }
}
