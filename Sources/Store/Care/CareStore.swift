public import Visits

/// What is agreed with a citizen: consents, the coping card and scales; and what all that, and the
/// grants, ask the team to do.
public protocol CareStore: Sendable {
  // MARK: Consents (H13)

  /// A citizen's consents, newest first, those taken back among them, and the agreements that calls
  /// answer themselves.
  func consents(of citizen: PersonID, tenant: TenantID) async throws(StoreError) -> [Consent]
  /// Records a consent, with a line in the audit log.
  func give(
    _ draft: ConsentDraft, of citizen: PersonID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> Consent
  /// Takes a consent back, at once and without a reason, with a line in the audit log. Doing so
  /// twice changes nothing. Messages that rest on it and have not left are called off.
  func withdraw(
    _ id: ConsentID, of citizen: PersonID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> Consent

  // MARK: The coping card (H14)

  /// A citizen's card; nil where none is written.
  func copingCard(of citizen: PersonID, tenant: TenantID) async throws(StoreError) -> CopingCard?
  /// Writes the card over the revision `seen`, with a line in the audit log.
  func writeCard(
    _ points: [CardPoint], seen: Int?, of citizen: PersonID, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> CopingCard

  // MARK: Scales (H8, H9)

  /// The municipality's scales, by title; retired ones among them.
  func scales(tenant: TenantID) async throws(StoreError) -> [ScoreScale]
  /// Adds or changes a scale, with a line in the audit log. The lines of one that was answered
  /// cannot become others.
  func setScale(
    _ scale: ScoreScale, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> ScoreScale
  /// What a citizen has answered, scale by scale: those in use for them, and those they answered.
  func scores(
    of citizen: PersonID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> [ScaleScores]
  /// The scales to be shown in a visit, with what was marked last.
  func scalesAsked(
    in visit: VisitID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> [ScaleScores]
  /// Writes an answer, or that it was skipped, with a line in the audit log; the last one of a visit
  /// holds.
  func answer(
    _ marks: [Int?], to scale: ScoreScaleID, in visit: VisitID, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> ScaleScores
  /// Switches a scale on or off for a citizen, with a line in the audit log.
  func offer(
    _ isOffered: Bool, _ scale: ScoreScaleID, reason: String?, to citizen: PersonID,
    tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> ScaleScores
  /// Somebody talked with the citizen about the curve; with a line in the audit log.
  func talked(
    about scale: ScoreScaleID, with citizen: PersonID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> ScaleScores
  /// Scores of a team's citizens together, or of the municipality's.
  func scoreReport(
    _ scale: ScoreScaleID, team: TeamID?, tenant: TenantID
  ) async throws(StoreError) -> ScoreReport

  // MARK: Goals of the journal (A16)

  /// Takes goals in from the journal, with a line in the audit log; all of the citizen's goals after
  /// that.
  func takeGoals(
    _ exchange: GoalExchange, of citizen: PersonID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> [Goal]

  // MARK: Status meetings (H7)

  /// Books a meeting of a citizen, her worker and the case worker, by all rules of booking and with
  /// nobody booked twice. `.refused` says why not.
  func bookStatusMeeting(
    _ meeting: StatusMeeting, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping EventMaker
  ) async throws(StoreError) -> CommittedVisit

  // MARK: To do

  /// What the citizens around a member of staff need besides visits: statuses and decisions of
  /// grants (H6), curves to talk about, indicators to be answered, partners to be rung, messages that
  /// did not arrive. The most pressing first.
  func careTasks(
    around initiator: Initiator, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> [CareTask]
}

/// A consent as it is recorded.
public struct ConsentDraft: Hashable, Sendable {
  /// To what.
  public var kind: ConsentKind
  /// Whom it is about.
  public var recipient: String?
  /// Where they are told.
  public var contact: ConsentContact?
  /// What for.
  public var reason: String
  /// How it was given.
  public var way: ConsentWay
  /// The last day it holds.
  public var validThrough: LocalDate?

  /// A draft.
  public init(
    kind: ConsentKind, recipient: String? = nil, contact: ConsentContact? = nil, reason: String,
    way: ConsentWay, validThrough: LocalDate? = nil
  ) {
    self.kind = kind
    self.recipient = recipient
    self.contact = contact
    self.reason = reason
    self.way = way
    self.validThrough = validThrough
  }
}

/// One scale and what one citizen answered.
public struct ScaleScores: Hashable, Sendable {
  /// The scale.
  public var scale: ScoreScale
  /// Whether the citizen is asked.
  public var isOffered: Bool
  /// Why not, where somebody switched it off.
  public var reason: String?
  /// The answers, oldest first, skipped times among them.
  public var answers: [ScoreAnswer]
  /// Whether the curve fell and nobody has talked about it yet.
  public var needsTalk: Bool
  /// Until when an indicator is to be answered.
  public var deadline: LocalDate?
}

/// Something a citizen needs, besides visits.
public struct CareTask: Hashable, Sendable {
  /// The same for the same task however often it is asked for.
  public var key: String
  /// What sort it is: `status`, `first-contact`, `ending`, `decision`, `talk`, `scale`, `partner`,
  /// `post`.
  public var kind: String
  /// Whom it is about.
  public var citizen: Person
  /// The day it is due; nil for as soon as can be.
  public var due: LocalDate?
  /// What is asked, in words.
  public var ask: Notice
}
