public import FoundationEssentials

/// A person as others see them.
public struct PersonReference: Codable, Sendable, Hashable {
  /// The person's id.
  public var id: String
  /// The name that is shown on screen.
  public var displayName: String

  /// A reference to a person.
  public init(id: String, displayName: String) {
    self.id = id
    self.displayName = displayName
  }
}

/// A person whom the service knows.
public struct Person: Codable, Sendable, Hashable {
  /// The person's id.
  public var id: String
  /// What the person may do.
  public var role: Role
  /// The name that is shown on screen.
  public var displayName: String
  /// Whether colleagues ask them about screen visits; said of teams' members alone.
  public var isKeyWorker: Bool?

  /// A person.
  public init(id: String, role: Role, displayName: String) {
    self.id = id
    self.role = role
    self.displayName = displayName
  }
}

/// What a person may do in a municipality.
public enum Role: String, Codable, Sendable, CaseIterable {
  /// Receives support.
  case citizen
  /// Gives support.
  case supportWorker
  /// Leads a team of support workers.
  case teamLead
  /// Decides what is granted.
  case caseWorker
  /// Keeps the system running.
  case operations
  /// Sets the system up.
  case administrator
}

/// A new device's credentials; the token is shown once and never again.
public struct DeviceGrant: Codable, Sendable {
  /// The device's bearer token.
  public var token: String
  /// The page a citizen opens, with the token after `#`; absent where there is no page for the role.
  public var page: String?
}

/// One appointment, as the service tells it.
public struct Visit: Codable, Sendable, Hashable {
  /// The visit's id.
  public var id: String
  /// Who receives the visit.
  public var citizen: PersonReference
  /// Who gives it.
  public var worker: PersonReference
  /// When it is to begin.
  public var start: Date
  /// How long it is to take, in minutes.
  public var durationMinutes: Int
  /// How it is held: `screen`, `group`, `dropIn` or `physical`.
  public var form: String
  /// What it carries: `video`, `audio` or `phone`.
  public var mediaMode: String
  /// Where it has got to.
  public var state: VisitState
  /// How many participants its room holds; nil means two.
  public var capacity: Int?
  /// Everybody in a group; nil for a visit of two.
  public var participants: [PersonReference]?
  /// What whoever booked it should know.
  public var advice: [NoticeRecord]?

  /// A visit.
  public init(
    id: String, citizen: PersonReference, worker: PersonReference, start: Date,
    durationMinutes: Int, form: String = "screen", mediaMode: String = "video",
    state: VisitState = .booked, capacity: Int? = nil
  ) {
    self.id = id
    self.citizen = citizen
    self.worker = worker
    self.start = start
    self.durationMinutes = durationMinutes
    self.form = form
    self.mediaMode = mediaMode
    self.state = state
    self.capacity = capacity
  }

  /// When it is to end.
  public var end: Date { start.addingTimeInterval(Double(durationMinutes) * 60) }

  /// The participant that `person` talks with.
  public func counterpart(of person: String) -> PersonReference {
    person == citizen.id ? worker : citizen
  }
}

/// Where a visit has got to.
public enum VisitState: String, Codable, Sendable, CaseIterable {
  /// Agreed and not yet begun.
  case booked
  /// The citizen's devices ring.
  case ringing
  /// The parties are in the room.
  case active
  /// Held and over.
  case ended
  /// Called off.
  case cancelled
  /// Rung without an answer.
  case missed
  /// A state of a newer service.
  case unknown

  /// A state by its name in the API; unknown names are `unknown`.
  public init(from decoder: any Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    self = VisitState(rawValue: name) ?? .unknown
  }
}

/// A new appointment.
public struct NewVisit: Codable, Sendable {
  /// Who is to receive it.
  public var citizenId: String
  /// Who is to give it; nil means the caller.
  public var workerId: String?
  /// When it is to begin.
  public var start: Date
  /// How long it is to take, in minutes.
  public var durationMinutes: Int

  /// An appointment with a citizen.
  public init(citizenId: String, workerId: String? = nil, start: Date, durationMinutes: Int) {
    self.citizenId = citizenId
    self.workerId = workerId
    self.start = start
    self.durationMinutes = durationMinutes
  }
}

/// One line of a visit's ledger.
public struct LedgerEntry: Codable, Sendable, Equatable {
  /// The entry's place in the visit, from 1 without gaps.
  public var sequence: Int
  /// When it happened.
  public var at: Date
  /// What happened: `booked`, `rung`, `answered`, `media-connected`, …
  public var kind: String
  /// Whom it happened to, where that is one person.
  public var participant: String?
  /// Why, where that is known.
  public var cause: String?
}
