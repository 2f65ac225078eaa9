public import Wire

/// How a call gets into its room and stays there. A pure value: told what happened and what time it
/// is, it says what to do.
///
///     idle ─start─▶ joining ─joined─▶ connecting ─secured─▶ connected ⇄ silent
///                    ▲  │                  │                   ▲          │ 1 s
///                    │  └─failed─▶ waiting ◀── too long        │ heard    ▼
///                    └───────────────┘  ▲                      ├──── restarting ⇄ resting
///                                       │                      │          │ answered
///                                       └── ten times 4 s ─────┴──── recovering
///                                              unheard                  ⇅ 4 s restarting
///
/// Four lines of defence, each only when the one before it has not helped:
///
/// 1. The transport changes paths by itself, and nobody notices.
/// 2. After three seconds of silence an ICE restart gives both ends new secrets for the same keys. The
///    old path goes on being used if it heals first.
/// 3. If the session is gone, or ten restarts were answered and still nothing is heard, it joins again
///    under the same name; the service puts the new session in the old one's place. Not earlier:
///    where media cannot pass, a new session cannot either, and has lost the keys of the old one.
/// 4. While the service cannot be reached either, the network is gone: the session is kept, checked
///    and asked for again until it is back.
public struct ResumePolicy: Sendable, Equatable {
  /// From the answer of a join to a keyed path.
  public static let connectTime = TimeSpan.seconds(8)
  /// How long a silent path may heal by itself, after the two seconds in which the transport finds it
  /// silent.
  public static let healTime = TimeSpan.seconds(1)
  /// From the answer of an ICE restart to anything heard: some checks' time on every path.
  public static let recoverTime = TimeSpan.seconds(4)
  /// So many answered restarts in vain, and the session is given up: by then the relay gives it up too.
  public static let mostRestarts = 10
  /// How long the service has to say why the relay closed a path: the visit ended, or join again.
  public static let explainTime = TimeSpan.seconds(1)
  /// A connection that cannot be mended in this time is given up: someone must use the telephone.
  public static let patience = TimeSpan.seconds(120)

  enum State: Sendable, Equatable {
    case idle
    case joining
    case connecting(deadline: MonotonicTime)
    case connected
    case silent(deadline: MonotonicTime)
    /// A restart is asked for.
    case restarting
    /// A restart is in force: whatever works will be heard.
    case recovering(deadline: MonotonicTime)
    /// A restart could not be asked for.
    case resting(until: MonotonicTime)
    case closed(deadline: MonotonicTime)
    case waiting(until: MonotonicTime, cause: JoinCause)
    case over
  }

  var state = State.idle
  var sessions = OwnSessions()
  /// A join that the service asked for, beside the connection that there is.
  var move: ResumeMove?
  private var pauses: RetryPauses
  /// The join that was made last, from 1.
  public internal(set) var attempt = 0
  /// When the relay was last heard; set by whoever drives this, so that a break is counted from its
  /// beginning and not from when it was noticed.
  public var lastHeard: MonotonicTime?
  /// Since when there has been no connection.
  var lostAt: MonotonicTime?
  private var wasConnected = false
  /// Restarts answered since the relay was last heard.
  private var restarts = 0
  /// The attempt whose path is still there while a new join is under way, and heard.
  var heardAttempt: Int?
  /// When a restart is asked for again of which it is unknown whether it took effect, on a path that
  /// has healed: the relay may believe in secrets that we do not have.
  private var restartDue: MonotonicTime?

  /// A call that has not begun. `spread`, 0 ... 1, keeps many calls from asking in the same moments.
  public init(spread: Double = 0) { pauses = RetryPauses(spread: spread) }

  /// The session of the last answered join.
  public var session: String? { sessions.current }

  /// Whether media flows.
  public var isConnected: Bool { state == .connected }

  /// Whether the call is over.
  public var isOver: Bool { state == .over }

