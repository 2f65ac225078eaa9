import Store
import Testing
import Visits

@Suite("Groups, stored")
struct GroupStoreTests {
  private static let now = Municipality.now
  private static let id = GroupID(rawValue: "thursday")
  private static let bo = Initiator.person(
    PersonID(rawValue: "bo"), role: .supportWorker, device: nil)

  private func town(capacity: Int = 20, citizens: Int = 0) async throws -> Municipality {
    let town = try await Municipality()
    try await town.store.addGroup(
      Group(
        id: Self.id, tenant: Municipality.tenant, team: .everybody, name: "Torsdagsgruppen",
        capacity: capacity), by: Municipality.anne, at: Self.now)
    for number in 0..<citizens {
      try await town.store.addPerson(
        Person(
          id: PersonID(rawValue: "c\(number)"), tenant: Municipality.tenant, role: .citizen,
          displayName: "C\(number)", createdAt: Self.now), by: .system)
    }
    return town
  }

  @discardableResult
  private func place(
    _ town: Municipality, _ citizen: String, age: Int? = nil, isPlanner: Bool = false
  ) async throws -> GroupDetails {
    try await town.store.place(
      PersonID(rawValue: citizen), age: age, in: Self.id, tenant: Municipality.tenant,
      isPlanner: isPlanner,
      by: Municipality.anne, at: Self.now)
  }

  private func meet(
    _ town: Municipality, _ ids: [String] = ["m1"], minute: Int = 60
  ) async throws -> [MeetingDetails] {
    try await town.store.addMeetings(
      ids.enumerated().map { index, id in
        GroupMeeting(
          id: GroupMeetingID(rawValue: id), group: Self.id,
          start: Self.now.adding(minutes: minute + index * 7 * 1440),
          facilitator: PersonID(rawValue: "anne"))
      }, tenant: Municipality.tenant, by: Municipality.anne, at: Self.now, events: { _ in [] })
  }

  @Test func aGroupFillsToItsCapacityAndNoFurther() async throws {
    let town = try await town(capacity: 20, citizens: 21)
    for number in 0..<20 { try await place(town, "c\(number)") }
    #expect(try await place(town, "c7").members.count == 20, "placing twice changes nothing")
    let error = await storeError { try await place(town, "c20") }
    #expect(error == .refused(.groupFull(capacity: 20)))
  }

