/// What carries a message.
public enum ReminderChannel: String, Codable, Sendable, Hashable, CaseIterable {
  /// E-mail, by SMTP.
  case email
  /// A text message, by the municipality's gateway behind a signed webhook (E24).
  case sms
  /// Anything else behind a signed webhook.
  case webhook

  /// Whether the receiving end recognises a repeat by its key, so that a message that may or may not
  /// have been taken is safely sent again. A mail server does not.
  public var recognisesRepeats: Bool { self != .email }
}

/// What a message is about.
public enum ReminderKind: String, Codable, Sendable, Hashable, CaseIterable {
  /// The visit comes up.
  case upcoming
  /// It has another time.
  case moved
  /// It is called off.
  case cancelled
  /// It begins later (B17).
  case delayed
}

/// Where a message is in its life.
public enum ReminderState: String, Codable, Sendable, Hashable, CaseIterable {
  /// To be sent when due.
  case pending
  /// A sender has it and has not yet let go of it: nothing has left the house.
  case sending
  /// On its way: from here on it may have arrived.
  case handedOver = "handed-over"
  /// Taken by the mail server or the gateway.
  case sent
  /// Known to have reached the person.
  case delivered
  /// Known not to have, and not tried again: somebody rings the citizen instead.
  case failed
  /// Whether it left is not known, and sending it again might make it two: somebody looks.
  case uncertain
  /// Not needed any longer: the visit was moved or called off before it was sent.
  case cancelled

  /// Whether it may still be sent.
  public var isOpen: Bool { self == .pending || self == .sending }

  /// Whether the person has it, as far as anybody can tell.
  public var isTold: Bool {
    switch self {
    case .handedOver, .sent, .delivered, .uncertain: true
    case .pending, .sending, .failed, .cancelled: false
    }
  }

  /// Whether a person should look: the citizen may not know.
  public var needsAttention: Bool { self == .failed || self == .uncertain }
}

/// Names one message to one person over one channel: unique in the store, and sent along
/// (`Idempotency-Key`, `Message-ID`), so that no repeat can pass for a second message.
public struct ReminderKey: Identifier {
  /// The key as text.
  public let rawValue: String
  /// Wraps a key.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// One message to one person over one channel.
public struct Reminder: Hashable, Sendable, Codable {
  /// The key.
  public var key: ReminderKey
  /// The municipality.
  public var tenant: TenantID
  /// The visit it is about.
  public var visit: VisitID
  /// Who gets it.
  public var person: PersonID
  /// What it is about.
  public var kind: ReminderKind
  /// What carries it.
  public var channel: ReminderChannel
  /// How long before the visit it was asked for, in minutes; for a delay, by how much. 0 otherwise.
  public var minutes: Int
  /// The start that it tells.
  public var visitStart: UTCMilliseconds
  /// Counts the messages of the same sort for the visit, from 1: a visit that is moved after its
  /// reminder needs another.
  public var round: Int64
  /// When it is to be sent.
  public var dueAt: UTCMilliseconds
  /// Where it is on its way.
  public var delivery: Delivery

  /// A message to be sent.
  public init(
    tenant: TenantID, visit: VisitID, person: PersonID, kind: ReminderKind,
    channel: ReminderChannel, minutes: Int, visitStart: UTCMilliseconds, round: Int64,
    dueAt: UTCMilliseconds
  ) {
    let parts = [
      visit.rawValue, kind.rawValue, person.rawValue, channel.rawValue, String(minutes),
      String(round),
    ]
    key = ReminderKey(rawValue: parts.joined(separator: "."))
    self.tenant = tenant
    self.visit = visit
    self.person = person
    self.kind = kind
    self.channel = channel
    self.minutes = minutes
    self.visitStart = visitStart
    self.round = round
    self.dueAt = dueAt
    delivery = Delivery()
  }

  /// Whether what it says is still so.
  public func isTrue(of visit: Visit, at now: UTCMilliseconds) -> Bool {
    switch kind {
    case .upcoming, .moved:
      visit.state == .booked && visit.start == visitStart && now < visitStart
    case .delayed:
      visit.state == .booked && visit.start == visitStart
        && now < visitStart.adding(minutes: minutes)
    case .cancelled: visit.state == .cancelled && now < visitStart
    }
  }
}
