import CLinux
import Glibc

/// A thread of our own, for loops that block in poll and so must not sit on the task pool.
enum Thread {
  private final class Body {
    let name: String
    let run: @Sendable () -> Void

    init(name: String, run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  /// Starts `body` on a new detached thread. `name` is at most 15 bytes.
  static func start(name: String, body: @escaping @Sendable () -> Void) {
    let retained = Unmanaged.passRetained(Body(name: name, run: body))
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { argument in
        let body = Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue()
        clinux_name_thread(body.name)
        body.run()
        return nil
      }, retained.toOpaque())
    guard result == 0 else {
      // Out of threads: nothing this process is for can work.
      retained.release()
      preconditionFailure("pthread_create failed with \(result)")
    }
    pthread_detach(thread)
  }
}
