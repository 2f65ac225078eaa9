/// Names a consent.
public struct ConsentID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// What a citizen can agree to (H13).
public enum ConsentKind: String, Codable, Sendable, Hashable, CaseIterable {
  /// Calls are answered by themselves after a countdown (E1).
  case autoAnswer
  /// A named partner is told when the citizen cannot be reached (H3).
  case partnerAlert
  /// Something is passed on to somebody (C8).
  case disclosure
  /// A third person takes part in visits (E25).
  case companion
  /// Others of the group may get in touch (D8).
  case peerContact

  /// Whether it must say whom it is about.
  public var needsRecipient: Bool {
    switch self {
    case .partnerAlert, .disclosure, .companion: true
    case .autoAnswer, .peerContact: false
    }
  }
}

/// How a consent was given.
public enum ConsentWay: String, Codable, Sendable, Hashable, CaseIterable {
  /// By the citizen on a device.
  case onScreen
  /// Said to a worker.
  case spoken
  /// On paper.
  case written
}

/// What a citizen has agreed to, in words the citizen has seen, until it is taken back.
public struct Consent: Hashable, Sendable, Codable {
  /// The consent's id.
  public var id: ConsentID
  /// Who agreed.
  public var citizen: PersonID
  /// To what.
  public var kind: ConsentKind
  /// Whom it is about, as the citizen names them.
  public var recipient: String?
  /// What for, in plain words.
  public var reason: String
  /// How it was given.
  public var way: ConsentWay
  /// When.
  public var givenAt: UTCMilliseconds
  /// Who recorded it.
  public var recordedBy: PersonID
  /// The last day it holds; nil until it is taken back.
  public var validThrough: LocalDate?
  /// When it was taken back.
  public var withdrawnAt: UTCMilliseconds?
  /// Who recorded that.
  public var withdrawnBy: PersonID?

  /// A consent.
  public init(
    id: ConsentID, citizen: PersonID, kind: ConsentKind, recipient: String? = nil, reason: String,
    way: ConsentWay, givenAt: UTCMilliseconds, recordedBy: PersonID,
    validThrough: LocalDate? = nil, withdrawnAt: UTCMilliseconds? = nil,
    withdrawnBy: PersonID? = nil
  ) {
    self.id = id
    self.citizen = citizen
    self.kind = kind
    self.recipient = recipient
    self.reason = reason
    self.way = way
    self.givenAt = givenAt
    self.recordedBy = recordedBy
    self.validThrough = validThrough
    self.withdrawnAt = withdrawnAt
    self.withdrawnBy = withdrawnBy
  }

  /// Whether it holds on `day`. Taken back, it holds no longer that very day.
  public func isValid(on day: LocalDate) -> Bool {
    withdrawnAt == nil && LocalDate(givenAt) <= day && validThrough.map { day <= $0 } ?? true
  }
}

/// One citizen's consents (H13).
public struct ConsentRegister: Hashable, Sendable {
  /// The citizen.
  public var citizen: PersonID
  /// The consents, those taken back included.
  public var consents: [Consent]

  /// A register; other citizens' consents are left out.
  public init(citizen: PersonID, consents: [Consent]) {
    self.citizen = citizen
    self.consents = consents.filter { $0.citizen == citizen }
  }

  /// Those that hold on `day`.
  public func valid(_ kind: ConsentKind, on day: LocalDate) -> [Consent] {
    consents.filter { $0.kind == kind && $0.isValid(on: day) }
  }

  /// Throws unless there is a consent to `kind` on `day`, about `recipient` where it must name one.
  public func require(
    _ kind: ConsentKind, recipient: String? = nil, on day: LocalDate
  ) throws(Refusal) {
    let valid = valid(kind, on: day)
    let suffices = valid.contains { !kind.needsRecipient || $0.recipient == recipient }
    guard suffices else { throw .consentMissing(kind) }
  }
}

/// Giving consents and taking them back.
public struct ConsentRules: Sendable {
  /// The longest reason or name, in characters.
  public static let longestText = 300

  /// Rules.
  public init() {}

  /// A consent, or throws. The citizen gives it on screen; staff record what was said or written.
  public func give(
    _ kind: ConsentKind, as id: ConsentID, by citizen: PersonID, recipient: String?,
    reason: String, way: ConsentWay, validThrough: LocalDate? = nil,
    recordedBy initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> Consent {
    guard let recorder = initiator.person else { throw .consentNeedsAPerson }
    switch initiator.role {
    case .citizen: guard recorder == citizen else { throw .notYourRecord }
    case .supportWorker, .teamLead, .caseWorker: break
    case .operations, .administrator, nil: throw .consentNeedsAPerson
    }
    // On screen means the citizen's own finger.
    guard (way == .onScreen) == (recorder == citizen) else { throw .consentWayDoesNotFit }
    let reason = trimmingBlanks(reason)
    let recipient = trimmingBlanks(recipient ?? "")
    guard max(reason.count, recipient.count) <= Self.longestText else {
      throw .noteTooLong(longest: Self.longestText)
    }
    guard !reason.isEmpty else { throw .consentNeedsReason }
    guard !kind.needsRecipient || !recipient.isEmpty else { throw .consentNeedsRecipient }
    if let validThrough, validThrough < LocalDate(now) { throw .consentAlreadyOver }
    return Consent(
      id: id, citizen: citizen, kind: kind, recipient: kind.needsRecipient ? recipient : nil,
      reason: reason, way: way, givenAt: now, recordedBy: recorder, validThrough: validThrough)
  }

  /// The consent taken back: at once, without a reason, by the citizen or whoever the citizen tells.
  /// Repeated, it changes nothing.
  public func withdraw(
    _ consent: Consent, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> Consent {
    guard let person = initiator.person,
      initiator.role != .citizen || person == consent.citizen
    else { throw .notYourRecord }
    guard consent.withdrawnAt == nil else { return consent }
    var consent = consent
    consent.withdrawnAt = now
    consent.withdrawnBy = person
    return consent
  }
}
