public import Wire

/// When a call joins its room, joins again, and gives up. A pure value: told what happened and what
/// time it is, it says what to do.
///
///     idle ──start──▶ joining ──joined──▶ connecting ──secured──▶ connected ⇄ silent
///                        ▲ │                   │                              │
///                        │ └─failed─▶ waiting ◀┴──── too long ────────────────┘
///                        └────────────────┘
///
/// A broken path may heal by itself for `healTime`, since its old session is worth more than a new
/// one: nothing is negotiated and nothing is lost. After that, or when the service says that the
/// relay's end is gone, it joins again with a new transport; the service replaces the old session.
public struct ResumePolicy: Sendable, Equatable {
  /// What happened. `attempt` tells which join it is about; what comes late is ignored.
  public enum Input: Sendable, Equatable {
    /// The call begins.
    case start
    /// The service answered a join.
    case joined(attempt: Int, session: String)
    /// A join failed; `isFinal` where trying again cannot help.
    case joinFailed(attempt: Int, isFinal: Bool)
    /// The path is keyed: media flows.
    case secured(attempt: Int)
    /// Nothing is heard from the relay.
    case silent(attempt: Int)
    /// It is heard again.
    case heard(attempt: Int)
    /// The path is over.
    case pathFailed(attempt: Int)
    /// The relay closed the path on purpose. Why, the service will say in a moment.
    case pathClosed(attempt: Int)
    /// The service says that this is the participant's session in the room.
    case roomSeen(session: String)
    /// The service says that a session of ours is gone; nil means whichever we have.
    case rejoinAsked(session: String?)
    /// The visit is over, or the user hung up.
    case over
  }

  /// What to do, in order.
  public enum Action: Sendable, Equatable {
    /// Join (again) with a new transport.
    case join(attempt: Int, cause: JoinCause)
    /// Sound and picture may flow for the first time.
    case connected
    /// Tell the user that the connection is being mended.
    case interrupted(JoinCause)
    /// Tell the user that it is mended, and after how long.
    case resumed(after: TimeSpan)
    /// Stop: everything is over.
    case stop(StopCause)
  }

  /// Why a join was made.
  public enum JoinCause: String, Sendable, Codable {
    /// It is the first.
    case first
    /// The join before it failed.
    case joinFailed = "join-failed"
    /// The path was not up in time.
    case slowPath = "slow-path"
    /// Nothing was heard from the relay.
    case silence
    /// The path failed.
    case pathFailed = "path-failed"
    /// The service said that the relay's end is gone.
    case relayLost = "relay-lost"
  }

  /// Why a call stopped.
  public enum StopCause: String, Sendable, Codable {
    /// The visit ended or the user hung up.
    case over
    /// The service refused to let the participant in.
    case refused
    /// The participant joined from another device, which took this one's place.
    case takenElsewhere = "taken-elsewhere"
    /// The connection could not be mended in `patience`.
    case gaveUp = "gave-up"
  }

  /// From the answer of a join to a keyed path.
  public static let connectTime = TimeSpan.seconds(8)
  /// How long a silent path may heal, after the two seconds in which the transport finds it silent.
  public static let healTime = TimeSpan.seconds(2)
  /// How long the service has to say why the relay closed a path: the visit ended, or join again.
  public static let explainTime = TimeSpan.seconds(1)
  /// A connection that cannot be mended in this time is given up: someone must use the telephone.
  public static let patience = TimeSpan.seconds(120)
  /// Pauses before joining again; the last one repeats.
  public static let pauses: [TimeSpan] = [
    .zero, .milliseconds(500), .seconds(1), .seconds(2), .seconds(4),
  ]

  private enum State: Sendable, Equatable {
    case idle
    case joining
    case connecting(deadline: MonotonicTime)
    case connected
    case silent(deadline: MonotonicTime)
    case closed(deadline: MonotonicTime)
    case waiting(until: MonotonicTime, cause: JoinCause)
    case over
  }

  private var state = State.idle
  /// The join that was made last, from 1.
  public private(set) var attempt = 0
  /// The session of the last answered join.
  public private(set) var session: String?
  /// Joins that failed since the path was last up.
  private var failures = 0
  /// When the relay was last heard; set by whoever drives this, so that a break is counted from its
  /// beginning and not from when it was noticed.
  public var lastHeard: MonotonicTime?
  /// Since when there has been no connection.
  private var lostAt: MonotonicTime?
  private var wasConnected = false
  /// Sessions that were reported gone while their join was still unanswered.
  private var goneEarly: [String] = []
  /// Sessions that this call has had; what the service says of them may come late.
  private var ownSessions: [String] = []
  /// The session that the service last said is ours in the room.
  private var roomSession: String?
  /// The attempt whose path is still there while a new join is under way, and heard.
  private var heardAttempt: Int?

  /// A call that has not begun.
  public init() {}

  /// Whether media flows.
  public var isConnected: Bool { state == .connected }

  /// Whether the call is over.
  public var isOver: Bool { state == .over }

