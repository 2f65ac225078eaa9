import CallQuality
import Store
import Testing
import Visits

@Suite("Held by the worker's word")
struct ReportedVisitTests {
  typealias M = Municipality

  private static let grant = GrantID(rawValue: "g-karen")

  @discardableResult
  private func report(
    _ kind: OutcomeKind, minutes: Int? = nil, of visit: String = "v1", in town: Municipality,
    at now: UTCMilliseconds
  ) async throws -> Visits.VisitOutcome {
    try await town.store.record(
      OutcomeReport(kind: kind, deliveredMinutes: minutes), of: VisitID(rawValue: visit),
      tenant: M.tenant, by: M.anne, at: now,
      events: { change in
        [
          EventDraft(
            name: "visit", payload: "{}",
            audience: Audience(people: Set(change.details.visit.participants)))
        ]
      })
  }

  /// What two weeks have booked and delivered.
  private func account(
    of citizen: String = "karen", in town: Municipality
  ) async throws -> [Int] {
    let weeks = try await town.store.minutes(
      of: GrantID(rawValue: "g-\(citizen)"), from: M.today, through: M.today.adding(days: 14),
      tenant: M.tenant)
    return [weeks.reduce(0) { $0 + $1.booked }, weeks.reduce(0) { $0 + $1.delivered }]
  }

  private func awaitsContact(_ citizen: String, in town: Municipality) async throws -> Bool {
    try await town.store.grantDetails(GrantID(rawValue: "g-\(citizen)"), tenant: M.tenant)
      .tasks.contains { $0.kind == .firstContact }
  }

  private func state(_ town: Municipality, _ visit: String = "v1") async throws -> VisitState {
    try await town.store.visit(VisitID(rawValue: visit), tenant: M.tenant).visit.state
  }

  @Test func aHomeVisitCountsAsLongAsItTook() async throws {
    let town = try await Municipality()
    try await town.openTeam()
    try await town.grant(weeklyMinutes: 90)
    try await town.book(GrantStoreTests.request(form: .physical))
    #expect(try await account(in: town) == [30, 0])
    #expect(try await awaitsContact("karen", in: town))

    let after = M.next(.tuesday, 11).utc
    let told = try await town.store.lastEventID()
    try await report(.heldFirstTry, minutes: 60, in: town, at: after)
    #expect(try await state(town) == .ended)
    #expect(try await town.store.lastEventID() == told + 1)
    let ledger = try await town.ledger()
    #expect(ledger.map(\.kind) == [.booked, .ended])
    #expect(ledger.last?.cause == .reported && ledger.last?.participant?.rawValue == "anne")
    #expect(try await account(in: town) == [30, 60])
    #expect(try await !awaitsContact("karen", in: town))
    let verdict = try await town.store.verdict(of: VisitID(rawValue: "v1"), tenant: M.tenant)
    #expect(verdict.outcome == .excluded && verdict.firstTry == nil)

    // Corrected, it is the last word that counts.
    try await report(.heldFirstTry, minutes: 45, in: town, at: after)
    #expect(try await account(in: town) == [30, 45])
    #expect(try await town.ledger().count == 2)
    try await report(.notAnswered, in: town, at: after)
    #expect(try await account(in: town) == [0, 0])
    #expect(try await awaitsContact("karen", in: town))
  }

  @Test func aHomeVisitWhereNobodyWasInTakesNothingFromTheGrant() async throws {
    let town = try await Municipality()
    try await town.openTeam()
    try await town.grant(weeklyMinutes: 90)
    try await town.book(GrantStoreTests.request(form: .physical))
    try await report(.notAnswered, in: town, at: M.next(.tuesday, 11).utc)
    #expect(try await state(town) == .booked)
    #expect(try await account(in: town) == [0, 0])
  }

  @Test func aVisitMovedToThePhoneIsHeldAndWithSomebodyKnown() async throws {
    let town = try await Municipality()
    try await town.grant(weeklyMinutes: 90)
    try await town.book(M.request("v1", minute: 10))
    let during = M.now.adding(minutes: 10)
    try await town.apply(.ring, at: during)
    try await town.apply(.decline(reason: nil), by: M.karen, at: during)
    #expect(try await account(in: town) == [0, 0])

    let after = M.now.adding(minutes: 45)
    let outcome = try await report(.movedToPhone, minutes: 25, in: town, at: after)
    #expect(outcome.mediaMode == .phone)
    #expect(try await state(town) == .ended)
    #expect(try await account(in: town) == [30, 25])
    // The ring was not taken: that much is true of the call, and no more.
    let verdict = try await town.store.verdict(of: VisitID(rawValue: "v1"), tenant: M.tenant)
    #expect(verdict.outcome == .notAnswered && verdict.firstTry == nil)
    let met = try await town.store.continuity(
      of: PersonID(rawValue: "karen"), in: TimeWindow(start: M.now, minutes: 1440),
      tenant: M.tenant)
    #expect(met.held == 1 && met.differentWorkers == 1)
    let missing = try await town.store.visitsWithoutOutcome(
      of: PersonID(rawValue: "anne"), tenant: M.tenant, at: M.now.adding(minutes: 1440))
    #expect(missing.isEmpty)
  }

