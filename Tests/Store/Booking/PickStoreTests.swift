import Store
import Testing
import Visits

/// A citizen picks a time among what is free with her worker (B19).
@Suite struct PickStoreTests {
  typealias M = Municipality

  static let karen = PersonID(rawValue: "karen")
  static let monday = M.next(.monday, 0).date

  static func window(days: Int = 5, from: Int = 8, to: Int = 12) -> PickWindow {
    PickWindow(
      first: monday, last: monday.adding(days: days - 1), from: time(from, 0), to: time(to, 0))
  }

  private func town(
    _ mode: SchedulingMode = .citizenPicks, weeklyMinutes: Int? = nil
  ) async throws -> Municipality {
    let town = try await Municipality()
    try await town.openTeam()
    try await town.grant(weeklyMinutes: weeklyMinutes)
    try await town.store.putCitizenPlan(
      CitizenPlan(circle: CareCircle(citizen: Self.karen), scheduling: mode), tenant: M.tenant,
      by: M.operations, at: M.now)
    return town
  }

  @discardableResult
  private func open(
    _ window: PickWindow = window(), _ id: String = "p1", minutes: Int = 30, in town: Municipality
  ) async throws -> TimeProposal {
    let visit = Visit(
      id: VisitID(rawValue: "visit-\(id)"), tenant: M.tenant, citizenID: Self.karen,
      workerID: PersonID(rawValue: "anne"), start: M.now, durationMinutes: minutes)
    return try await town.store.openWindow(
      TimeProposalID(rawValue: id), visit: visit, window: window, by: M.anne, at: M.now,
      events: { _ in [] }
    ).proposal
  }

  private func shown(
    _ town: Municipality, from day: LocalDate? = nil
  ) async throws -> [TimeProposal] {
    try await town.store.proposals(of: Self.karen, from: day, tenant: M.tenant, at: M.now)
  }

  @discardableResult
  private func pick(
    _ start: UTCMilliseconds, _ id: String = "p1", in town: Municipality
  ) async throws -> CommittedProposal {
    try await town.store.answer(
      TimeProposalID(rawValue: id), choosing: start, note: nil, tenant: M.tenant, by: M.karen,
      at: M.now, events: { _ in [] })
  }

  private func clocks(_ proposals: [TimeProposal]) -> [String] {
    proposals.flatMap(\.starts).map {
      let local = LocalDateTime($0)
      return "\(local.date.weekday.rawValue) \(local.time.clock)"
    }
  }

  @Test func whatIsFreeIsShownAndThePickIsBooked() async throws {
    let town = try await town()
    try await town.grant("ole")
    try await town.book(
      BookingRequest(
        id: VisitID(rawValue: "busy"), citizenID: PersonID(rawValue: "ole"),
        workerID: PersonID(rawValue: "anne"), start: M.next(.monday, 8).utc, durationMinutes: 60))
    try await open(in: town)
    let first = try await shown(town)
    #expect(
      clocks(first) == [
        "MO 9.00", "MO 11.30", "TU 8.00", "TU 11.30", "WE 8.00", "WE 11.30",
      ])
    let later = try await shown(town, from: Self.monday.adding(days: 3))
    #expect(clocks(later) == ["TH 8.00", "TH 9.45", "TH 11.30", "FR 8.00", "FR 9.45", "FR 11.30"])
    #expect(
      await refusal { try await pick(M.next(.monday, 8, 30).utc, in: town) }
        == "proposed-time-taken")
    #expect(
      await refusal { try await pick(M.next(.monday, 13).utc, in: town) } == "not-among-proposed")
    let booked = try await pick(first[0].starts[0], in: town)
    #expect(booked.visit?.details.visit.start == M.next(.monday, 9).utc)
    #expect(booked.proposal.state == .chosen)
    #expect(try await shown(town).isEmpty)
    #expect(try await pick(first[0].starts[0], in: town).visit == nil, "a repeated press")
    #expect(try await town.ledger("visit-p1").map(\.cause.rawValue) == ["chosen"])
  }

  @Test func aWeekThatIsFullIsNotOffered() async throws {
    let town = try await town(weeklyMinutes: 30)
    try await town.book(
      BookingRequest(
        id: VisitID(rawValue: "full"), citizenID: Self.karen, workerID: PersonID(rawValue: "anne"),
        start: M.next(.friday, 13).utc, durationMinutes: 30))
    #expect(await refusal { try await open(in: town) } == "week-is-full")
    try await open(Self.window(days: 8), in: town)
    #expect(clocks(try await shown(town)).allSatisfy { $0.hasPrefix("MO") })
    #expect(try await shown(town).flatMap(\.starts).count == 6)
    #expect(
      await refusal { try await pick(M.next(.tuesday, 9).utc, in: town) } == "week-is-full")
  }

  @Test func aWindowIsOpenedByAgreementWithinHoursAndOneAtATime() async throws {
    let others = try await town(.workerSets)
    #expect(await refusal { try await open(in: others) } == "citizen-does-not-pick")
    let town = try await town()
    #expect(
      await refusal { try await open(Self.window(from: 17, to: 20), in: town) }
        == "nothing-free-to-pick")
    try await open(in: town)
    try await open(Self.window(days: 1), "p2", in: town)
    #expect(try await shown(town).map(\.id.rawValue) == ["p2"])
    #expect(
      await refusal { try await pick(M.next(.tuesday, 9).utc, "p1", in: town) }
        == "proposal-closed")
    let audit = try await town.store.audit(tenant: M.tenant, after: 0, limit: 100)
    #expect(audit.count { $0.draft.action == "proposal.open" } == 2)
  }

  @Test func aVisitThatIsThereIsMovedByThePick() async throws {
    let town = try await town()
    try await town.book(GrantStoreTests.request())
    let visit = try await town.store.visit(VisitID(rawValue: "v1"), tenant: M.tenant).visit
    _ = try await town.store.openWindow(
      TimeProposalID(rawValue: "p1"), visit: visit, window: Self.window(), by: M.anne, at: M.now,
      events: { _ in [] })
    let moved = try await pick(M.next(.thursday, 9).utc, in: town)
    #expect(moved.visit?.details.visit.id == visit.id)
    #expect(try await town.visits(of: "karen").map(\.start) == [M.next(.thursday, 9).utc])
  }

  @Test func whatACitizenCanDoAboutAVisitFollowsHerGrant() async throws {
    let town = try await town()
    try await town.book(GrantStoreTests.request())
    func ways() async throws -> VisitWays {
      try await town.store.ways(
        of: VisitID(rawValue: "v1"), tenant: M.tenant, by: M.karen, at: M.now)
    }
    #expect(try await ways().conversions == [.phone, .audio])
    #expect(try await ways().canCancel)
    try await town.apply(.cancel(reason: nil))
    #expect(try await ways().conversions.isEmpty)
    #expect(try await !ways().canCancel)
  }
}
