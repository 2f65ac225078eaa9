/// What the municipality's journal is told of a note or an appointment (H11), so that nobody types it
/// twice. Written as JSON; described in the API's description under `webhooks`.
public struct JournalEntry: Hashable, Sendable, Codable {
  /// The form this is written in. A change that a receiver would notice gets another name.
  public static let currentFormat = "besoeg-journal-1"

  /// Somebody by id and name.
  public struct Person: Hashable, Sendable, Codable {
    /// The id here.
    public var id: String
    /// The name.
    public var name: String
  }

  /// The appointment.
  public struct Appointment: Hashable, Sendable, Codable {
    /// The visit's id.
    public var id: String
    /// When it begins.
    public var start: UTCMilliseconds
    /// How long it is planned to take, in minutes.
    public var minutes: Int
    /// How it is held.
    public var form: VisitForm
    /// What carries it.
    public var mediaMode: MediaMode
    /// Where it is in its life.
    public var state: VisitState
    /// Who visits.
    public var worker: Person
  }

  /// How far a goal came.
  public struct Progress: Hashable, Sendable, Codable {
    /// The goal's name in the journal, where it has one (A16).
    public var reference: String?
    /// The goal, in the citizen's words.
    public var wording: String
    /// How far it came.
    public var step: ProgressStep
  }

  /// The note.
  public struct Note: Hashable, Sendable, Codable {
    /// Who wrote it.
    public var author: String
    /// When.
    public var at: UTCMilliseconds
    /// How long the visit took, in minutes.
    public var minutes: Int
    /// How the goals came on.
    public var progress: [Progress]
    /// What happens until next time.
    public var nextStep: String?
    /// Anything else.
    public var text: String?
  }

  /// `currentFormat`.
  public var format: String
  /// The message's key: the same for every repeat.
  public var key: PostKey
  /// What it is about.
  public var kind: PostKind
  /// Rises with every change of the same note or visit: what is older than what is known is left.
  public var revision: Int64
  /// The municipality.
  public var municipality: String
  /// Whom it is about.
  public var citizen: Person
  /// The case's name in the journal, from the citizen's grant.
  public var caseReference: String?
  /// The visit.
  public var visit: Appointment
  /// The note; nil where it is about the visit alone.
  public var note: Note?

  private init(
    kind: PostKind, revision: Int64, visit: Visit, citizen: Visits.Person,
    worker: Visits.Person, caseReference: String?
  ) {
    format = Self.currentFormat
    key = PostKey(rawValue: "\(visit.id).journal-\(kind.rawValue).\(revision)")
    self.kind = kind
    self.revision = revision
    municipality = visit.tenant.rawValue
    self.citizen = Person(id: citizen.id.rawValue, name: citizen.displayName)
    self.caseReference = caseReference
    self.visit = Appointment(
      id: visit.id.rawValue, start: visit.start, minutes: visit.durationMinutes,
      form: visit.form, mediaMode: visit.mediaMode, state: visit.state,
      worker: Person(id: worker.id.rawValue, name: worker.displayName))
  }

  /// What the journal is told of a visit as it is now. `sequence` counts the ledger's lines.
  public init(
    visit: Visit, sequence: Int64, citizen: Visits.Person, worker: Visits.Person,
    caseReference: String?
  ) {
    self.init(
      kind: .visit, revision: sequence, visit: visit, citizen: citizen, worker: worker,
      caseReference: caseReference)
  }

  /// What the journal is told of a note.
  public init(
    note: VisitNote, goals: [Goal], visit: Visit, citizen: Visits.Person,
    worker: Visits.Person, author: Visits.Person, caseReference: String?
  ) {
    self.init(
      kind: .note, revision: Int64(note.revision), visit: visit, citizen: citizen, worker: worker,
      caseReference: caseReference)
    self.note = Note(
      author: author.displayName, at: note.at, minutes: note.minutes,
      progress: note.progress.compactMap { progress in
        goals.first { $0.id == progress.goal }.map {
          Progress(reference: $0.reference, wording: $0.wording, step: progress.step)
        }
      }, nextStep: note.nextStep, text: note.text)
  }

  /// Whether the journal is told of a change of a visit: of appointments and of what became of
  /// them, not of the ringing in between. A group's visit is about several citizens and not told.
  public static func tells(of visit: Visit, before: Visit?) -> Bool {
    guard visit.form != .group else { return false }
    switch visit.state {
    case .ringing, .active: return false
    case .booked, .ended, .cancelled, .missed: break
    }
    guard let before else { return true }
    return visit.state != before.state || visit.start != before.start
      || visit.durationMinutes != before.durationMinutes || visit.workerID != before.workerID
      || visit.form != before.form || visit.mediaMode != before.mediaMode
  }
}

/// What a municipality wants its journal to be told.
public struct JournalChoice: Hashable, Sendable, Codable {
  /// Notes.
  public var notes: Bool
  /// Appointments and what became of them.
  public var visits: Bool

  /// Nothing, unless told otherwise.
  public init(notes: Bool = false, visits: Bool = false) {
    self.notes = notes
    self.visits = visits
  }
}
