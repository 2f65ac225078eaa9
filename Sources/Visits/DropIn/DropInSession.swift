/// Names one opening of a drop-in service: a Tuesday's rådgivning.
public struct DropInSessionID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// One opening window with a queue (C1). Which days and hours there are is the opening profile's to
/// say; each becomes one session.
public struct DropInSession: Hashable, Sendable, Codable {
  /// The session's id.
  public var id: DropInSessionID
  /// The municipality.
  public var tenant: TenantID
  /// Whose citizens it is for.
  public var team: TeamID
  /// The service whose hours it follows.
  public var service: ServiceID
  /// From when until when it is open.
  public var window: TimeWindow
  /// The fixed host (C11).
  public var host: PersonID
  /// Who stands in for the host (B12).
  public var backup: PersonID?
  /// What a talk is meant to take, in minutes; a soft limit (C2, C6).
  public var softMinutes: Int
  /// Who may come; nil for everybody (A9).
  public var eligibility: DropInEligibility?

  /// "Varer ca. 20 minutter" (C6).
  public static let usualMinutes = 20

  /// A session.
  public init(
    id: DropInSessionID, tenant: TenantID, team: TeamID, service: ServiceID = .dropIn,
    window: TimeWindow, host: PersonID, backup: PersonID? = nil,
    softMinutes: Int = Self.usualMinutes, eligibility: DropInEligibility? = nil
  ) {
    self.id = id
    self.tenant = tenant
    self.team = team
    self.service = service
    self.window = window
    self.host = host
    self.backup = backup
    self.softMinutes = softMinutes
    self.eligibility = eligibility
  }

  /// Whether `worker` may take people from the queue now: the host, the backup and whoever has the
  /// duty (B13).
  public func isServed(by worker: PersonID, duty: [DutyShift], at now: UTCMilliseconds) -> Bool {
    worker == host || worker == backup
      || DutyShift.onDuty(duty, team: team, at: now).contains(worker)
  }
}

/// Names one place in a queue.
public struct TicketID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Where a citizen is between joining a queue and being helped.
public enum TicketState: String, Codable, Sendable, Hashable, CaseIterable {
  /// In line. "Vi ringer til dig."
  case waiting
  /// A worker has taken it and is ringing; nobody else can.
  case claimed
  /// They are talking.
  case talking
  /// They have talked.
  case done
  /// The citizen left the queue.
  case left
  /// The session ended, or the citizen was not reached: a call-back request took over, so that
  /// nobody is forgotten.
  case handedOn = "handed-on"

  /// Whether the citizen is still to be helped in this queue.
  public var isOpen: Bool { self == .waiting || self == .claimed || self == .talking }
}

/// A citizen's place in a queue. No CPR number, no birth date, no address: a name to call and
/// somewhere to ring are all it takes (C7).
public struct QueueTicket: Hashable, Sendable, Codable {
  /// The ticket's id.
  public var id: TicketID
  /// The session.
  public var session: DropInSessionID
  /// The place in line: 1, 2, 3 … in the order people joined. Never given twice.
  public var number: Int
  /// Who waits.
  public var citizen: PersonID
  /// A telephone number to ring instead of the citizen's devices.
  public var phone: String?
  /// What it is about, in the citizen's few words or a topic's name (C10).
  public var topic: String?
  /// A time agreed beforehand inside the window (C2); nil for those who come as they please.
  public var appointment: UTCMilliseconds?
  /// Where it stands.
  public var state: TicketState
  /// When the citizen joined.
  public var joinedAt: UTCMilliseconds
  /// Who took it.
  public var claimedBy: PersonID?
  /// When.
  public var claimedAt: UTCMilliseconds?
  /// How often the citizen was rung without an answer.
  public var attempts: Int
  /// Not before this is the citizen rung again; nil when at any time.
  public var retryAt: UTCMilliseconds?
  /// When the talk began.
  public var startedAt: UTCMilliseconds?
  /// When it ended, or the ticket left the queue.
  public var endedAt: UTCMilliseconds?

  /// A new ticket.
  public init(
    id: TicketID, session: DropInSessionID, number: Int, citizen: PersonID, phone: String? = nil,
    topic: String? = nil, appointment: UTCMilliseconds? = nil, joinedAt: UTCMilliseconds
  ) {
    self.id = id
    self.session = session
    self.number = number
    self.citizen = citizen
    self.phone = phone
    self.topic = topic
    self.appointment = appointment
    state = .waiting
    self.joinedAt = joinedAt
    attempts = 0
  }

  /// The soft timer of the talk: how it stands, or nil when they are not talking.
  public func timer(softMinutes: Int, at now: UTCMilliseconds) -> SoftTimer? {
    guard state == .talking, let startedAt else { return nil }
    return SoftTimer(
      minutes: Int(max(0, now.milliseconds(since: startedAt)) / 60_000), softMinutes: softMinutes)
  }
}

/// A talk's length beside what it is meant to take (C2). Shown calmly; it never ends a talk.
public struct SoftTimer: Hashable, Sendable, Codable {
  /// How far the talk is.
  public enum Phase: String, Codable, Sendable, Hashable, CaseIterable {
    /// Plenty of time.
    case within
    /// The last five minutes: time to sum up.
    case nearing
    /// Longer than meant.
    case over
  }

  /// Whole minutes talked.
  public var minutes: Int
  /// What it is meant to take.
  public var softMinutes: Int

  /// How far the talk is.
  public var phase: Phase {
    if minutes >= softMinutes { return .over }
    return minutes >= softMinutes - 5 ? .nearing : .within
  }
}
