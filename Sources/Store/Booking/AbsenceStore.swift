public import Visits

/// A to-do with what a colleague needs to settle it.
public struct AbsenceTaskDetails: Sendable {
  /// The to-do.
  public var task: AbsenceTask
  /// The visit, as it stands.
  public var visit: VisitDetails
  /// Who is away.
  public var absence: Absence
  /// Who could hold it, best first (B12, B13).
  public var candidates: [SubstituteCandidate]
}

/// What a command about an absence did.
public struct CommittedAbsence: Sendable {
  /// The absence.
  public var absence: Absence
  /// The to-dos that were made, changed or dropped.
  public var tasks: [AbsenceTask]
  /// The visit that was changed with a to-do.
  public var visit: CommittedVisit?
  /// The time it gave free (B15).
  public var freed: [FreedTime]
}

/// Makes the events that belong to a change of an absence, inside its transaction.
public typealias AbsenceEventMaker = @Sendable (CommittedAbsence) -> [EventDraft]

/// A proposal's change with the visit it booked or moved.
public struct CommittedProposal: Sendable {
  /// The proposal.
  public var proposal: TimeProposal
  /// The visit, where one was booked or moved.
  public var visit: CommittedVisit?
}

/// Makes the events that belong to a proposal, inside its transaction.
public typealias ProposalEventMaker = @Sendable (CommittedProposal) -> [EventDraft]

/// A delay that citizens are told of (B17).
public struct AnnouncedDelay: Hashable, Sendable {
  /// The delay: the one announced now, or the longer one that was announced before.
  public var notice: DelayNotice
  /// Whether it is news.
  public var isNew: Bool
  /// The visit that begins later.
  public var details: VisitDetails
  /// The citizens who have a message about it on its way or received.
  public var messaged: Set<PersonID>

  /// The citizens it concerns: in a group all its members.
  public var citizens: [Person] { [details.citizen] + details.others }
}

/// Makes the events of a delay inside its transaction.
public typealias DelayEventMaker = @Sendable (AnnouncedDelay) -> [EventDraft]

/// Absence, and what is agreed with citizens (B11–B13, B15–B17, B19).
public protocol AbsenceStore: Sendable {
  /// Enters or changes an absence: every visit it touches becomes a to-do.
  func declare(
    _ absence: Absence, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping AbsenceEventMaker
  ) async throws(StoreError) -> CommittedAbsence
  /// Takes an absence back: its open to-dos are dropped.
  func withdrawAbsence(
    _ id: AbsenceID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping AbsenceEventMaker
  ) async throws(StoreError) -> CommittedAbsence
  /// Absences that have not passed, of these workers or of all.
  func absences(
    tenant: TenantID, workers: Set<PersonID>?, from: UTCMilliseconds
  ) async throws(StoreError) -> [Absence]
  /// The to-dos somebody must still see to, soonest first; about these workers' visits, or all.
  func absenceTasks(
    tenant: TenantID, workers: Set<PersonID>?, at now: UTCMilliseconds
  ) async throws(StoreError) -> [AbsenceTaskDetails]
  /// Proposals put to a citizen because a worker is away, unanswered.
  func absenceTasks(
    putTo citizen: PersonID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> [AbsenceTaskDetails]
  /// Applies a command to the to-do about a visit: to-do, visit, ledger, audit log and freed time.
  func apply(
    _ command: AbsenceCommand, to visit: VisitID, absence: AbsenceID, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds, events: @escaping AbsenceEventMaker
  ) async throws(StoreError) -> CommittedAbsence
  /// How far a citizen met people they know (B10).
  func continuity(
    of citizen: PersonID, in period: TimeWindow, tenant: TenantID
  ) async throws(StoreError) -> Continuity

  /// Holds a visit another way at the same time (B16).
  func convert(
    _ id: VisitID, to target: ConversionTarget, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping EventMaker
  ) async throws(StoreError) -> CommittedVisit
  /// What a person can do themselves about a visit (E3).
  func ways(
    of id: VisitID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> VisitWays
  /// Tells the citizens of the next visit of a delay (B17), with the messages they want to be told
  /// by. Where they have been told as much already, nothing is said again.
  func announceDelay(
    minutes: Int, of id: VisitID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping DelayEventMaker
  ) async throws(StoreError) -> AnnouncedDelay

  /// Puts two or three times to a citizen (B19).
  func offer(
    _ id: TimeProposalID, visit: Visit, starts: [UTCMilliseconds], by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping ProposalEventMaker
  ) async throws(StoreError) -> CommittedProposal
  /// Opens a window in which a citizen picks a time herself (B19). An open one of the same citizen
  /// makes way.
  func openWindow(
    _ id: TimeProposalID, visit: Visit, window: PickWindow, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping ProposalEventMaker
  ) async throws(StoreError) -> CommittedProposal
  /// The citizen's answer: one of the times, or nil for none of them.
  func answer(
    _ id: TimeProposalID, choosing start: UTCMilliseconds?, note: String?, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds, events: @escaping ProposalEventMaker
  ) async throws(StoreError) -> CommittedProposal
  /// Proposals of or to a person that are not answered yet, with what is free in windows from a day
  /// on; from now on where that is nil.
  func proposals(
    of person: PersonID, from day: LocalDate?, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> [TimeProposal]
}
