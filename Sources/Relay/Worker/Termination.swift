import CLinux
import Glibc

/// The descriptor that the handler writes to; there is one per process, as there is of handlers.
nonisolated(unsafe) private var terminationEvent: Int32 = -1

/// SIGTERM and SIGINT as something that a loop can wait for.
///
/// A handler and not signalfd(2): blocking a signal counts for one thread, and the program's main thread
/// is not the loop's.
enum Termination {
  /// A descriptor that becomes readable when this process is asked to end, instead of its being ended at
  /// once. Made once; -1 where there is none, and then it is ended at once.
  static func descriptor() -> Int32 {
    terminationEvent = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
    guard terminationEvent >= 0 else { return -1 }
    for number in [SIGTERM, SIGINT] {
      signal(number) { _ in
        let before = errno
        var one: UInt64 = 1
        _ = write(terminationEvent, &one, 8)
        errno = before
      }
    }
    return terminationEvent
  }

  /// Makes the descriptor unreadable again, until the process is asked once more.
  static func rest(_ descriptor: Int32) {
    var count: UInt64 = 0
    _ = read(descriptor, &count, 8)
  }
}
