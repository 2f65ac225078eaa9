import CoreMetrics
import Logging
import Store
import Synchronization
import Visits

/// Knows every open event stream, and wakes the ones that something new concerns.
final class EventHub: Sendable {
  /// Streams that one device may hold open: a few forgotten tabs. The next one ends the oldest,
  /// which most likely is one whose network went away without a word.
  static let streamsPerDevice = 8
  /// How often a stream says that it lives, in milliseconds.
  static let heartbeatMilliseconds: Int64 = 15_000

  private struct PersonKey: Hashable {
    var tenant: TenantID
    var person: PersonID
  }

  /// With ten thousand streams open, nothing that concerns one person looks at all of them.
  private struct State {
    var streams: [ObjectIdentifier: EventSubscription] = [:]
    /// Each person's, in the order they were opened.
    var ofPerson: [PersonKey: [EventSubscription]] = [:]
    var isClosed = false
  }

  private let state = Mutex(State())
  private let store: any BesoegStore
  private let clock: any ServiceClock
  private let presence: PresenceBoard
  private let metrics: ServiceMetrics
  private let logger: Logger

  /// A hub without streams.
  init(
    store: any BesoegStore, clock: any ServiceClock, presence: PresenceBoard,
    metrics: ServiceMetrics, logger: Logger
  ) {
    self.store = store
    self.clock = clock
    self.presence = presence
    self.metrics = metrics
    self.logger = logger
  }

  // MARK: Streams

  /// Opens a stream for `caller`. `disconnect` closes its connection.
  func subscribe(
    _ caller: Caller, disconnect: @escaping @Sendable () -> Void
  ) throws -> EventSubscription {
    let made = EventSubscription(caller: caller, disconnect: disconnect)
    let (count, surplus) = try state.withLock { state in
      guard !state.isClosed else { throw Problem.unavailable(.draining, retryAfter: 2) }
      state.streams[ObjectIdentifier(made)] = made
      let key = PersonKey(tenant: caller.tenant, person: caller.id)
      state.ofPerson[key, default: []].append(made)
      let own = state.ofPerson[key, default: []].filter { $0.caller.device == caller.device }
      return (state.streams.count, own.dropLast(Self.streamsPerDevice))
    }
    metrics.streams(count)
    presence.opened(caller, at: clock.now())
    for stream in surplus {
      stream.cut()
      remove(stream)
    }
    return made
  }

  /// Forgets a stream. Doing so twice changes nothing.
  func remove(_ subscription: EventSubscription) {
    subscription.close()
    let (count, wasOpen) = state.withLock { state in
      let removed = state.streams.removeValue(forKey: ObjectIdentifier(subscription))
      let caller = subscription.caller
      let key = PersonKey(tenant: caller.tenant, person: caller.id)
      state.ofPerson[key]?.removeAll { $0 === subscription }
      if state.ofPerson[key]?.isEmpty == true { state.ofPerson[key] = nil }
      return (state.streams.count, removed != nil)
    }
    metrics.streams(count)
    if wasOpen { presence.closed(subscription.caller, at: clock.now()) }
  }

  /// Ends the streams of a device whose token no longer holds.
  func close(device: DeviceID, tenant: TenantID) {
    for stream in streams({ $0.device == device && $0.tenant == tenant }) { stream.close() }
  }

  /// Ends all streams and opens no more.
  func closeAll() {
    let open = state.withLock { state in
      state.isClosed = true
      return Array(state.streams.values)
    }
    for stream in open {
      // What is stored already goes out first: that a visit ended, above all.
      stream.wake()
      stream.close()
    }
  }

  /// Tells a person's open streams something that only matters now.
  func send(_ event: ServerSentEvent, to person: PersonID, tenant: TenantID) {
    for stream in streams(of: person, tenant: tenant) where !stream.send(event) {
      metrics.streamOverflowed()
      remove(stream)
    }
  }

  // MARK: Running

  /// Hands on what the store says is new, until cancelled.
  func relayStoredEvents() async {
    let signals = store.eventSignals()
    var newest = (try? await store.lastEventID()) ?? 0
    for await _ in signals {
      do {
        while true {
          let batch = try await store.allEvents(after: newest, limit: 200)
          for event in batch { wake(event) }
          newest = batch.last?.id ?? newest
          if batch.count < 200 { break }
        }
      } catch {
        // Every stream reads for itself after its own cursor; none loses anything.
        logger.warning("New events could not be read", metadata: ["error": "\(error)"])
        for stream in streams({ _ in true }) { stream.wake() }
      }
    }
  }

  /// Sends heartbeats, and ends streams whose reader fell behind or whose token expired, until
  /// cancelled.
  func keepAlive() async {
    while true {
      let now = clock.now()
      let next = now.adding(milliseconds: Self.heartbeatMilliseconds)
      guard (try? await clock.sleep(until: next)) != nil else { return }
      for stream in streams({ _ in true }) {
        if clock.now() >= stream.caller.expiresAt {
          stream.close()
        } else if !stream.beat() {
          metrics.streamOverflowed()
          remove(stream)
        }
      }
    }
  }

  private func wake(_ event: StoredEvent) {
    for person in event.audience.people {
      for stream in streams(of: person, tenant: event.tenant) { stream.wake() }
    }
    guard !event.audience.roles.isEmpty else { return }
    let concerned = streams { caller in
      caller.tenant == event.tenant && event.audience.roles.contains(caller.role)
    }
    for stream in concerned { stream.wake() }
  }

  private func streams(of person: PersonID, tenant: TenantID) -> [EventSubscription] {
    state.withLock { $0.ofPerson[PersonKey(tenant: tenant, person: person)] ?? [] }
  }

  private func streams(_ isWanted: (Caller) -> Bool) -> [EventSubscription] {
    state.withLock { $0.streams.values.filter { isWanted($0.caller) } }
  }
}
