import Store
import Visits

/// A request to be called as the API shows it. The citizen is shown what happens next; how far it has
/// been carried and by when somebody should have taken it is the team's business. Who runs the system
/// is shown neither who asks nor what about.
struct CallbackDocument: Encodable, Sendable {
  var id: String
  var citizen: PersonName
  var isUrgent: Bool
  var origin: CallbackOrigin
  var about: String?
  var state: CallbackState
  var createdAt: APITime
  var seenAt: APITime?
  var handler: PersonName?
  var claimedAt: APITime?
  var attempts: Int
  var retryAt: APITime?
  var closedAt: APITime?
  var visit: String?
  var team: String?
  var dueAt: APITime?
  /// `duty`, `team` or `lead`.
  var escalation: String?
  var status: NoticeDocument

  init(_ details: CallbackDetails, for role: Role) {
    let request = details.request
    id = request.id.rawValue
    citizen = PersonName(details.citizen)
    isUrgent = request.isUrgent
    origin = request.origin
    about = request.about
    state = request.state
    createdAt = APITime(request.createdAt)
    seenAt = request.seenAt.map { APITime($0) }
    handler = details.handler.map { PersonName($0) }
    claimedAt = request.claimedAt.map { APITime($0) }
    attempts = request.attempts
    retryAt = request.retryAt.map { APITime($0) }
    closedAt = request.closedAt.map { APITime($0) }
    visit = request.visit?.rawValue
    status = NoticeDocument(details.status)
    if role == .operations {
      citizen = PersonName(withoutName: details.citizen)
      about = nil
    }
    guard role != .citizen else { return }
    team = request.team.rawValue
    dueAt = APITime(request.dueAt)
    escalation = request.escalation.name
  }
}

/// Whether anybody answers a citizen now, as the API shows it.
struct ContactDocument: Encodable, Sendable {
  var isOpen: Bool
  var changesAt: APITime?
  var emergencyNumber: String?
  var notice: NoticeDocument?

  init(_ state: ContactState) {
    isOpen = state.isOpen
    changesAt = state.changesAt.map { APITime($0) }
    notice = state.notice.map { NoticeDocument($0) }
    // In the hours it is the team that answers.
    emergencyNumber = state.isOpen ? nil : state.emergencyNumber
  }
}

extension Escalation {
  /// The name in the API.
  var name: String {
    switch self {
    case .duty: "duty"
    case .team: "team"
    case .lead: "lead"
    }
  }
}

/// Which events a change of a request to be called makes, for whom.
enum CallbackEvents {
  /// Made inside the change's transaction. One event for the citizen, one for whoever may take it;
  /// who no longer may is told too, so that it leaves their list.
  @Sendable
  static func drafts(for change: CommittedCallback) -> [EventDraft] {
    guard change.isChanged else { return [] }
    let details = change.details
    return [
      EventDraft(
        name: "callback", document: CallbackDocument(details, for: .citizen),
        audience: Audience(people: [details.request.citizen])),
      EventDraft(
        name: "callback", document: CallbackDocument(details, for: .supportWorker),
        audience: details.staff),
    ]
  }
}

extension EventDraft {
  /// An event with a document of ours; those have finite numbers and so always an encoding.
  init(name: String, document: some Encodable, audience: Audience) {
    self.init(
      name: name, payload: (try? ServiceJSON.string(document)) ?? "{}", audience: audience)
  }
}
