public import Visits

/// What became of visits: outcomes, notes against goals, and following up who did not answer.
///
/// What the ledger knows by itself is written in the transaction that ends the visit, by
/// `VisitStore`.
public protocol OutcomeStore: Sendable {
  /// A visit's outcomes, the first at first; the last one holds.
  func outcomes(of visit: VisitID, tenant: TenantID) async throws(StoreError) -> [VisitOutcome]
  /// Writes what a person says about it, with a line in the audit log. A visit that nothing here saw
  /// held is held by that word: it ends, with a line in its ledger, and `events` makes what is told.
  func record(
    _ report: OutcomeReport, of visit: VisitID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping EventMaker
  ) async throws(StoreError) -> VisitOutcome
  /// A worker's visits of the last days that nobody knows the outcome of, by start.
  func visitsWithoutOutcome(
    of worker: PersonID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> [VisitDetails]

  /// The note of a visit as it stands; nil where there is none.
  func note(of visit: VisitID, tenant: TenantID) async throws(StoreError) -> VisitNote?
  /// Writes or corrects it, with a line in the audit log. Earlier ones are kept.
  func write(
    _ draft: NoteDraft, of visit: VisitID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> NoteChange
  /// A citizen's notes as they stand, newest first, at most `limit`.
  func notes(
    about citizen: PersonID, tenant: TenantID, limit: Int
  ) async throws(StoreError) -> [VisitNote]

  /// A citizen's goals, oldest first, closed ones among them.
  func goals(of citizen: PersonID, tenant: TenantID) async throws(StoreError) -> [Goal]
  /// Adds a goal, with a line in the audit log.
  func addGoal(
    _ wording: String, reference: String?, of citizen: PersonID, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> Goal
  /// Closes one, with a line in the audit log.
  func closeGoal(
    _ id: GoalID, of citizen: PersonID, as state: Goal.State, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> Goal

  /// Follow-ups that go on, the most pressing first: a worker's own, or those of several.
  func followUps(
    of workers: Set<PersonID>, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> [NoShowPath]
  /// The follow-up of one visit.
  func followUp(
    of visit: VisitID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> NoShowPath
  /// Does something in a follow-up, with a line in the audit log.
  func apply(
    _ command: NoShowCommand, toFollowUpOf visit: VisitID, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> NoShowPath
  /// Lets time pass for all follow-ups: a step that lay too long gives way to the next. `events`
  /// makes what is told about each, in the same transaction.
  func advanceFollowUps(
    at now: UTCMilliseconds, events: @escaping @Sendable (NoShowPath, Person) -> [EventDraft]
  ) async throws(StoreError)
}
