import Visits

/// What became of a visit as the API shows it.
struct OutcomeDocument: Encodable, Sendable {
  var visit: String
  var kind: OutcomeKind
  var cancelledBy: Canceller?
  var reason: CancellationReason?
  var notAnswered: NotAnsweredCause?
  var deliveredMinutes: Int
  var mediaMode: MediaMode
  var note: String?
  /// Absent where the ledger told.
  var recordedBy: String?
  var recordedAt: APITime
  var revision: Int

  init(_ outcome: VisitOutcome) {
    visit = outcome.visit.rawValue
    kind = outcome.kind
    cancelledBy = outcome.cancelledBy
    reason = outcome.reason
    notAnswered = outcome.notAnswered
    deliveredMinutes = outcome.deliveredMinutes
    mediaMode = outcome.mediaMode
    note = outcome.note
    recordedBy = outcome.recordedBy?.rawValue
    recordedAt = APITime(outcome.recordedAt)
    revision = outcome.revision
  }
}

/// What a person says about a visit's outcome.
struct OutcomeBody: Decodable, Sendable {
  var kind: String
  var cancelledBy: String?
  var reason: String?
  var deliveredMinutes: Int?
  var mediaMode: String?
  var note: String?

  func report() throws -> OutcomeReport {
    OutcomeReport(
      kind: try RequestText.choice(kind, field: "kind"),
      cancelledBy: try cancelledBy.map { try RequestText.choice($0, field: "cancelledBy") },
      reason: try reason.map { try RequestText.choice($0, field: "reason") },
      deliveredMinutes: deliveredMinutes,
      mediaMode: try mediaMode.map { try RequestText.choice($0, field: "mediaMode") }, note: note)
  }
}

/// A note as the API shows it.
struct NoteDocument: Encodable, Sendable {
  struct Progress: Codable, Sendable {
    var goal: String
    var step: String
  }

  var visit: String
  var author: String
  var at: APITime
  var progress: [Progress]
  var nextStep: String?
  var text: String?
  var form: VisitForm
  var mediaMode: MediaMode
  var minutes: Int
  var revision: Int
  /// What the writer is asked then, as whether a goal is met.
  var notices: [NoticeDocument]?

  init(_ note: VisitNote, notices: [Notice]? = nil) {
    visit = note.visit.rawValue
    author = note.author.rawValue
    at = APITime(note.at)
    progress = note.progress.map { Progress(goal: $0.goal.rawValue, step: $0.step.rawValue) }
    nextStep = note.nextStep
    text = note.text
    form = note.form
    mediaMode = note.mediaMode
    minutes = note.minutes
    revision = note.revision
    self.notices = notices.map { $0.map { NoticeDocument($0) } }
  }
}

/// A note as it is written.
struct NoteBody: Decodable, Sendable {
  var progress: [NoteDocument.Progress]?
  var nextStep: String?
  var text: String?

  func draft() throws -> NoteDraft {
    NoteDraft(
      progress: try (progress ?? []).map {
        GoalProgress(
          GoalID(rawValue: $0.goal), try RequestText.choice($0.step, field: "progress.step"))
      }, nextStep: nextStep, text: text)
  }
}

/// A goal as the API shows it.
struct GoalDocument: Encodable, Sendable {
  var id: String
  var wording: String
  var reference: String?
  var state: Goal.State
  var createdAt: APITime
  var closedAt: APITime?

  init(_ goal: Goal) {
    id = goal.id.rawValue
    wording = goal.wording
    reference = goal.reference
    state = goal.state
    createdAt = APITime(goal.createdAt)
    closedAt = goal.closedAt.map { APITime($0) }
  }
}

/// A follow-up as the API shows it.
struct FollowUpDocument: Encodable, Sendable {
  struct Try: Encodable, Sendable {
    var way: ContactWay
    var reached: Bool
    var at: APITime
  }

  var visit: String
  var citizen: PersonName
  var worker: String
  var inARow: Int
  var step: NoShowStep
  var due: APITime
  var tries: [Try]
  var readiness: String?
  var escalatedAt: APITime?
  var ending: NoShowPath.Ending?
  /// What is to be done, in words.
  var ask: NoticeDocument

  init(_ path: NoShowPath, citizen person: Person) {
    visit = path.visit.rawValue
    citizen = PersonName(person)
    worker = path.worker.rawValue
    inARow = path.inARow
    step = path.step
    due = APITime(path.due)
    tries = path.tries.map { Try(way: $0.way, reached: $0.reached, at: APITime($0.at)) }
    readiness = path.readiness?.text
    escalatedAt = path.escalatedAt.map { APITime($0) }
    ending = path.ending
    ask = NoticeDocument(.followUp(path, name: person.displayName))
  }
}
