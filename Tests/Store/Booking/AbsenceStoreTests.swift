import Store
import Testing
import Visits

@Suite struct AbsenceStoreTests {
  typealias M = Municipality

  static let tuesday = TimeWindow(day: M.next(.tuesday, 0).date)

  static func absence(_ window: TimeWindow = tuesday) -> Absence {
    Absence(
      id: AbsenceID(rawValue: "a1"), tenant: M.tenant, worker: PersonID(rawValue: "anne"),
      kind: .illness, window: window, reportedBy: PersonID(rawValue: "anne"), reportedAt: M.now)
  }

  private func declare(
    _ absence: Absence = absence(), in town: Municipality
  ) async throws -> CommittedAbsence {
    try await town.store.declare(absence, by: M.anne, at: M.now, events: { _ in [] })
  }

  private func settle(
    _ remedy: AbsenceRemedy, _ visit: VisitID, in town: Municipality
  ) async throws -> CommittedAbsence {
    try await town.store.apply(
      .settle(remedy, way: .phone), to: visit, absence: AbsenceID(rawValue: "a1"),
      tenant: M.tenant, by: M.bo, at: M.now, events: { _ in [] })
  }

  private func todos(_ town: Municipality) async throws -> [AbsenceTaskDetails] {
    try await town.store.absenceTasks(tenant: M.tenant, workers: nil, at: M.now)
  }

