public import Visits

/// A series that somebody wants.
public struct SeriesRequest: Sendable {
  /// The series as it would become.
  public var series: Series
  /// Whether times that are refused are left out; otherwise one of them refuses the whole. A day
  /// that is closed for a holiday is left out in either case.
  public var skipsRefused: Bool

  /// A request.
  public init(series: Series, skipsRefused: Bool = false) {
    self.series = series
    self.skipsRefused = skipsRefused
  }
}

/// An occurrence that was not laid, and why. Somebody has to see to it.
public struct SeriesGap: Hashable, Sendable, Codable {
  /// The series.
  public var series: SeriesID
  /// The time the series gives it.
  public var original: LocalDateTime
  /// The rule's code.
  public var code: String
  /// Why, in Danish.
  public var danish: String
  /// Why, in English.
  public var english: String

  /// A gap.
  public init(series: SeriesID, original: LocalDateTime, refusal: Refusal) {
    self.series = series
    self.original = original
    code = refusal.code
    danish = refusal.danish
    english = refusal.english
  }
}

/// An occurrence that was not laid, and whose it would have been.
public struct SeriesGapDetails: Sendable {
  /// The gap.
  public var gap: SeriesGap
  /// Who would have been visited.
  public var citizen: Person
}

/// A series as stored, with its visits.
public struct SeriesDetails: Sendable {
  /// The series.
  public var series: Series
  /// Who is visited.
  public var citizen: Person
  /// Who visits.
  public var worker: Person
  /// The visits laid, called-off ones among them, in the order they begin.
  public var visits: [Visit]
  /// What could not be laid.
  public var gaps: [SeriesGap]
  /// The last day visits are laid through; nil where there are no more to lay.
  public var laidThrough: LocalDate?
}

/// What a command did to a series.
public struct CommittedSeries: Sendable {
  /// The series afterwards; nil where nothing of it is left.
  public var series: SeriesDetails?
  /// The series that was split off.
  public var following: SeriesDetails?
  /// The visits that were changed or laid.
  public var changed: [CommittedVisit]
  /// Changes of single occurrences that the new rule has no occurrence for: agreed with the citizen,
  /// and now over.
  public var orphans: [OccurrenceChange]
}

/// Makes the events that belong to a change of a series: visits changed, inside the transaction.
public typealias SeriesEventMaker = @Sendable (SeriesDetails?, [CommittedVisit]) -> [EventDraft]

/// Series of visits (B1, B2).
public protocol SeriesStore: Sendable {
  /// Begins a series: lays its visits as far ahead as anything can be booked, each by all rules.
  /// A request whose id exists already with the same series returns it unchanged.
  func begin(
    _ request: SeriesRequest, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping SeriesEventMaker
  ) async throws(StoreError) -> CommittedSeries
  /// Applies a command to a series and to the visits laid.
  func apply(
    _ command: SeriesCommand, to id: SeriesID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping SeriesEventMaker
  ) async throws(StoreError) -> CommittedSeries
  /// Lets a weekly series get less and end as a plan says (H12), in one transaction.
  func taper(
    _ id: SeriesID, _ plan: TaperPlan, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping SeriesEventMaker
  ) async throws(StoreError) -> CommittedSeries
  /// A series with its visits.
  func seriesDetails(_ id: SeriesID, tenant: TenantID) async throws(StoreError) -> SeriesDetails
  /// The series of a person that may still have visits to come.
  func series(of person: PersonID, tenant: TenantID) async throws(StoreError) -> [Series]
  /// Lays the visits of open-ended series that have come within reach, one series per transaction;
  /// how many were laid. Done once a day.
  func extendSeries(
    at now: UTCMilliseconds, events: @escaping SeriesEventMaker
  ) async throws(StoreError) -> Int
  /// Occurrences still to come that could not be laid, soonest first: of some workers' series, or of
  /// all.
  func seriesGaps(
    tenant: TenantID, workers: Set<PersonID>?, from: UTCMilliseconds
  ) async throws(StoreError) -> [SeriesGapDetails]
}
