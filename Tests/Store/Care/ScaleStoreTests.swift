import Testing
import Visits

@testable import Store

@Suite("Scales, cards, goals and tapering, stored")
struct ScaleStoreTests {
  typealias M = Municipality
  let karen = PersonID(rawValue: "karen")
  let id = ScoreScaleID(rawValue: "uge")

  private func scale(_ items: Int = 1) -> ScoreScale {
    ScoreScale(
      id: id, title: "Min uge",
      items: (0..<items).map {
        .init(id: "i\($0)", prompt: "Hvordan har ugen været?", low: "Svær", high: "God")
      }, highest: 10, moment: .beginning, fallPercent: 20)
  }

  private func town() async throws -> Municipality {
    let town = try await Municipality()
    _ = try await town.store.setScale(scale(), tenant: M.tenant, by: M.operations, at: M.now)
    try await town.book(M.request("v1", minute: 60))
    try await town.book(M.request("v2", minute: 120))
    return town
  }

  private func answer(
    _ mark: Int?, in visit: String, at minute: Int, _ town: Municipality
  ) async throws -> ScaleScores {
    try await town.store.answer(
      mark.map { [$0] } ?? [], to: id, in: VisitID(rawValue: visit), tenant: M.tenant,
      by: M.karen, at: M.now.adding(minutes: minute))
  }

  @Test func whatWasMarkedLastIsShownAndAFallBecomesATask() async throws {
    let town = try await town()
    _ = try await answer(8, in: "v1", at: 60, town)
    let asked = try await town.store.scalesAsked(
      in: VisitID(rawValue: "v2"), tenant: M.tenant, at: M.now.adding(minutes: 120))
    #expect(asked.first?.answers.last?.marks == [8])
    let fallen = try await answer(3, in: "v2", at: 121, town)
    #expect(fallen.needsTalk)
    func kinds() async throws -> [String] {
      try await town.store.careTasks(
        around: M.anne, tenant: M.tenant, at: M.now.adding(minutes: 130)
      ).map(\.kind)
    }
    #expect(try await kinds() == ["talk"])
    _ = try await town.store.talked(
      about: id, with: karen, tenant: M.tenant, by: M.anne, at: M.now.adding(minutes: 140))
    #expect(try await kinds().isEmpty)
  }

  @Test func anAnswerIsCorrectedInItsVisitAndSkippingIsAnAnswerToo() async throws {
    let town = try await town()
    _ = try await answer(8, in: "v1", at: 60, town)
    let corrected = try await answer(6, in: "v1", at: 61, town)
    #expect(corrected.answers.map(\.marks) == [[6]])
    let skipped = try await answer(nil, in: "v2", at: 120, town)
    #expect(skipped.answers.map(\.isSkipped) == [false, true] && !skipped.needsTalk)
  }