  /// When `advance` wants to be called; nil when only an input can change anything.
  public var nextWake: MonotonicTime? {
    if state == .over { return nil }
    let own: MonotonicTime? =
      switch state {
      case .connecting(let deadline), .silent(let deadline), .recovering(let deadline),
        .closed(let deadline):
        deadline
      case .waiting(let until, _), .resting(let until): until
      case .connected: restartDue
      case .idle, .joining, .restarting, .over: nil
      }
    return [own, move?.deadline, lostAt.map { $0 + Self.patience }].compactMap { $0 }.min()
  }

  /// Takes an input.
  public mutating func handle(_ input: Input, at now: MonotonicTime) -> [Action] {
    if state == .over { return [] }
    if let actions = handleMove(input, at: now) { return actions }
    switch input {
    case .start:
      guard state == .idle else { return [] }
      lostAt = now
      return [join(.first)]
    case .joined(let attempt, let session):
      return joined(attempt, session, at: now)
    case .joinFailed(let attempt, let isFinal):
      guard state == .joining, attempt == self.attempt else { return [] }
      if isFinal { return stop(.refused) }
      pauses.failed()
      if heardAttempt != nil { return connect(at: now) }
      return wait(.joinFailed, at: now)
    case .secured(let attempt):
      guard attempt == self.attempt, case .connecting = state else { return [] }
      heardAttempt = attempt
      return connect(at: now)
    case .silent(let attempt): return silence(attempt, at: now)
    case .heard(let attempt): return hear(attempt, at: now)
    case .restarted(let attempt):
      guard attempt == self.attempt else { return [] }
      restartDue = nil
      if state == .restarting {
        restarts += 1
        state = .recovering(deadline: now + Self.recoverTime)
      }
      return []
    case .restartFailed(let attempt, let failure): return restartFailed(attempt, failure, at: now)
    case .pathFailed(let attempt):
      if heardAttempt == attempt { heardAttempt = nil }
      guard attempt == self.attempt, hasPath else { return [] }
      return interrupt(.pathFailed, at: now)
    case .pathClosed(let attempt): return close(attempt, at: now)
    case .roomSeen(let session):
      sessions.seen(session)
      if case .closed = state, sessions.isTakenElsewhere { return stop(.takenElsewhere) }
      return []
    case .rejoinAsked(let session): return rejoin(session, at: now)
    case .moveAsked(let session): return beginMove(from: session)
    case .over: return stop(.over)
    }
  }

  /// Tells the time.
  public mutating func advance(to now: MonotonicTime) -> [Action] {
    if state != .over, let lostAt, now >= lostAt + Self.patience { return stop(.gaveUp) }
    if let deadline = move?.deadline, now >= deadline { return interrupt(.slowPath, at: now) }
    switch state {
    case .connecting(let deadline) where now >= deadline: return interrupt(.slowPath, at: now)
    case .silent(let deadline) where now >= deadline: return [restart()]
    case .resting(let until) where now >= until: return [restart()]
    case .recovering(let deadline) where now >= deadline:
      return restarts < Self.mostRestarts ? [restart()] : interrupt(.silence, at: now)
    case .closed(let deadline) where now >= deadline: return interrupt(.pathFailed, at: now)
    case .waiting(let until, let cause) where now >= until: return [join(cause)]
    case .connected:
      guard let restartDue, now >= restartDue else { return [] }
      self.restartDue = nil
      return [.restart(attempt: attempt)]
    default: return []
    }
  }

  /// Whether the last join's path is there, be it silent.
  private var hasPath: Bool {
    switch state {
    case .connecting, .connected, .silent, .restarting, .recovering, .resting: true
    case .idle, .joining, .waiting, .closed, .over: false
    }
  }

  private mutating func join(_ cause: JoinCause) -> Action {
    attempt += 1
    restarts = 0
    state = .joining
    restartDue = nil
    return .join(attempt: attempt, cause: cause)
  }

