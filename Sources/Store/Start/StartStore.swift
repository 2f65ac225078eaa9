public import Visits

/// How a worker uses screen visits, for her own eyes (F5): counts, and nobody named.
public struct WorkerUsage: Hashable, Sendable {
  /// Screen visits by what became of them.
  public var outcomes: [OutcomeKind: Int]
  /// Practice calls she was there for.
  public var practices: Int

  /// Figures.
  public init(outcomes: [OutcomeKind: Int] = [:], practices: Int = 0) {
    self.outcomes = outcomes
    self.practices = practices
  }

  /// Screen visits in which support was given.
  public var held: Int { outcomes.filter(\.key.isHeld).values.reduce(0, +) }
  /// The share that were held at the first try; nil before there were any.
  public var firstTryShare: Double? {
    let tried = outcomes.filter { $0.key.isHeld || $0.key == .technicalFailure }
      .values.reduce(0, +)
    return tried > 0 ? Double(outcomes[.heldFirstTry] ?? 0) / Double(tried) : nil
  }
}

/// Getting started with screen visits, and what goes on around a citizen besides visits: practice,
/// equipment, work orders, parked topics, wishes, rosters.
public protocol StartStore: Sendable {
  /// A record; nil where there is none.
  func record<Record: KeptRecord>(
    _ type: Record.Type, _ id: String, tenant: TenantID
  ) async throws(StoreError) -> Record?
  /// Records, newest first: of one person or of all, open ones or all.
  func records<Record: KeptRecord>(
    _ type: Record.Type, tenant: TenantID, of person: PersonID?, openOnly: Bool
  ) async throws(StoreError) -> [Record]
  /// Puts in a record's place what `rule` makes of it, with a line in the audit log and the events
  /// that belong to it, in one transaction. Where the rule changes nothing, nothing is written.
  func change<Record: KeptRecord>(
    _ type: Record.Type, _ id: String, tenant: TenantID, action: String, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping @Sendable (Record) -> [EventDraft],
    _ rule: @escaping @Sendable (Record?) throws -> Record
  ) async throws(StoreError) -> Record
  /// Takes a record away, with a line in the audit log. Where there is none, nothing changes.
  func remove<Record: KeptRecord>(
    _ type: Record.Type, _ id: String, tenant: TenantID, action: String, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError)

  /// Visits with a picture, still booked, of citizens who have said no to pictures since (F3), soonest
  /// first; these workers', or all.
  func screenTodos(
    tenant: TenantID, workers: Set<PersonID>?, at now: UTCMilliseconds
  ) async throws(StoreError) -> [VisitDetails]
  /// Records what was agreed with the citizen about one of them, and does it: start, visit, ledger and
  /// audit log.
  func settle(
    _ visit: VisitID, of citizen: PersonID, _ remedy: ScreenRemedy, way: AgreementWay,
    tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping EventMaker
  ) async throws(StoreError) -> CommittedVisit

  /// A worker's citizens (B7).
  func roster(
    of worker: PersonID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> Roster
  /// Drop-in talks that a citizen has had without a grant (C9).
  func talks(
    of citizen: PersonID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> ClarifyingTalks
  /// How a worker uses screen visits.
  func usage(
    of worker: PersonID, tenant: TenantID, from: UTCMilliseconds, to: UTCMilliseconds
  ) async throws(StoreError) -> WorkerUsage

  /// What the municipality has agreed about screen visits; the suggestion where it has nothing.
  func guidance(tenant: TenantID) async throws(StoreError) -> Guidance
  /// Keeps it, with a line in the audit log.
  func setGuidance(
    _ guidance: Guidance, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError)
}

extension StartStore {
  /// Changes a record without telling anybody.
  public func change<Record: KeptRecord>(
    _ type: Record.Type, _ id: String, tenant: TenantID, action: String, by initiator: Initiator,
    at now: UTCMilliseconds, _ rule: @escaping @Sendable (Record?) throws -> Record
  ) async throws(StoreError) -> Record {
    try await change(
      type, id, tenant: tenant, action: action, by: initiator, at: now, events: { _ in [] }, rule)
  }
}
