import Store
import Testing
import Visits

@Suite struct GrantStoreTests {
  typealias M = Municipality

  static func request(
    _ id: String = "v1", form: VisitForm = .screen, start: LocalDateTime = M.next(.tuesday, 10),
    minutes: Int = 30, citizen: String = "karen"
  ) -> BookingRequest {
    BookingRequest(
      id: VisitID(rawValue: id), citizenID: PersonID(rawValue: citizen),
      workerID: PersonID(rawValue: "anne"), start: start.utc, durationMinutes: minutes,
      form: form)
  }

  @Test func visitsNeedAGrantWhereTheMunicipalitySaysSo() async throws {
    let town = try await Municipality()
    try await town.openTeam()
    #expect(await refusal { try await town.book(Self.request()) } == "no-grant")
    try await town.grant()
    try await town.book(Self.request())
  }

  @Test func groupsAreRefusedUnder82bInWordsOfTheLaw() async throws {
    let town = try await Municipality()
    try await town.openTeam()
    try await town.grant("karen", .section82b)
    let error = await storeError { try await town.book(Self.request(form: .group)) }
    guard case .refused(let refusal) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(refusal.code == "no-groups-under-82b")
    #expect(refusal.danish.contains("§ 82 b"))
  }

  @Test func bookingsKeepToTheHoursTheGrantOpens() async throws {
    let town = try await Municipality()
    try await town.openTeam()
    try await town.grant()
    let late = Self.request(start: M.next(.tuesday, 15, 45))
    #expect(await refusal { try await town.book(late) } == "outside-opening-hours")
    let saturday = Self.request(start: M.next(.saturday, 10))
    #expect(await refusal { try await town.book(saturday) } == "outside-opening-hours")
    try await town.book(Self.request())
    let move = await refusal {
      try await town.apply(
        .move(start: M.next(.tuesday, 17).utc, durationMinutes: nil), to: "v1")
    }
    #expect(move == "outside-opening-hours")
  }

  @Test func aCapIsKeptAndExtendedOnceForAReason() async throws {
    let town = try await Municipality()
    try await town.openTeam()
    try await town.grant("karen", .section82b, cap: 2)
    try await town.book(Self.request("v1"))
    try await town.book(Self.request("v2", start: M.next(.wednesday, 10)))
    let third = Self.request("v3", start: M.next(.thursday, 10))
    #expect(await refusal { try await town.book(third) } == "visit-cap-reached")
    let id = GrantID(rawValue: "g-karen")
    let extended = try await town.store.apply(
      .extend(extraVisits: 10, until: nil, reason: "Målet er nær", reference: nil), to: id,
      tenant: M.tenant, by: M.lise, at: M.now)
    #expect(extended.history.map(\.kind) == [.granted, .extended])
    try await town.book(third)
    let again = await storeError {
      _ = try await town.store.apply(
        .extend(extraVisits: 1, until: nil, reason: "Mere", reference: nil), to: id,
        tenant: M.tenant, by: M.lise, at: M.now)
    }
    #expect(again == .refused(.alreadyExtended))
  }

  @Test func aSeriesStopsWhereTheGrantsWeekIsFull() async throws {
    let town = try await Municipality()
    try await town.openTeam()
    try await town.grant(weeklyMinutes: 60)
    try await town.begin(M.series(rule: RecurrenceRule(.weekly, ending: .count(8)), minutes: 60))
    let other = M.series(
      "s2", start: M.next(.wednesday, 10), rule: RecurrenceRule(.weekly, ending: .count(8)),
      minutes: 45)
    #expect(await refusal { try await town.begin(other) } == "week-is-full")
  }

  @Test func aChangeWaitsForADecisionUnder85() async throws {
    let town = try await Municipality()
    try await town.openTeam()
    try await town.grant(forms: [.physical])
    let id = GrantID(rawValue: "g-karen")
    #expect(await refusal { try await town.book(Self.request()) } == "form-not-granted")
    _ = try await town.store.apply(
      .propose(
        GrantTerms(forms: [.physical, .screen]), from: M.today, reason: "Karen vil gerne"),
      to: id, tenant: M.tenant, by: M.anne, at: M.now)
    #expect(await refusal { try await town.book(Self.request()) } == "change-awaits-decision")
    _ = try await town.store.apply(
      .decide(approved: true, from: nil, reference: "2026-114"), to: id, tenant: M.tenant,
      by: M.lise, at: M.now)
    try await town.book(Self.request())
    let details = try await town.store.grantDetails(id, tenant: M.tenant)
    #expect(details.history.map(\.kind) == [.granted, .proposed, .changed])
    #expect(
      try await town.store.audit(tenant: M.tenant, after: 0, limit: 100).map(\.draft.action)
        .suffix(3) == ["grant.propose", "grant.decide", "visit.book"])
  }

  @Test func minutesAreGrantedBookedAndDelivered() async throws {
    let town = try await Municipality()
    try await town.grant(weeklyMinutes: 90)
    try await town.book(M.request("v1", minute: 10))
    try await town.apply(.ring)
    try await town.apply(.answer, by: M.karen)
    for person in ["karen", "anne"] {
      let heard = MediaReport(
        kind: .mediaConnected, participant: PersonID(rawValue: person), cause: .audio,
        session: person, attempt: 1)
      try await town.apply(.record(heard, key: person), by: .system)
    }
    try await town.apply(.hangUp(reason: nil), at: M.now.adding(minutes: 22))
    let weeks = try await town.store.minutes(
      of: GrantID(rawValue: "g-karen"), from: M.today, through: M.today.adding(days: 7),
      tenant: M.tenant)
    #expect(weeks.map(\.booked) == [30, 0])
    #expect(weeks.map(\.delivered) == [22, 0])
    #expect(weeks.map(\.granted) == [90, 90])
  }

  @Test func aCallWithoutSoundDeliversNothingAndTakesNothing() async throws {
    let town = try await Municipality()
    try await town.grant(weeklyMinutes: 90)
    try await town.book(M.request("v1", minute: 10))
    try await town.apply(.ring)
    try await town.apply(.answer, by: M.karen)
    try await town.apply(.hangUp(reason: nil), at: M.now.adding(minutes: 22))
    let weeks = try await town.store.minutes(
      of: GrantID(rawValue: "g-karen"), from: M.today, through: M.today, tenant: M.tenant)
    #expect(weeks.map(\.booked) == [0] && weeks.map(\.delivered) == [0])
  }

  @Test func travelToACitizensHomeTakesTime() async throws {
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false) { $0.travelMinutes = 20 }
    try await town.book(Self.request("v1", form: .physical))
    let tight = Self.request("v2", start: M.next(.tuesday, 10, 45), citizen: "ole")
    #expect(await refusal { try await town.book(tight) } == "no-time-to-travel")
    try await town.book(Self.request("v2", start: M.next(.tuesday, 10, 50), citizen: "ole"))
  }
}
