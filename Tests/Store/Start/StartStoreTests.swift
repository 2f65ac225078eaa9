import Store
import Testing
import Visits

@Suite struct StartStoreTests {
  typealias M = Municipality
  static let karen = PersonID(rawValue: "karen")
  static let anne = PersonID(rawValue: "anne")

  static func answer(
    _ municipality: Municipality, _ state: ScreenTrial.State, by initiator: Initiator = M.karen
  ) async throws {
    _ = try await municipality.store.change(
      ScreenStart.self, "karen", tenant: M.tenant, action: "start.\(state.rawValue)",
      by: initiator, at: M.now
    ) { before in
      try (before ?? ScreenStart(tenant: M.tenant, citizen: karen)).answering(
        state, reason: nil, by: initiator, at: M.now)
    }
  }

  /// F3: "tilvalg og supplement"; B16 is no way around it.
  @Test func whoSaidNoIsBookedForNoPictureUntilTheySayYes() async throws {
    let town = try await Municipality()
    try await town.book(M.request("v0", minute: 30, minutes: 20))
    try await Self.answer(town, .declined)
    #expect(await refusal { try await town.book() } == "said-no-to-screen")
    var phone = M.request()
    phone.mediaMode = .phone
    try await town.book(phone)
    let converted = await refusal {
      _ = try await town.store.convert(
        VisitID(rawValue: "v1"), to: .video, tenant: M.tenant, by: M.anne, at: M.now,
        events: { _ in [] })
    }
    #expect(converted == "said-no-to-screen")
    #expect(
      try await town.store.visit(VisitID(rawValue: "v0"), tenant: M.tenant).visit.state
        == .booked, "what was agreed before stays until she is asked about it")
    try await Self.answer(town, .accepted)
    try await town.book(M.request("v2", minute: 240))
    let audit = try await town.store.audit(tenant: M.tenant, after: 0, limit: 100)
    #expect(
      audit.count { $0.draft.action.hasPrefix("start.") && $0.draft.subject == Self.karen } == 2)
  }

  /// F3, B11: each picture ahead becomes a to-do, agreed with the citizen and recorded.
  @Test func whatWasBookedBeforeANoIsTalkedOverAndNeverDroppedByItself() async throws {
    let town = try await Municipality()
    for (index, id) in ["v1", "v2", "v3", "v4"].enumerated() {
      try await town.book(M.request(id, minute: 60 + index * 60, minutes: 20))
    }
    try await town.book(M.request("ole", citizen: "ole", worker: "bo", minute: 60))
    func todos(_ workers: Set<PersonID>? = nil) async throws -> [String] {
      try await town.store.screenTodos(tenant: M.tenant, workers: workers, at: M.now)
        .map(\.visit.id.rawValue)
    }
    func settle(_ id: String, _ remedy: ScreenRemedy) async throws -> Visit {
      try await town.store.settle(
        VisitID(rawValue: id), of: Self.karen, remedy, way: .phone, tenant: M.tenant,
        by: M.anne, at: M.now, events: { _ in [] }
      ).details.visit
    }
    #expect(try await todos().isEmpty)
    try await Self.answer(town, .declined)
    #expect(try await todos() == ["v1", "v2", "v3", "v4"])
    #expect(try await todos([Self.anne]) == ["v1", "v2", "v3", "v4"])
    #expect(try await todos([PersonID(rawValue: "bo")]).isEmpty)
    #expect(try await settle("v1", ScreenRemedy(.phone)).mediaMode == .phone)
    #expect(try await settle("v2", ScreenRemedy(.keep)).state == .booked)
    #expect(try await settle("v2", ScreenRemedy(.keep)).state == .booked, "said twice")
    #expect(try await settle("v3", ScreenRemedy(.cancel)).state == .cancelled)
    #expect(try await todos() == ["v4"])
    let busy = await refusal {
      _ = try await settle("v4", ScreenRemedy(.audio, start: M.now.adding(minutes: 65)))
    }
    #expect(busy == "double-booked")
    #expect(try await todos() == ["v4"], "what could not be done is still to be done")
    let moved = try await settle("v4", ScreenRemedy(.audio, start: M.now.adding(minutes: 600)))
    #expect(moved.mediaMode == .audio && moved.start == M.now.adding(minutes: 600))
    #expect(try await todos().isEmpty)
    #expect(try await town.ledger("v3").map(\.cause.rawValue).last == "no-to-screen-cancel")
    let audit = try await town.store.audit(tenant: M.tenant, after: 0, limit: 100)
    #expect(
      audit.map(\.draft.action).filter { $0.hasPrefix("start.settle") } == [
        "start.settle-phone", "start.settle-keep", "start.settle-cancel", "start.settle-audio",
      ])
  }

  @Test func recordsAreFoundByPersonAndStateAndBelongToOneMunicipality() async throws {
    let town = try await Municipality()
    func park(_ id: String, _ citizen: String) async throws {
      _ = try await town.store.change(
        ParkedTopic.self, id, tenant: M.tenant, action: "topic.park", by: M.anne, at: M.now
      ) { _ in
        try ParkedTopic(
          id: ParkedTopicID(rawValue: id), tenant: M.tenant,
          citizen: PersonID(rawValue: citizen), topic: "brev fra banken", by: M.anne, at: M.now)
      }
    }
    try await park("p1", "karen")
    try await park("p2", "ole")
    _ = try await town.store.change(
      ParkedTopic.self, "p1", tenant: M.tenant, action: "topic.close", by: M.anne, at: M.now
    ) { try #require($0).closed("Ringet", by: M.anne, at: M.now) }
    func ids(_ person: String?, _ openOnly: Bool) async throws -> Set<String> {
      Set(
        try await town.store.records(
          ParkedTopic.self, tenant: M.tenant, of: person.map(PersonID.init(rawValue:)),
          openOnly: openOnly
        ).map(\.id.rawValue))
    }
    #expect(try await ids(nil, true) == ["p2"])
    #expect(try await ids(nil, false) == ["p1", "p2"])
    #expect(try await ids("karen", false) == ["p1"])
    #expect(
      try await town.store.record(ParkedTopic.self, "p2", tenant: M.neighbour) == nil)
    #expect(await storeError { try await park("p3", "nobody") } == .notFound)
    // Nothing that a rule leaves as it was is written, not even a line in the audit log.
    let before = try await town.store.audit(tenant: M.tenant, after: 0, limit: 100).count
    _ = try await town.store.change(
      ParkedTopic.self, "p1", tenant: M.tenant, action: "topic.close", by: M.anne, at: M.now
    ) { try #require($0).closed(nil, by: M.anne, at: M.now) }
    #expect(try await town.store.audit(tenant: M.tenant, after: 0, limit: 100).count == before)
  }

  /// B7, A14, F2.
  @Test func aRosterShowsWhoIsNextWhatIsLeftAndWhatIsDue() async throws {
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false) { $0.mostCitizens = 1 }
    for (citizen, primary, backup) in [("karen", "anne", "bo"), ("ole", "anne", "bo")] {
      let circle = CareCircle(
        citizen: PersonID(rawValue: citizen), primaryWorker: PersonID(rawValue: primary),
        backup: PersonID(rawValue: backup))
      try await town.store.putCitizenPlan(
        CitizenPlan(circle: circle), tenant: M.tenant, by: M.operations, at: M.now)
    }
    try await town.grant(weeklyMinutes: 60)
    let tuesday = M.next(.tuesday, 10).utc
    _ = try await town.store.book(
      BookingRequest(
        id: VisitID(rawValue: "v1"), citizenID: Self.karen, workerID: Self.anne, start: tuesday,
        durationMinutes: 30), tenant: M.tenant, by: M.anne, at: M.now)
    _ = try await town.store.change(
      HomeVisitOrder.self, "o1", tenant: M.tenant, action: "home-order.add", by: M.anne,
      at: M.now
    ) { _ in
      try HomeVisitOrder(
        id: HomeOrderID(rawValue: "o1"), tenant: M.tenant, citizen: Self.karen,
        fault: .network, text: "intet net", by: M.anne, at: M.now)
    }
    let roster = try await town.store.roster(
      of: Self.anne, tenant: M.tenant, at: tuesday.adding(minutes: -60))
    #expect(roster.lines.map(\.citizen.displayName) == ["Karen", "Ole"])
    #expect(roster.count == 2 && roster.warning?.code == "too-many-citizens")
    let line = roster.lines[0]
    #expect(line.next == tuesday && line.lastHeld == nil)
    #expect(line.grantedMinutes == 60 && line.bookedMinutes == 30 && line.openTasks == 1)
    #expect(line.trialDue == M.today.adding(months: 3))
    let backup = try await town.store.roster(
      of: PersonID(rawValue: "bo"), tenant: M.tenant, at: M.now)
    #expect(backup.count == 0 && backup.lines.count == 2 && backup.warning == nil)
    #expect(
      await refusal {
        _ = try await town.store.roster(of: Self.karen, tenant: M.tenant, at: M.now)
      } == "not-a-support-worker")
  }

  /// B15: a freed time is offered by itself, and who took it waits no longer.
  @Test func freedTimeIsOfferedToOneWhoWaits() async throws {
    let town = try await Municipality()
    try await town.book(M.request("v1", minute: 60, minutes: 30))
    let ole = PersonID(rawValue: "ole")
    let start = M.now.adding(minutes: 60)
    let wish = WaitingWish(
      citizen: ole, minutes: 30, window: TimeWindow(start: M.now, minutes: 1440), since: M.now)
    _ = try await town.store.change(
      KeptWish.self, "ole", tenant: M.tenant, action: "wish.set", by: M.anne, at: M.now
    ) { _ in KeptWish(tenant: M.tenant, wish: wish) }
    func offer(_ id: String) async throws {
      let visit = Visit(
        id: VisitID(rawValue: "x\(id)"), tenant: M.tenant, citizenID: ole, workerID: Self.anne,
        start: start, durationMinutes: 30)
      _ = try await town.store.offer(
        TimeProposalID(rawValue: id), visit: visit, starts: [start], by: M.anne, at: M.now,
        events: { _ in [] })
    }
    #expect(await refusal { try await offer("p1") } == "propose-two-or-three")
    try await town.apply(.cancel(reason: nil))
    let freed = try await town.store.freedTime(tenant: M.tenant, workers: nil, at: M.now)
    #expect(freed.map { WaitingWish.fitting($0, among: [wish]) } == [[wish]])
    try await offer("p2")
    let chosen = try await town.store.answer(
      TimeProposalID(rawValue: "p2"), choosing: start, note: nil, tenant: M.tenant,
      by: .person(ole, role: .citizen, device: nil), at: M.now, events: { _ in [] })
    #expect(chosen.visit?.details.visit.citizenID == ole)
    #expect(try await town.store.record(KeptWish.self, "ole", tenant: M.tenant) == nil)
  }

  /// C9: "op til tre afklarende samtaler"; A9.
  @Test func threeTalksWithoutAGrantAndOnlyForWhomTheSessionIs() async throws {
    let town = try await Municipality()
    try await town.openTeam()
    try await town.store.putOpeningProfiles(
      [
        OpeningProfile(
          id: OpeningProfileID(rawValue: "cafe"), team: TeamID(rawValue: "vest"), service: .dropIn,
          validFrom: LocalDate(year: 2026, month: 1, day: 1)!,
          week: [WeeklyHours(WeekdaySet(Weekday.allCases), [.aroundTheClock])], holidays: .open)
      ], tenant: M.tenant, by: M.operations, at: M.now)
    let session = DropInSession(
      id: DropInSessionID(rawValue: "tuesday"), tenant: M.tenant, team: TeamID(rawValue: "vest"),
      window: TimeWindow(start: M.now, minutes: 180), host: Self.anne,
      eligibility: DropInEligibility(targetGroups: [.disability]))
    _ = try await town.store.addDropIn(
      [session], tenant: M.tenant, by: M.anne, at: M.now)
    func join(_ id: String) async throws {
      _ = try await town.store.joinQueue(
        QueueWish(
          id: TicketID(rawValue: id), session: session.id, citizen: Self.karen),
        tenant: M.tenant, by: M.karen, at: M.now, events: { _ in [] })
    }
    for number in 1...3 {
      #expect(
        try await town.store.talks(of: Self.karen, tenant: M.tenant, at: M.now).left
          == 4 - number)
      try await join("t\(number)")
      let claimed = try await town.store.claimNext(
        in: session.id, tenant: M.tenant, by: M.anne, at: M.now, events: { _ in [] })
      let id = try #require(claimed?.details.visit.id.rawValue)
      try await town.apply(.ring, to: id)
      try await town.apply(.answer, to: id, by: M.karen)
      try await town.apply(.hangUp(reason: nil), to: id)
    }
    #expect(await refusal { try await join("t4") } == "talks-used")
    try await town.grant(forms: [.dropIn])
    let talks = try await town.store.talks(of: Self.karen, tenant: M.tenant, at: M.now)
    #expect(talks.held == 3 && talks.left == nil)
    #expect(await refusal { try await join("t4") } == "drop-in-for-others")
  }

  @Test func guidanceIsTheMunicipalitysOwn() async throws {
    let town = try await Municipality()
    #expect(try await town.store.guidance(tenant: M.tenant) == Guidance())
    var own = Guidance()
    own.guideline = LocalText("Skærm, når det giver mening.", "The screen where it makes sense.")
    own.keyWorkers = [Self.anne]
    try await town.store.setGuidance(own, tenant: M.tenant, by: M.operations, at: M.now)
    #expect(try await town.store.guidance(tenant: M.tenant) == own)
    #expect(try await town.store.guidance(tenant: M.neighbour) == Guidance())
    own.keyWorkers = [Self.karen]
    #expect(
      await refusal {
        try await town.store.setGuidance(own, tenant: M.tenant, by: M.operations, at: M.now)
      } == "not-a-support-worker")
  }

  @Test func whatIsClosedGoesAYearAfterTheCourseAndWhatIsOpenStays() async throws {
    let town = try await Municipality()
    try await Self.answer(town, .accepted)
    for (id, isDone) in [("o1", true), ("o2", false)] {
      _ = try await town.store.change(
        HomeVisitOrder.self, id, tenant: M.tenant, action: "home-order.add", by: M.anne,
        at: M.now
      ) { _ in
        let order = try HomeVisitOrder(
          id: HomeOrderID(rawValue: id), tenant: M.tenant, citizen: Self.karen, fault: .user,
          text: "vil gerne have vist, hvordan man svarer", by: M.anne, at: M.now)
        return isDone ? try order.cancelled(by: M.anne, at: M.now) : order
      }
    }
    func purge(_ days: Int) async throws -> Int {
      let counts = try await town.store.purge(
        tenant: M.tenant, isDry: false, by: .system, at: M.now.adding(minutes: days * 1440))
      return counts.first { $0.kind == .start }?.rows ?? -1
    }
    #expect(try await purge(360) == 0)
    #expect(try await purge(367) == 2)
    let left = try await town.store.records(
      HomeVisitOrder.self, tenant: M.tenant, of: nil, openOnly: false)
    #expect(left.map(\.id.rawValue) == ["o2"])
    let export = try await town.store.export(
      citizen: Self.karen, tenant: M.tenant, by: M.karen, at: M.now)
    #expect(export.tables["homeVisitOrder"]?.count == 1)
    #expect(export.tables["screenStart"]?.isEmpty == true)
  }

  /// F5: counts only.
  @Test func usageCountsAWorkersOwnScreenVisits() async throws {
    let town = try await Municipality()
    try await town.book()
    try await town.apply(.ring)
    try await town.apply(.answer, by: M.karen)
    try await town.apply(.hangUp(reason: nil), at: M.now.adding(minutes: 20))
    try await town.book(M.request("v2", minute: 240))
    try await town.apply(.cancel(reason: nil), to: "v2")
    func usage(_ worker: String) async throws -> WorkerUsage {
      try await town.store.usage(
        of: PersonID(rawValue: worker), tenant: M.tenant, from: M.now,
        to: M.now.adding(minutes: 1440))
    }
    #expect(try await usage("anne").outcomes[.cancelled] == 1)
    #expect(try await usage("anne").outcomes.values.reduce(0, +) == 2)
    #expect(try await usage("bo") == WorkerUsage())
    let figures = WorkerUsage(
      outcomes: [.heldFirstTry: 3, .heldAfterRetries: 1, .notAnswered: 5], practices: 0)
    #expect(figures.held == 4 && figures.firstTryShare == 0.75)
    #expect(WorkerUsage().firstTryShare == nil)
  }
}
