import Wire

/// What the supervisor knows of the front and does about it, as a value like `WorkerState`.
///
///     searching ──connect ok──▶ greeting ──our settings──▶ serving ──end of stream──▶ searching
///         │ connect refused        │ other settings           │ no pong
///         ▼                        ▼                          ▼
///       starting ◀─── listens no more ─── retiring          kill, rest
///
/// A front is looked for before it is started: it outlives its supervisor, with the calls on it. One
/// with other settings gives up the port to its successor and goes on with what it has.
struct FrontState {
  /// What the shell must do.
  enum Action: Equatable {
    /// Try to connect once, and report `connected` or `connectFailed`.
    case connect
    /// Start the process, and report `spawnFailed` if that is refused.
    case spawn
    /// End the process by force and drop the connection.
    case kill
    /// Ask for a sign of life.
    case ping
    /// Have it listen no more.
    case retire
    /// Have it end.
    case stop
  }

  /// Where the front is in its life.
  enum Phase: Equatable {
    case resting(until: MonotonicTime)
    case searching
    case starting(deadline: MonotonicTime, nextTry: MonotonicTime)
    case greeting(deadline: MonotonicTime)
    case serving(lastPong: MonotonicTime, nextPing: MonotonicTime)
    case retiring(deadline: MonotonicTime)
    case stopping(deadline: MonotonicTime)
    case ended
  }

  /// How long a started front may take to open its socket: longer than a predecessor may take to let
  /// go of the port.
  static let startLimit = TimeSpan.seconds(10)
  /// How often a started front's socket is tried.
  static let connectInterval = TimeSpan.milliseconds(20)

  /// Where it is.
  private(set) var phase: Phase
  /// What its settings should be; nil where there should be no front.
  private let digest: UInt64?
  private var rest = WorkerState.shortestRest
  private var servingSince: MonotonicTime?

  /// A front to be looked for at once. Where none is wanted, one that is there is stopped.
  init(wanted digest: UInt64?, now: MonotonicTime) {
    self.digest = digest
    phase = .resting(until: now)
  }

  /// When `advance` wants to be called.
  var nextWake: MonotonicTime? {
    switch phase {
    case .resting(let until): until
    case .searching, .ended: nil
    case .starting(let deadline, let nextTry): min(deadline, nextTry)
    case .greeting(let deadline), .retiring(let deadline), .stopping(let deadline): deadline
    case .serving(let lastPong, let nextPing): min(nextPing, lastPong + WorkerState.wedgedAfter)
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
    case .greeting: return fail(now: now)
    case .serving(let lastPong, _):
      if now - lastPong >= WorkerState.wedgedAfter { return fail(now: now) }
      phase = .serving(lastPong: lastPong, nextPing: now + WorkerState.pingInterval)
      return [.ping]
    case .retiring:
      return [.kill] + start(now: now)
    case .stopping:
      phase = .ended
      return [.kill]
    case .searching, .ended:
      return []
    }
  }

  /// This process stood still (stopped, starved, on a machine that slept): it has not listened, so
  /// nobody's silence meanwhile means anything.
  mutating func stoodStill(now: MonotonicTime) {
    switch phase {
    case .starting(_, let nextTry):
      phase = .starting(deadline: now + Self.startLimit, nextTry: nextTry)
    case .greeting: phase = .greeting(deadline: now + WorkerState.wedgedAfter)
    case .serving(_, let nextPing): phase = .serving(lastPong: now, nextPing: nextPing)
    case .retiring: phase = .retiring(deadline: now + WorkerState.stopLimit)
    case .stopping: phase = .stopping(deadline: now + WorkerState.stopLimit)
    case .resting, .searching, .ended: break
    }
  }

  /// A connection is there.
  mutating func connected(now: MonotonicTime) {
    switch phase {
    case .searching, .starting: phase = .greeting(deadline: now + WorkerState.wedgedAfter)
    default: break
    }
  }

  /// Nothing listens there.
  mutating func connectFailed(now: MonotonicTime) -> [Action] {
    guard phase == .searching else { return [] }
    guard digest != nil else {
      phase = .ended
      return []
    }
    let since = servingSince
    servingSince = nil
    if let since, now - since < WorkerState.steadyAfter {
      takeRest(now: now)
      return []
    }
    if since != nil { rest = WorkerState.shortestRest }
    return start(now: now)
  }

  /// The process could not be started.
  mutating func spawnFailed(now: MonotonicTime) { takeRest(now: now) }

  /// The child process has ended.
  mutating func exited(now: MonotonicTime) {
    if case .starting = phase { takeRest(now: now) }
  }

  /// The front said what its settings are.
  mutating func greeted(_ found: UInt64, now: MonotonicTime) -> [Action] {
    guard case .greeting = phase else { return [] }
    if found == digest {
      phase = .serving(lastPong: now, nextPing: now)
      servingSince = now
      return []
    }
    guard digest != nil else {
      phase = .stopping(deadline: now + WorkerState.stopLimit)
      return [.stop]
    }
    phase = .retiring(deadline: now + WorkerState.stopLimit)
    return [.retire]
  }

  /// It gave a sign of life.
  mutating func ponged(now: MonotonicTime) {
    if case .serving(_, let nextPing) = phase {
      phase = .serving(lastPong: now, nextPing: nextPing)
    }
  }

  /// It listens no more.
  mutating func retired(now: MonotonicTime) -> [Action] {
    guard case .retiring = phase else { return [] }
    return start(now: now)
  }

  /// The stream ended. Whether the process did, the next connect tells.
  mutating func disconnected(now: MonotonicTime) -> [Action] {
    switch phase {
    case .greeting, .serving:
      phase = .searching
      return [.connect]
    case .retiring: return start(now: now)
    case .stopping:
      phase = .ended
      return []
    case .resting, .searching, .starting, .ended: return []
    }
  }

  /// It is no longer wanted.
  mutating func stop(now: MonotonicTime) -> [Action] {
    switch phase {
    case .greeting, .serving:
      phase = .stopping(deadline: now + WorkerState.stopLimit)
      return [.stop]
    case .starting:
      phase = .ended
      return [.kill]
    case .resting, .searching, .retiring:
      phase = .ended
      return []
    case .stopping, .ended: return []
    }
  }

  private mutating func start(now: MonotonicTime) -> [Action] {
    phase = .starting(deadline: now + Self.startLimit, nextTry: now + Self.connectInterval)
    return [.spawn]
  }

  private mutating func fail(now: MonotonicTime) -> [Action] {
    servingSince = nil
    takeRest(now: now)
    return [.kill]
  }

  private mutating func takeRest(now: MonotonicTime) {
    phase = .resting(until: now + rest)
    rest = min(rest * 2, WorkerState.longestRest)
  }
}