  @Test func aVisitRungInVainAndMovedLiesAheadAgain() async throws {
    let town = try await Municipality()
    try await town.grant(weeklyMinutes: 90)
    try await town.book(M.request("v1", minute: 10))
    let during = M.now.adding(minutes: 10)
    try await town.apply(.ring, at: during)
    try await town.apply(.decline(reason: nil), by: M.karen, at: during)
    let later = M.now.adding(minutes: 1440)
    try await town.apply(.move(start: later, durationMinutes: nil), at: during)
    #expect(try await account(in: town) == [30, 0])
    let missing = try await town.store.visitsWithoutOutcome(
      of: PersonID(rawValue: "anne"), tenant: M.tenant, at: later.adding(minutes: 120))
    #expect(missing.map(\.visit.id.rawValue) == ["v1"])
  }

  @Test func nobodySaysBeforehandOrOfOthersVisitsThatTheyWereHeld() async throws {
    let town = try await Municipality()
    try await town.book(M.request("v1", minute: 10))
    #expect(
      await refusal { try await report(.heldFirstTry, in: town, at: M.now) }
        == Refusal.outcomeTooEarly.code)
    let bo = Initiator.person(PersonID(rawValue: "bo"), role: .supportWorker, device: nil)
    let others = await refusal {
      _ = try await town.store.record(
        OutcomeReport(kind: .heldFirstTry), of: VisitID(rawValue: "v1"), tenant: M.tenant,
        by: bo, at: M.now.adding(minutes: 60), events: { _ in [] })
    }
    #expect(others == Refusal.notYourVisit.code)
    #expect(try await state(town) == .booked)
  }

  // MARK: Groups

  private static let members = ["karen", "ole", "ib"]

  /// A group of three with a meeting in an hour.
  private func groupTown() async throws -> Municipality {
    let town = try await Municipality()
    try await town.store.addPerson(
      Person(
        id: PersonID(rawValue: "ib"), tenant: M.tenant, role: .citizen, displayName: "Ib",
        createdAt: M.now), by: .system)
    let group = GroupID(rawValue: "thursday")
    try await town.store.addGroup(
      Group(
        id: group, tenant: M.tenant, team: .everybody, name: "Torsdagsgruppen", capacity: 20),
      by: M.anne, at: M.now)
    for citizen in Self.members {
      try await town.grant(citizen, forms: [.screen, .group], weeklyMinutes: 90)
      _ = try await town.store.place(
        PersonID(rawValue: citizen), age: nil, in: group, tenant: M.tenant, isPlanner: true,
        by: M.anne,
        at: M.now)
    }
    _ = try await town.store.addMeetings(
      [
        GroupMeeting(
          id: GroupMeetingID(rawValue: "m1"), group: group, start: M.now.adding(minutes: 60),
          facilitator: PersonID(rawValue: "anne"))
      ], tenant: M.tenant, by: M.anne, at: M.now, events: { _ in [] })
    return town
  }

  @Test func aMeetingIsBookedForEachMemberAndFillsTheWeek() async throws {
    let town = try await groupTown()
    for citizen in Self.members {
      #expect(try await account(of: citizen, in: town) == [120, 0])
      let more = await refusal {
        try await town.book(
          M.request("x-\(citizen)", citizen: citizen, worker: "bo", minute: 300, minutes: 45))
      }
      #expect(more == "week-is-full", "\(citizen)")
    }
  }

  @Test func aMeetingCountsForTheMembersWhoCame() async throws {
    let town = try await groupTown()
    let during = M.now.adding(minutes: 60)
    try await town.apply(.ring, to: "m1", at: during)
    for person in ["anne", "karen", "ole"] {
      let heard = MediaReport(
        kind: .mediaConnected, participant: PersonID(rawValue: person), cause: .audio,
        session: person, attempt: 1)
      try await town.apply(.record(heard, key: person), to: "m1", by: .system, at: during)
    }
    try await town.apply(.hangUp(reason: nil), to: "m1", at: during.adding(minutes: 110))
    for citizen in ["karen", "ole"] {
      #expect(try await account(of: citizen, in: town) == [120, 110], "\(citizen)")
      #expect(try await !awaitsContact(citizen, in: town))
    }
    #expect(try await account(of: "ib", in: town) == [0, 0], "stayed away")
    #expect(try await awaitsContact("ib", in: town))
  }

  @Test func aMeetingHeldFaceToFaceCountsForAllWhoWereAskedToIt() async throws {
    let town = try await groupTown()
    try await report(
      .heldFirstTry, minutes: 100, of: "m1", in: town, at: M.now.adding(minutes: 180))
    #expect(try await state(town, "m1") == .ended)
    for citizen in Self.members {
      #expect(try await account(of: citizen, in: town) == [120, 100], "\(citizen)")
    }
  }
}
