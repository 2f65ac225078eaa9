import CLinux
import Glibc
import Synchronization
import Wire

/// The supervisor's thread: one poll over all control channels, carrying out what `WorkerState` and
/// `Placement` decide. It ends when told to stop, or to let go.
final class SupervisorLoop {
  /// A command on its way, and who waits for its outcome.
  private struct Pending {
    var command: RelayCommand
    var deadline: MonotonicTime
    var reply: SupervisorInbox.Reply
    /// The worker it was sent to; nil while a join waits for one.
    var worker: Int?
  }

  /// How long a command may take, waiting for a worker to come up included.
  private static let commandLimit = TimeSpan.seconds(5)
  /// How often ended children are looked for while nothing else happens.
  private static let reapInterval = TimeSpan.milliseconds(250)

  private let inbox: SupervisorInbox
  private let emit: (RelayEvent) -> Void
  private let log: @Sendable (String) -> Void
  private let links: [WorkerLink]
  private let front: FrontLink
  private let credentials: TURNCredentials?
  private var placement = Placement()
  private var pending: [UInt64: Pending] = [:]
  private var lastCommand: UInt64 = 0
  private var drainDeadline: MonotonicTime?
  private var isStopping = false
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
    links = (0..<configuration.workers).map {
      WorkerLink(number: $0, configuration: configuration, now: now)
    }
    front = FrontLink(configuration: configuration, now: now, log: log)
    credentials = configuration.front.flatMap { TURNCredentials($0) }
    if configuration.front != nil, credentials == nil {
      log("relay front: the secret of TURN passwords can neither be read nor made")
    }
  }

  /// Runs until every worker was stopped, or until told to let go of them.
  func run() {
    var polled: [pollfd] = []
    while true {
      let now = SystemClock.monotonic
      for message in inbox.take() {
        switch message {
        case .command(let command, let reply): accept(command, reply: reply, now: now)
        case .drain(let limit): drainDeadline = drainDeadline ?? now + limit
        case .letGo: return failAll()
        }
      }
      advance(now: now)
      tellWhenWorkersAreKnown()
      inbox.publish(links.map(\.status))
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
    if let drainDeadline, !isStopping { wake = min(wake, drainDeadline) }
    // Rounded up, so that the deadline has passed when poll returns.
    return Int32(clamping: max(0, ((wake - now).nanoseconds + 999_999) / 1_000_000))
  }

  private func advance(now: MonotonicTime) {
    for link in links {
      if link.reap() { apply(link.state.exited(now: now), to: link, now: now) }
      apply(link.state.advance(to: now), to: link, now: now)
    }
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

  // MARK: Commands

  private func accept(
    _ command: RelayCommand, reply: @escaping SupervisorInbox.Reply, now: MonotonicTime
  ) {
    lastCommand += 1
    let waiting = Pending(
      command: command, deadline: now + Self.commandLimit, reply: reply, worker: nil)
    pending[lastCommand] = waiting
    dispatch(lastCommand)
  }

  /// Sends a command to the worker it concerns; a join that finds none waits.
  private func dispatch(_ id: UInt64) {
    guard let command = pending[id]?.command else { return }
    let worker: Int?
    switch command {
    case .join(let request):
      if drainDeadline != nil, placement.worker(of: request.room) == nil {
        return finish(id, with: .failed(.unavailable))
      }
      let candidates = links.filter(\.state.isServing)
        .map { (worker: $0.number, sessions: $0.state.sessions.count) }
      worker = placement.place(request.room, among: candidates)
      guard let worker, links[worker].state.isServing else { return }
    case .restart(let session, _), .leave(let session):
      worker = links.first { $0.state.sessions[session] != nil }?.number
      if worker == nil { return finish(id, with: .failed(.noSuchSession)) }
    case .close(let room):
      worker = placement.worker(of: room)
      if worker == nil { return finish(id, with: .done) }
    }
    guard let worker else { return }
    guard links[worker].state.isServing else {
      return finish(id, with: .failed(.unavailable))
    }
    pending[id]?.worker = worker
    links[worker].connection?.send(.command(id: id, command))
  }

  private func finish(_ id: UInt64, with reply: RelayReply) {
    guard let done = pending.removeValue(forKey: id) else { return }
    if case .join(let request) = done.command {
      if case .joined(let answer) = reply, let worker = done.worker {
        let reference = SessionReference(
          session: answer.session, room: request.room, participant: request.participant)
        links[worker].state.joined(reference)
        placement.add(reference, on: worker)
      } else if !pending.values.contains(where: { $0.command.room == request.room }) {
        placement.releaseIfEmpty(request.room)
      }
    }
    done.reply(withServers(reply, from: done.worker))
  }

  /// An answer with the way through firewalls: only here is it known which worker gave it.
  private func withServers(_ reply: RelayReply, from worker: Int?) -> RelayReply {
    guard let credentials, let worker, case .joined(var answer) = reply else { return reply }
    answer.iceServers = credentials.servers(
      worker: worker, session: answer.session, at: SystemClock.wallMilliseconds / 1_000)
    return .joined(answer)
  }

  private func failAll() {
    for id in pending.keys.sorted() { finish(id, with: .failed(.unavailable)) }
    inbox.publish(links.map(\.status))
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
      if case .closed(let reference, _, _) = event { placement.remove(reference) }
      emit(event)
    case .command, .ping, .stop:
      apply(link.state.misbehaved(now: now), to: link, now: now)
    }
  }

  private func apply(_ actions: [WorkerState.Action], to link: WorkerLink, now: MonotonicTime) {
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
        for listing in listings {
          placement.add(listing.reference, on: link.number)
          emit(.slots(listing.reference, listing.slots))
        }
      }
    }
    guard !actions.isEmpty else { return }
    switch link.state.phase {
    case .serving:
      for (id, command) in pending.sorted(by: { $0.key < $1.key }) where command.worker == nil {
        dispatch(id)
      }
    case .resting, .starting, .ended:
      // Its rooms are free to be placed elsewhere. A command that it was working on is not tried
      // on another worker: it may be what brought this one down.
      placement.release(worker: link.number)
      for (id, command) in pending where command.worker == link.number {
        finish(id, with: .failed(.unavailable))
      }
      for (id, command) in pending.sorted(by: { $0.key < $1.key }) where command.worker == nil {
        dispatch(id)
      }
    case .searching, .greeting, .stopping:
      break
    }
  }
}

extension RelayCommand {
  /// The room that a join is for.
  var room: String? { if case .join(let request) = self { request.room } else { nil } }
}
