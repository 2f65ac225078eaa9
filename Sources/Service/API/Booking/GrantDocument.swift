import Store
import Visits

/// Something a grant asks for by a day.
struct GrantTaskDocument: Encodable, Sendable {
  var key: String
  var due: LocalDate
  var shownFrom: LocalDate
  var da: String
  var en: String

  init(_ task: GrantTask) {
    let notice = Notice.task(task)
    key = task.key
    due = task.due
    shownFrom = task.shownFrom
    da = notice.danish
    en = notice.english
  }
}

/// Minutes a week in one form.
struct MixDocument: Encodable, Sendable {
  var form: VisitForm
  var minutes: Int
}

/// A status that was written during a course (H6).
struct GrantStatusDocument: Encodable, Sendable {
  var milestone: String
  var text: String
  var by: String?
  var at: APITime

  init(_ status: GrantStatus) {
    milestone = status.milestone
    text = status.text
    by = status.by?.rawValue
    at = APITime(status.at)
  }
}

/// A grant as the API shows it.
struct GrantDocument: Encodable, Sendable {
  var id: String
  var citizen: String
  var basis: LegalBasis
  var start: LocalDate
  var end: LocalDate?
  var lastDay: LocalDate?
  var visitCap: Int?
  var package: String?
  var purposes: [SupportPurpose]
  var targetGroup: TargetGroup
  /// Why support that belongs in the café is given otherwise (A8).
  var cafeException: String?
  var terms: [DatedTerms]
  var proposal: TermsProposal?
  var extended: GrantExtension?
  /// The statuses written so far; absent where none is.
  var statuses: [GrantStatusDocument]?
  var closing: GrantClosing?
  /// How a decision under the paragraph can be appealed (A11).
  var appeal: NoticeDocument
  /// The package's share of each form in the week's minutes, the primary one first (A13).
  var mix: [MixDocument]?
  var tasks: [GrantTaskDocument]?
  var history: [GrantEntry]?

  init(_ grant: Grant) {
    id = grant.id.rawValue
    citizen = grant.citizen.rawValue
    basis = grant.basis
    start = grant.start
    end = grant.end
    lastDay = grant.lastDay
    visitCap = grant.effectiveVisitCap
    package = grant.package?.rawValue
    purposes = SupportPurpose.allCases.filter(grant.purposes.contains)
    targetGroup = grant.targetGroup
    cafeException = grant.cafeException
    terms = grant.terms
    proposal = grant.proposal
    extended = grant.extended
    statuses =
      grant.statuses.isEmpty ? nil : grant.statuses.map { GrantStatusDocument($0) }
    closing = grant.closing
    appeal = NoticeDocument(.appeal(grant.basis))
  }

  init(_ details: GrantDetails) {
    self.init(details.grant)
    mix =
      details.mix.isEmpty
      ? nil : details.mix.map { MixDocument(form: $0.form, minutes: $0.minutes) }
    tasks = details.tasks.map { GrantTaskDocument($0) }
    history = details.history
  }
}
