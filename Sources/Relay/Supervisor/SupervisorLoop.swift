import CLinux
import Glibc
import Synchronization
import Wire

/// The supervisor's thread: one poll over all control channels, carrying out what `WorkerState` and
/// `Placement` decide. It ends when told to stop, or to let go.
final class SupervisorLoop {
  /// So long between two turns, and it was this process that stood still.
  private static let stalledAfter = TimeSpan.milliseconds(1_500)
  /// How often ended children are looked for while nothing else happens.
  private static let reapInterval = TimeSpan.milliseconds(250)

  private let inbox: SupervisorInbox
  let emit: (RelayEvent) -> Void
  let log: @Sendable (String) -> Void
  /// The worker processes by number: those of the first half, then the places of their successors.
  let links: [WorkerLink]
  /// Which of a worker and its successor takes new rooms, by the worker's number.
  var successions: [Succession]
  /// Calls on the move, by the number of the worker they move from.
  var migrations: [Int: Migration] = [:]
  /// What a worker that was found holds, until it is known whether it is to be kept.
  var found: [Int: [SessionListing]] = [:]
  private let front: FrontLink
  let credentials: TURNCredentials?
  var placement = Placement()
  /// Commands on their way.
  var pending: [UInt64: PendingCommand] = [:]
  var lastCommand: UInt64 = 0
  private(set) var drainDeadline: MonotonicTime?
  private(set) var isStopping = false
  private var areWorkersKnown = false

  /// A loop over `configuration.workers` workers.
  init(
    configuration: RelaySupervisorConfiguration, inbox: SupervisorInbox,
    emit: @escaping (RelayEvent) -> Void, log: @escaping @Sendable (String) -> Void
  ) {
    self.inbox = inbox
    self.emit = emit
    self.log = log
    let now = SystemClock.monotonic
    links = (0..<configuration.places).map {
      WorkerLink(number: $0, configuration: configuration, now: now)
    }
    successions = (0..<configuration.workers).map { _ in Succession() }
    front = FrontLink(configuration: configuration, now: now, log: log)
    credentials = configuration.front.flatMap { TURNCredentials($0) }
    if configuration.front != nil, credentials == nil {
      log("relay front: the secret of TURN passwords can neither be read nor made")
    }
  }

  /// Runs until every worker was stopped, or until told to let go of them.
  func run() {
    var polled: [pollfd] = []
    var lastTurn = SystemClock.monotonic
    while true {
      let now = SystemClock.monotonic
      if now - lastTurn > Self.stalledAfter {
        log("relay: stood still for \(Int((now - lastTurn).seconds)) s")
        for link in links { link.state.stoodStill(now: now) }
        front.stoodStill(now: now)
      }
      lastTurn = now
      for message in inbox.take() {
        switch message {
        case .command(let command, let reply): accept(command, reply: reply, now: now)
        case .drain(let limit): drainDeadline = drainDeadline ?? now + limit
        case .letGo: return failAll()
        }
      }
      advance(now: now)
      tellWhenWorkersAreKnown()
      inbox.publish(statuses)
      if isStopping, front.state.phase == .ended,
        links.allSatisfy({ $0.state.phase == .ended })
      {
        return failAll()
      }

      polled.removeAll(keepingCapacity: true)
      polled.append(pollfd(fd: inbox.wakeDescriptor, events: Int16(POLLIN), revents: 0))
      for link in links {
        let events = POLLIN | (link.wantsToWrite ? POLLOUT : 0)
        polled.append(pollfd(fd: link.descriptor, events: Int16(events), revents: 0))
      }
      polled.append(pollfd(fd: front.descriptor, events: Int16(POLLIN), revents: 0))
      poll(&polled, nfds_t(polled.count), timeout(from: now))
      inbox.rest()
      let woken = SystemClock.monotonic
      if let last = polled.last, last.revents != 0 { front.service(now: woken) }
      for (link, ready) in zip(links, polled.dropFirst()) where ready.revents != 0 {
        service(link, now: woken)
      }
    }
  }

  // MARK: Time

  private func timeout(from now: MonotonicTime) -> Int32 {
    var wake = now + Self.reapInterval
    for link in links { if let next = link.state.nextWake { wake = min(wake, next) } }
    if let next = front.state.nextWake { wake = min(wake, next) }
    for command in pending.values { wake = min(wake, command.deadline) }
    for migration in migrations.values { wake = min(wake, migration.nextWake) }
    if let drainDeadline, !isStopping { wake = min(wake, drainDeadline) }
    // Rounded up, so that the deadline has passed when poll returns.
    return Int32(clamping: max(0, ((wake - now).nanoseconds + 999_999) / 1_000_000))
  }

