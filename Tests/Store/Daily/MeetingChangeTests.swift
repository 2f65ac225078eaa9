import Store
import Testing
import Visits

@Suite("A meeting whose leader is ill, that is moved, or called off")
struct MeetingChangeTests {
  typealias M = Municipality

  private static let group = GroupID(rawValue: "thursday")
  private static let start = M.now.adding(minutes: 1440)

  /// Karen's and Ole's group with three meetings, a week apart, the first two planned.
  private func town() async throws -> Municipality {
    let town = try await Municipality()
    try await town.store.addGroup(
      Group(
        id: Self.group, tenant: M.tenant, team: .everybody, name: "Torsdagsgruppen",
        capacity: 20), by: M.anne, at: M.now)
    for citizen in ["karen", "ole"] {
      _ = try await town.store.place(
        PersonID(rawValue: citizen), age: nil, in: Self.group, tenant: M.tenant, isPlanner: true,
        by: M.anne, at: M.now)
    }
    _ = try await town.store.addMeetings(
      (0..<3).map { week in
        GroupMeeting(
          id: GroupMeetingID(rawValue: "m\(week + 1)"), group: Self.group,
          start: Self.start.adding(minutes: week * 7 * 1440),
          facilitator: PersonID(rawValue: "anne"))
      }, tenant: M.tenant, by: M.anne, at: M.now, events: { _ in [] })
    for (id, title) in [("m1", "Søvn"), ("m2", "Post")] {
      _ = try await town.store.setPlan(
        MeetingPlan(title: title, forCitizens: title), of: GroupMeetingID(rawValue: id),
        tenant: M.tenant, by: M.anne, at: M.now)
    }
    return town
  }

  private func fallIll(_ town: Municipality) async throws -> [VisitID] {
    let absence = Absence(
      id: AbsenceID(rawValue: "a1"), tenant: M.tenant, worker: PersonID(rawValue: "anne"),
      kind: .illness, window: TimeWindow(start: Self.start, minutes: 300),
      reportedBy: PersonID(rawValue: "anne"), reportedAt: M.now)
    return try await town.store.declare(absence, by: M.anne, at: M.now, events: { _ in [] })
      .tasks.map(\.visit)
  }

  private func todos(_ town: Municipality) async throws -> Int {
    try await town.store.absenceTasks(tenant: M.tenant, workers: nil, at: M.now).count
  }

  private func meetings(_ town: Municipality) async throws -> [MeetingDetails] {
    try await town.store.meetings(of: Self.group, tenant: M.tenant)
  }

  private func settle(_ remedy: AbsenceRemedy, in town: Municipality) async throws {
    _ = try await town.store.apply(
      .settle(remedy, way: .phone), to: VisitID(rawValue: "m1"),
      absence: AbsenceID(rawValue: "a1"), tenant: M.tenant, by: M.bo, at: M.now,
      events: { _ in [] })
  }

  @Test func aSubstituteIsFoundForTheMeeting() async throws {
    let town = try await town()
    #expect(try await fallIll(town).map(\.rawValue) == ["m1"])
    try await settle(.substitute(PersonID(rawValue: "bo")), in: town)
    #expect(try await meetings(town).map(\.facilitator.displayName) == ["Bo", "Anne", "Anne"])
    #expect(try await meetings(town).first?.meeting.plan?.title == "Søvn")
    #expect(try await todos(town) == 0)
  }

  @Test func whoTakesTheMeetingOverHasSeenToIt() async throws {
    let town = try await town()
    _ = try await fallIll(town)
    #expect(try await todos(town) == 1)
    _ = try await town.store.takeOver(
      GroupMeetingID(rawValue: "m1"), tenant: M.tenant, by: M.bo, at: M.now,
      events: { _ in [] })
    #expect(try await todos(town) == 0)
    // Calendars are told who comes.
    let calendar = try await town.store.calendar(
      of: PersonID(rawValue: "bo"), in: TimeWindow(start: Self.start, minutes: 10),
      tenant: M.tenant)
    #expect(calendar.map(\.revision) == [1])
  }

  @Test func aMeetingIsMovedForAllAndKeepsItsPlaceInTheCourse() async throws {
    let town = try await town()
    let later = Self.start.adding(minutes: 8 * 1440)
    try await town.apply(.move(start: later, durationMinutes: 90), to: "m1")
    let course = try await meetings(town)
    #expect(course.map(\.meeting.id.rawValue) == ["m2", "m1", "m3"])
    #expect(course.map(\.number) == [1, 2, 3])
    #expect(course[1].meeting.start == later && course[1].meeting.durationMinutes == 90)
    // Every member is asked after, not only the one whose name the visit bears.
    for citizen in ["karen", "ole"] {
      try await town.book(
        M.request(
          citizen, citizen: citizen, worker: "bo",
          minute: 10 * 1440 + 60 + (citizen == "ole" ? 60 : 0)))
      let taken = await refusal {
        try await town.apply(
          .move(
            start: M.now.adding(minutes: 10 * 1440 + 60 + (citizen == "ole" ? 60 : 0)),
            durationMinutes: 30), to: "m1")
      }
      #expect(taken == "double-booked", "\(citizen)")
    }
  }

  @Test func aMeetingCalledOffHandsItsPlanOn() async throws {
    let town = try await town()
    try await town.apply(
      .cancel(reason: nil, Cancellation(by: .worker, because: .illness)), to: "m1")
    #expect(try await meetings(town).map { $0.meeting.plan?.title } == [nil, "Søvn", "Post"])
    #expect(try await meetings(town).map(\.number) == [nil, 1, 2])
    let outcome = try await town.store.outcomes(
      of: VisitID(rawValue: "m1"), tenant: M.tenant
    ).last
    #expect(outcome?.cancelledBy == .worker && outcome?.reason == .illness)
  }

  @Test func theLastPlanIsNotLostWhereNoMeetingIsLeftForIt() async throws {
    let town = try await town()
    for id in ["m3", "m2"] { try await town.apply(.cancel(reason: nil), to: id) }
    #expect(try await meetings(town).map { $0.meeting.plan?.title } == ["Søvn", "Post", nil])
  }

  @Test func agreedForAnAbsenceItHandsItsPlanOnToo() async throws {
    let town = try await town()
    _ = try await fallIll(town)
    try await settle(.cancel, in: town)
    #expect(try await meetings(town).map { $0.meeting.plan?.title } == [nil, "Søvn", "Post"])
  }

  @Test func oneMemberDoesNotCallTheOthersMeetingOff() async throws {
    let town = try await town()
    #expect(
      await refusal { try await town.apply(.cancel(reason: nil), to: "m1", by: M.karen) }
        == Refusal.onlyStaffBooks.code)
  }
}