  @Test func whereItIsSwitchedOffNobodyAsksAndNobodyAnswers() async throws {
    let town = try await town()
    let off = try await town.store.offer(
      false, id, reason: "Tal gør Karen urolig", to: karen, tenant: M.tenant, by: M.anne,
      at: M.now)
    #expect(!off.isOffered && off.reason == "Tal gør Karen urolig")
    #expect(
      try await town.store.scalesAsked(
        in: VisitID(rawValue: "v1"), tenant: M.tenant, at: M.now
      ).isEmpty)
    let error = await storeError { _ = try await answer(5, in: "v1", at: 60, town) }
    #expect(error == .refused(.scaleNotOffered))
  }

  @Test func whatWasAnsweredKeepsItsLines() async throws {
    let town = try await town()
    _ = try await answer(8, in: "v1", at: 60, town)
    let error = await storeError {
      _ = try await town.store.setScale(
        scale(2), tenant: M.tenant, by: M.operations, at: M.now)
    }
    #expect(error == .refused(.scaleIsAnswered))
    var retired = scale()
    retired.isRetired = true
    _ = try await town.store.setScale(retired, tenant: M.tenant, by: M.operations, at: M.now)
    let kept = try await town.store.scores(of: karen, tenant: M.tenant, at: M.now)
    #expect(kept.map(\.answers.count) == [1])
  }

  /// H6: the statuses of § 82 b are among the tasks when their time comes.
  @Test func theStatusesOfACourseBecomeTasks() async throws {
    let town = try await Municipality()
    try await town.openTeam()
    try await town.grant("karen", .section82b)
    func kinds(_ days: Int) async throws -> [String] {
      try await town.store.careTasks(
        around: M.anne, tenant: M.tenant, at: M.now.adding(minutes: days * 1440)
      ).map(\.kind)
    }
    #expect(try await kinds(0) == ["first-contact"])
    #expect(try await kinds(72).filter { $0 == "status" }.count == 1)
    #expect(try await kinds(151).filter { $0 == "status" }.count == 2)
    _ = try await town.store.apply(
      .writeStatus(milestone: "status-1", text: "Karen åbner selv sin post"),
      to: GrantID(rawValue: "g-karen"), tenant: M.tenant, by: M.anne,
      at: M.now.adding(minutes: 73 * 1440))
    #expect(try await kinds(74).filter { $0 == "status" }.isEmpty)
    let caseWorker = try await town.store.careTasks(
      around: M.lise, tenant: M.tenant, at: M.now.adding(minutes: 151 * 1440))
    #expect(caseWorker.contains { $0.kind == "status" })
  }

  @Test func theCardIsTheCitizensAndTheOneOnDutySeesItWithAReason() async throws {
    let town = try await Municipality()
    let store = town.store
    try await town.openTeam(needsGrant: false)
    for (id, role) in [("ida", Role.supportWorker), ("kim", .supportWorker)] {
      try await store.addPerson(
        Person(
          id: PersonID(rawValue: id), tenant: M.tenant, role: role, displayName: id,
          createdAt: M.now), by: .system)
    }
    _ = try await store.writeCard(
      [CardPoint(title: "Det hjælper", text: "Gå en tur")], seen: nil, of: karen,
      tenant: M.tenant, by: M.karen, at: M.now)
    try await store.addShifts(
      [
        DutyShift(
          worker: PersonID(rawValue: "ida"), team: TeamID(rawValue: "vest"),
          window: TimeWindow(start: M.now, minutes: 480))
      ], tenant: M.tenant, by: M.operations, at: M.now)
    func look(_ worker: String, reason: String?) async throws -> AccessBasis {
      try await store.access(
        AccessRequest(karen, .copingCard, reason: reason), tenant: M.tenant,
        by: .person(PersonID(rawValue: worker), role: .supportWorker, device: nil), at: M.now)
    }
    let needed = StoreError.refused(.cardNeedsReason(shortest: 10))
    #expect(await storeError { _ = try await look("ida", reason: nil) } == needed)
    #expect(try await look("ida", reason: "Karen ringede kl. 19") == .duty)
    #expect(try await look("kim", reason: "Karen ringede kl. 19") == .reason)
    let log = try await store.accessLog(tenant: M.tenant, of: karen, after: 0, limit: 10)
    let reasons = log.filter { $0.part == .copingCard }.map(\.reason)
    #expect(reasons == Array(repeating: "Karen ringede kl. 19", count: 2))
    #expect(try await store.copingCard(of: karen, tenant: M.tenant)?.points.count == 1)
  }

  @Test func goalsComeFromTheJournalAndGoBackTheSame() async throws {
    let town = try await Municipality()
    let exchange = GoalExchange(goals: [
      .init(reference: "VUM-1", wording: "Åbne min post", createdAt: M.now),
      .init(reference: "VUM-2", wording: "Handle selv", createdAt: M.now),
    ])
    for _ in 0..<2 {
      let goals = try await town.store.takeGoals(
        exchange, of: karen, tenant: M.tenant, by: M.anne, at: M.now)
      #expect(Set(GoalExchange(goals).goals) == Set(exchange.goals))
    }
    let audit = try await town.store.audit(tenant: M.tenant, after: 0, limit: 100)
    #expect(audit.filter { $0.draft.action == "goal.import" }.count == 1)
  }

  /// H7: the case worker's time is taken too, and she finds the meeting among her visits.
  @Test func aStatusMeetingTakesTheTimeOfAllThree() async throws {
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false)
    let lise = PersonID(rawValue: "lise")
    func meeting(_ id: String, _ citizen: String, _ worker: String, _ hour: Int) -> StatusMeeting {
      StatusMeeting(
        visit: Visit(
          id: VisitID(rawValue: id), tenant: M.tenant, citizenID: PersonID(rawValue: citizen),
          workerID: PersonID(rawValue: worker), start: M.next(.tuesday, hour).utc,
          durationMinutes: 45), caseWorker: lise)
    }
    func book(_ meeting: StatusMeeting) async throws -> CommittedVisit {
      try await town.store.bookStatusMeeting(
        meeting, tenant: M.tenant, by: M.anne, at: M.now, events: { _ in [] })
    }
    let booked = try await book(meeting("m1", "karen", "anne", 10))
    #expect(booked.details.others.map(\.id) == [lise])
    let twice = await refusal { _ = try await book(meeting("m2", "ole", "bo", 10)) }
    #expect(twice == "double-booked")
    let hers = try await town.store.visits(
      tenant: M.tenant, from: M.now, to: M.now.adding(minutes: 14 * 1440), of: lise)
    #expect(hers.map(\.visit) == [booked.details.visit])
    #expect(
      try await town.store.visit(VisitID(rawValue: "m1"), tenant: M.tenant).others.count == 1)
  }

  @Test func aSeriesTapersInOneTransaction() async throws {
    let town = try await Municipality()
    let begun = try await town.begin()
    let today = M.today
    let plan = TaperPlan(
      fortnightlyFrom: today.adding(days: 28), onDemandFrom: today.adding(days: 84))
    let committed = try await town.store.taper(
      begun.series.id, plan, tenant: M.tenant, by: M.anne, at: M.now, events: { _, _ in [] })
    #expect(committed.following?.series.recurrence.rule?.interval == 2)
    let visits = try await town.visits(of: "karen").filter { $0.state == .booked }
      .map { LocalDate($0.start) }
    let gaps = zip(visits, visits.dropFirst()).map { $0.days(until: $1) }
    #expect(visits.allSatisfy { $0 < plan.onDemandFrom })
    #expect(gaps.prefix(2) == [7, 7] && gaps.suffix(2) == [14, 14])
    let refused = await storeError {
      _ = try await town.store.taper(
        begun.series.id, TaperPlan(onDemandFrom: today), tenant: M.tenant, by: M.anne,
        at: M.now, events: { _, _ in [] })
    }
    #expect(refused == .refused(.startsInThePast))
  }

  @Test func whatIsOverIsPurgedWithItsKind() async throws {
    let town = try await town()
    _ = try await answer(8, in: "v1", at: 60, town)
    _ = try await town.store.give(
      ConsentDraft(kind: .peerContact, reason: "Samkørsel", way: .spoken), of: karen,
      tenant: M.tenant, by: M.anne, at: M.now)
    _ = try await town.store.writeCard(
      [CardPoint(title: "", text: "Gå en tur")], seen: nil, of: karen, tenant: M.tenant,
      by: M.karen, at: M.now)
    func purged(_ days: Int) async throws -> [DataKind: Int] {
      let counts = try await town.store.purge(
        tenant: M.tenant, isDry: true, by: .system, at: M.now.adding(minutes: days * 1440))
      return Dictionary(uniqueKeysWithValues: counts.map { ($0.kind, $0.rows) })
    }
    let early = try await purged(700)
    #expect(early[.consents] == 0 && early[.notes] == 0)
    let late = try await purged(740)
    #expect(late[.consents] == 1 && late[.notes] == 2)
    let export = try await town.store.export(
      citizen: karen, tenant: M.tenant, by: M.operations, at: M.now)
    for table in ["consent", "copingCard", "scoreAnswer"] {
      #expect(export.tables[table]?.count == 1, "\(table)")
    }
  }
}
