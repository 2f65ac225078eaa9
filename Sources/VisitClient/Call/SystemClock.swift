import Glibc
import MediaEngine
import Synchronization
public import Wire

/// The machine's monotonic clock: the one place in the client that reads it for calls.
public enum SystemClock {
  /// Now, on a clock that never jumps.
  public static var now: MonotonicTime {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  /// How the monotonic clock relates to the wall's now.
  static var wall: WallClock {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let milliseconds = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    return WallClock(milliseconds: milliseconds, at: now)
  }
}

/// One alarm that can be set anew: what wakes a state machine between inputs.
final class WakeTimer: Sendable {
  private let fire: @Sendable () -> Void
  private let task = Mutex<Task<Void, Never>?>(nil)

  init(_ fire: @escaping @Sendable () -> Void) { self.fire = fire }

  deinit { task.withLock { $0?.cancel() } }

  /// Fires after `span`, instead of whatever was set before; nil sets nothing.
  func set(_ span: TimeSpan?) {
    let next = span.map { span in
      Task { [fire] in
        let wait = Duration.nanoseconds(max(span.nanoseconds, 0))
        do { try await Task.sleep(for: wait) } catch { return }
        fire()
      }
    }
    let last = task.withLock { task in
      defer { task = next }
      return task
    }
    last?.cancel()
  }
}
