import Store
import Visits

/// An occurrence that could not be laid, as the API shows it.
struct GapDocument: Encodable, Sendable {
  var series: String
  /// Whose visit it would have been, where the list is not of one series.
  var citizen: String?
  var original: LocalDateTime
  var code: String
  var da: String
  var en: String

  /// A gap in a citizen's series; `isNamed` where the list is not of one series. Why it could not be
  /// laid may name the citizen, whom operations do not know.
  init(_ gap: SeriesGap, of citizen: Person, isNamed: Bool = false, for role: Role) {
    let sight = role == .operations ? Sight.nobody : Sight(known: [citizen.id])
    series = gap.series.rawValue
    self.citizen = isNamed && role != .operations ? citizen.displayName : nil
    original = gap.original
    code = gap.code
    da = sight.sentence(gap.danish, about: citizen)
    en = sight.sentence(gap.english, about: citizen)
  }
}

/// A visit of a series, with no more than its series does not say.
struct SeriesVisitDocument: Encodable, Sendable {
  var id: String
  var start: APITime
  var durationMinutes: Int
  var worker: String
  var form: VisitForm
  var mediaMode: MediaMode
  var state: VisitState

  init(_ visit: Visit) {
    id = visit.id.rawValue
    start = APITime(visit.start)
    durationMinutes = visit.durationMinutes
    worker = visit.workerID.rawValue
    form = visit.form
    mediaMode = visit.mediaMode
    state = visit.state
  }
}

/// A series as the API shows it.
struct SeriesDocument: Encodable, Sendable {
  var id: String
  var citizen: String
  var worker: String
  var room: String?
  var form: VisitForm
  var mediaMode: MediaMode
  /// The first time, as Danish clocks show it.
  var start: LocalDateTime
  /// How it repeats: the value of an RFC 5545 `RRULE`.
  var rule: String?
  var durationMinutes: Int
  var lengths: [DayLength]?
  var revision: Int
  var continues: String?
  var laidThrough: LocalDate?
  var visits: [SeriesVisitDocument]?
  var gaps: [GapDocument]?

  init(_ series: Series) {
    id = series.id.rawValue
    citizen = series.citizenID?.rawValue ?? ""
    worker = series.workerID.rawValue
    room = series.roomID?.rawValue
    form = series.form
    mediaMode = series.mediaMode
    start = series.recurrence.start
    rule = series.recurrence.rule?.text
    durationMinutes = series.durationMinutes
    lengths = series.lengths.isEmpty ? nil : series.lengths
    revision = series.revision
    continues = series.continues?.rawValue
  }

  init(_ details: SeriesDetails, for role: Role) {
    self.init(details.series)
    laidThrough = details.laidThrough
    visits = details.visits.map { SeriesVisitDocument($0) }
    gaps = details.gaps.map { GapDocument($0, of: details.citizen, for: role) }
  }
}

/// What a command did to a series, as the API shows it.
struct SeriesChangeDocument: Encodable, Sendable {
  var series: SeriesDocument?
  var following: SeriesDocument?
  /// Original times of single changes that the new rule has no place for.
  var orphans: [LocalDateTime]

  init(_ committed: CommittedSeries, for role: Role) {
    series = committed.series.map { SeriesDocument($0, for: role) }
    following = committed.following.map { SeriesDocument($0, for: role) }
    orphans = committed.orphans.map(\.original)
  }
}
