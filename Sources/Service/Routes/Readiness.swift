import Relay
import Store

/// Whether new calls can be taken, and why not.
struct Readiness: Sendable {
  /// Why not.
  enum Reason: String, Sendable, CaseIterable {
    case draining
    case storeBusy = "store-busy"
    case storeFull = "store-full"
    case storeFailing = "store-failing"
    case noRelayWorker = "no-relay-worker"
  }

  let store: any BesoegStore
  let relay: any RelayControl
  let coordinator: RelayCoordinator
  let facts: FactQueue
  let clock: any ServiceClock
  let metrics: ServiceMetrics

  /// Everything that stands in the way now; empty where nothing does.
  func reasons() async -> [Reason] {
    var reasons: [Reason] = []
    if await coordinator.isDraining { reasons.append(.draining) }
    do {
      try await store.checkWritable(at: clock.now())
      if facts.isStoreFailing { reasons.append(.storeFailing) }
    } catch {
      switch error {
      case .busy: reasons.append(.storeBusy)
      case .full: reasons.append(.storeFull)
      default: reasons.append(.storeFailing)
      }
    }
    let workers = await relay.workers()
    // One worker that answers can take a call; the supervisor sees to the others.
    if !workers.contains(where: \.isHealthy) { reasons.append(.noRelayWorker) }
    metrics.workers(workers)
    metrics.ready(reasons.isEmpty)
    return reasons
  }
}
