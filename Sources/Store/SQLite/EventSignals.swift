import Synchronization

/// Tells any number of readers that there is something new to read.
final class EventSignals: Sendable {
  private struct State {
    var readers: [UInt64: AsyncStream<Void>.Continuation] = [:]
    var nextReader: UInt64 = 0
  }

  private let state = Mutex(State())

  /// A stream that yields after each `fire`; several that were not read in time become one.
  func subscribe() -> AsyncStream<Void> {
    AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
      let reader = state.withLock { state in
        state.nextReader += 1
        state.readers[state.nextReader] = continuation
        return state.nextReader
      }
      continuation.onTermination = { [weak self] _ in
        self?.state.withLock { _ = $0.readers.removeValue(forKey: reader) }
      }
    }
  }

  /// Wakes every reader.
  func fire() {
    let readers = state.withLock { Array($0.readers.values) }
    for reader in readers { reader.yield() }
  }
}
