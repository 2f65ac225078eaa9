import Synchronization
import VisitClient

/// The citizen's device in the demo: listens for a ring, then hands its event stream to the call.
final class CitizenPhone: Sendable {
  private struct State {
    var isOnline = false
    var rings: [VisitEvent.Ring] = []
    var call: AsyncStream<StreamSignal>.Continuation?
    /// What came between the ring and the call.
    var early: [StreamSignal] = []
    var task: Task<Void, Never>?
  }

  private let state = Mutex(State())

  init(_ api: BesoegAPI) {
    let task = Task { [weak self] in
      for await signal in EventStream(api).signals() { self?.take(signal) }
    }
    state.withLock { $0.task = task }
  }

  /// Waits until the device hears the service.
  func waitUntilOnline(_ patience: Duration) async throws {
    _ = try await wait(patience) { $0.isOnline ? true : nil }
  }

  /// Waits until it rings for a visit.
  func waitForRing(_ visit: String, _ patience: Duration) async throws -> VisitEvent.Ring {
    try await wait(patience) { $0.rings.first { $0.visit == visit } }
  }

  /// The event stream from the ring on, for one call.
  func signals() -> AsyncStream<StreamSignal> {
    let (stream, continuation) = AsyncStream.makeStream(of: StreamSignal.self)
    state.withLock { state in
      for signal in state.early { continuation.yield(signal) }
      state.early = []
      state.call = continuation
    }
    return stream
  }

  /// Stops listening.
  func close() {
    state.withLock { state in
      state.task?.cancel()
      state.call?.finish()
    }
  }

  private func take(_ signal: StreamSignal) {
    state.withLock { state in
      switch signal {
      case .online: state.isOnline = true
      case .event(.ring(let ring)): state.rings.append(ring)
      default: break
      }
      if let call = state.call {
        call.yield(signal)
      } else if !state.rings.isEmpty {
        state.early.append(signal)
      }
    }
  }

  private func wait<Value: Sendable>(
    _ patience: Duration, _ look: (borrowing State) -> Value?
  ) async throws -> Value {
    let clock = ContinuousClock()
    let deadline = clock.now + patience
    while clock.now < deadline {
      if let value = state.withLock({ look($0) }) { return value }
      try await Task.sleep(for: .milliseconds(2))
    }
    throw ProgramFailure(Texts.current[.demoFailedNoRing])
  }
}
