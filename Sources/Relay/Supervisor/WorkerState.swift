import Wire

/// What the supervisor knows of one worker and does about it, as a value: told what happened and
/// what time it is, it says what to do next. The shell around it owns sockets and processes.
///
///     searching ──connect ok──▶ greeting ──hello──▶ serving ──end of stream──▶ searching
///         │ connect refused        │ no hello           │ silence
///         ▼                        ▼                    ▼
///       starting ◀──────────── kill, lost ◀─────────────┘
///
/// One that is not wanted is `absent` instead of starting, and stays so until it is.
///
/// A worker is looked for before it is started: after a restart of the control process it is still
/// there with its calls, and after the end of a stream a connection refused is the proof that it is
/// dead.
struct WorkerState {
  /// Where it is.
  private(set) var phase: Phase
  /// Its live sessions by id.
  private(set) var sessions: [String: SessionReference] = [:]
  /// Whether it is known what became of it since this process began: it has told what it holds and
  /// what happened meanwhile, or it is not there.
  private(set) var isAccountedFor = false
  /// The last event taken over from the present process.
  private(set) var lastEvent: UInt64 = 0
  private var policy = RestartPolicy()
  private var lastPing: UInt64 = 0
  private var stopRequested = false
  /// Whether it is to be started where it is not there.
  private(set) var isWanted: Bool
  /// What stands for the program and the settings that it runs with; nil where it does not say.
  private(set) var digest: UInt64?
  /// Whether it asked for its calls to be taken elsewhere.
  private(set) var wantsToLeave = false

  /// A worker to be looked for at once, and to be started if it is `wanted` and not there.
  init(now: MonotonicTime, wanted: Bool = true) {
    phase = .resting(until: now)
    isWanted = wanted
  }

  /// Times it was started again after having been lost.
  var restarts: Int { policy.restarts }

  /// Whether commands can be sent to it.
  var isServing: Bool { if case .serving = phase { true } else { false } }

  /// Whether it is known to be there, or not to be.
  var isFound: Bool {
    switch phase {
    case .serving, .starting, .stopping, .absent, .ended: true
    case .resting, .searching, .greeting: false
    }
  }

  /// When `advance` wants to be called.
  var nextWake: MonotonicTime? {
    switch phase {
    case .resting(let until): until
    case .searching, .absent, .ended: nil
    case .starting(let deadline, let nextTry): min(deadline, nextTry)
    case .greeting(let deadline), .stopping(let deadline): deadline
    case .serving(let lastHeard, let nextPing): min(nextPing, lastHeard + Self.wedgedAfter)
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
    case .serving(let lastHeard, _):
      if now - lastHeard >= Self.wedgedAfter { return fail(now: now) }
      lastPing += 1
      phase = .serving(lastHeard: lastHeard, nextPing: now + Self.pingInterval)
      return [.ping(id: lastPing, acknowledged: lastEvent)]
    case .stopping:
      phase = .ended
      return [.kill] + endOrRestart(now: now)
    case .searching, .absent, .ended:
      return []
    }
  }

  /// This process stood still (stopped, starved, on a machine that slept): it has not listened, so
  /// nobody's silence meanwhile means anything.
  mutating func stoodStill(now: MonotonicTime) {
    switch phase {
    case .starting(_, let nextTry):
      phase = .starting(deadline: now + Self.startLimit, nextTry: nextTry)
    case .greeting: phase = .greeting(deadline: now + Self.wedgedAfter)
    case .serving(_, let nextPing): phase = .serving(lastHeard: now, nextPing: nextPing)
    case .stopping: phase = .stopping(deadline: now + Self.stopLimit)
    case .resting, .searching, .absent, .ended: break
    }
  }

