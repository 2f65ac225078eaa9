import Wire

/// What the supervisor knows of one worker and does about it, as a value: told what happened and
/// what time it is, it says what to do next. The shell around it owns sockets and processes.
///
///     searching ──connect ok──▶ greeting ──hello──▶ serving ──end of stream──▶ searching
///         │ connect refused        │ no hello           │ no pong
///         ▼                        ▼                    ▼
///       starting ◀──────────── kill, lost ◀─────────────┘
///
/// A worker is looked for before it is started: after a restart of the control process it is still
/// there with its calls, and after the end of a stream a connection refused is the proof that it is
/// dead.
struct WorkerState {
  /// What the shell must do.
  enum Action: Equatable {
    /// Try to connect once, and report `connected` or `connectFailed`.
    case connect
    /// Start the process, and report `spawnFailed` if that is refused.
    case spawn
    /// End the process by force and drop the connection.
    case kill
    /// Send a ping.
    case ping(id: UInt64, acknowledged: UInt64)
    /// Tell the worker to end its sessions and exit.
    case stop
    /// These sessions are gone with their process.
    case lost([SessionReference])
    /// A worker with these sessions was taken over.
    case adopted([SessionListing])
  }

  /// Where the worker is in its life.
  enum Phase: Equatable {
    /// Waiting to be looked for or started again.
    case resting(until: MonotonicTime)
    /// Being looked for.
    case searching
    /// Started; its socket is tried until the deadline.
    case starting(deadline: MonotonicTime, nextTry: MonotonicTime)
    /// Connected; its hello is awaited.
    case greeting(deadline: MonotonicTime)
    /// Answering.
    case serving(lastPong: MonotonicTime, nextPing: MonotonicTime)
    /// Told to stop.
    case stopping(deadline: MonotonicTime)
    /// Gone, and not to be started again.
    case ended
  }

  /// How often a worker is asked for a sign of life.
  static let pingInterval = TimeSpan.seconds(1)
  /// Silence after which a worker counts as wedged. Three pings: a loop that has not turned for
  /// three seconds has already cost every call on it more than a restart does.
  static let wedgedAfter = TimeSpan.seconds(3)
  /// How long a started worker may take to open its socket.
  static let startLimit = TimeSpan.seconds(5)
  /// How often a started worker's socket is tried.
  static let connectInterval = TimeSpan.milliseconds(10)
  /// How long a worker may take to exit when told to.
  static let stopLimit = TimeSpan.seconds(2)
  /// The pause after the first failed start; it doubles up to `longestRest`.
  static let shortestRest = TimeSpan.milliseconds(100)
  /// A worker that served for less than this before it died is not started again without a pause.
  static let steadyAfter = TimeSpan.seconds(2)
  /// The longest pause between starts.
  static let longestRest = TimeSpan.seconds(5)

  /// Where it is.
  private(set) var phase: Phase
  /// Its live sessions by id.
  private(set) var sessions: [String: SessionReference] = [:]
  /// Times it was started again after having been lost.
  private(set) var restarts = 0
  /// Whether it is known what became of it since this process began: it has told what it holds and
  /// what happened meanwhile, or it is not there.
  private(set) var isAccountedFor = false
  /// The last event taken over from the present process.
  private(set) var lastEvent: UInt64 = 0
  private var rest = Self.shortestRest
  private var lastPing: UInt64 = 0
  private var stopRequested = false
  private var hasRun = false
  /// Since when it serves; nil where it never has since it was last looked for.
  private var servingSince: MonotonicTime?

  /// A worker to be looked for at once.
  init(now: MonotonicTime) {
    phase = .resting(until: now)
  }

  /// Whether commands can be sent to it.
  var isServing: Bool { if case .serving = phase { true } else { false } }

  /// When `advance` wants to be called.
  var nextWake: MonotonicTime? {
    switch phase {
    case .resting(let until): until
    case .searching, .ended: nil
    case .starting(let deadline, let nextTry): min(deadline, nextTry)
    case .greeting(let deadline), .stopping(let deadline): deadline
    case .serving(let lastPong, let nextPing): min(nextPing, lastPong + Self.wedgedAfter)
    }
  }

  /// Time passed.
  mutating func advance(to now: MonotonicTime) -> [Action] {
    guard let nextWake, nextWake <= now else { return [] }
    switch phase {
    case .resting:
      phase = .searching
      return [.connect]
    case .starting(let deadline, _):
      if now >= deadline { return fail(now: now) }
      phase = .starting(deadline: deadline, nextTry: now + Self.connectInterval)
      return [.connect]
    case .greeting:
      return fail(now: now)
    case .serving(let lastPong, _):
      if now - lastPong >= Self.wedgedAfter { return fail(now: now) }
      lastPing += 1
      phase = .serving(lastPong: lastPong, nextPing: now + Self.pingInterval)
      return [.ping(id: lastPing, acknowledged: lastEvent)]
    case .stopping:
      phase = .ended
      return [.kill]
    case .searching, .ended:
      return []
    }
  }

