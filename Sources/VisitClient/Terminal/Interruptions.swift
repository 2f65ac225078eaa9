@preconcurrency import Dispatch
import Glibc

/// Ctrl-C and `kill`, so that a call is hung up before the program ends.
public enum Interruptions {
  /// Yields at the first SIGINT or SIGTERM. A second one ends the program at once: whoever presses
  /// Ctrl-C twice wants out. With `repeats` it is yielded instead, for a program that has something
  /// to clear away even then.
  public static func stream(repeats: Bool = false) -> AsyncStream<Void> {
    AsyncStream { continuation in
      let sources = [SIGINT, SIGTERM].map { number in
        // Ignored as a signal, seen by the source.
        signal(number, SIG_IGN)
        return DispatchSource.makeSignalSource(signal: number, queue: .global())
      }
      for source in sources {
        source.setEventHandler {
          continuation.yield()
          if repeats { return }
          for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
          continuation.finish()
        }
        source.resume()
      }
      continuation.onTermination = { _ in
        for source in sources { source.cancel() }
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
      }
    }
  }
}
