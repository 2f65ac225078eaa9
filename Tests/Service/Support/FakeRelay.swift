import Relay
import Synchronization

/// Relays in memory: answers joins as told, and reports what a test says.
final class FakeRelay: RelayControl {
  private struct State {
    var joins: [JoinRequest] = []
    var restarts: [String] = []
    var left: [String] = []
    var closed: [String] = []
    var failure: RelayControlError?
    var nextSession = 0
    var isHealthy = true
    var iceServers: [ICEServer] = []
  }

  private let state = Mutex(State())
  let events: AsyncStream<RelayEvent>
  private let reports: AsyncStream<RelayEvent>.Continuation

  init() {
    (events, reports) = AsyncStream.makeStream()
  }

  var joins: [JoinRequest] { state.withLock { $0.joins } }
  var restarts: [String] { state.withLock { $0.restarts } }
  var left: [String] { state.withLock { $0.left } }
  var closed: [String] { state.withLock { $0.closed } }

  /// What the next commands fail with; nil to do them.
  func fail(with error: RelayControlError?) { state.withLock { $0.failure = error } }

  func setHealthy(_ isHealthy: Bool) { state.withLock { $0.isHealthy = isHealthy } }

  /// The ICE servers that the next joins are answered with.
  func offer(_ servers: [ICEServer]) { state.withLock { $0.iceServers = servers } }

  /// Reports an event.
  func report(_ event: RelayEvent) { reports.yield(event) }

  /// The relays end.
  func finish() { reports.finish() }

  func join(_ request: JoinRequest) async throws(RelayControlError) -> JoinAnswer {
    try check()
    let (number, servers) = state.withLock { state in
      state.joins.append(request)
      state.nextSession += 1
      return (state.nextSession, state.iceServers)
    }
    return JoinAnswer(
      session: "session-\(number)", answer: "v=0\r\ns=answer \(number)\r\n",
      slots: [SlotState(slot: 0, audioMid: "0", videoMid: "1", participant: nil)],
      iceServers: servers)
  }

  func restart(
    session: String, offer: String
  ) async throws(RelayControlError) -> JoinAnswer {
    try check()
    state.withLock { $0.restarts.append(session) }
    return JoinAnswer(session: session, answer: "v=0\r\ns=restarted\r\n", slots: [])
  }

  func leave(session: String) async throws(RelayControlError) {
    try check()
    state.withLock { $0.left.append(session) }
  }

  func close(room: String) async throws(RelayControlError) {
    try check()
    state.withLock { $0.closed.append(room) }
  }

  func workers() async -> [WorkerStatus] {
    let isHealthy = state.withLock { $0.isHealthy }
    return [
      WorkerStatus(
        worker: 0, processID: 42, isHealthy: isHealthy, sessions: 2, rooms: 1, restarts: 3,
        counters: ["besoeg_relay_packets_total": 7])
    ]
  }

  private func check() throws(RelayControlError) {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }
}