  private mutating func joined(
    _ attempt: Int, _ session: String, at now: MonotonicTime
  ) -> [Action] {
    guard state == .joining, attempt == self.attempt else { return [] }
    heardAttempt = nil
    if sessions.joined(session) { return interrupt(.relayLost, at: now) }
    state = .connecting(deadline: now + Self.connectTime)
    return []
  }

  mutating func connect(at now: MonotonicTime) -> [Action] {
    state = .connected
    restarts = 0
    pauses.succeeded()
    let lost = lostAt
    lostAt = nil
    guard wasConnected else {
      wasConnected = true
      return [.connected]
    }
    return lost.map { [.resumed(after: now - $0)] } ?? []
  }

  private mutating func silence(_ attempt: Int, at now: MonotonicTime) -> [Action] {
    if heardAttempt == attempt { heardAttempt = nil }
    guard attempt == self.attempt, state == .connected else { return [] }
    lostAt = lossTime(now)
    state = .silent(deadline: now + Self.healTime)
    return [.interrupted(.silence)]
  }

  private mutating func hear(_ attempt: Int, at now: MonotonicTime) -> [Action] {
    switch state {
    case .silent, .restarting, .recovering, .resting, .waiting:
      guard attempt == self.attempt else { return [] }
      heardAttempt = attempt
      return connect(at: now)
    case .joining where attempt == self.attempt - 1:
      // The old path came back while a new join is under way: worth having if that join fails.
      heardAttempt = attempt
      return []
    default:
      return []
    }
  }

  private mutating func restart() -> Action {
    state = .restarting
    return .restart(attempt: attempt)
  }

  private mutating func restartFailed(
    _ attempt: Int, _ failure: RestartFailure, at now: MonotonicTime
  ) -> [Action] {
    guard attempt == self.attempt else { return [] }
    switch state {
    case .restarting:
      if failure == .sessionGone { return interrupt(.silence, at: now) }
      pauses.failed()
      state = .resting(until: now + pauses.next)
    case .connected where failure == .uncertain:
      pauses.failed()
      restartDue = now + pauses.next
    default:
      break
    }
    return []
  }

  private mutating func close(_ attempt: Int, at now: MonotonicTime) -> [Action] {
    if heardAttempt == attempt { heardAttempt = nil }
    guard attempt == self.attempt, hasPath else { return [] }
    // Two devices that both joined again would throw each other out for ever.
    if sessions.isTakenElsewhere { return stop(.takenElsewhere) }
    state = .closed(deadline: now + Self.explainTime)
    return []
  }

  private mutating func rejoin(_ session: String?, at now: MonotonicTime) -> [Action] {
    switch state {
    case .idle, .over, .waiting:
      return []
    case .joining:
      heardAttempt = nil
      if let session { sessions.gone(session) }
      return []
    case .connecting, .connected, .silent, .restarting, .recovering, .resting, .closed:
      guard session == nil || session == self.session else { return [] }
      return interrupt(.relayLost, at: now)
    }
  }

  mutating func interrupt(_ cause: JoinCause, at now: MonotonicTime) -> [Action] {
    heardAttempt = nil
    if cause == .slowPath { pauses.failed() }
    let isNews = wasConnected && lostAt == nil
    lostAt = lostAt ?? lossTime(now)
    let news: [Action] = isNews ? [.interrupted(cause)] : []
    return news + (joinsAlready() ? [] : wait(cause, at: now))
  }

  private func lossTime(_ now: MonotonicTime) -> MonotonicTime {
    lastHeard.map { min($0, now) } ?? now
  }

  private mutating func wait(_ cause: JoinCause, at now: MonotonicTime) -> [Action] {
    if pauses.next == .zero { return [join(cause)] }
    state = .waiting(until: now + pauses.next, cause: cause)
    return []
  }

  private mutating func stop(_ cause: StopCause) -> [Action] {
    state = .over
    return [.stop(cause)]
  }
}
