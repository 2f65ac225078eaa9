public import CallQuality
public import Visits

/// Everything the service keeps. Each function is one transaction: it happened wholly and is on
/// disk when the function returns, or not at all when it throws.
///
/// Every question names the municipality. What belongs to another is `.notFound`.
public protocol BesoegStore:
  PeopleStore, VisitStore, LedgerStore, SampleStore, EventStore, AuditStore, AccessStore,
  CalendarStore, GrantStore, SeriesStore, AbsenceStore, CallbackStore, DropInStore, PresenceStore,
  GroupStore, MeetingStore, AutoAnswerStore, ReminderStore, CalendarFeedStore, OutcomeStore,
  RetentionStore, StartStore, CareStore, PostStore, DisclosureStore
{
  /// Throws unless something can be written now: `/readyz`.
  func checkWritable(at now: UTCMilliseconds) async throws(StoreError)
}

/// Municipalities, people and their devices.
public protocol PeopleStore: Sendable {
  /// Creates a municipality; `.conflict` when it exists.
  func addTenant(_ tenant: Tenant) async throws(StoreError)
  /// All municipalities, by name.
  func tenants() async throws(StoreError) -> [Tenant]

  /// Creates a person, with a line in the audit log.
  func addPerson(_ person: Person, by initiator: Initiator) async throws(StoreError)
  /// A person.
  func person(_ id: PersonID, tenant: TenantID) async throws(StoreError) -> Person
  /// People by name; of one role, or of all.
  func people(tenant: TenantID, role: Role?) async throws(StoreError) -> [Person]

  /// Gives access on a device, with a line in the audit log.
  func addDevice(_ device: Device, by initiator: Initiator) async throws(StoreError)
  /// A device, revoked or not.
  func device(_ id: DeviceID, tenant: TenantID) async throws(StoreError) -> Device
  /// A person's devices, oldest first, revoked ones among them.
  func devices(of person: PersonID, tenant: TenantID) async throws(StoreError) -> [Device]
  /// Takes access back, with a line in the audit log. Doing so twice changes nothing.
  func revokeDevice(
    _ id: DeviceID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError)
}

/// Makes the events that belong to a change, inside its transaction: the visit, the ledger and the
/// event stream can never tell different stories. Called with `events` empty.
public typealias EventMaker = @Sendable (CommittedVisit) -> [EventDraft]

/// Visits and what happens to them.
public protocol VisitStore: Sendable {
  /// Books a visit: ledger, events and audit log with it.
  ///
  /// A request whose id exists already with the same content returns it unchanged, without entries
  /// or events; with another content it is a `.conflict`. `.refused` says which rule forbids it;
  /// nobody is ever booked twice for the same time, whoever else is writing.
  func book(
    _ request: BookingRequest, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping EventMaker
  ) async throws(StoreError) -> CommittedVisit

  /// Applies a command to a visit as the rules say: state, ledger, events and, when a person gave
  /// it, audit log. `events` is not called when nothing changed.
  ///
  /// `now` is when it happened, which for a report that had to wait is not when it is written.
  func apply(
    _ command: VisitCommand, to id: VisitID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping EventMaker
  ) async throws(StoreError) -> CommittedVisit

  /// A visit with its people.
  func visit(_ id: VisitID, tenant: TenantID) async throws(StoreError) -> VisitDetails
  /// Visits that overlap a span of time, by start, with verdicts of those that are over; of one
  /// person, or of all.
  func visits(
    tenant: TenantID, from: UTCMilliseconds, to: UTCMilliseconds, of person: PersonID?
  ) async throws(StoreError) -> [VisitDetails]
  /// Visits of all municipalities that ring or are going on: what a restarted service takes up
  /// again.
  func liveVisits() async throws(StoreError) -> [VisitDetails]

  /// Throws `.refused` unless the person may enter the visit's room now; returns the visit.
  func checkJoin(
    _ id: VisitID, tenant: TenantID, by initiator: Initiator
  ) async throws(StoreError) -> VisitDetails

  /// The verdict as the ledger and the samples stand now.
  func verdict(of id: VisitID, tenant: TenantID) async throws(StoreError) -> Verdict
}

/// Reading ledgers. They are written by `VisitStore` alone.
public protocol LedgerStore: Sendable {
  /// A visit's entries after `sequence` (0 for all), in order, at most `limit`.
  func ledger(
    of visit: VisitID, tenant: TenantID, after sequence: Int64, limit: Int
  ) async throws(StoreError) -> [LedgerEntry]
}

/// Quality samples.
public protocol SampleStore: Sendable {
  /// Stores samples with a visit, clamped to what can be true.
  func appendSamples(
    _ samples: [QualitySample], of visit: VisitID, tenant: TenantID
  ) async throws(StoreError)
  /// A visit's samples, in the order they came.
  func samples(of visit: VisitID, tenant: TenantID) async throws(StoreError) -> [QualitySample]
}

/// The event stream's memory.
public protocol EventStore: Sendable {
  /// Stores events that belong to no visit's change.
  func appendEvents(
    _ drafts: [EventDraft], tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> [StoredEvent]
  /// Events after `id` that a person may receive, in order, at most `limit`.
  func events(
    after id: Int64, tenant: TenantID, person: PersonID, role: Role, limit: Int
  ) async throws(StoreError) -> [StoredEvent]
  /// Events of all municipalities after `id`, in order, at most `limit`: for the one reader that
  /// hands them on to open streams.
  func allEvents(after id: Int64, limit: Int) async throws(StoreError) -> [StoredEvent]
  /// The newest event's id; 0 when there has never been one.
  func lastEventID() async throws(StoreError) -> Int64
  /// The oldest event's id still kept; nil when none is.
  func firstEventID() async throws(StoreError) -> Int64?
  /// Forgets events stored before a time. Ids are never given again.
  func pruneEvents(before: UTCMilliseconds) async throws(StoreError)
  /// Says, after each commit of events, that there are new ones. Signals merge: read until there
  /// are no more.
  func eventSignals() -> AsyncStream<Void>
}

/// The audit log: it only grows.
public protocol AuditStore: Sendable {
  /// Writes a line for something that is not itself a write of the store, such as reading a ledger.
  func appendAudit(
    _ draft: AuditDraft, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError)
  /// Lines after `id` (0 for all), in order, at most `limit`.
  func audit(
    tenant: TenantID, after id: Int64, limit: Int
  ) async throws(StoreError) -> [AuditEntry]
}

extension VisitStore {
  /// Books a visit without telling anybody.
  public func book(
    _ request: BookingRequest, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> CommittedVisit {
    try await book(request, tenant: tenant, by: initiator, at: now, events: { _ in [] })
  }

  /// Applies a command without telling anybody.
  public func apply(
    _ command: VisitCommand, to id: VisitID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> CommittedVisit {
    try await apply(command, to: id, tenant: tenant, by: initiator, at: now, events: { _ in [] })
  }
}