  @Test func everyVisitInAnAbsenceBecomesATodoAndNoneIsChanged() async throws {
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false)
    let visits = try await town.begin().visits
    try await town.begin(M.series("s2", citizen: "ole", start: M.next(.wednesday, 10)))
    let committed = try await declare(in: town)
    #expect(committed.tasks.map(\.visit) == [visits[0].id])
    #expect(try await town.visits(of: "karen").count == visits.count)
    // Nothing is booked with her meanwhile.
    let more = await refusal {
      try await town.book(GrantStoreTests.request(start: M.next(.tuesday, 13), citizen: "ole"))
    }
    #expect(more == "worker-away")
    // Two weeks: one to-do more for each; taken back, none.
    let longer = Self.absence(
      TimeWindow(start: Self.tuesday.start, end: Self.tuesday.start.adding(minutes: 10 * 1440)))
    #expect(try await declare(longer, in: town).tasks.count == 3)
    #expect(try await todos(town).count == 4)
    _ = try await town.store.withdrawAbsence(
      AbsenceID(rawValue: "a1"), tenant: M.tenant, by: M.anne, at: M.now, events: { _ in [] })
    #expect(try await todos(town).isEmpty)
  }

  @Test func theNamedBackupIsSuggestedFirstAndOnlyThoseWhoAreFree() async throws {
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false)
    try await town.begin()
    try await town.store.addPerson(
      Person(
        id: PersonID(rawValue: "carl"), tenant: M.tenant, role: .supportWorker,
        displayName: "Carl", createdAt: M.now), by: .system)
    try await town.store.putCitizenPlan(
      CitizenPlan(
        circle: CareCircle(
          citizen: PersonID(rawValue: "karen"), primaryWorker: PersonID(rawValue: "anne"),
          backup: PersonID(rawValue: "carl"))), tenant: M.tenant, by: M.operations, at: M.now)
    _ = try await declare(in: town)
    let candidates = try await todos(town)[0].candidates
    #expect(candidates.map(\.worker.rawValue) == ["carl", "bo"])
    #expect(candidates.map(\.reason) == [.backup, .team])
    try await town.begin(M.series("s2", citizen: "ole", worker: "bo"))
    #expect(try await todos(town)[0].candidates.map(\.worker.rawValue) == ["carl"])
  }

  /// A rota that is kept says when a colleague is there; who keeps none plans their own week (B8, B13).
  @Test func aColleagueWhoIsOffDutyIsNotSuggested() async throws {
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false)
    let visit = try await town.begin().visits[0]
    _ = try await declare(in: town)
    func candidates() async throws -> [String] {
      try await todos(town)[0].candidates.map(\.worker.rawValue)
    }
    func shift(_ kind: DutyShift.Kind, _ window: TimeWindow) async throws {
      try await town.store.addShifts(
        [
          DutyShift(
            worker: PersonID(rawValue: "bo"), team: TeamID(rawValue: "team"), kind: kind,
            window: window)
        ], tenant: M.tenant, by: M.operations, at: M.now)
    }
    #expect(try await candidates() == ["bo"])
    try await shift(.work, TimeWindow(start: visit.end, minutes: 240))
    #expect(try await candidates().isEmpty, "his day begins when the visit has ended")
    try await shift(.duty, TimeWindow(start: visit.start.adding(minutes: -60), minutes: 180))
    #expect(try await candidates() == ["bo"])
  }

  @Test func aSubstituteIsAgreedAndTheVisitHandedOver() async throws {
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false)
    let visit = try await town.begin().visits[0]
    _ = try await declare(in: town)
    let committed = try await settle(
      .substitute(PersonID(rawValue: "bo")), visit.id, in: town)
    #expect(committed.visit?.details.worker.displayName == "Bo")
    #expect(committed.tasks.first?.agreement?.way == .phone)
    #expect(try await todos(town).isEmpty)
    // It is Bo's time now, and Anne's no more.
    #expect(try await town.visits(of: "bo").map(\.id) == [visit.id])
    #expect(
      await refusal {
        try await town.begin(M.series("s2", citizen: "ole", worker: "bo"))
      } == "series-conflicts")
    #expect(
      try await town.ledger(visit.id.rawValue).last?.cause.rawValue == "absence-substitute")
    // An ill colleague's day is nobody's to fill.
    #expect(committed.freed.isEmpty)
  }

  @Test func aMovedVisitKeepsTheRulesOfBooking() async throws {
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false)
    let visit = try await town.begin().visits[0]
    _ = try await declare(in: town)
    let late = await refusal {
      _ = try await settle(.move(to: M.next(.wednesday, 18).utc), visit.id, in: town)
    }
    #expect(late == "outside-opening-hours")
    #expect(try await todos(town).count == 1)
    _ = try await settle(.move(to: M.next(.wednesday, 12).utc), visit.id, in: town)
    #expect(try await town.visits(of: "anne")[0].start == M.next(.wednesday, 12).utc)
  }

  @Test func theCitizenAgreesOnTheirOwnScreen() async throws {
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false)
    let visit = try await town.begin().visits[0]
    _ = try await declare(in: town)
    let id = AbsenceID(rawValue: "a1")
    _ = try await town.store.apply(
      .propose(.phone(by: PersonID(rawValue: "bo"))), to: visit.id, absence: id,
      tenant: M.tenant, by: M.bo, at: M.now, events: { _ in [] })
    let put = try await town.store.absenceTasks(
      putTo: PersonID(rawValue: "karen"), tenant: M.tenant, at: M.now)
    #expect(put.map(\.task.remedy?.kind) == [.phone])
    let agreed = try await town.store.apply(
      .agree, to: visit.id, absence: id, tenant: M.tenant, by: M.karen, at: M.now,
      events: { _ in [] })
    #expect(agreed.visit?.details.visit.mediaMode == .phone)
    #expect(agreed.visit?.details.visit.workerID.rawValue == "bo")
  }

  @Test func aCalledOffVisitsTimeIsPublishedAndCanBeTaken() async throws {
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false)
    try await town.book(GrantStoreTests.request())
    try await town.apply(.cancel(reason: nil))
    let freed = try await town.store.freedTime(tenant: M.tenant, workers: nil, at: M.now)
    #expect(freed.map(\.window.minutes) == [30])
    try await town.book(GrantStoreTests.request("v2", minutes: 15, citizen: "ole"))
    let left = try await town.store.freedTime(tenant: M.tenant, workers: nil, at: M.now)
    #expect(left.map(\.window.minutes) == [15])
  }

  @Test func aPhysicalVisitIsHeldOnScreenInstead() async throws {
    let town = try await Municipality()
    try await town.openTeam()
    try await town.grant()
    try await town.book(GrantStoreTests.request(form: .physical))
    let converted = try await town.store.convert(
      VisitID(rawValue: "v1"), to: .video, tenant: M.tenant, by: M.karen, at: M.now,
      events: { _ in [] })
    #expect(converted.details.visit.form == .screen)
    try await town.grant("ole", forms: [.physical])
    try await town.book(
      GrantStoreTests.request("v2", form: .physical, start: M.next(.friday, 9), citizen: "ole"))
    let refused = await refusal {
      _ = try await town.store.convert(
        VisitID(rawValue: "v2"), to: .video, tenant: M.tenant, by: M.anne, at: M.now,
        events: { _ in [] })
    }
    #expect(refused == "conversion-not-granted")
  }

  @Test func theNextCitizenIsToldOfADelayOnce() async throws {
    let town = try await Municipality()
    try await town.book()
    func announce(_ minutes: Int) async throws -> AnnouncedDelay {
      try await town.store.announceDelay(
        minutes: minutes, of: VisitID(rawValue: "v1"), tenant: M.tenant, by: M.anne, at: M.now,
        events: {
          [
            EventDraft(
              name: "delay", payload: "{}", audience: Audience(people: [$0.notice.citizen]))
          ]
        })
    }
    let first = try await announce(10)
    #expect(first.notice.minutes == 10 && first.isNew && first.messaged.isEmpty)
    #expect(try await announce(10).isNew == false)
    #expect(try await announce(20).notice.minutes == 20)
    #expect(try await announce(10).notice.minutes == 20, "the longer one holds")
    let told = try await town.store.events(
      after: 0, tenant: M.tenant, person: PersonID(rawValue: "karen"), role: .citizen, limit: 9)
    #expect(told.map(\.name) == ["delay", "delay"])
  }

  @Test func aDelayMakesTheMessagesThatTheCitizenWantsAndTheShorterOneIsNotSent() async throws {
    let town = try await Municipality()
    let plan = ReminderPlan(
      person: PersonID(rawValue: "karen"), rules: [], notices: [.email, .sms])
    try await town.store.setReminders(
      PersonReminders(plan: plan, addresses: [.email: "karen@example.dk", .sms: "12345678"]),
      tenant: M.tenant, by: M.anne, at: M.now)
    try await town.book()
    func announce(_ minutes: Int) async throws -> AnnouncedDelay {
      try await town.store.announceDelay(
        minutes: minutes, of: VisitID(rawValue: "v1"), tenant: M.tenant, by: M.anne, at: M.now,
        events: { _ in [] })
    }
    func messages() async throws -> [String] {
      try await town.store.messages(about: VisitID(rawValue: "v1"), tenant: M.tenant).map {
        "\($0.kind.rawValue) \($0.channel.rawValue) \($0.minutes) \($0.state.rawValue)"
      }.sorted()
    }
    #expect(try await announce(10).messaged == [PersonID(rawValue: "karen")])
    #expect(try await messages() == ["delayed email 10 pending", "delayed sms 10 pending"])
    _ = try await announce(10)
    #expect(try await messages().count == 2, "nothing is sent twice")
    #expect(try await announce(20).messaged == [PersonID(rawValue: "karen")])
    #expect(
      try await messages() == [
        "delayed email 10 cancelled", "delayed email 20 pending", "delayed sms 10 cancelled",
        "delayed sms 20 pending",
      ])
    let due = try await town.store.takeDueMessages(at: M.now, limit: 9)
    #expect(due.map(\.address).sorted() == ["12345678", "karen@example.dk"])
    #expect(due.allSatisfy { $0.reminder.text(at: M.now).danish.contains("20 minutter") })
  }

  /// A visit that was moved meanwhile is on time: nothing of its delay leaves, and a new one is new.
  @Test func aDelayIsOfTheTimeItWasToldFor() async throws {
    let town = try await Municipality()
    let karen = PersonID(rawValue: "karen")
    try await town.store.setReminders(
      PersonReminders(
        plan: ReminderPlan(person: karen, rules: [], notices: [.sms]),
        addresses: [.sms: "12345678"]), tenant: M.tenant, by: M.anne, at: M.now)
    try await town.book()
    func announce() async throws -> AnnouncedDelay {
      try await town.store.announceDelay(
        minutes: 10, of: VisitID(rawValue: "v1"), tenant: M.tenant, by: M.anne, at: M.now,
        events: { _ in [] })
    }
    _ = try await announce()
    let taken = try #require(
      try await town.store.takeDueMessages(at: M.now, limit: 9).first?.reminder)
    try await town.apply(.move(start: M.now.adding(minutes: 240), durationMinutes: 30))
    let after = try await town.store.tell(
      .handOver(attempt: 1), of: taken.key, tenant: M.tenant, at: M.now)
    #expect(after?.state != .handedOver)
    let anew = try await announce()
    #expect(anew.isNew && anew.notice.start == M.now.adding(minutes: 240))
    #expect(anew.messaged == [karen])
    let states = try await town.store.messages(
      about: VisitID(rawValue: "v1"), tenant: M.tenant
    ).filter { $0.kind == .delayed }.map(\.state)
    #expect(states.filter { $0 == .pending }.count == 1)
  }

  @Test func theCitizenChoosesAmongTimesThatAreStillFree() async throws {
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false)
    let visit = Visit(
      id: VisitID(rawValue: "v1"), tenant: M.tenant, citizenID: PersonID(rawValue: "karen"),
      workerID: PersonID(rawValue: "anne"), start: M.now, durationMinutes: 30)
    let (first, second) = (M.next(.tuesday, 10).utc, M.next(.wednesday, 10).utc)
    let id = TimeProposalID(rawValue: "p1")
    _ = try await town.store.offer(
      id, visit: visit, starts: [first, second], by: M.anne, at: M.now, events: { _ in [] })
    try await town.book(GrantStoreTests.request("v2", citizen: "ole"))
    func choose(_ start: UTCMilliseconds) async throws -> CommittedProposal {
      try await town.store.answer(
        id, choosing: start, note: nil, tenant: M.tenant, by: M.karen, at: M.now,
        events: { _ in [] })
    }
    #expect(await refusal { _ = try await choose(first) } == "proposed-time-taken")
    #expect(try await choose(second).visit?.details.visit.start == second)
    #expect(try await choose(second).visit == nil)
    #expect(try await town.ledger().map(\.cause.rawValue) == ["chosen"])
  }

  @Test func freeTimesAreThoseOfTheTeamKnownWorkerFirst() async throws {
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false)
    try await town.store.putCitizenPlan(
      CitizenPlan(
        circle: CareCircle(
          citizen: PersonID(rawValue: "karen"), primaryWorker: PersonID(rawValue: "bo"))),
      tenant: M.tenant, by: M.operations, at: M.now)
    try await town.book(GrantStoreTests.request("v1", minutes: 60, citizen: "ole"))
    _ = try await declare(
      Self.absence(TimeWindow(start: M.next(.tuesday, 12).utc, minutes: 600)), in: town)
    let search = SlotSearch(
      citizen: PersonID(rawValue: "karen"),
      query: FreeSlotQuery(window: Self.tuesday, durationMinutes: 60, step: .hour))
    let slots = try await town.store.freeSlots(search, tenant: M.tenant, at: M.now)
    let found = slots.map { "\(LocalDateTime($0.window.start).time.hour) \($0.worker)" }
    #expect(
      found == [
        "8 bo", "8 anne", "9 bo", "9 anne", "10 bo", "11 bo", "11 anne", "12 bo", "13 bo",
        "14 bo", "15 bo",
      ])
  }

  @Test func continuityCountsThePeopleOneKnows() async throws {
    let town = try await Municipality()
    try await town.store.putCitizenPlan(
      CitizenPlan(
        circle: CareCircle(
          citizen: PersonID(rawValue: "karen"), primaryWorker: PersonID(rawValue: "anne"))),
      tenant: M.tenant, by: M.operations, at: M.now)
    try await town.book()
    try await town.apply(.ring)
    try await town.apply(.answer, by: M.karen)
    try await town.apply(.hangUp(reason: nil))
    let figure = try await town.store.continuity(
      of: PersonID(rawValue: "karen"), in: TimeWindow(start: M.now, minutes: 1440),
      tenant: M.tenant)
    #expect(figure.held == 1 && figure.withPrimary == 1)
  }
}

extension Municipality {
  static let bo = Initiator.person(PersonID(rawValue: "bo"), role: .supportWorker, device: nil)
}
