import CallQuality
import Logging
import Store
import Synchronization
import Visits

/// Something that happened and has to be written down, whether or not the store can just now.
struct Fact: Sendable {
  /// What to write.
  enum Content: Sendable {
    /// A command on a visit that cannot wait for the store: a relay's report, or an ending.
    case command(VisitCommand, by: Initiator)
    /// Measurements.
    case samples([QualitySample])
    /// Who did what, for the audit log.
    case audit(AuditDraft, by: Initiator)
  }

  /// The municipality.
  var tenant: TenantID
  /// The visit.
  var visit: VisitID
  /// When it happened.
  var at: UTCMilliseconds
  /// What to write.
  var content: Content
}

/// Writes facts in order, and holds them through a full disk or a locked database.
///
/// Media never waits for the store: what the relays report is put here and written when the store
/// lets it be.
final class FactQueue: Sendable {
  /// The most facts held. At 2 participants, 12 samples a minute and a handful of ledger entries
  /// that is some five hours of one visit, or six minutes of fifty.
  static let limit = 10_000
  /// How long to wait before asking the store again, in milliseconds.
  static let retryMilliseconds: Int64 = 1_000

  fileprivate struct State {
    var facts: [Fact] = []
    /// Facts before this index are written. Moved instead of removing from the front each time.
    var head = 0
    var dropped = 0
    var isStoreFailing = false

    var count: Int { facts.count - head }
  }

  private let state = Mutex(State())
  private let signals: AsyncStream<Void>
  private let signal: AsyncStream<Void>.Continuation
  private let store: any BesoegStore
  private let clock: any ServiceClock
  private let metrics: ServiceMetrics
  private let logger: Logger

  /// An empty queue in front of `store`.
  init(
    store: any BesoegStore, clock: any ServiceClock, metrics: ServiceMetrics, logger: Logger
  ) {
    self.store = store
    self.clock = clock
    self.metrics = metrics
    self.logger = logger
    (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Facts that wait.
  var count: Int { state.withLock { $0.count } }

  /// Whether the store could not take the last fact.
  var isStoreFailing: Bool { state.withLock { $0.isStoreFailing } }

  /// Puts a fact at the end of the queue. In a full queue, measurements give way first.
  func put(_ fact: Fact) {
    let (count, isDropped) = state.withLock { state in
      if state.count >= Self.limit, !state.dropSample() {
        state.dropped += 1
        return (state.count, true)
      }
      state.facts.append(fact)
      return (state.count, false)
    }
    metrics.queuedWrites(count)
    if isDropped { logger.critical("The queue in front of the store is full; a fact is lost") }
    signal.yield()
  }

  /// Writes what is put, until cancelled.
  func run() async {
    for await _ in signals {
      while !(await writeAll()) {
        let again = clock.now().adding(milliseconds: Self.retryMilliseconds)
        guard (try? await clock.sleep(until: again)) != nil else { return }
      }
    }
  }

  /// Writes what waits, in order; false where the store could not take it all. Called by one task
  /// at a time.
  func writeAll() async -> Bool {
    while let fact = state.withLock({ $0.first }) {
      do {
        try await write(fact)
        noteStore(isFailing: false)
      } catch .cancelled {
        // The service ends; what waits is written last of all.
        return false
      } catch  where error.isTemporary {
        noteStore(isFailing: true)
        return false
      } catch {
        // It can never be written: the visit is unknown, or a rule forbids it.
        logger.error(
          "A fact was refused",
          metadata: ["visit": "\(fact.visit)", "error": "\(error)"])
      }
      metrics.queuedWrites(state.withLock { $0.removeFirst() })
    }
    return true
  }

  private func write(_ fact: Fact) async throws(StoreError) {
    switch fact.content {
    case .command(let command, let initiator):
      _ = try await store.apply(
        command, to: fact.visit, tenant: fact.tenant, by: initiator, at: fact.at,
        events: VisitEvents.drafts)
    case .samples(let samples):
      try await store.appendSamples(samples, of: fact.visit, tenant: fact.tenant)
    case .audit(let draft, let initiator):
      try await store.appendAudit(draft, tenant: fact.tenant, by: initiator, at: fact.at)
    }
  }

  private func noteStore(isFailing: Bool) {
    let changed = state.withLock { state in
      defer { state.isStoreFailing = isFailing }
      return state.isStoreFailing != isFailing
    }
    guard changed else { return }
    if isFailing {
      logger.error("The store cannot be written; the ledger waits in memory")
    } else {
      logger.notice("The store can be written again")
    }
  }
}

extension FactQueue.State {
  fileprivate var first: Fact? { head < facts.count ? facts[head] : nil }

  /// Removes the first fact and returns how many are left.
  fileprivate mutating func removeFirst() -> Int {
    head += 1
    if head == facts.count || head >= 1024 {
      facts.removeFirst(head)
      head = 0
    }
    return count
  }

  /// Gives up the oldest waiting measurement behind the first fact, which may be being written.
  fileprivate mutating func dropSample() -> Bool {
    let index = facts.indices.dropFirst(head + 1).first {
      if case .samples = facts[$0].content { true } else { false }
    }
    guard let index else { return false }
    facts.remove(at: index)
    dropped += 1
    return true
  }
}
