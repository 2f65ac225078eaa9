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

/// Where somebody whom a consent names is reached.
public struct ConsentContact: Hashable, Sendable, Codable {
  /// What carries a message there.
  public var channel: ReminderChannel
  /// The e-mail address, the telephone number, or what a gateway knows them by.
  public var address: String

  /// A contact.
  public init(channel: ReminderChannel, address: String) {
    self.channel = channel
    self.address = address
  }
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
  /// Where a partner is told (H3); nil where somebody rings them.
  public var contact: ConsentContact?
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
    id: ConsentID, citizen: PersonID, kind: ConsentKind, recipient: String? = nil,
    contact: ConsentContact? = nil, reason: String, way: ConsentWay, givenAt: UTCMilliseconds,
    recordedBy: PersonID,
    validThrough: LocalDate? = nil, withdrawnAt: UTCMilliseconds? = nil,
    withdrawnBy: PersonID? = nil
  ) {
    self.id = id
    self.citizen = citizen
    self.kind = kind
    self.recipient = recipient
    self.contact = contact
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
    contact: ConsentContact? = nil, reason: String, way: ConsentWay, validThrough: LocalDate? = nil,
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
    let address = contact.map { trimmingBlanks($0.address) }
    guard contact == nil || kind == .partnerAlert, address.map({ !$0.isEmpty }) ?? true else {
      throw .consentContactDoesNotFit
    }
    if let validThrough, validThrough < LocalDate(now) { throw .consentAlreadyOver }
    return Consent(
      id: id, citizen: citizen, kind: kind, recipient: kind.needsRecipient ? recipient : nil,
      contact: contact.map { ConsentContact(channel: $0.channel, address: address ?? "") },
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

extension Consent {
  /// A recorded agreement that calls answer themselves (E1) as the register shows it. It is kept with
  /// its device and its hours, and is taken back here as well as there.
  public init(_ agreement: AutoAnswerAgreement) {
    self.init(
      id: Self.id(ofAutoAnswerOn: agreement.device), citizen: agreement.citizen, kind: .autoAnswer,
      reason: agreement.reason, way: .spoken, givenAt: agreement.consentedAt,
      recordedBy: agreement.recordedBy,
      validThrough: LocalDate(agreement.expiresAt.adding(milliseconds: -1)),
      withdrawnAt: agreement.withdrawnAt)
  }

  private static let autoAnswerPrefix = "auto-answer-"

  /// The name in the register of the agreement for a device.
  public static func id(ofAutoAnswerOn device: DeviceID) -> ConsentID {
    ConsentID(rawValue: autoAnswerPrefix + device.rawValue)
  }

  /// The device whose agreement is named; nil where the name is of another consent.
  public static func autoAnswerDevice(_ id: ConsentID) -> DeviceID? {
    guard id.rawValue.hasPrefix(autoAnswerPrefix) else { return nil }
    return DeviceID(rawValue: String(id.rawValue.dropFirst(autoAnswerPrefix.count)))
  }
}
