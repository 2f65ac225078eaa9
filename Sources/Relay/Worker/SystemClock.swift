import CLinux
import Glibc
import Wire

/// The only place in the relay where a clock is read: once per turn of a loop.
enum SystemClock {
  /// Time since boot, unaffected by anyone setting the clock.
  static var monotonic: MonotonicTime {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return MonotonicTime(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
  }

  /// Both clocks.
  static var turn: TurnTime { TurnTime(now: monotonic, wallMilliseconds: wallMilliseconds) }

  /// UTC in milliseconds since 1970.
  static var wallMilliseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) &* 1_000 &+ Int64(time.tv_nsec) / 1_000_000
  }
}
