import Logging
import Relay
import Store
import Visits

/// Holds the calls together: what people ask over HTTP, what the relays report, and what time it
/// is become ledger entries, events and rings that end.
///
/// The rules are `Visits`', the state of each call is a `LiveCall`; this actor carries out what
/// they say.
public actor RelayCoordinator {
  /// A call with the people in it.
  struct Room {
    var details: VisitDetails
    var call: LiveCall
    /// How a meeting's time to speak is shared, for as long as the room is open.
    var floor = MeetingFloor()
    /// Those who wait for the word on a floor that was kept through a restart, and are taken to be
    /// there until a relay knows better.
    var presumed: Set<PersonID> = []

    /// A room as it is now.
    init(details: VisitDetails, call: LiveCall) {
      self.details = details
      self.call = call
    }

    /// A room taken up again, with the floor that was kept.
    init(details: VisitDetails, call: LiveCall, floor: MeetingFloor) {
      self.init(details: details, call: call)
      self.floor = floor
      presumed = Set(floor.hands + (floor.round?.left ?? []))
    }
  }

  let store: any BesoegStore
  let relay: any RelayControl
  let clock: any ServiceClock
  let hub: EventHub
  let facts: FactQueue
  let metrics: ServiceMetrics
  let logger: Logger
  var rooms: [VisitID: Room] = [:]
  var isDraining = false
  /// Visits whose ring is being written; see `opening`.
  var ringsBeingWritten: Set<VisitID> = []
  private var locks = VisitLocks()
  private var finished = RecentVisits()
  private var timer: (deadline: UTCMilliseconds, task: Task<Void, Never>)?
  private var idleWaiters: [AsyncStream<Never>.Continuation] = []

  init(
    store: any BesoegStore, relay: any RelayControl, clock: any ServiceClock, hub: EventHub,
    facts: FactQueue, metrics: ServiceMetrics, logger: Logger
  ) {
    self.store = store
    self.relay = relay
    self.clock = clock
    self.hub = hub
    self.facts = facts
    self.metrics = metrics
    self.logger = logger
  }

  // MARK: Running

  /// Takes up again what was going on when the service last stopped.
  public func restore() async throws {
    for details in try await store.liveVisits() {
      let entries = try await ledger(of: details.visit)
      let call = LiveCall(restoring: details.visit, from: entries, at: clock.now())
      rooms[details.visit.id] = Room(
        details: details, call: call, floor: try await floor(of: details.visit))
    }
    if !rooms.isEmpty { logger.notice("Calls taken up again", metadata: ["n": "\(rooms.count)"]) }
    settle()
  }

  /// Follows the relays until they end or the task is cancelled.
  public func run() async {
    for await event in relay.events { await handle(event) }
    timer?.task.cancel()
  }

  /// Takes no new calls from now on. Those in progress go on, and may join again.
  public func drain() { isDraining = true }

  /// Returns when no visit rings or is going on, or when the task is cancelled.
  public func waitUntilIdle() async {
    guard rooms.values.contains(where: \.call.isBusy) else { return }
    let (quiet, waiter) = AsyncStream.makeStream(of: Never.self)
    idleWaiters.append(waiter)
    for await _ in quiet {}
  }

  // MARK: Rooms

  /// Lets one task at a time work on a visit.
  func exclusively<Result: Sendable>(
    _ visit: VisitID, _ body: () async throws -> Result
  ) async rethrows -> Result {
    if !locks.take(visit) {
      await withCheckedContinuation { locks.wait(visit, $0) }
    }
    defer { locks.release(visit) }
    return try await body()
  }

  /// Applies `change` to a visit's call and carries out what follows. The room is made if need be.
  func update(
    _ details: VisitDetails, _ change: (inout LiveCall) -> [LiveCall.Action]
  ) {
    let id = details.visit.id
    var room = rooms[id] ?? Room(details: details, call: LiveCall())
    room.details = details
    let actions = change(&room.call)
    rooms[id] = room
    perform(actions, in: id)
  }

  /// Carries out what a call says must be done.
  func perform(_ actions: [LiveCall.Action], in id: VisitID) {
    guard let room = rooms[id] else { return }
    let tenant = room.details.visit.tenant
    for action in actions {
      switch action {
      case .report(let report, let key, let at):
        note(report, of: tenant)
        let command = VisitCommand.record(report, key: key)
        facts.put(
          Fact(tenant: tenant, visit: id, at: at, content: .command(command, by: .system)))
      case .showRoom:
        showRoom(room)
      case .rejoin(let person, let session, let cause):
        let payload = RejoinEvent(
          visit: id.rawValue, session: session, cause: cause.rawValue)
        send("rejoin", payload, to: person, tenant: tenant)
      case .expireRing:
        Task { await self.bySystem(.expireRing, on: id, tenant: tenant) }
      case .end(let cause):
        Task { await self.bySystem(.end(cause), on: id, tenant: tenant) }
      case .firstSound(_, let milliseconds):
        if !tenant.isPractice { metrics.firstSound(milliseconds: milliseconds) }
      case .stopInviting(let person, let end, let device):
        let stopped = RingStoppedEvent(
          visit: id.rawValue, reason: end, device: device?.rawValue)
        send("ring-stopped", stopped, to: person, tenant: tenant)
      }
    }
    settle()
  }

  /// Forgets calls in which nothing goes on, sets the timer and tells those who wait for quiet.
  func settle() {
    for (id, room) in rooms where room.call.isIdle {
      rooms[id] = nil
      if room.call.hasEnded { finished.insert(id) }
    }
    metrics.rooms(rooms.values.count { !$0.call.present.isEmpty })
    setTimer()
    if !rooms.values.contains(where: \.call.isBusy) {
      for waiter in idleWaiters { waiter.finish() }
      idleWaiters = []
    }
  }

  /// The room a relay speaks of, looked up where this service does not know it yet. Sessions of a
  /// visit that is over, or that nobody knows, are ended.
  func room(named name: String) async -> VisitDetails? {
    let id = VisitID(rawValue: name)
    if let room = rooms[id] { return room.details }
    guard !finished.contains(id) else { return nil }
    do {
      for tenant in try await store.tenants() {
        do {
          let details = try await store.visit(id, tenant: tenant.id)
          if details.visit.state.isFinal { break }
          // Somebody else may have made it meanwhile.
          if let room = rooms[id] { return room.details }
          let entries = try await ledger(of: details.visit)
          let floor = try await floor(of: details.visit)
          if let room = rooms[id] { return room.details }
          let call = LiveCall(restoring: details.visit, from: entries, at: clock.now())
          rooms[id] = Room(details: details, call: call, floor: floor)
          return details
        } catch StoreError.notFound { continue }
      }
    } catch {
      // The store will come back; until then the media goes on unobserved.
      logger.warning("A relay's room could not be read", metadata: ["error": "\(error)"])
      return nil
    }
    finished.insert(id)
    try? await relay.close(room: name)
    return nil
  }

  /// Sends a passing event to a person's open streams.
  func send(_ name: String, _ payload: some Encodable, to person: PersonID, tenant: TenantID) {
    guard let data = try? ServiceJSON.string(payload) else { return }
    hub.send(ServerSentEvent(id: nil, name: name, data: data), to: person, tenant: tenant)
  }

  private func showRoom(_ room: Room) {
    for event in room.events() {
      send("room", event.payload, to: event.person, tenant: room.details.visit.tenant)
    }
  }

  private func note(_ report: MediaReport, of tenant: TenantID) {
    if report.kind == .interrupted, !tenant.isPractice {
      metrics.interrupted(cause: report.cause.rawValue)
    }
  }

  private func floor(of visit: Visit) async throws(StoreError) -> MeetingFloor {
    guard !visit.isTwoParty else { return MeetingFloor() }
    return try await store.floor(of: visit.id, tenant: visit.tenant) ?? MeetingFloor()
  }

  private func ledger(of visit: Visit) async throws(StoreError) -> [LedgerEntry] {
    var entries: [LedgerEntry] = []
    while true {
      let batch = try await store.ledger(
        of: visit.id, tenant: visit.tenant, after: entries.last?.sequence ?? 0, limit: 500)
      entries += batch
      if batch.count < 500 { return entries }
    }
  }

  // MARK: Time

  private func setTimer() {
    let next = rooms.values.compactMap(\.call.nextWake).min()
    guard next != timer?.deadline else { return }
    timer?.task.cancel()
    timer = next.map { deadline in
      let clock = clock
      return (
        deadline,
        Task {
          guard (try? await clock.sleep(until: deadline)) != nil else { return }
          self.timerFired(deadline)
        }
      )
    }
  }

  private func timerFired(_ deadline: UTCMilliseconds) {
    if timer?.deadline == deadline { timer = nil }
    let now = clock.now()
    for id in rooms.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
      guard let actions = rooms[id]?.call.advance(to: now), !actions.isEmpty else { continue }
      perform(actions, in: id)
    }
    setTimer()
  }
}

/// The last visits that ended, so that late words of their sessions are not looked up each time.
struct RecentVisits {
  private static let limit = 512
  private var order: [VisitID] = []
  private var known: Set<VisitID> = []

  /// Whether the visit is one of them.
  func contains(_ visit: VisitID) -> Bool { known.contains(visit) }

  /// Remembers a visit and forgets the oldest.
  mutating func insert(_ visit: VisitID) {
    guard known.insert(visit).inserted else { return }
    order.append(visit)
    if order.count > Self.limit { known.remove(order.removeFirst()) }
  }
}
