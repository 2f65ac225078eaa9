/// What happened to a visit.
public enum LedgerKind: String, Codable, Sendable, Hashable, CaseIterable {
  /// It was agreed.
  case booked
  /// Its time or length was changed.
  case moved
  /// The citizen's devices began to ring.
  case rung
  /// The ring was answered.
  case answered
  /// The citizen declined the ring.
  case declined
  /// The ring ended without an answer.
  case missed
  /// The relay received the first sound or picture of a participant's session; the cause says
  /// which (`audio`, `video`).
  case mediaConnected = "media-connected"
  /// Nothing has been heard from a participant for more than two seconds.
  case interrupted
  /// A participant is heard from again.
  case resumed
  /// A participant's session ended.
  case left
  /// How much picture a participant's network has room for changed; the cause says to what and why
  /// (`held:receiving:receiver-network`), and the participant is the one whose network it is.
  case picture
  /// The visit ended.
  case ended
  /// The visit was called off.
  case cancelled
}

/// Why something happened: a stable code. The relay's own codes pass through unchanged.
public struct LedgerCause: RawRepresentable, Hashable, Sendable, Codable {
  /// The code.
  public var rawValue: String

  /// The cause with this code.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// Reads the code alone.
  public init(from decoder: any Decoder) throws {
    self.init(rawValue: try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the code alone.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }

  /// Somebody asked for it; the note may say why.
  public static let requested = LedgerCause(rawValue: "requested")
  /// A ring after an earlier one of the same visit.
  public static let again = LedgerCause(rawValue: "again")
  /// The ring lasted as long as a ring may.
  public static let timeout = LedgerCause(rawValue: "timeout")
  /// The caller stopped ringing.
  public static let callerGaveUp = LedgerCause(rawValue: "caller-gave-up")
  /// A participant hung up.
  public static let hungUp = LedgerCause(rawValue: "hung-up")
  /// Whoever visited said afterwards that it was held (of `ended`): not the end of a call.
  public static let reported = LedgerCause(rawValue: "reported")
  /// Nobody was left in the room.
  public static let abandoned = LedgerCause(rawValue: "abandoned")
  /// First sound (of `media-connected`).
  public static let audio = LedgerCause(rawValue: "audio")
  /// First picture (of `media-connected`).
  public static let video = LedgerCause(rawValue: "video")
  /// The relay worker that carried the session was lost; the participant joins again by itself.
  public static let workerLost = LedgerCause(rawValue: "worker-lost")
  /// The participant left (the relay's code).
  public static let left = LedgerCause(rawValue: "left")
}

/// One line of a visit's ledger: append-only, numbered 1, 2, 3 … per visit without gaps.
public struct LedgerEntry: Hashable, Sendable, Codable {
  /// The number within the visit, from 1.
  public var sequence: Int64
  /// The visit.
  public var visit: VisitID
  /// When it happened. Never taken from the order: entries that had to wait for a full disk are
  /// written later than they happened.
  public var at: UTCMilliseconds
  /// What happened.
  public var kind: LedgerKind
  /// Whom it concerns; nil when the visit as a whole.
  public var participant: PersonID?
  /// Why.
  public var cause: LedgerCause
  /// What a person wrote about it, where asked.
  public var note: String?
  /// The device it happened on, where known.
  public var device: DeviceID?
  /// The relay session, for media.
  public var session: String?
  /// The client's attempt at joining, from 1, where it said so.
  public var attempt: Int?

  /// An entry.
  public init(
    sequence: Int64, visit: VisitID, at: UTCMilliseconds, kind: LedgerKind,
    participant: PersonID? = nil, cause: LedgerCause, note: String? = nil,
    device: DeviceID? = nil, session: String? = nil, attempt: Int? = nil
  ) {
    self.sequence = sequence
    self.visit = visit
    self.at = at
    self.kind = kind
    self.participant = participant
    self.cause = cause
    self.note = note
    self.device = device
    self.session = session
    self.attempt = attempt
  }
}

/// A ledger entry that has not been given its number yet.
public struct LedgerDraft: Hashable, Sendable {
  /// When it happened.
  public var at: UTCMilliseconds
  /// What happened.
  public var kind: LedgerKind
  /// Whom it concerns.
  public var participant: PersonID?
  /// Why.
  public var cause: LedgerCause
  /// What a person wrote about it.
  public var note: String?
  /// The device it happened on.
  public var device: DeviceID?
  /// The relay session.
  public var session: String?
  /// The client's attempt at joining.
  public var attempt: Int?
  /// Tells repeats of one report: a second entry of the visit under the same key is not written.
  public var key: String?

  /// A draft.
  public init(
    at: UTCMilliseconds, kind: LedgerKind, participant: PersonID? = nil, cause: LedgerCause,
    note: String? = nil, device: DeviceID? = nil, session: String? = nil, attempt: Int? = nil,
    key: String? = nil
  ) {
    self.at = at
    self.kind = kind
    self.participant = participant
    self.cause = cause
    self.note = note
    self.device = device
    self.session = session
    self.attempt = attempt
    self.key = key
  }
}

/// What a relay reports about one participant's media, as the ledger takes it.
public struct MediaReport: Hashable, Sendable {
  /// What a relay can report.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// First sound or picture of a session; see `LedgerCause.audio` and `.video`.
    case mediaConnected = "media-connected"
    /// Nothing heard for more than two seconds.
    case interrupted
    /// Heard from again.
    case resumed
    /// The session ended.
    case left
    /// The picture was cut back or came back; see `LedgerKind.picture`.
    case picture
  }

  /// What happened.
  public var kind: Kind
  /// Whose media.
  public var participant: PersonID
  /// Why; for `mediaConnected` which kind of media.
  public var cause: LedgerCause
  /// The relay session.
  public var session: String
  /// The device the session was joined from, where known.
  public var device: DeviceID?
  /// The client's attempt at joining, from 1, where it said so.
  public var attempt: Int?

  /// A report.
  public init(
    kind: Kind, participant: PersonID, cause: LedgerCause, session: String,
    device: DeviceID? = nil, attempt: Int? = nil
  ) {
    self.kind = kind
    self.participant = participant
    self.cause = cause
    self.session = session
    self.device = device
    self.attempt = attempt
  }
}