  private func advance(now: MonotonicTime) {
    for link in links {
      if link.reap() { apply(link.state.exited(now: now), to: link, now: now) }
      apply(link.state.advance(to: now), to: link, now: now)
    }
    succeed(now: now)
    migrate(now: now)
    front.advance(to: now)
    for (id, command) in pending where command.deadline <= now {
      finish(id, with: .failed(.unavailable))
    }
    if let drainDeadline, !isStopping,
      now >= drainDeadline || links.allSatisfy({ $0.state.sessions.isEmpty })
    {
      isStopping = true
      for link in links { apply(link.state.stop(now: now), to: link, now: now) }
      front.stop(now: now)
    }
  }

  private func tellWhenWorkersAreKnown() {
    guard !areWorkersKnown, links.allSatisfy(\.state.isAccountedFor) else { return }
    areWorkersKnown = true
    let sessions = links.flatMap(\.state.sessions.values).sorted { $0.session < $1.session }
    emit(.workersKnown(sessions: sessions, milliseconds: SystemClock.wallMilliseconds))
  }

  private func failAll() {
    for id in pending.keys.sorted() { finish(id, with: .failed(.unavailable)) }
    inbox.publish(statuses)
  }

  /// The workers that are there, or should be.
  private var statuses: [WorkerStatus] {
    links.filter { $0.state.isWanted || $0.state.isServing }.map(\.status)
  }

  // MARK: Workers

  private func service(_ link: WorkerLink, now: MonotonicTime) {
    link.connection?.flush()
    link.connection?.receive()
    while let frame = link.connection?.next() { handle(frame, from: link, now: now) }
    if link.connection?.isMalformed == true {
      log("relay worker \(link.number): malformed control frame")
      apply(link.state.misbehaved(now: now), to: link, now: now)
    } else if link.connection?.isBroken == true {
      link.connection = nil
      apply(link.state.disconnected(now: now), to: link, now: now)
    }
  }

  private func handle(_ frame: ControlFrame, from link: WorkerLink, now: MonotonicTime) {
    link.state.spoke(now: now)
    switch frame {
    case .hello(let hello):
      apply(link.state.greeted(hello, now: now), to: link, now: now)
    case .pong(_, let load):
      link.load = load
      link.state.ponged(now: now)
    case .reply(let id, let reply):
      guard pending[id]?.worker == link.number else { break }
      finish(id, with: reply)
    case .event(let sequence, let event):
      guard link.state.received(sequence: sequence, event: event) else { break }
      note(event, from: link)
      emit(event)
    case .leaving:
      log("relay worker \(link.number): told to end, its calls are moved")
      link.state.asksToLeave()
    case .command, .ping, .stop:
      apply(link.state.misbehaved(now: now), to: link, now: now)
    }
  }

  func apply(_ actions: [WorkerState.Action], to link: WorkerLink, now: MonotonicTime) {
    for action in actions {
      switch action {
      case .connect:
        let next =
          link.connect() ? link.state.connected(now: now) : link.state.connectFailed(now: now)
        apply(next, to: link, now: now)
      case .spawn:
        log("relay worker \(link.number): starting")
        if !link.spawn() {
          log("relay worker \(link.number): could not be started (errno \(errno))")
          apply(link.state.spawnFailed(now: now), to: link, now: now)
        }
      case .kill:
        log("relay worker \(link.number): no sign of life, ending process \(link.processID)")
        link.kill()
      case .ping(let id, let acknowledged):
        link.connection?.send(.ping(id: id, acknowledged: acknowledged))
      case .stop:
        link.connection?.send(.stop)
      case .lost(let sessions):
        log("relay worker \(link.number): lost with \(sessions.count) sessions")
        emit(
          .workerLost(
            worker: link.number, sessions: sessions,
            milliseconds: SystemClock.wallMilliseconds))
      case .adopted(let listings):
        log("relay worker \(link.number): serving, \(listings.count) sessions")
        found[link.number] = listings
        succeed(now: now)
      }
    }
    guard !actions.isEmpty else { return }
    switch link.state.phase {
    case .serving:
      dispatchWaiting()
    case .resting, .starting, .absent, .ended:
      found[link.number] = nil
      // Its rooms are free to be placed elsewhere. A command that it was working on is not tried
      // on another worker: it may be what brought this one down.
      placement.release(worker: link.number)
      for (id, command) in pending where command.worker == link.number {
        finish(id, with: .failed(.unavailable))
      }
      dispatchWaiting()
    case .searching, .greeting, .stopping:
      break
    }
  }
}
