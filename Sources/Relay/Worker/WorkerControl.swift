import CLinux
import Wire

// What the control process says and is told, and what happens when it is gone.
extension WorkerLoop {
  /// Without a control process and without a call for this long, nobody will come back.
  private static var orphanLimit: TimeSpan { .seconds(60) }
  /// How long after SIGTERM the control process has to take the calls elsewhere.
  private static var leaveLimit: TimeSpan { .seconds(60) }
  /// How much of a turn commands may have, or the one that is begun: a join takes half a millisecond,
  /// and on the hour a hundred may come at once.
  private static var commandTime: TimeSpan { .milliseconds(1) }

  /// Takes in a control process and tells it who is here and what happened while there was none.
  mutating func acceptControl(at time: TurnTime) {
    let isNew = control.accept()
    if control.isExhausted {
      log.write("out of descriptors; the control socket rests", at: time.now)
      controlListener.pause(at: time.now)
    }
    guard isNew, let descriptor = control.connection?.descriptor else { return }
    clinux_epoll_add(epoll, descriptor, clinux_epollin(), Tag.connection)
    watchesWriting = false
    log.write("control process connected", at: time.now)
    // What is in the core's own queue belongs behind the hello as well.
    while let event = core.nextEvent() { _ = events.append(event) }
    control.connection?.send(
      .hello(
        WorkerHello(
          version: WorkerHello.currentVersion, worker: worker, sessions: core.listings,
          digest: digest, isLeaving: leavesAt != nil)))
    for entry in events.entries {
      control.connection?.send(.event(sequence: entry.sequence, entry.event))
    }
    watchWriting()
  }

  /// Does what the control process asks; what there is no time for waits until the next turn, and media
  /// that comes meanwhile for one command only.
  mutating func serveControl() {
    control.connection?.flush()
    control.connection?.receive()
    var now = SystemClock.monotonic
    let end = now + Self.commandTime
    hasCommands = !commands.isAllowed(mediaWaits: mediaWaits, at: now)
    while !hasCommands, let frame = control.connection?.next() {
      switch frame {
      case .command(let id, let command):
        let reply = core.handle(command, at: time)
        control.connection?.send(.reply(id: id, reply))
        tellEvents()
        sendOutgoing(at: time.now)
        commands.note(at: SystemClock.monotonic)
        receiveMediaBetween()
      case .ping(let id, let acknowledged):
        events.acknowledge(through: acknowledged)
        let load = load
        control.connection?.send(.pong(id: id, load))
      case .stop:
        isStopping = true
      case .hello, .reply, .pong, .event, .leaving:
        control.connection = nil
      }
      now = SystemClock.monotonic
      hasCommands = now >= end || !commands.isAllowed(mediaWaits: mediaWaits, at: now)
    }
    if control.connection?.isBroken == true, !hasCommands {
      control.connection = nil
      controlLostAt = time.now
      log.write("control process gone; calls go on", at: time.now)
    }
    watchWriting()
  }

  /// Tells the core's events.
  mutating func tellEvents() {
    while let event = core.nextEvent() {
      let entry = events.append(event)
      control.connection?.send(.event(sequence: entry.sequence, entry.event))
    }
    watchWriting()
  }

  /// Asks for writability only while bytes wait.
  private mutating func watchWriting() {
    guard let descriptor = control.connection?.descriptor else { return }
    let wants = control.connection?.wantsToWrite == true
    guard wants != watchesWriting else { return }
    watchesWriting = wants
    let events = clinux_epollin() | (wants ? clinux_epollout() : 0)
    clinux_epoll_change(epoll, descriptor, events, Tag.connection)
  }

  private var load: WorkerLoad {
    var counters = core.counters.byMetricName
    counters["besoeg_relay_send_refused_total"] = sendRefused
    counters["besoeg_relay_events_dropped_total"] = events.dropped
    counters.merge(streams.table.counters.byMetricName) { $1 }
    return WorkerLoad(sessions: core.sessionCount, rooms: core.roomCount, counters: counters)
  }

  /// Told to end (SIGTERM): the calls are taken elsewhere first. Told again, it ends at once.
  mutating func leave(at time: TurnTime) {
    Termination.rest(termination)
    guard leavesAt == nil else { return isStopping = true }
    leavesAt = time.now + Self.leaveLimit
    log.write("told to end; waiting for the calls to be taken elsewhere", at: time.now)
    control.connection?.send(.leaving)
    watchWriting()
  }

  /// Ends a worker that nobody needs any more.
  mutating func checkOrphanage(at now: MonotonicTime) {
    if let leavesAt, now >= leavesAt || core.sessionCount == 0 { isStopping = true }
    guard control.connection == nil, core.sessionCount == 0 else {
      if control.connection != nil { controlLostAt = now }
      // A call without a control process keeps the worker; the time counts from its end.
      if core.sessionCount > 0 { controlLostAt = now }
      return
    }
    if now - controlLostAt >= Self.orphanLimit {
      log.write("no control process and no call; ending", at: now)
      isStopping = true
    }
  }
}
