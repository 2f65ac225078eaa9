import Store
import Testing
import Visits

@Suite("Who may come to a group's meetings")
struct GroupAdmissionTests {
  private static let group = GroupID(rawValue: "thursday")
  private static let thursday = Municipality.next(.thursday, 13)

  /// A group of the team's with hours on Thursdays from noon.
  private func town() async throws -> Municipality {
    let town = try await Municipality()
    try await town.openTeam()
    let hours = [OpeningHours(from: time(12, 0), to: time(16, 0))]
    let week = [WeeklyHours(WeekdaySet([Weekday.thursday]), hours)]
    try await town.store.putOpeningProfiles(
      [
        OpeningProfile(
          id: OpeningProfileID(rawValue: "groups"), team: TeamID(rawValue: "vest"),
          service: .groups, validFrom: LocalDate(year: 2026, month: 1, day: 1)!, week: week)
      ], tenant: Municipality.tenant, by: Municipality.operations, at: Municipality.now)
    try await town.store.addGroup(
      Group(
        id: Self.group, tenant: Municipality.tenant, team: TeamID(rawValue: "vest"),
        name: "Torsdagsgruppen", capacity: 20), by: Municipality.anne, at: Municipality.now)
    return town
  }

  private func place(_ town: Municipality, _ citizen: String) async throws {
    _ = try await town.store.place(
      PersonID(rawValue: citizen), age: nil, in: Self.group, tenant: Municipality.tenant,
      isPlanner: true,
      by: Municipality.anne, at: Municipality.now)
  }

  private func meet(_ town: Municipality, at start: UTCMilliseconds = thursday.utc) async throws {
    _ = try await town.store.addMeetings(
      [
        GroupMeeting(
          id: GroupMeetingID(rawValue: "m1"), group: Self.group, start: start,
          facilitator: PersonID(rawValue: "anne"))
      ], tenant: Municipality.tenant, by: Municipality.anne, at: Municipality.now,
      events: { _ in [] })
  }

  private func people(_ town: Municipality) async throws -> Set<String> {
    let visit = try await town.store.visit(
      VisitID(rawValue: "m1"), tenant: Municipality.tenant)
    return Set(visit.visit.participants.map(\.rawValue))
  }

  @Test func nobodyUnderSection82bComesIntoAMeetingThatIsLaidAlready() async throws {
    let town = try await town()
    try await town.grant("ole", forms: [.screen, .group])
    try await place(town, "ole")
    try await meet(town)
    try await town.grant("karen", .section82b)
    #expect(await refusal { try await place(town, "karen") } == Refusal.noGroupsUnder82b.code)
    #expect(try await people(town) == ["ole", "anne"])
  }

  @Test func theLawIsToldAtOnceThoughThereAreNoMeetingsYet() async throws {
    let town = try await town()
    try await town.grant("karen", .section82b)
    #expect(await refusal { try await place(town, "karen") } == Refusal.noGroupsUnder82b.code)
  }

  @Test func whoseGrantHasNoGroupsIsRefusedAndNothingIsWritten() async throws {
    let town = try await town()
    try await town.grant("ole", forms: [.screen, .group])
    try await place(town, "ole")
    try await meet(town)
    try await town.grant("karen", forms: [.screen])
    #expect(await refusal { try await place(town, "karen") } == "form-not-granted")
    let group = try await town.store.group(
      Self.group, tenant: Municipality.tenant, isPlanner: true, at: Municipality.now)
    #expect(group.members.map(\.displayName) == ["Ole"])
  }

  @Test func whoHasAnAppointmentThenIsToldSo() async throws {
    let town = try await town()
    try await town.grant("ole", forms: [.screen, .group])
    try await town.grant("karen", forms: [.screen, .group])
    try await place(town, "ole")
    try await meet(town)
    try await town.store.book(
      BookingRequest(
        id: VisitID(rawValue: "other"), citizenID: PersonID(rawValue: "karen"),
        workerID: PersonID(rawValue: "bo"), start: Self.thursday.utc, durationMinutes: 30),
      tenant: Municipality.tenant, by: Municipality.anne, at: Municipality.now)
    #expect(await refusal { try await place(town, "karen") } == "double-booked")
  }

