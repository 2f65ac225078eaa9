public import Wire

extension ResumePolicy {
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
    /// The service answered an ICE restart.
    case restarted(attempt: Int)
    /// An ICE restart failed.
    case restartFailed(attempt: Int, RestartFailure)
    /// The path is over.
    case pathFailed(attempt: Int)
    /// The relay closed the path on purpose. Why, the service will say in a moment.
    case pathClosed(attempt: Int)
    /// The service says that this is the participant's session in the room.
    case roomSeen(session: String)
    /// The service says that a session of ours is gone; nil means whichever we have.
    case rejoinAsked(session: String?)
    /// The service says that this session of ours goes on only until there is another.
    case moveAsked(session: String)
    /// The visit is over, or the user hung up.
    case over
  }

  /// What to do, in order.
  public enum Action: Sendable, Equatable {
    /// Join (again) with a new transport; for `.moved` beside the one that there is.
    case join(attempt: Int, cause: JoinCause)
    /// Ask the service for an ICE restart of this join's session.
    case restart(attempt: Int)
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
    /// The service asked for it while everything worked.
    case moved
  }

  /// Why an ICE restart failed.
  public enum RestartFailure: Sendable, Equatable {
    /// The service cannot be reached: it never heard of it.
    case unreachable
    /// It may or may not have taken effect.
    case uncertain
    /// The session is gone.
    case sessionGone
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
}
