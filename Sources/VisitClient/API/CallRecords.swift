public import FoundationEssentials

/// One receiver's place for one remote participant's sound and picture.
public struct SlotState: Codable, Sendable, Equatable {
  /// The slot's number in this session, from 0.
  public var slot: Int
  /// The `mid` of its audio section.
  public var audioMid: String?
  /// The `mid` of its video section.
  public var videoMid: String?
  /// Who is in it; nil while it is free.
  public var participant: String?
}

/// The service's answer to a join.
public struct MediaJoin: Sendable, Equatable {
  /// The session's id.
  public var session: String
  /// The path of the session, for leaving it.
  public var location: String
  /// The SDP answer.
  public var answer: String
  /// Who is in which slot now.
  public var slots: [SlotState]
  /// Where the relay can be reached inside TLS.
  public var servers: [ICEServerLink] = []
}

/// A step on the ladder of one's own picture, as it is told to the service.
public struct PictureStep: Codable, Sendable, Equatable {
  /// `full`, `fewer-frames`, `smaller`, `held` or `sound-only`.
  public var level: String
  /// `sender-network`, `receiver-network` or `recovered`.
  public var cause: String

  /// The cause that the relay tells of, and not we.
  static let receiverNetwork = "receiver-network"

  /// Whether no picture moves at this level.
  public var isHeld: Bool { Self.heldLevels.contains(level) }

  static let heldLevels: Set<String> = ["held", "sound-only"]

  /// A step.
  public init(level: String, cause: String) {
    self.level = level
    self.cause = cause
  }
}

/// What one participant measured, posted every five seconds. Counters are cumulative for the call,
/// as in the W3C WebRTC statistics.
public struct QualitySample: Codable, Sendable, Equatable {
  /// Whose receiver measured.
  public var participant: String
  /// What measured: `native` here.
  public var source: String
  /// When.
  public var at: Date
  /// The time since the sample before, in milliseconds.
  public var intervalMs: Int?
  /// Packets received, sound and picture.
  public var packetsReceived: Int64?
  /// Packets that never came.
  public var packetsLost: Int64?
  /// Interarrival jitter in milliseconds.
  public var jitterMs: Double?
  /// Round trip to the relay in milliseconds.
  public var roundTripMs: Double?
  /// Invented sound samples, not counting silence.
  public var concealedSamples: Int64?
  /// Sound samples given to the listener.
  public var totalSamples: Int64?
  /// Pictures decoded.
  public var framesDecoded: Int64?
  /// Pictures decoded in the last second.
  public var framesPerSecond: Double?
  /// Freezes.
  public var freezeCount: Int64?
  /// The freezes' summed length in milliseconds.
  public var totalFreezesDurationMs: Int64?
  /// The longest freeze in milliseconds.
  public var longestFreezeMs: Int64?
  /// The last picture's width.
  public var frameWidth: Int?
  /// The last picture's height.
  public var frameHeight: Int?
  /// The sound's level, 0 ... 1.
  public var audioLevel: Double?
  /// From the own answer or join to the first decoded sound, in milliseconds.
  public var firstSoundMs: Int64?
  /// From the own answer or join to the first decoded picture, in milliseconds.
  public var firstPictureMs: Int64?
  /// The SRTP protection profile's IANA name.
  public var srtpProfile: String?
  /// Bytes received.
  public var bytesReceived: Int64?
  /// Which join of the call this is, from 1.
  public var attempt: Int?
  /// What carries the call: `udp`, `tcp` or `tls`.
  public var path: String?
  /// How often the participant's own address changed so far in the call. Never which it was.
  public var addressChanges: Int?

  /// A sample with nothing measured yet.
  public init(participant: String, source: String = "native", at: Date) {
    self.participant = participant
    self.source = source
    self.at = at
  }
}

/// Whether a visit worked at the first try, and why not.
public struct Verdict: Codable, Sendable, Equatable {
  /// Whether it did; nil where the service cannot tell yet.
  public var firstTry: Bool?
  /// Why it did not.
  public var causes: [Cause]
  /// How the visit went as a whole, a stable code.
  public var outcome: String?
  /// What each participant got.
  public var participants: [ParticipantFigures]

  /// One reason, with a stable code and a text in both languages.
  public struct Cause: Codable, Sendable, Equatable {
    /// The stable code.
    public var code: String
    /// Danish.
    public var da: String
    /// English.
    public var en: String
  }

  /// What one participant saw and heard.
  public struct ParticipantFigures: Codable, Sendable, Equatable {
    /// The person's id.
    public var participant: String
    /// The person's role.
    public var role: String?
    /// Estimated mean opinion score (ITU-T G.107), 1 ... 4.5.
    public var mos: Double?
    /// To the first sound, in milliseconds.
    public var firstSoundMs: Int64?
    /// To the first picture, in milliseconds.
    public var firstPictureMs: Int64?
    /// Pictures decoded.
    public var framesDecoded: Int64?
    /// Packets lost, in percent.
    public var lossPercent: Double?
    /// Freezes.
    public var freezeCount: Int64?
    /// The longest freeze in milliseconds.
    public var longestFreezeMs: Int64?
    /// Invented sound, in percent.
    public var concealedPercent: Double?
    /// The SRTP protection profile.
    public var srtpProfile: String?
  }

  private enum CodingKeys: String, CodingKey {
    case firstTry, causes, outcome, participants
  }

  /// A verdict from the API; lists may be absent.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    firstTry = try values.decodeIfPresent(Bool.self, forKey: .firstTry)
    causes = try values.decodeIfPresent([Cause].self, forKey: .causes) ?? []
    outcome = try values.decodeIfPresent(String.self, forKey: .outcome)
    participants =
      try values.decodeIfPresent([ParticipantFigures].self, forKey: .participants) ?? []
  }

  /// A verdict.
  public init(
    firstTry: Bool?, causes: [Cause], outcome: String?, participants: [ParticipantFigures]
  ) {
    self.firstTry = firstTry
    self.causes = causes
    self.outcome = outcome
    self.participants = participants
  }
}
