/// How a visit went, in one word.
public enum VisitOutcome: String, Codable, Sendable, Hashable, CaseIterable {
  /// It is not over, or has not begun.
  case pending
  /// It was held without trouble.
  case held
  /// It was held in the end, but not at the first try.
  case recovered
  /// Somebody answered and no lasting conversation came of it.
  case failed
  /// Nobody took the call. Not a technical failure.
  case notAnswered
  /// It was called off.
  case cancelled
  /// It did not go through our relay and is not judged.
  case excluded
}

/// Where a fault lies, as operations sort them: udstyr, software, netdækning, adgang, bruger.
public enum FaultArea: String, Codable, Sendable, Hashable, CaseIterable {
  /// Screen, camera, microphone.
  case equipment
  /// Our programs.
  case software
  /// The participant's network.
  case network
  /// Getting in: tokens, pairing, permissions.
  case access
  /// Nobody's fault: what people chose to do.
  case user
}

/// One reason why a visit did not work at the first try, or did not take place.
public struct VerdictCause: Codable, Sendable, Hashable {
  /// The stable code.
  public var code: String
  /// In plain Danish.
  public var da: String
  /// In English.
  public var en: String
  /// Whom it concerns; nil when the visit as a whole.
  public var participant: String?
  /// Where the fault most likely lies.
  public var area: FaultArea

  init(_ code: String, _ area: FaultArea, _ participant: String?, da: String, en: String) {
    self.code = code
    self.area = area
    self.participant = participant
    self.da = da
    self.en = en
  }
}

/// One participant's figures over the whole visit.
public struct ParticipantQuality: Codable, Sendable, Hashable {
  /// The person's id.
  public var participant: String
  /// `citizen` or `supportWorker`.
  public var role: String
  /// Estimated mean opinion score of the sound heard, 1 ... 4.5 (ITU-T G.107).
  public var mos: Double?
  /// Milliseconds from the answer (from the join, for one who came later) to the first sound heard.
  public var firstSoundMs: Double?
  /// Milliseconds from there to the first picture seen.
  public var firstPictureMs: Double?
  /// Frames of picture decoded.
  public var framesDecoded: Int?
  /// Packets lost on the way to the participant, in percent.
  public var lossPercent: Double?
  /// Freezes of the picture.
  public var freezeCount: Int?
  /// The longest freeze in milliseconds.
  public var longestFreezeMs: Double?
  /// Sound that had to be made up, in percent.
  public var concealedPercent: Double?
  /// The SRTP protection profile used.
  public var srtpProfile: String?
  /// Interruptions of more than two seconds.
  public var interruptions: Int
  /// The longest of them in milliseconds; one that never ended is counted to the visit's end.
  public var longestInterruptionMs: Int64?

  init(participant: String, role: String) {
    self.participant = participant
    self.role = role
    interruptions = 0
  }
}

/// Whether a visit worked at the first try and, if not, why.
public struct Verdict: Codable, Sendable, Hashable {
  /// Whether the first ring or join of each party led to two-way sound within 20 s that held. Nil
  /// where the question does not arise: not over, not answered, cancelled, not ours to carry.
  public var firstTry: Bool?
  /// Why not, most important first.
  public var causes: [VerdictCause]
  /// How it went.
  public var outcome: VisitOutcome
  /// Each participant's figures.
  public var participants: [ParticipantQuality]

  /// Rises whenever the rules would judge the same visit differently, so that judgements kept by an
  /// older release are made anew.
  public static let rulesVersion = 1

  /// Judges a visit.
  public init(judging input: VerdictInput) {
    self = VerdictRules(input).verdict()
  }

  init(
    firstTry: Bool?, causes: [VerdictCause], outcome: VisitOutcome,
    participants: [ParticipantQuality]
  ) {
    self.firstTry = firstTry
    self.causes = causes
    self.outcome = outcome
    self.participants = participants
  }
}
