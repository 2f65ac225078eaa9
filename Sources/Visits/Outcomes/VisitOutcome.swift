/// What became of a visit.
public enum OutcomeKind: String, Codable, Sendable, Hashable, CaseIterable {
  /// It was held, and the first try was enough.
  case heldFirstTry = "held-first-try"
  /// It was held after ringing or joining again.
  case heldAfterRetries = "held-after-retries"
  /// It was planned on screen and held by telephone. Support was given: no error of the citizen's.
  case movedToPhone = "moved-to-phone"
  /// Both were there and the technology was not.
  case technicalFailure = "technical-failure"
  /// The citizen did not answer, or declined.
  case notAnswered = "not-answered"
  /// It was called off.
  case cancelled

  /// Whether support was given.
  public var isHeld: Bool {
    switch self {
    case .heldFirstTry, .heldAfterRetries, .movedToPhone: true
    case .technicalFailure, .notAnswered, .cancelled: false
    }
  }
}

/// Who called a visit off.
public enum Canceller: String, Codable, Sendable, Hashable, CaseIterable {
  /// The citizen, or somebody for the citizen.
  case citizen
  /// The support worker.
  case worker
  /// Somebody else of the municipality.
  case municipality
}

/// Why a visit was called off.
public enum CancellationReason: String, Codable, Sendable, Hashable, CaseIterable {
  /// Somebody is ill.
  case illness
  /// Holiday or leave.
  case holiday
  /// Something else came up at the same time.
  case otherAppointment
  /// Not a day for it.
  case notUpToIt
  /// There was nothing to talk about.
  case notNeeded
  /// Another visit takes its place.
  case replaced
  /// Something else; the note says what.
  case other
}

/// Why nobody answered.
public enum NotAnsweredCause: String, Codable, Sendable, Hashable, CaseIterable {
  /// It rang until it stopped.
  case rangOut
  /// The citizen said no thank you.
  case declined
  /// The caller stopped ringing.
  case callerGaveUp
  /// Face to face: the citizen was not there.
  case notThere
}

/// The outcome of one visit (H10: as much of it as possible is filled in by itself).
public struct VisitOutcome: Hashable, Sendable, Codable {
  /// The visit.
  public var visit: VisitID
  /// Who was visited.
  public var citizen: PersonID
  /// Who visited.
  public var worker: PersonID
  /// What became of it.
  public var kind: OutcomeKind
  /// Who called it off; only where it is cancelled.
  public var cancelledBy: Canceller?
  /// Why; only where it is cancelled.
  public var reason: CancellationReason?
  /// Why nobody answered; only where nobody did.
  public var notAnswered: NotAnsweredCause?
  /// How long it took, in minutes; 0 where it was not held.
  public var deliveredMinutes: Int
  /// What carried it in the end.
  public var mediaMode: MediaMode
  /// What a person wrote about it.
  public var note: String?
  /// Who recorded it; nil while only the system has.
  public var recordedBy: PersonID?
  /// When.
  public var recordedAt: UTCMilliseconds
  /// 1 for the first, one more with each correction. Earlier ones are kept.
  public var revision: Int

  /// An outcome.
  public init(
    visit: VisitID, citizen: PersonID, worker: PersonID, kind: OutcomeKind,
    cancelledBy: Canceller? = nil, reason: CancellationReason? = nil,
    notAnswered: NotAnsweredCause? = nil, deliveredMinutes: Int = 0, mediaMode: MediaMode = .video,
    note: String? = nil, recordedBy: PersonID? = nil, recordedAt: UTCMilliseconds,
    revision: Int = 1
  ) {
    self.visit = visit
    self.citizen = citizen
    self.worker = worker
    self.kind = kind
    self.cancelledBy = cancelledBy
    self.reason = reason
    self.notAnswered = notAnswered
    self.deliveredMinutes = deliveredMinutes
    self.mediaMode = mediaMode
    self.note = note
    self.recordedBy = recordedBy
    self.recordedAt = recordedAt
    self.revision = revision
  }
}

/// What a person says about a visit's outcome.
public struct OutcomeReport: Hashable, Sendable {
  /// What became of it.
  public var kind: OutcomeKind
  /// Who called it off.
  public var cancelledBy: Canceller?
  /// Why it was called off.
  public var reason: CancellationReason?
  /// How long it took; nil for what the system knows, or else as planned.
  public var deliveredMinutes: Int?
  /// What carried it; nil for what the system knows.
  public var mediaMode: MediaMode?
  /// Anything else.
  public var note: String?

  /// A report.
  public init(
    kind: OutcomeKind, cancelledBy: Canceller? = nil, reason: CancellationReason? = nil,
    deliveredMinutes: Int? = nil, mediaMode: MediaMode? = nil, note: String? = nil
  ) {
    self.kind = kind
    self.cancelledBy = cancelledBy
    self.reason = reason
    self.deliveredMinutes = deliveredMinutes
    self.mediaMode = mediaMode
    self.note = note
  }
}