  @Test func onlyPlannersLearnThatTwoAreKeptApart() async throws {
    let town = try await town()
    try await town.store.keepApart(
      PersonID(rawValue: "karen"), PersonID(rawValue: "ole"), tenant: Municipality.tenant,
      by: Municipality.operations, at: Self.now)
    try await place(town, "karen")
    #expect(
      await storeError { try await place(town, "ole") } == .refused(.placementNotPossible))
    #expect(
      await storeError { try await place(town, "ole", isPlanner: true) } == .refused(.keptApart))
    func constraints(isPlanner: Bool) async throws -> Int {
      try await town.store.group(
        Self.id, tenant: Municipality.tenant, isPlanner: isPlanner, at: Self.now
      ).keepApart.count
    }
    #expect(try await constraints(isPlanner: true) == 1)
    #expect(try await constraints(isPlanner: false) == 0)
    let audit = try await town.store.audit(tenant: Municipality.tenant, after: 0, limit: 100)
    #expect(
      audit.filter { $0.draft.action == "group.keep-apart" }
        .allSatisfy { $0.draft.subject == nil && $0.draft.detail == nil })
  }

  @Test func aMeetingTakesEverybodysTimeAndNobodyIsBookedTwice() async throws {
    let town = try await town()
    try await place(town, "karen")
    try await place(town, "ole")
    let made = try await meet(town, ["m1", "m2"])
    #expect(made.map(\.number) == [1, 2])
    #expect(made.first?.roster.map(\.displayName) == ["Karen", "Ole"])
    for citizen in ["karen", "ole"] {
      let error = await storeError {
        try await town.book(Municipality.request("x", citizen: citizen, worker: "bo", minute: 90))
      }
      guard case .refused(let refusal)? = error else {
        Issue.record("\(citizen) was booked twice")
        continue
      }
      #expect(refusal.code == "double-booked")
    }
    let own = try await town.store.visits(
      tenant: Municipality.tenant, from: Self.now, to: Self.now.adding(minutes: 1440),
      of: PersonID(rawValue: "ole"))
    #expect(own.map(\.visit.id.rawValue) == ["m1"])
    #expect(own.first?.people.map(\.displayName) == ["Karen", "Anne", "Ole"])
  }

  @Test func whoJoinsTheGroupIsInTheMeetingsToComeAndWhoLeavesIsNot() async throws {
    let town = try await town()
    try await place(town, "karen")
    _ = try await meet(town)
    func people() async throws -> Set<String> {
      let visit = try await town.store.visit(
        VisitID(rawValue: "m1"), tenant: Municipality.tenant)
      return Set(visit.visit.participants.map(\.rawValue))
    }
    try await place(town, "ole")
    #expect(try await people() == ["karen", "ole", "anne"])
    try await town.store.leaveGroup(
      PersonID(rawValue: "karen"), Self.id, tenant: Municipality.tenant, by: Municipality.anne,
      at: Self.now)
    #expect(try await people() == ["ole", "anne"])
    try await town.book(Municipality.request("x", citizen: "karen", worker: "bo", minute: 90))
  }

  @Test func aSubstituteTakesOverInOneStepWithPlanRosterAndSteps() async throws {
    let town = try await town()
    try await place(town, "karen")
    _ = try await meet(town, ["m1", "m2"])
    let plan = MeetingPlan(
      title: "Søvn", points: [PlanPoint(minutes: 20, text: "Runde")],
      forCitizens: "Vi taler om søvn")
    _ = try await town.store.setPlan(
      plan, of: GroupMeetingID(rawValue: "m2"), tenant: Municipality.tenant,
      by: Municipality.anne, at: Self.now)
    try await town.store.addStep(
      NextStep(
        meeting: GroupMeetingID(rawValue: "m1"), citizen: PersonID(rawValue: "karen"),
        text: "Gå en tur"), tenant: Municipality.tenant, by: Municipality.anne, at: Self.now)
    let during = Self.now.adding(minutes: 60)
    try await town.apply(.ring, to: "m1", at: during)
    try await town.apply(.hangUp(reason: nil), to: "m1", at: during.adding(minutes: 110))

    let taken = try await town.store.takeOver(
      GroupMeetingID(rawValue: "m2"), tenant: Municipality.tenant, by: Self.bo, at: during,
      events: { _ in [] })
    #expect(taken.meeting.facilitator.displayName == "Bo")
    #expect(taken.meeting.tookOverFrom?.displayName == "Anne")
    #expect(taken.meeting.meeting.plan == plan)
    #expect(taken.steps.map(\.text) == ["Gå en tur"])
    for meeting in ["m1", "m2"] {
      let steps = try await town.store.steps(
        for: GroupMeetingID(rawValue: meeting), tenant: Municipality.tenant)
      #expect(steps.map(\.text) == ["Gå en tur"], "agreed in the first, read before the second")
    }
    let visit = try await town.store.visit(VisitID(rawValue: "m2"), tenant: Municipality.tenant)
    #expect(visit.visit.workerID.rawValue == "bo")
    // Anne has her afternoon back.
    try await town.book(
      Municipality.request("x", citizen: "ole", worker: "anne", minute: 60 + 7 * 1440))
  }

  @Test func membersComeInWhenTheRoomIsOpenAndOneWhoLeavesLeavesItToTheOthers() async throws {
    let town = try await town()
    try await place(town, "karen")
    try await place(town, "ole")
    _ = try await meet(town)
    let ole = Initiator.person(PersonID(rawValue: "ole"), role: .citizen, device: nil)
    let early = await storeError { try await town.apply(.ring, to: "m1", by: ole) }
    #expect(early == .refused(.meetingNotBegun))
    #expect(try await town.apply(.ring, to: "m1").details.visit.state == .active)
    #expect(try await town.apply(.answer, to: "m1", by: ole).entries.isEmpty)
    _ = try await town.store.checkJoin(
      VisitID(rawValue: "m1"), tenant: Municipality.tenant, by: ole)
    let left = try await town.apply(.hangUp(reason: nil), to: "m1", by: ole)
    #expect(left.details.visit.state == .active)
    #expect(try await town.apply(.hangUp(reason: nil), to: "m1").details.visit.state == .ended)
  }

  private static let m1 = GroupMeetingID(rawValue: "m1")
  private static let boID = PersonID(rawValue: "bo")

  /// D2, D9: nobody loses the word because the service was started again.
  @Test func aFloorIsKeptWhileTheMeetingGoesOnAndForgottenWithItsEnd() async throws {
    let town = try await town()
    try await place(town, "karen")
    _ = try await meet(town)
    let id = VisitID(rawValue: "m1")
    var floor = MeetingFloor()
    floor.raise(true, by: PersonID(rawValue: "karen"))
    func kept() async throws -> MeetingFloor? {
      try await town.store.floor(of: id, tenant: Municipality.tenant)
    }
    try await town.store.keepFloor(floor, of: id, tenant: Municipality.tenant)
    #expect(try await kept() == nil, "it has not begun")
    try await town.apply(.ring, to: "m1")
    try await town.store.keepFloor(floor, of: id, tenant: Municipality.tenant)
    #expect(try await kept() == floor)
    try floor.beginRound(nil, among: [PersonID(rawValue: "karen")], at: Self.now)
    try await town.store.keepFloor(floor, of: id, tenant: Municipality.tenant)
    #expect(try await town.reopened().floor(of: id, tenant: Municipality.tenant) == floor)
    try await town.apply(.hangUp(reason: nil), to: "m1")
    #expect(try await kept() == nil)
    try await town.store.keepFloor(floor, of: id, tenant: Municipality.tenant)
    #expect(try await kept() == nil, "late words of it are not kept")
  }

  private func answer(
    _ town: Municipality, _ isYes: Bool, _ citizen: String
  ) async throws -> ObservedMeeting {
    try await town.store.answer(
      isYes, toObserver: Self.boID, of: PersonID(rawValue: citizen), at: Self.m1,
      tenant: Municipality.tenant, by: Municipality.anne, at: Self.now, events: { _, _ in [] })
  }

  /// D10: consent is asked of everybody, kept, audited and exported, each member's own.
  @Test func aGuestComesInWhenEverybodyHasSaidYesAndLeavesWithTheFirstNo() async throws {
    let town = try await town()
    for citizen in ["karen", "ole"] { try await place(town, citizen) }
    _ = try await meet(town)
    let asked = try await town.store.askForObserver(
      Self.boID, purpose: "Bo er ny i teamet", at: Self.m1, tenant: Municipality.tenant,
      by: Municipality.anne, at: Self.now, events: { _, _ in [] })
    #expect(asked.observers.first?.waiting.map(\.displayName) == ["Karen", "Ole"])
    try await town.apply(.ring, to: "m1")
    let id = VisitID(rawValue: "m1")
    func join() async throws {
      _ = try await town.store.checkJoin(id, tenant: Municipality.tenant, by: Self.bo)
    }
    _ = try await answer(town, true, "karen")
    #expect(await storeError { try await join() } == .refused(.observerNotAgreed))
    let all = try await answer(town, true, "ole")
    #expect(all.observers.first?.consent == .agreed)
    try await join()
    let seen = try await town.store.visit(id, tenant: Municipality.tenant)
    #expect(seen.observers.map(\.displayName) == ["Bo"] && seen.isFor(Self.boID))
    #expect(!seen.visit.participants.contains(Self.boID), "it takes none of Bo's time")
    let left = try await town.apply(.hangUp(reason: nil), to: "m1", by: Self.bo)
    #expect(left.details.visit.state == .active)
    #expect(try await answer(town, false, "karen").observers.first?.consent == .declined)
    #expect(await storeError { try await join() } == .refused(.observerNotAgreed))
    let audit = try await town.store.audit(tenant: Municipality.tenant, after: 0, limit: 100)
    #expect(
      audit.map(\.draft.action).filter { $0.hasPrefix("observer.") }
        == ["observer.ask", "observer.yes", "observer.yes", "observer.no"])
    let export = try await town.store.export(
      citizen: PersonID(rawValue: "ole"), tenant: Municipality.tenant, by: Municipality.anne,
      at: Self.now)
    #expect(export.tables["observerAnswer"]?.count == 1, "nobody else's answer")
    let gone = try await town.store.removeObserver(
      Self.boID, at: Self.m1, tenant: Municipality.tenant, by: Municipality.anne, at: Self.now,
      events: { _, _ in [] })
    #expect(gone.observers.isEmpty)
  }

  @Test func guestsAndTheirAnswersGoWithTheMeeting() async throws {
    let town = try await town()
    try await place(town, "karen")
    _ = try await meet(town)
    _ = try await town.store.askForObserver(
      Self.boID, purpose: "Bo er ny", at: Self.m1, tenant: Municipality.tenant,
      by: Municipality.anne, at: Self.now, events: { _, _ in [] })
    _ = try await answer(town, true, "karen")
    for day in [400, 800] {
      _ = try await town.store.purge(
        tenant: Municipality.tenant, isDry: false, by: .system,
        at: Self.now.adding(minutes: day * 1440))
    }
    let late = await storeError {
      _ = try await town.store.observers(of: Self.m1, tenant: Municipality.tenant)
    }
    #expect(late == .notFound)
    let export = try await town.store.export(
      citizen: PersonID(rawValue: "karen"), tenant: Municipality.tenant, by: Municipality.anne,
      at: Self.now)
    #expect(export.tables["observerAnswer"]?.isEmpty == true)
  }
}
