import Wire

/// A join that the service asked for while everything works, because the relay's worker is to be
/// emptied: the connection that there is goes on until the new one is keyed.
struct ResumeMove: Sendable, Equatable {
  /// The new connection's attempt.
  var attempt: Int
  /// The session that is to be replaced.
  var session: String
  /// When the new connection must be keyed; nil until its join is answered.
  var deadline: MonotonicTime?
}

extension ResumePolicy {
  /// Asks for a new session beside the present one. Asked again while one is under way, or in a call
  /// that is being mended anyway, nothing more is done: whatever comes next is on another worker.
  mutating func beginMove(from session: String) -> [Action] {
    guard state == .connected, move == nil, session == sessions.current else { return [] }
    move = ResumeMove(attempt: attempt + 1, session: session)
    return [.join(attempt: attempt + 1, cause: .moved)]
  }

  /// What an input means to a move under way; nil where it means nothing to it.
  mutating func handleMove(_ input: Input, at now: MonotonicTime) -> [Action]? {
    guard let move else { return nil }
    switch input {
    case .joined(move.attempt, let session):
      if sessions.joined(session) { return interrupt(.relayLost, at: now) }
      self.move?.deadline = now + Self.connectTime
      if state != .connected { promote(at: now) }
      return []
    case .joinFailed(move.attempt, _):
      // The service asks again, or the old session ends and is mended.
      self.move = nil
      return []
    case .secured(move.attempt):
      attempt = move.attempt
      heardAttempt = attempt
      self.move = nil
      return state == .connected ? [] : connect(at: now)
    case .pathFailed(move.attempt), .pathClosed(move.attempt):
      // To the service the new session is the one that counts: there is no way back.
      return interrupt(.pathFailed, at: now)
    case .silent(attempt), .pathFailed(attempt), .pathClosed(attempt), .rejoinAsked(move.session):
      guard move.deadline != nil else {
        if case .rejoinAsked = input { return interrupt(.relayLost, at: now) }
        return nil
      }
      // The old one has ended early; the new one is nearly there.
      lostAt = lostAt ?? lastHeard.map { min($0, now) } ?? now
      promote(at: now)
      return [.interrupted(.relayLost)]
    default:
      return nil
    }
  }

  /// A break while a move is under way: its join is the one that mends it. Returns whether one is
  /// unanswered still.
  mutating func joinsAlready() -> Bool {
    guard let move else { return false }
    self.move = nil
    attempt = move.attempt
    guard move.deadline == nil else { return false }
    state = .joining
    return true
  }

  /// From now on the new connection is the only one.
  private mutating func promote(at now: MonotonicTime) {
    guard let move else { return }
    attempt = move.attempt
    state = .connecting(deadline: move.deadline ?? now + Self.connectTime)
    heardAttempt = nil
    self.move = nil
  }
}