  /// A connection is there.
  mutating func connected(now: MonotonicTime) -> [Action] {
    switch phase {
    case .searching, .starting:
      phase = .greeting(deadline: now + Self.wedgedAfter)
    case .resting, .greeting, .serving, .stopping, .absent, .ended:
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
    guard isWanted else {
      phase = .absent
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
    phase = .serving(lastHeard: now, nextPing: now)
    policy.noteServing(now: now)
    digest = hello.digest
    wantsToLeave = hello.isLeaving ?? false
    // Sessions that ended meanwhile are in `sessions` still: their `closed` events follow.
    for listing in hello.sessions { sessions[listing.reference.session] = listing.reference }
    return stopRequested ? stop(now: now) : [.adopted(hello.sessions)]
  }

  /// It wants to end, and its calls to be taken elsewhere.
  mutating func asksToLeave() { wantsToLeave = true }

  /// A pong came.
  mutating func ponged(now: MonotonicTime) {
    spoke(now: now)
    // The first pong comes behind the hello and every event that waited for us.
    if isServing { isAccountedFor = true }
  }

  /// It said something, whatever it was: behind many events a pong can be long in coming.
  mutating func spoke(now: MonotonicTime) {
    if case .serving(_, let nextPing) = phase {
      phase = .serving(lastHeard: now, nextPing: nextPing)
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
      return endOrRestart(now: now)
    case .resting, .searching, .starting, .absent, .ended:
      return []
    }
  }

  /// The worker breaks the protocol.
  mutating func misbehaved(now: MonotonicTime) -> [Action] { fail(now: now) }

  /// It is to be there from now on.
  mutating func want(now: MonotonicTime) -> [Action] {
    isWanted = true
    guard phase == .absent, !stopRequested else { return [] }
    policy.forgetServing()
    return begin(now: now)
  }

  /// It is not to be started again where it ends.
  mutating func retire() { isWanted = false }

  /// Its calls are gone from it, and it is to be there no more until it is wanted again.
  mutating func release(now: MonotonicTime) -> [Action] {
    isWanted = false
    switch phase {
    case .serving:
      phase = .stopping(deadline: now + Self.stopLimit)
      return [.stop]
    case .starting, .greeting:
      phase = .absent
      return [.kill] + lose()
    case .resting:
      phase = .absent
      return lose()
    case .searching, .stopping, .absent, .ended:
      return []
    }
  }

  /// Nothing is to be there any more, nor started again.
  mutating func stop(now: MonotonicTime) -> [Action] {
    stopRequested = true
    switch phase {
    case .serving:
      phase = .stopping(deadline: now + Self.stopLimit)
      return [.stop]
    case .starting, .greeting:
      phase = .ended
      return [.kill] + lose()
    case .resting, .absent:
      phase = .ended
      return lose()
    case .searching, .stopping, .ended:
      return []
    }
  }

  private mutating func fail(now: MonotonicTime) -> [Action] {
    let actions = [.kill] + lose()
    if stopRequested || !isWanted {
      phase = stopRequested ? .ended : .absent
      return actions
    }
    return actions + startOrRest(now: now)
  }

  /// A process that was told to stop has ended: for good, or until it is wanted again. It may be
  /// wanted already.
  private mutating func endOrRestart(now: MonotonicTime) -> [Action] {
    let actions = lose()
    if stopRequested { return actions }
    phase = .absent
    return actions + (isWanted ? want(now: now) : [])
  }

  private mutating func lose() -> [Action] {
    isAccountedFor = true
    digest = nil
    wantsToLeave = false
    // Another process numbers its events from 1.
    lastEvent = 0
    guard !sessions.isEmpty else { return [] }
    let gone = sessions.values.sorted { $0.session < $1.session }
    sessions = [:]
    return [.lost(gone)]
  }

  private mutating func startOrRest(now: MonotonicTime) -> [Action] {
    guard policy.mayStart(isLookedFor: phase == .searching, now: now) else {
      takeRest(now: now)
      return []
    }
    return begin(now: now)
  }

  private mutating func begin(now: MonotonicTime) -> [Action] {
    phase = .starting(deadline: now + Self.startLimit, nextTry: now + Self.connectInterval)
    return [.spawn]
  }

  private mutating func takeRest(now: MonotonicTime) {
    phase = .resting(until: now + policy.takePause())
  }
}
