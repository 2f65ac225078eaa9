public import Visits

/// A citizen's wish to be called, on its way into the store.
public struct CallbackAsk: Hashable, Sendable {
  /// The id it shall have, where it becomes a new request.
  public var id: CallbackID
  /// Who wants to be called.
  public var citizen: PersonID
  /// Whether it is urgent.
  public var isUrgent: Bool
  /// Where it comes from.
  public var origin: CallbackOrigin
  /// What it is about.
  public var about: String?

  /// A wish.
  public init(
    id: CallbackID = .random(), citizen: PersonID, isUrgent: Bool = false,
    origin: CallbackOrigin = .button, about: String? = nil
  ) {
    self.id = id
    self.citizen = citizen
    self.isUrgent = isUrgent
    self.origin = origin
    self.about = about
  }
}

/// What can be asked of a request to be called.
public enum CallbackCommand: Hashable, Sendable {
  /// A worker has looked at it.
  case see
  /// A worker takes it; nobody else can then.
  case claim
  /// The worker puts it back.
  case release
  /// The worker called in vain.
  case noAnswer
  /// They have talked.
  case reached
  /// The citizen takes it back.
  case withdraw
  /// Time passed.
  case advance

  /// The command's stable name, as the audit log has it.
  public var name: String {
    switch self {
    case .see: "see"
    case .claim: "claim"
    case .release: "release"
    case .noAnswer: "no-answer"
    case .reached: "done"
    case .withdraw: "withdraw"
    case .advance: "advance"
    }
  }
}

/// A request to be called with the people in it.
public struct CallbackDetails: Hashable, Sendable {
  /// The request.
  public var request: CallbackRequest
  /// Who wants to be called.
  public var citizen: Person
  /// Who has taken it; else who was first to see it; nil where nobody has.
  public var handler: Person?
  /// Who is shown it and may take it.
  public var staff: Audience
  /// The team's contact hours from now on.
  public var hours: TimeWindows
  /// The number that is answered at once.
  public var emergencyNumber: String?
  /// When it was read.
  public var at: UTCMilliseconds

  /// What the citizen is shown.
  public var status: Notice {
    request.status(
      name: handler?.displayName, hours: hours, emergencyNumber: emergencyNumber, at: at)
  }
}

/// What a command did to a request to be called.
public struct CommittedCallback: Hashable, Sendable {
  /// The request afterwards.
  public var details: CallbackDetails
  /// The request before; nil when it is new. The same as afterwards where nothing changed.
  public var previous: CallbackRequest?

  /// Whether anything changed.
  public var isChanged: Bool { previous != details.request }
}

/// Makes the events that belong to a change of a request, inside its transaction. Not called where
/// nothing changed.
public typealias CallbackEventMaker = @Sendable (CommittedCallback) -> [EventDraft]

/// Requests to be called (E2, E23, B14).
public protocol CallbackStore: Sendable {
  /// A citizen asks to be called. Who has asked already keeps that request, made urgent if need be.
  func askForCall(
    _ ask: CallbackAsk, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping CallbackEventMaker
  ) async throws(StoreError) -> CommittedCallback

  /// Applies a command as the rules say. Of two who claim at once exactly one succeeds.
  func apply(
    _ command: CallbackCommand, to id: CallbackID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping CallbackEventMaker
  ) async throws(StoreError) -> CommittedCallback

  /// Takes the request and books the visit in which the citizen is called now, in one transaction.
  /// What becomes of the visit becomes of the request: answered, it is done; not, it waits.
  func bookCallback(
    _ id: CallbackID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping EventMaker
  ) async throws(StoreError) -> CommittedVisit

  /// A request.
  func callback(
    _ id: CallbackID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> CallbackDetails
  /// Open requests that a worker is shown, in the order they should be taken; all of the
  /// municipality's where `worker` is nil.
  func openCallbacks(
    tenant: TenantID, worker: PersonID?, at now: UTCMilliseconds
  ) async throws(StoreError) -> [CallbackDetails]
  /// A citizen's newest request, open or not; nil where there has never been one.
  func latestCallback(
    of citizen: PersonID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> CallbackDetails?
  /// Whether anybody of a citizen's team answers at `now`, and whom to ring where nobody does (E23).
  func contact(
    of citizen: PersonID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> ContactState
  /// Requests of all municipalities that time alone changes by `now`.
  func dueCallbacks(
    at now: UTCMilliseconds
  ) async throws(StoreError) -> [(tenant: TenantID, id: CallbackID)]
}
