import Store
import Testing
import Visits

@Suite("Requests to be called, stored")
struct CallbackStoreTests {
  /// Saturday 2026-11-21 09:00 UTC is no contact hour; this is the Monday after, 10:00 in Denmark.
  private static let now = Municipality.now.adding(minutes: 2 * 1440)
  private static let bo = Initiator.person(
    PersonID(rawValue: "bo"), role: .supportWorker, device: nil)
  private static let karen = PersonID(rawValue: "karen")

  private func ask(
    _ town: Municipality, isUrgent: Bool = false, about: String? = nil,
    at now: UTCMilliseconds = Self.now
  ) async throws -> CallbackDetails {
    try await town.store.askForCall(
      CallbackAsk(citizen: Self.karen, isUrgent: isUrgent, about: about),
      tenant: Municipality.tenant, by: Municipality.karen, at: now, events: events
    ).details
  }

  private func apply(
    _ town: Municipality, _ command: CallbackCommand, to id: CallbackID,
    by initiator: Initiator = Municipality.anne, at now: UTCMilliseconds = Self.now
  ) async throws -> CallbackDetails {
    try await town.store.apply(
      command, to: id, tenant: Municipality.tenant, by: initiator, at: now, events: events
    ).details
  }

  private let events: CallbackEventMaker = { change in
    [
      EventDraft(
        name: "callback", payload: "{\"state\":\"\(change.details.request.state)\"}",
        audience: change.details.staff)
    ]
  }

  @Test func whoPressesTwiceHasAskedOnceAndMayMakeItUrgent() async throws {
    let town = try await Municipality()
    let first = try await ask(town)
    let second = try await ask(town, isUrgent: true)
    #expect(first.request.id == second.request.id)
    #expect(second.request.isUrgent)
    #expect(second.request.dueAt < first.request.dueAt)
    let open = try await town.store.openCallbacks(
      tenant: Municipality.tenant, worker: PersonID(rawValue: "anne"), at: Self.now)
    #expect(open.map(\.request) == [second.request])
  }

  @Test func ofTwoWhoClaimAtOnceExactlyOneSucceeds() async throws {
    let town = try await Municipality()
    let other = try town.reopened()
    for round in 0..<20 {
      let now = Self.now.adding(minutes: round)
      let id = try await ask(town, at: now).request.id
      let events = events
      let winners = await withTaskGroup(of: Bool.self) { group in
        for (store, initiator) in [(town.store, Municipality.anne), (other, Self.bo)] {
          group.addTask {
            do {
              _ = try await store.apply(
                CallbackCommand.claim, to: id, tenant: Municipality.tenant, by: initiator,
                at: now, events: events)
              return true
            } catch StoreError.refused(let refusal) {
              #expect(refusal.code == "callback-taken")
              return false
            } catch {
              Issue.record(error)
              return false
            }
          }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(winners == 1)
      let taken = try await town.store.callback(id, tenant: Municipality.tenant, at: now)
      let holder = taken.request.claimedBy == PersonID(rawValue: "bo") ? Self.bo : Municipality.anne
      _ = try await apply(town, .reached, to: id, by: holder, at: now)
    }
  }

  @Test func nobodyTakingItCarriesItToTheTeamAndThenToItsLead() async throws {
    let town = try await Municipality()
    let request = try await ask(town, isUrgent: true).request
    #expect(try await town.store.dueCallbacks(at: Self.now.adding(minutes: 9)).isEmpty)
    let due = try await town.store.dueCallbacks(at: Self.now.adding(minutes: 10))
    #expect(due.map(\.id) == [request.id])
    let team = try await apply(
      town, .advance, to: request.id, by: .system, at: Self.now.adding(minutes: 10))
    #expect(team.request.escalation == .team)
    let lead = try await apply(
      town, .advance, to: request.id, by: .system, at: Self.now.adding(minutes: 21))
    #expect(lead.request.escalation == .lead)
    #expect(try await town.store.dueCallbacks(at: Self.now.adding(minutes: 9999)).isEmpty)
  }

  @Test func theCitizenIsToldWhoHasSeenItAndWhen() async throws {
    let town = try await Municipality()
    let request = try await ask(town).request
    _ = try await apply(town, .see, to: request.id, at: Self.now.adding(minutes: 12))
    let latest = try await town.store.latestCallback(
      of: Self.karen, tenant: Municipality.tenant, at: Self.now.adding(minutes: 13))
    #expect(latest?.status.danish == "Set af Anne kl. 10.12. Vi ringer til dig.")
  }

  @Test func aCallInWhichTheyTalkClosesTheRequestAndOneInVainDoesNot() async throws {
    let town = try await Municipality()
    let request = try await ask(town).request
    func call(at now: UTCMilliseconds) async throws -> VisitID {
      try await town.store.bookCallback(
        request.id, tenant: Municipality.tenant, by: Municipality.anne, at: now,
        events: { _ in [] }
      ).details.visit.id
    }
    let vain = try await call(at: Self.now)
    try await town.apply(.ring, to: vain.rawValue, at: Self.now)
    let missed = try await town.apply(
      .expireRing, to: vain.rawValue, by: .system, at: Self.now.adding(minutes: 1))
    #expect(missed.callback?.details.request.state == .waiting)
    #expect(missed.callback?.details.request.attempts == 1)

    let later = Self.now.adding(minutes: 30)
    let talk = try await call(at: later)
    try await town.apply(.ring, to: talk.rawValue, at: later)
    let answered = try await town.apply(
      .answer, to: talk.rawValue, by: Municipality.karen, at: later)
    #expect(answered.callback?.details.request.state == .done)
    #expect(answered.callback?.details.request.visit == talk)
    // Done is done: the next press is a new request.
    #expect(try await ask(town, at: later).request.id != request.id)
  }

  @Test func aCallBackIsCutShortBeforeTheNextAppointmentAndNeverDoubleBooks() async throws {
    let town = try await Municipality()
    let request = try await ask(town).request
    try await town.store.book(
      BookingRequest(
        id: VisitID(rawValue: "next"), citizenID: PersonID(rawValue: "ole"),
        workerID: PersonID(rawValue: "anne"), start: Self.now.adding(minutes: 9),
        durationMinutes: 30), tenant: Municipality.tenant, by: Municipality.anne, at: Self.now)
    let visit = try await town.store.bookCallback(
      request.id, tenant: Municipality.tenant, by: Municipality.anne, at: Self.now,
      events: { _ in [] }
    ).details.visit
    #expect(visit.durationMinutes == 9)
    let refused = await storeError {
      _ = try await town.store.bookCallback(
        request.id, tenant: Municipality.tenant, by: Municipality.anne,
        at: Self.now.adding(minutes: 1), events: { _ in [] })
    }
    guard case .refused(let refusal)? = refused else {
      Issue.record("\(String(describing: refused))")
      return
    }
    #expect(refusal.code == "double-booked")
  }

  @Test func noCPRNumberIsKeptAndTheRefusalSaysWhatToDo() async throws {
    let town = try await Municipality()
    let error = await storeError { _ = try await ask(town, about: "Jeg er 010190-1234") }
    #expect(error == .refused(.personalNumber))
    #expect(
      try await town.store.latestCallback(
        of: Self.karen, tenant: Municipality.tenant, at: Self.now) == nil)
  }

  @Test func anotherMunicipalitySeesNothing() async throws {
    let town = try await Municipality()
    let request = try await ask(town).request
    let error = await storeError {
      _ = try await town.store.callback(request.id, tenant: Municipality.neighbour, at: Self.now)
    }
    #expect(error == .notFound)
    #expect(
      try await town.store.openCallbacks(
        tenant: Municipality.neighbour, worker: nil, at: Self.now
      ).isEmpty)
  }
}