  /// A connection is there.
  mutating func connected(now: MonotonicTime) -> [Action] {
    switch phase {
    case .searching, .starting:
      phase = .greeting(deadline: now + Self.wedgedAfter)
    case .resting, .greeting, .serving, .stopping, .ended:
      break
    }
    return []
  }

  /// Nothing listens there.
  mutating func connectFailed(now: MonotonicTime) -> [Action] {
    guard phase == .searching else { return [] }
    if stopRequested {
      phase = .ended
      return lose()
    }
    return lose() + startOrRest(now: now)
  }

  /// The process could not be started.
  mutating func spawnFailed(now: MonotonicTime) -> [Action] {
    takeRest(now: now)
    return []
  }

  /// The child process has ended.
  mutating func exited(now: MonotonicTime) -> [Action] {
    // In any other phase the end of the stream says the same and comes with its last events.
    if case .starting = phase { takeRest(now: now) }
    return []
  }

  /// The worker introduced itself.
  mutating func greeted(_ hello: WorkerHello, now: MonotonicTime) -> [Action] {
    guard case .greeting = phase else { return [] }
    guard hello.version == WorkerHello.currentVersion else { return fail(now: now) }
    phase = .serving(lastPong: now, nextPing: now)
    servingSince = now
    hasRun = true
    // Sessions that ended meanwhile are in `sessions` still: their `closed` events follow.
    for listing in hello.sessions { sessions[listing.reference.session] = listing.reference }
    return stopRequested ? stop(now: now) : [.adopted(hello.sessions)]
  }

  /// A pong came.
  mutating func ponged(now: MonotonicTime) {
    if case .serving(_, let nextPing) = phase {
      phase = .serving(lastPong: now, nextPing: nextPing)
      // The first pong comes behind the hello and every event that waited for us.
      isAccountedFor = true
    }
  }

  /// An event came; false where it is a repeat.
  mutating func received(sequence: UInt64, event: RelayEvent) -> Bool {
    guard sequence > lastEvent else { return false }
    lastEvent = sequence
    if case .closed(let reference, _, _) = event { sessions[reference.session] = nil }
    return true
  }

  /// A join succeeded.
  mutating func joined(_ reference: SessionReference) {
    sessions[reference.session] = reference
  }

  /// The stream ended. Whether the process did, the next connect tells.
  mutating func disconnected(now: MonotonicTime) -> [Action] {
    switch phase {
    case .greeting, .serving:
      phase = .searching
      return [.connect]
    case .stopping:
      phase = .ended
      return lose()
    case .resting, .searching, .starting, .ended:
      return []
    }
  }

  /// The worker breaks the protocol.
  mutating func misbehaved(now: MonotonicTime) -> [Action] { fail(now: now) }

  /// It is no longer wanted.
  mutating func stop(now: MonotonicTime) -> [Action] {
    stopRequested = true
    switch phase {
    case .serving:
      phase = .stopping(deadline: now + Self.stopLimit)
      return [.stop]
    case .starting, .greeting:
      phase = .ended
      return [.kill] + lose()
    case .resting:
      phase = .ended
      return lose()
    case .searching, .stopping, .ended:
      return []
    }
  }

  private mutating func fail(now: MonotonicTime) -> [Action] {
    let actions = [.kill] + lose()
    if stopRequested {
      phase = .ended
      return actions
    }
    return actions + startOrRest(now: now)
  }

  private mutating func lose() -> [Action] {
    isAccountedFor = true
    // Another process numbers its events from 1.
    lastEvent = 0
    guard !sessions.isEmpty else { return [] }
    let gone = sessions.values.sorted { $0.session < $1.session }
    sessions = [:]
    return [.lost(gone)]
  }

  /// People wait for a worker that ran well until now, so it is started again without a pause. One
  /// that never came up, or fell at once, would only burn the machine its neighbours need.
  private mutating func startOrRest(now: MonotonicTime) -> [Action] {
    let since = servingSince
    servingSince = nil
    if let since {
      guard now - since >= Self.steadyAfter else {
        takeRest(now: now)
        return []
      }
      rest = Self.shortestRest
    } else if case .searching = phase {
      // Not there yet: its first start, or the end of a pause.
    } else {
      takeRest(now: now)
      return []
    }
    if hasRun { restarts += 1 }
    phase = .starting(deadline: now + Self.startLimit, nextTry: now + Self.connectInterval)
    return [.spawn]
  }

  private mutating func takeRest(now: MonotonicTime) {
    phase = .resting(until: now + rest)
    rest = min(rest * 2, Self.longestRest)
  }
}