  @Test func aCoursePassesAHolidayOver() async throws {
    let town = try await town()
    try await town.grant("ole", forms: [.screen, .group])
    try await place(town, "ole")
    // Christmas Eve and New Year's Eve are Thursdays, and closed.
    let weeks = [17, 24, 31].compactMap { LocalDate(year: 2026, month: 12, day: $0) }
    let laid = try await town.store.addMeetings(
      weeks.map { day in
        GroupMeeting(
          id: GroupMeetingID(rawValue: "m\(day.day)"), group: Self.group,
          start: LocalDateTime(day, time(13, 0)).utc, facilitator: PersonID(rawValue: "anne"))
      }, tenant: Municipality.tenant, by: Municipality.anne, at: Municipality.now,
      events: { _ in [] })
    #expect(laid.map(\.meeting.id.rawValue) == ["m17"])
  }

  @Test func whoeverMayIsInTheMeetingsToCome() async throws {
    let town = try await town()
    try await town.grant("ole", forms: [.screen, .group])
    try await town.grant("karen", forms: [.screen, .group])
    try await place(town, "ole")
    try await meet(town)
    try await place(town, "karen")
    #expect(try await people(town) == ["karen", "ole", "anne"])
  }
}

@Suite("Advice keeps to its hours")
struct DropInHoursTests {
  /// A team with advice on Fridays 13–16.
  private func town() async throws -> Municipality {
    let town = try await Municipality()
    try await town.openTeam()
    let hours = [OpeningHours(from: time(13, 0), to: time(16, 0))]
    let week = [WeeklyHours(WeekdaySet([Weekday.friday]), hours)]
    try await town.store.putOpeningProfiles(
      [
        OpeningProfile(
          id: OpeningProfileID(rawValue: "advice"), team: TeamID(rawValue: "vest"),
          service: .dropIn, validFrom: LocalDate(year: 2026, month: 1, day: 1)!, week: week)
      ], tenant: Municipality.tenant, by: Municipality.operations, at: Municipality.now)
    return town
  }

  @discardableResult
  private func open(
    _ town: Municipality, _ starts: [LocalDateTime], minutes: Int = 180, host: String = "anne"
  ) async throws -> [DropInSession] {
    try await town.store.addDropIn(
      starts.map { start in
        DropInSession(
          id: DropInSessionID(rawValue: "s-\(start.date.iso8601)"), tenant: Municipality.tenant,
          team: .everybody, window: TimeWindow(start: start.utc, minutes: minutes),
          host: PersonID(rawValue: host))
      }, tenant: Municipality.tenant, by: Municipality.anne, at: Municipality.now)
  }

  @Test func aSessionOutsideTheHoursIsRefusedByTheRulesName() async throws {
    let town = try await town()
    let friday = Municipality.next(.friday, 13)
    #expect(try await open(town, [friday]).count == 1)
    for (start, minutes) in [(Municipality.next(.thursday, 13), 180), (friday, 240)] {
      #expect(
        await refusal { try await open(town, [start], minutes: minutes) }
          == "outside-opening-hours")
    }
  }

  @Test func weeksInARowPassAHolidayOverAndASingleDayIsToldWhy() async throws {
    let town = try await town()
    let fridays = [18, 25].compactMap { LocalDate(year: 2026, month: 12, day: $0) }
      .map { LocalDateTime($0, time(13, 0)) }
    #expect(try await open(town, fridays).map(\.window.start) == [fridays[0].utc])
    #expect(
      await refusal { try await open(town, [fridays[1]]) } == Refusal.closedOnHolidayCode)
  }

  @Test func aHostWithoutATeamHasNoHoursToKeepTo() async throws {
    let town = try await town()
    try await town.store.addPerson(
      Person(
        id: PersonID(rawValue: "vikar"), tenant: Municipality.tenant, role: .supportWorker,
        displayName: "Vikar", createdAt: Municipality.now), by: .system)
    #expect(try await open(town, [Municipality.next(.monday, 20)], host: "vikar").count == 1)
  }
}
