import Store
import Visits

/// An absence as the API shows it. Why somebody is away is as coarse as it is kept.
struct AbsenceDocument: Encodable, Sendable {
  var id: String
  var worker: String
  var kind: AbsenceKind
  var from: APITime
  var to: APITime
  /// To-dos that came of it now.
  var todos: Int?

  init(_ absence: Absence) {
    id = absence.id.rawValue
    worker = absence.worker.rawValue
    kind = absence.kind
    from = APITime(absence.window.start)
    to = APITime(absence.window.end)
  }

  init(_ committed: CommittedAbsence) {
    self.init(committed.absence)
    todos = committed.tasks.filter(\.isPending).count
  }
}

/// One way of covering a citizen's need.
struct RemedyDocument: Codable, Sendable {
  var kind: RemedyKind
  var worker: String?
  /// Their name, in what a citizen is asked.
  var workerName: String?
  var start: APITime?

  init(_ remedy: AbsenceRemedy) {
    kind = remedy.kind
    worker = remedy.worker?.rawValue
    start = remedy.start.map { APITime($0) }
  }

  var remedy: AbsenceRemedy {
    AbsenceRemedy(
      kind: kind, worker: worker.map(PersonID.init(rawValue:)), start: start?.value)
  }
}

/// A to-do as the API shows it.
struct TodoDocument: Encodable, Sendable {
  struct Candidate: Encodable, Sendable {
    var worker: String
    var reason: SubstituteReason
    var heldBefore: Int
  }

  var absence: String
  var visit: VisitDocument
  var state: AbsenceTaskState
  var dueAt: APITime
  var isOverdue: Bool
  var owner: String?
  var remedy: RemedyDocument?
  var note: String?
  var candidates: [Candidate]

  init(_ details: AbsenceTaskDetails, at now: UTCMilliseconds, for role: Role) {
    let task = details.task
    absence = task.absence.rawValue
    visit = VisitDocument(details.visit, for: role)
    state = task.state
    dueAt = APITime(task.dueAt)
    isOverdue = task.isOverdue(at: now)
    owner = task.owner?.rawValue
    remedy = task.remedy.map { RemedyDocument($0) }
    // Why a citizen would rather not is for whoever talks with them.
    note = role == .operations ? nil : task.note
    candidates = details.candidates.map {
      Candidate(worker: $0.worker.rawValue, reason: $0.reason, heldBefore: $0.heldBefore)
    }
  }
}

/// A visit with a picture whose citizen has said no to pictures since: to be talked over (F3).
struct ScreenTodoDocument: Encodable, Sendable {
  var visit: VisitDocument
  var isOverdue: Bool

  init(_ details: VisitDetails, at now: UTCMilliseconds, for role: Role) {
    visit = VisitDocument(details, for: role)
    isOverdue = now >= details.visit.start
  }
}

/// What settling a to-do did, as the API shows it.
struct TodoChangeDocument: Encodable, Sendable {
  var state: AbsenceTaskState?
  var visit: VisitDocument?
  var freed: [FreedTimeDocument]

  init(_ committed: CommittedAbsence) {
    state = committed.tasks.first?.state
    visit = committed.visit.map { VisitDocument($0.details) }
    freed = committed.freed.map { FreedTimeDocument($0) }
  }
}

/// Time that became free, as the API shows it.
struct FreedTimeDocument: Encodable, Sendable {
  var worker: String
  var from: APITime
  var to: APITime

  init(_ freed: FreedTime) {
    worker = freed.worker.rawValue
    from = APITime(freed.window.start)
    to = APITime(freed.window.end)
  }
}

/// The days and hours in which a citizen picks a time, as the API has them.
struct PickWindowDocument: Codable, Sendable {
  var first: LocalDate
  var last: LocalDate
  /// Monday to Friday where nothing is said.
  var weekdays: WeekdaySet?
  var from: LocalTime
  var to: LocalTime

  init(_ window: PickWindow) {
    (first, last, weekdays) = (window.first, window.last, window.weekdays)
    (from, to) = (window.from, window.to)
  }

  var window: PickWindow {
    PickWindow(first: first, last: last, weekdays: weekdays ?? .workdays, from: from, to: to)
  }
}

/// A proposal of times as the API shows it.
struct ProposalDocument: Encodable, Sendable {
  var id: String
  var citizen: String
  var worker: String
  var citizenName: String?
  var workerName: String?
  var durationMinutes: Int
  var form: VisitForm
  var starts: [APITime]
  var window: PickWindowDocument?
  var state: TimeProposalState
  var chosen: APITime?
  var visit: String

  init(_ proposal: TimeProposal) {
    id = proposal.id.rawValue
    citizen = proposal.visit.citizenID.rawValue
    worker = proposal.visit.workerID.rawValue
    durationMinutes = proposal.visit.durationMinutes
    form = proposal.visit.form
    starts = proposal.starts.map { APITime($0) }
    window = proposal.window.map { PickWindowDocument($0) }
    state = proposal.state
    chosen = proposal.chosen.map { APITime($0) }
    visit = proposal.visit.id.rawValue
  }
}
