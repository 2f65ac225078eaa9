import Store
import Testing
import Visits

@Suite("Who called a visit off, and why")
struct CancellationTests {
  typealias M = Municipality

  private func outcome(_ town: Municipality) async throws -> VisitOutcome? {
    try await town.store.outcomes(of: VisitID(rawValue: "v1"), tenant: M.tenant).last
  }

  @Test func isWrittenWithTheCancellation() async throws {
    let town = try await Municipality()
    try await town.book()
    try await town.apply(
      .cancel(reason: "influenza", Cancellation(by: .citizen, because: .illness)))
    let outcome = try #require(try await outcome(town))
    #expect(outcome.cancelledBy == .citizen && outcome.reason == .illness)
    #expect(outcome.note == "influenza" && outcome.recordedBy?.rawValue == "anne")
    #expect(outcome.revision == 1)
    // Why stays with the outcome: the ledger is read by operations, too.
    #expect(try await town.ledger().last?.cause == .requested)
  }

  @Test func isTheCitizenWhereSheSaysSoHerself() async throws {
    let town = try await Municipality()
    try await town.book()
    try await town.apply(
      .cancel(reason: nil, Cancellation(by: .municipality, because: .notUpToIt)), by: M.karen)
    let outcome = try #require(try await outcome(town))
    #expect(outcome.cancelledBy == .citizen && outcome.reason == .notUpToIt)
    // Anne's time is hers again, and can be used.
    #expect(try await town.store.freedTime(tenant: M.tenant, workers: nil, at: M.now).count == 1)
    #expect(
      try await town.store.visit(VisitID(rawValue: "v1"), tenant: M.tenant).visit.state
        == .cancelled)
  }

  @Test func aCitizenCallsOffHerOwnVisitsBeforeTheyBegin() async throws {
    let town = try await Municipality()
    try await town.book()
    let ole = Initiator.person(PersonID(rawValue: "ole"), role: .citizen, device: nil)
    for (who, now) in [(ole, M.now), (M.karen, M.now.adding(minutes: 60))] {
      #expect(
        await refusal { try await town.apply(.cancel(reason: nil), by: who, at: now) }
          == Refusal.onlyStaffBooks.code)
    }
  }

  @Test func isTheAbsentWorkerWhereNobodyStandsIn() async throws {
    let town = try await Municipality()
    try await town.book()
    let absence = Absence(
      id: AbsenceID(rawValue: "a1"), tenant: M.tenant, worker: PersonID(rawValue: "anne"),
      kind: .holiday, window: TimeWindow(start: M.now, minutes: 600),
      reportedBy: PersonID(rawValue: "anne"), reportedAt: M.now)
    _ = try await town.store.declare(absence, by: M.anne, at: M.now, events: { _ in [] })
    _ = try await town.store.apply(
      .propose(.cancel), to: VisitID(rawValue: "v1"), absence: absence.id, tenant: M.tenant,
      by: M.bo, at: M.now, events: { _ in [] })
    _ = try await town.store.apply(
      .agree, to: VisitID(rawValue: "v1"), absence: absence.id, tenant: M.tenant, by: M.karen,
      at: M.now, events: { _ in [] })
    let outcome = try #require(try await outcome(town))
    #expect(outcome.cancelledBy == .worker && outcome.reason == .holiday)
  }
}