  /// When `advance` wants to be called; nil when only an input can change anything.
  public var nextWake: MonotonicTime? {
    let giveUp = state == .over ? nil : lostAt.map { $0 + Self.patience }
    let own: MonotonicTime? =
      switch state {
      case .connecting(let deadline), .silent(let deadline), .closed(let deadline): deadline
      case .waiting(let until, _): until
      case .idle, .joining, .connected, .over: nil
      }
    guard let own else { return giveUp }
    return giveUp.map { min($0, own) } ?? own
  }

  /// Takes an input.
  public mutating func handle(_ input: Input, at now: MonotonicTime) -> [Action] {
    if state == .over { return [] }
    switch input {
    case .start:
      guard state == .idle else { return [] }
      lostAt = now
      return [join(.first)]
    case .joined(let attempt, let session):
      guard state == .joining, attempt == self.attempt else { return [] }
      self.session = session
      ownSessions = ownSessions.suffix(15) + [session]
      roomSession = nil
      heardAttempt = nil
      if goneEarly.contains(session) { return interrupt(.relayLost, at: now) }
      goneEarly.removeAll()
      state = .connecting(deadline: now + Self.connectTime)
      return []
    case .joinFailed(let attempt, let isFinal):
      guard state == .joining, attempt == self.attempt else { return [] }
      if isFinal { return stop(.refused) }
      failures += 1
      if heardAttempt != nil { return connect(at: now) }
      return wait(.joinFailed, at: now)
    case .secured(let attempt):
      guard attempt == self.attempt, case .connecting = state else { return [] }
      heardAttempt = attempt
      return connect(at: now)
    case .silent(let attempt):
      return silence(attempt, at: now)
    case .heard(let attempt):
      return hear(attempt, at: now)
    case .pathFailed(let attempt):
      if heardAttempt == attempt { heardAttempt = nil }
      guard attempt == self.attempt else { return [] }
      switch state {
      case .connecting, .connected, .silent: return interrupt(.pathFailed, at: now)
      case .idle, .joining, .waiting, .closed, .over: return []
      }
    case .pathClosed(let attempt):
      return close(attempt, at: now)
    case .roomSeen(let session):
      roomSession = session
      if case .closed = state, isTakenElsewhere { return stop(.takenElsewhere) }
      return []
    case .rejoinAsked(let session):
      return rejoin(session, at: now)
    case .over:
      return stop(.over)
    }
  }

  /// Tells the time.
  public mutating func advance(to now: MonotonicTime) -> [Action] {
    if state != .over, let lostAt, now >= lostAt + Self.patience { return stop(.gaveUp) }
    switch state {
    case .connecting(let deadline) where now >= deadline:
      return interrupt(.slowPath, at: now)
    case .silent(let deadline) where now >= deadline:
      return interrupt(.silence, at: now)
    case .closed(let deadline) where now >= deadline:
      return interrupt(.pathFailed, at: now)
    case .waiting(let until, let cause) where now >= until:
      return [join(cause)]
    default:
      return []
    }
  }

  private mutating func join(_ cause: JoinCause) -> Action {
    attempt += 1
    state = .joining
    return .join(attempt: attempt, cause: cause)
  }

  private mutating func connect(at now: MonotonicTime) -> [Action] {
    state = .connected
    failures = 0
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
    case .silent where attempt == self.attempt, .waiting where attempt == self.attempt:
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

  private mutating func close(_ attempt: Int, at now: MonotonicTime) -> [Action] {
    if heardAttempt == attempt { heardAttempt = nil }
    guard attempt == self.attempt else { return [] }
    switch state {
    case .connecting, .connected, .silent:
      // Two devices that both joined again would throw each other out for ever.
      if isTakenElsewhere { return stop(.takenElsewhere) }
      state = .closed(deadline: now + Self.explainTime)
      return []
    case .idle, .joining, .waiting, .closed, .over:
      return []
    }
  }

  /// Whether the room holds a session of the participant's that is not this call's.
  private var isTakenElsewhere: Bool { roomSession.map { !ownSessions.contains($0) } ?? false }

  private mutating func rejoin(_ session: String?, at now: MonotonicTime) -> [Action] {
    switch state {
    case .idle, .over, .waiting:
      return []
    case .joining:
      heardAttempt = nil
      // One is enough; eight covers a relay that restarts again and again.
      if let session, goneEarly.count < 8 { goneEarly.append(session) }
      return []
    case .connecting, .connected, .silent, .closed:
      guard session == nil || session == self.session else { return [] }
      return interrupt(.relayLost, at: now)
    }
  }

  private mutating func interrupt(_ cause: JoinCause, at now: MonotonicTime) -> [Action] {
    heardAttempt = nil
    if cause == .slowPath { failures += 1 }
    let isNews = wasConnected && lostAt == nil
    lostAt = lostAt ?? lossTime(now)
    return (isNews ? [.interrupted(cause)] : []) + wait(cause, at: now)
  }

  private func lossTime(_ now: MonotonicTime) -> MonotonicTime {
    lastHeard.map { min($0, now) } ?? now
  }

  private mutating func wait(_ cause: JoinCause, at now: MonotonicTime) -> [Action] {
    let pause = Self.pauses[min(failures, Self.pauses.count - 1)]
    if pause == .zero { return [join(cause)] }
    state = .waiting(until: now + pause, cause: cause)
    return []
  }

  private mutating func stop(_ cause: StopCause) -> [Action] {
    state = .over
    return [.stop(cause)]
  }
}
