public import Visits

/// A meeting with those who look on, or are asked for.
public struct ObservedMeeting: Hashable, Sendable {
  /// Somebody who looks on, or is asked for.
  public struct Observer: Hashable, Sendable {
    /// Who.
    public var person: Person
    /// What was asked and answered.
    public var asked: MeetingObserver
    /// Where the members' consent stands.
    public var consent: MeetingObserver.Consent
    /// Members who have not answered, by name.
    public var waiting: [Person]
  }

  /// The meeting.
  public var meeting: MeetingDetails
  /// The observers, by name.
  public var observers: [Observer]
}

/// Makes the events that belong to a change of who looks on, inside its transaction.
public typealias ObserverEventMaker = @Sendable (ObservedMeeting, PersonID) -> [EventDraft]

/// What goes on around one meeting: its floor while it lasts (D2, D9), and who looks on (D10).
public protocol MeetingStore: Sendable {
  /// The floor of a meeting that goes on; nil where nothing has happened on it.
  func floor(of visit: VisitID, tenant: TenantID) async throws(StoreError) -> MeetingFloor?
  /// Keeps it until the meeting ends. Of a meeting that does not go on nothing is kept.
  func keepFloor(
    _ floor: MeetingFloor, of visit: VisitID, tenant: TenantID
  ) async throws(StoreError)

  /// A meeting with its observers.
  func observers(
    of meeting: GroupMeetingID, tenant: TenantID
  ) async throws(StoreError) -> ObservedMeeting
  /// Asks the members whether somebody may look on, with a line in the audit log.
  func askForObserver(
    _ person: PersonID, purpose: String, at meeting: GroupMeetingID, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds, events: @escaping ObserverEventMaker
  ) async throws(StoreError) -> ObservedMeeting
  /// A member's yes or no, with a line in the audit log.
  func answer(
    _ isYes: Bool, toObserver person: PersonID, of citizen: PersonID, at meeting: GroupMeetingID,
    tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping ObserverEventMaker
  ) async throws(StoreError) -> ObservedMeeting
  /// Somebody does not look on after all, with a line in the audit log.
  func removeObserver(
    _ person: PersonID, at meeting: GroupMeetingID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping ObserverEventMaker
  ) async throws(StoreError) -> ObservedMeeting
}
