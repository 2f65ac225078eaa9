public import CallQuality
public import Visits

/// A municipality.
public struct Tenant: Hashable, Sendable {
  /// The id.
  public var id: TenantID
  /// The name.
  public var name: String
  /// When it was created.
  public var createdAt: UTCMilliseconds

  /// A municipality.
  public init(id: TenantID, name: String, createdAt: UTCMilliseconds) {
    self.id = id
    self.name = name
    self.createdAt = createdAt
  }
}

/// A visit with the people in it.
public struct VisitDetails: Hashable, Sendable {
  /// The visit.
  public var visit: Visit
  /// Who is visited.
  public var citizen: Person
  /// Who visits.
  public var worker: Person
  /// The other members of a group, by name.
  public var others: [Person]
  /// Those who look on at a group's meeting, by name: every member has said yes.
  public var observers: [Person]
  /// The verdict, where one was asked for and the visit is over.
  public var verdict: Verdict?

  /// A visit with its people.
  public init(
    visit: Visit, citizen: Person, worker: Person, others: [Person] = [],
    observers: [Person] = [], verdict: Verdict? = nil
  ) {
    self.visit = visit
    self.citizen = citizen
    self.worker = worker
    self.others = others
    self.observers = observers
    self.verdict = verdict
  }

  /// Everybody who takes part.
  public var people: [Person] { [citizen, worker] + others }

  /// Whether somebody may be in its room: who takes part, or looks on.
  public func isFor(_ person: PersonID) -> Bool {
    visit.participants.contains(person) || observers.contains { $0.id == person }
  }
}

/// What a command did, as it was written: visit, ledger, events and audit log in one transaction.
public struct CommittedVisit: Hashable, Sendable {
  /// The visit afterwards.
  public var details: VisitDetails
  /// The visit before; nil when it was booked now.
  public var previous: Visit?
  /// The ledger entries written, numbered. Empty when the command changed nothing.
  public var entries: [LedgerEntry]
  /// The events written.
  public var events: [StoredEvent]
  /// The request to be called that the visit answers, where what happened changed it.
  public var callback: CommittedCallback?
  /// The queue that the visit was taken from, where what happened changed it.
  public var queue: CommittedQueue?
  /// The devices that answer by themselves where this is a ring, and when.
  public var autoAnswers: [DeviceID: UTCMilliseconds] = [:]
  /// What became of the visit, where this ended it and the ledger can tell.
  public var outcome: Visits.VisitOutcome?
  /// The follow-up that this opened or took on.
  public var followUp: NoShowPath?

  /// What was written.
  public init(
    details: VisitDetails, previous: Visit?, entries: [LedgerEntry], events: [StoredEvent] = []
  ) {
    self.details = details
    self.previous = previous
    self.entries = entries
    self.events = events
  }
}

/// A visit that somebody wants booked.
public struct BookingRequest: Hashable, Sendable {
  /// The id it shall have. Given by the caller so that a repeated request books once.
  public var id: VisitID
  /// Who is visited.
  public var citizenID: PersonID
  /// Who visits.
  public var workerID: PersonID
  /// When.
  public var start: UTCMilliseconds
  /// How long, in minutes.
  public var durationMinutes: Int
  /// How it is held.
  public var form: VisitForm
  /// What carries it.
  public var mediaMode: MediaMode
  /// Where; nil where no room is needed.
  public var room: RoomID?

  /// A request.
  public init(
    id: VisitID = .random(), citizenID: PersonID, workerID: PersonID, start: UTCMilliseconds,
    durationMinutes: Int, form: VisitForm = .screen, mediaMode: MediaMode = .video,
    room: RoomID? = nil
  ) {
    self.id = id
    self.citizenID = citizenID
    self.workerID = workerID
    self.start = start
    self.durationMinutes = durationMinutes
    self.form = form
    self.mediaMode = mediaMode
    self.room = room
  }
}

/// Something a person did, for the audit log.
public struct AuditDraft: Hashable, Sendable {
  /// What was done, as a stable code such as `person.create`.
  public var action: String
  /// Whom it concerns.
  public var subject: PersonID?
  /// Which visit.
  public var visit: VisitID?
  /// More about it; never a citizen's circumstances.
  public var detail: String?

  /// A draft.
  public init(
    action: String, subject: PersonID? = nil, visit: VisitID? = nil, detail: String? = nil
  ) {
    self.action = action
    self.subject = subject
    self.visit = visit
    self.detail = detail
  }
}

/// One line of the audit log: when, who, what, about whom.
public struct AuditEntry: Hashable, Sendable {
  /// The number, rising.
  public var id: Int64
  /// The municipality.
  public var tenant: TenantID
  /// When.
  public var at: UTCMilliseconds
  /// Who; nil for the system.
  public var actor: PersonID?
  /// In which role.
  public var role: Role?
  /// On which device.
  public var device: DeviceID?
  /// What.
  public var draft: AuditDraft

  /// A line.
  public init(
    id: Int64, tenant: TenantID, at: UTCMilliseconds, actor: PersonID?, role: Role?,
    device: DeviceID?, draft: AuditDraft
  ) {
    self.id = id
    self.tenant = tenant
    self.at = at
    self.actor = actor
    self.role = role
    self.device = device
    self.draft = draft
  }
}
