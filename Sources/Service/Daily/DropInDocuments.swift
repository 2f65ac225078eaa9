import Store
import Visits

/// A drop-in session as anybody sees it.
struct DropInDocument: Encodable, Sendable {
  var id: String
  var team: String
  var start: APITime
  var end: APITime
  var isOpen: Bool
  var softMinutes: Int
  var host: String
  /// For whom it is, where it is not for everybody (A9).
  var targetGroups: [TargetGroup]?
  var areas: [String]?
  /// Whether it is held on screen, where areas do not matter.
  var isVirtual: Bool?

  init(_ session: DropInSession, at now: UTCMilliseconds) {
    id = session.id.rawValue
    team = session.team.rawValue
    start = APITime(session.window.start)
    end = APITime(session.window.end)
    isOpen = session.window.contains(now)
    softMinutes = session.softMinutes
    host = session.host.rawValue
    guard let eligibility = session.eligibility else { return }
    targetGroups = TargetGroup.allCases.filter(eligibility.targetGroups.contains)
    areas = eligibility.areas.map(\.rawValue).sorted()
    isVirtual = eligibility.isVirtual
  }
}

/// A place in a queue. The citizen is shown their own; what others wait for is not theirs to see.
struct TicketDocument: Encodable, Sendable {
  var id: String
  var session: String
  var number: Int
  var state: TicketState
  var position: Int?
  var expectedMinutes: Int?
  var appointment: APITime?
  var joinedAt: APITime
  var status: NoticeDocument
  var citizen: PersonName?
  var worker: PersonName?
  var phone: String?
  var topic: String?
  var retryAt: APITime?
  var talkedMinutes: Int?
  var phase: SoftTimer.Phase?

  /// A ticket as its citizen sees it, where `sight` is nil, or as staff of that sight do.
  init(_ ticket: QueueTicket, in queue: QueueDetails, for sight: Sight?) {
    id = ticket.id.rawValue
    session = ticket.session.rawValue
    number = ticket.number
    state = ticket.state
    let place = queue.place(of: ticket.id)
    position = place?.position
    expectedMinutes = place?.expectedMinutes
    appointment = ticket.appointment.map { APITime($0) }
    joinedAt = APITime(ticket.joinedAt)
    status = NoticeDocument(queue.status(of: ticket))
    guard let sight else { return }
    citizen = queue.people[ticket.citizen].map { sight.name($0) }
    worker = ticket.claimedBy.flatMap { queue.people[$0] }.map { PersonName($0) }
    phone = sight.words(ticket.phone, of: ticket.citizen)
    topic = sight.words(ticket.topic, of: ticket.citizen)
    retryAt = ticket.retryAt.map { APITime($0) }
    let timer = ticket.timer(softMinutes: queue.session.softMinutes, at: queue.at)
    talkedMinutes = timer?.minutes
    phase = timer?.phase
  }
}

/// A session with its queue, as staff see it: who talks, then who waits, in order.
struct QueueDocument: Encodable, Sendable {
  var session: DropInDocument
  var tickets: [TicketDocument]

  /// A queue as those who serve it see it.
  init(_ queue: QueueDetails) {
    self.init(queue, for: Sight(known: Set(queue.tickets.map(\.citizen))))
  }

  /// A queue as staff of a sight see it.
  init(_ queue: QueueDetails, for sight: Sight) {
    session = DropInDocument(queue.session, at: queue.at)
    let waiting = queue.places.compactMap { place in
      queue.tickets.first { $0.id == place.ticket }
    }
    let busy = queue.tickets.filter { $0.state == .claimed || $0.state == .talking }
    tickets = (busy + waiting).map { TicketDocument($0, in: queue, for: sight) }
  }
}

/// What the queues were like.
struct DropInStatisticsDocument: Encodable, Sendable {
  var sessions: Int
  var joined: Int
  var talked: Int
  var left: Int
  var handedOn: Int
  var plannedMinutes: Int
  var meanMinutes: Double?
  var longestMinutes: Double?
  var overLimit: Int
  var medianWaitMinutes: Double?
  var ninetiethWaitMinutes: Double?

  init(sessions: Int, _ figures: DropInStatistics) {
    self.sessions = sessions
    joined = figures.joined
    talked = figures.talked
    left = figures.left
    handedOn = figures.handedOn
    plannedMinutes = figures.plannedMinutes
    meanMinutes = figures.meanMinutes.map(Self.tenths)
    longestMinutes = figures.longestMinutes.map(Self.tenths)
    overLimit = figures.overLimit
    medianWaitMinutes = figures.medianWaitMinutes.map(Self.tenths)
    ninetiethWaitMinutes = figures.ninetiethWaitMinutes.map(Self.tenths)
  }

  private static func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}

/// How long a talk has lasted.
struct SoftTimerEvent: Encodable, Sendable {
  var visit: String
  var minutes: Int
  var softMinutes: Int
  var phase: SoftTimer.Phase
}

/// Which events a change of a queue makes, for whom.
enum QueueEvents {
  /// Made inside the change's transaction: a citizen whose place moved is told; those who serve are
  /// shown the queue.
  @Sendable
  static func drafts(for change: CommittedQueue) -> [EventDraft] {
    let queue = change.details
    var drafts = change.changed.map { ticket in
      EventDraft(
        name: "queue-place", document: TicketDocument(ticket, in: queue, for: nil),
        audience: Audience(people: [ticket.citizen]))
    }
    if !drafts.isEmpty {
      drafts.append(
        EventDraft(
          name: "queue", document: QueueDocument(queue), audience: Audience(people: queue.serving)))
    }
    for callback in change.callbacks { drafts += CallbackEvents.drafts(for: callback) }
    for timer in change.timers {
      let event = SoftTimerEvent(
        visit: timer.visit.rawValue, minutes: timer.timer.minutes,
        softMinutes: timer.timer.softMinutes, phase: timer.timer.phase)
      drafts.append(
        EventDraft(
          name: "soft-timer", document: event, audience: Audience(people: [timer.worker])))
    }
    return drafts
  }
}
