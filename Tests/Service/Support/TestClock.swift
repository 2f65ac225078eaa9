import Service
import Synchronization
import Visits

/// A clock that stands still until it is told to go on.
final class TestClock: ServiceClock {
  private struct Sleeper {
    var deadline: UTCMilliseconds
    var continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now: UTCMilliseconds
    var sleepers: [Int: Sleeper] = [:]
    var cancelled: Set<Int> = []
    var next = 0
    var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state: Mutex<State>

  /// Saturday 2026-11-21 09:00 UTC unless told otherwise.
  init(_ now: UTCMilliseconds = UTCMilliseconds(rawValue: 1_795_251_600_000)) {
    state = Mutex(State(now: now))
  }

  func now() -> UTCMilliseconds { state.withLock { $0.now } }

  func sleep(until deadline: UTCMilliseconds) async throws {
    let id = state.withLock { state in
      state.next += 1
      return state.next
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let outcome: Result<Void, any Error>? = state.withLock { state in
          if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
          if state.now >= deadline { return .success(()) }
          state.sleepers[id] = Sleeper(deadline: deadline, continuation: continuation)
          return nil
        }
        if let outcome { continuation.resume(with: outcome) }
        tellWatchers()
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        let sleeper = state.sleepers.removeValue(forKey: id)
        if sleeper == nil { state.cancelled.insert(id) }
        return sleeper
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Lets time pass and wakes whoever slept until then.
  func advance(milliseconds: Int64) {
    let woken = state.withLock { state in
      state.now = state.now.adding(milliseconds: milliseconds)
      let due = state.sleepers.filter { $0.value.deadline <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.sorted { $0.deadline < $1.deadline }
    }
    for sleeper in woken { sleeper.continuation.resume() }
  }

  /// Returns when somebody sleeps until exactly `deadline`.
  func waitForSleeper(until deadline: UTCMilliseconds) async {
    while !state.withLock({ $0.sleepers.values.contains { $0.deadline == deadline } }) {
      let count = state.withLock { $0.next }
      await withCheckedContinuation { continuation in
        let isChanged = state.withLock { state in
          if state.next != count { return true }
          state.watchers.append((count, continuation))
          return false
        }
        if isChanged { continuation.resume() }
      }
    }
  }

  private func tellWatchers() {
    let watchers = state.withLock { state in
      defer { state.watchers = [] }
      return state.watchers
    }
    for watcher in watchers { watcher.continuation.resume() }
  }
}
