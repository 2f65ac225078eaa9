public import Visits

/// A citizen's wish to stand in the queue, on its way into the store.
public struct QueueWish: Hashable, Sendable {
  /// The id the ticket shall have, where it becomes a new one.
  public var id: TicketID
  /// The session.
  public var session: DropInSessionID
  /// Who wants to talk.
  public var citizen: PersonID
  /// A telephone number to ring instead of the citizen's devices.
  public var phone: String?
  /// What it is about.
  public var topic: String?
  /// A time inside the window; nil for those who come as they please.
  public var appointment: UTCMilliseconds?

  /// A wish.
  public init(
    id: TicketID = .random(), session: DropInSessionID, citizen: PersonID, phone: String? = nil,
    topic: String? = nil, appointment: UTCMilliseconds? = nil
  ) {
    self.id = id
    self.session = session
    self.citizen = citizen
    self.phone = phone
    self.topic = topic
    self.appointment = appointment
  }
}

/// A session with its queue as it stands.
public struct QueueDetails: Hashable, Sendable {
  /// The session.
  public var session: DropInSession
  /// All its tickets, by number.
  public var tickets: [QueueTicket]
  /// Those who wait, in order, with their places.
  public var places: [QueuePlace]
  /// Everybody named in it, by id.
  public var people: [PersonID: Person]
  /// Who may take people from it: host, backup, and whoever has the duty.
  public var serving: Set<PersonID>
  /// When it was read.
  public var at: UTCMilliseconds

  /// The place of a ticket; nil where it does not wait.
  public func place(of ticket: TicketID) -> QueuePlace? { places.first { $0.ticket == ticket } }

  /// What the citizen with the ticket is shown.
  public func status(of ticket: QueueTicket) -> Notice {
    ticket.status(
      place: place(of: ticket.id), name: ticket.claimedBy.flatMap { people[$0]?.displayName })
  }
}

/// What happened to a queue.
public struct CommittedQueue: Hashable, Sendable {
  /// The queue afterwards.
  public var details: QueueDetails
  /// The queue before.
  public var previous: QueueDetails
  /// The ticket that was asked about, where one was.
  public var ticket: QueueTicket?
  /// Requests to be called that those became who could not be helped in this queue.
  public var callbacks: [CommittedCallback] = []
  /// Soft timers that have moved on, by the visits they belong to.
  public var timers: [TalkTimer] = []

  /// Tickets whose state or place is another than before.
  public var changed: [QueueTicket] {
    details.tickets.filter { ticket in
      previous.tickets.first { $0.id == ticket.id } != ticket
        || previous.place(of: ticket.id) != details.place(of: ticket.id)
    }
  }
}

/// How long a talk has lasted beside what it is meant to take: told, never enforced (C2).
public struct TalkTimer: Hashable, Sendable {
  /// The visit.
  public var visit: VisitID
  /// Who is told: the worker alone. A citizen is not to talk against a clock (E21).
  public var worker: PersonID
  /// How it stands.
  public var timer: SoftTimer
}

/// Makes the events that belong to a change of a queue, inside its transaction.
public typealias QueueEventMaker = @Sendable (CommittedQueue) -> [EventDraft]

/// Drop-in advice: opening windows, each with a queue (C1–C12).
public protocol DropInStore: Sendable {
  /// Adds sessions inside the opening hours of their teams and returns those laid: of several, what
  /// falls on a closed holiday is left out. `.conflict` where one exists. Staff only.
  func addDropIn(
    _ sessions: [DropInSession], tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> [DropInSession]
  /// Sessions that overlap a span of time, by start.
  func dropInSessions(
    tenant: TenantID, from: UTCMilliseconds, to: UTCMilliseconds
  ) async throws(StoreError) -> [DropInSession]
  /// A session with its queue.
  func queue(
    _ id: DropInSessionID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> QueueDetails
  /// The queues in which a citizen has a ticket that is not over, or whose ticket ended since
  /// `since`, newest first.
  func queues(
    of citizen: PersonID, tenant: TenantID, since: UTCMilliseconds, at now: UTCMilliseconds
  ) async throws(StoreError) -> [QueueDetails]
  /// The queue that a ticket is in.
  func queue(
    with ticket: TicketID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> QueueDetails

  /// Puts a citizen in line; who is in line already keeps their place.
  func joinQueue(
    _ wish: QueueWish, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping QueueEventMaker
  ) async throws(StoreError) -> CommittedQueue
  /// Takes a citizen out of the line, at their own wish.
  func leaveQueue(
    _ ticket: TicketID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping QueueEventMaker
  ) async throws(StoreError) -> CommittedQueue
  /// Puts a citizen back in their place: the worker was called away.
  func releaseTicket(
    _ ticket: TicketID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping QueueEventMaker
  ) async throws(StoreError) -> CommittedQueue
  /// Takes the next in line and books the drop-in visit in which they talk now, in one transaction;
  /// nil where nobody is to be rung. What becomes of the visit becomes of the ticket.
  func claimNext(
    in session: DropInSessionID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping EventMaker
  ) async throws(StoreError) -> CommittedVisit?

  /// Does to all queues what time alone does by `now`. True while there may be more to do.
  func advanceQueues(
    at now: UTCMilliseconds, events: @escaping QueueEventMaker
  ) async throws(StoreError) -> Bool
  /// Planned beside actual, over the sessions that began in a span of time (C3, C4).
  func dropInStatistics(
    tenant: TenantID, from: UTCMilliseconds, to: UTCMilliseconds
  ) async throws(StoreError) -> (sessions: Int, figures: DropInStatistics)
}