@Suite("Call-backs by what the municipality has decided")
struct DailySettingsTests {
  typealias M = Municipality
  private let karen = PersonID(rawValue: "karen")

  private func ask(_ town: Municipality, at now: UTCMilliseconds) async throws -> CallbackDetails {
    try await town.store.askForCall(
      CallbackAsk(citizen: karen, isUrgent: true), tenant: M.tenant, by: M.karen, at: now,
      events: { _ in [] }
    ).details
  }

  @Test func aTeamsOwnContactHoursGoBeforeTheMunicipalitys() async throws {
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false)
    // Saturday 21 November 2026, ten o'clock in Denmark.
    let saturday = try await ask(town, at: M.now)
    let monday = LocalDateTime(M.today.adding(days: 2), time(8, 0)).utc
    #expect(saturday.hours.windows.first?.start == monday)
    #expect(saturday.request.dueAt == monday.adding(minutes: 10))
    let always = OpeningProfile(
      id: OpeningProfileID(rawValue: "vagt"), team: TeamID(rawValue: "vest"), service: .contact,
      validFrom: LocalDate(year: 2026, month: 1, day: 1)!,
      week: [WeeklyHours(WeekdaySet(Weekday.allCases), [.aroundTheClock])], holidays: .open)
    try await town.store.putOpeningProfiles(
      [always], tenant: M.tenant, by: M.operations, at: M.now)
    let request = try await town.store.callback(
      saturday.request.id, tenant: M.tenant, at: M.now)
    #expect(request.hours.windows.first?.start == M.now, "read when it is needed")
  }

  @Test func howSoonAndWhomToRingIsTheMunicipalitysToDecide() async throws {
    let town = try await Municipality()
    var settings = DailySettings()
    settings.emergencyNumber = "12 34 56 78"
    settings.urgentMinutes = 30
    settings.callbackMinutes = 20
    settings.contactHours = [
      WeeklyHours(WeekdaySet([.saturday]), [OpeningHours(from: time(9, 0), to: time(12, 0))])
    ]
    try await town.store.setDailySettings(
      settings, tenant: M.tenant, by: M.operations, at: M.now)
    #expect(try await town.store.dailySettings(tenant: M.tenant) == settings)
    #expect(try await town.store.dailySettings(tenant: M.neighbour) == DailySettings())
    let asked = try await ask(town, at: M.now)
    #expect(asked.request.dueAt == M.now.adding(minutes: 30))
    #expect(asked.emergencyNumber == "12 34 56 78")
    let call = try await town.store.bookCallback(
      asked.request.id, tenant: M.tenant, by: M.anne, at: M.now, events: { _ in [] })
    #expect(call.details.visit.durationMinutes == 20)
  }
}
