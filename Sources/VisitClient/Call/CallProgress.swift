public import MediaEngine

/// What happens in a call's connection, as it happens.
public enum CallProgress: Sendable, Equatable {
  /// Joining; `attempt` counts from 1.
  case joining(attempt: Int, cause: ResumePolicy.JoinCause)
  /// The path is keyed with this SRTP profile.
  case connected(profile: String)
  /// The first sound was decoded, this many milliseconds after the call began.
  case firstSound(milliseconds: Int64)
  /// The first picture was decoded.
  case firstPicture(milliseconds: Int64)
  /// The connection broke and is being mended.
  case interrupted(ResumePolicy.JoinCause)
  /// It is mended.
  case resumed(milliseconds: Int64)
  /// How much of our own picture the network has room for changed.
  case ownPicture(PictureStep)
  /// The service refused a join.
  case refused(ServiceError)
  /// It is over.
  case stopped(ResumePolicy.StopCause)
}

/// Where a call stands now.
public struct CallStatus: Sendable, Equatable {
  /// Since the connection was first up, in whole seconds; nil before that.
  public var seconds: Int?
  /// Whether media flows.
  public var isConnected = false
  /// How good the connection has been in the last seconds.
  public var quality = ConnectionQuality.unknown
  /// What carries the call.
  public var path = PathReport()
  /// Everything measured.
  public var statistics = MediaStatistics()

  /// A call that has not begun.
  public init() {}
}

/// One join of a call.
public struct AttemptRecord: Codable, Sendable, Equatable {
  /// Which, from 1.
  public var attempt: Int
  /// Why it was made.
  public var cause: ResumePolicy.JoinCause
  /// When, in milliseconds after the call began.
  public var startedMs: Int64
  /// The session it gave; nil where it failed.
  public var session: String?
  /// When its path was keyed, in milliseconds after the call began; nil where it never was.
  public var connectedMs: Int64?
  /// Why it failed, in English, for a developer.
  public var failure: String?
}

/// One break in a call's connection.
public struct InterruptionRecord: Codable, Sendable, Equatable {
  /// Why.
  public var cause: ResumePolicy.JoinCause
  /// When, in milliseconds after the call began.
  public var startedMs: Int64
  /// How long it took to mend, in milliseconds; nil where it never was.
  public var mendedAfterMs: Int64?
}

/// What one end of a call can say about it when it is over.
public struct CallReport: Sendable, Equatable {
  /// The visit's id.
  public var visit: String
  /// Whose end this is.
  public var participant: String
  /// Every join, in order.
  public var attempts: [AttemptRecord] = []
  /// Every break, in order.
  public var interruptions: [InterruptionRecord] = []
  /// ICE restarts that were asked for.
  public var restarts = 0
  /// What carried the call last, and how often its way had to change.
  public var path = PathReport()
  /// The SRTP profile of the last connection.
  public var srtpProfile: String?
  /// How long the connection was up from first to last, in milliseconds.
  public var connectedMs: Int64 = 0
  /// Everything measured.
  public var statistics = MediaStatistics()
  /// What was seen and heard, by slot.
  public var proofs: [ReceiverProof] = []
  /// Why it stopped.
  public var stop = ResumePolicy.StopCause.over

  /// A report of a call that has not begun.
  public init(visit: String, participant: String) {
    self.visit = visit
    self.participant = participant
  }

  /// The slot in which most was seen and heard: in a two-party visit, the other party.
  public var proof: ReceiverProof {
    proofs.max { ($0.framesDecoded, $0.audibleMs) < ($1.framesDecoded, $1.audibleMs) }
      ?? ReceiverProof()
  }

  /// Whether any sound or picture of the other party was decoded.
  public var receivedMedia: Bool { proof.provesSound || proof.framesDecoded > 0 }
}
