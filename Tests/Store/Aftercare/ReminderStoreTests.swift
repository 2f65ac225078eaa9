import Testing
import Visits

@testable import Store

@Suite struct ReminderStoreTests {
  typealias M = Municipality
  let visit = VisitID(rawValue: "v1")

  /// Karen wants an e-mail an hour before, and to be told of changes.
  private func town() async throws -> Municipality {
    let municipality = try await Municipality()
    try await plan("karen", in: municipality)
    return municipality
  }

  private func plan(
    _ person: String, minutes: Int = 60, channel: ReminderChannel = .email,
    in municipality: Municipality
  ) async throws {
    let plan = ReminderPlan(
      person: PersonID(rawValue: person),
      rules: [ReminderRule(channel: channel, minutesBefore: minutes)], notices: [channel])
    try await municipality.store.setReminders(
      PersonReminders(plan: plan, addresses: [channel: "\(person)@example.dk"]),
      tenant: M.tenant, by: M.anne, at: M.now)
  }

  private func states(_ municipality: Municipality) async throws -> [String] {
    try await municipality.store.messages(about: visit, tenant: M.tenant).map {
      "\($0.kind.rawValue) \($0.round) \($0.state.rawValue)"
    }.sorted()
  }

  @Test func bookingMovingAndCancellingMakeTheirMessagesInTheSameTransaction() async throws {
    let municipality = try await town()
    try await municipality.book(M.request(minute: 120))
    #expect(try await states(municipality) == ["upcoming 1 pending"])
    try await municipality.apply(
      .move(start: M.now.adding(minutes: 240), durationMinutes: nil))
    #expect(
      try await states(municipality) == [
        "moved 2 pending", "upcoming 1 cancelled", "upcoming 2 pending",
      ])
    try await municipality.apply(.cancel(reason: nil))
    #expect(
      try await states(municipality) == [
        "cancelled 3 pending", "moved 2 cancelled", "upcoming 1 cancelled",
        "upcoming 2 cancelled",
      ])
  }

  @Test func aPlanMadeLaterReachesVisitsThatAreBookedAlready() async throws {
    let municipality = try await Municipality()
    try await municipality.book(M.request(minute: 120))
    #expect(try await states(municipality) == [])
    try await plan("karen", in: municipality)
    #expect(try await states(municipality) == ["upcoming 1 pending"])
    let error = await storeError {
      try await municipality.store.setReminders(
        PersonReminders(
          plan: ReminderPlan(
            person: PersonID(rawValue: "karen"),
            rules: [ReminderRule(channel: .sms, minutesBefore: 60)])),
        tenant: M.tenant, by: M.anne, at: M.now)
    }
    guard case .refused(let refusal) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(refusal.code == "reminder-needs-address")
  }

  @Test func oneSenderAtATimeHasAMessage() async throws {
    let municipality = try await town()
    try await municipality.book(M.request(minute: 120))
    let due = M.now.adding(minutes: 60)
    #expect(
      try await municipality.store.takeDueMessages(at: due.adding(minutes: -1), limit: 9) == [])
    let taken = try await municipality.store.takeDueMessages(at: due, limit: 9)
    #expect(taken.map(\.address) == ["karen@example.dk"])
    #expect(try await municipality.store.takeDueMessages(at: due, limit: 9) == [])
    let key = try #require(taken.first).reminder.key
    let store = municipality.store
    let handed = try await store.tell(
      .handOver(attempt: 1), of: key, tenant: M.tenant, at: due)
    #expect(handed?.state == .handedOver)
    let sent = try await store.tell(
      .accepted(attempt: 1, reference: nil), of: key, tenant: M.tenant, at: due)
    #expect(sent?.state == .sent)
    #expect(try await store.nextMessageWake() == nil)
    let reported = try await store.tell(
      .reported(delivered: true, failure: nil), of: key, tenant: M.tenant, at: due)
    #expect(reported?.state == .delivered)
  }

  @Test(arguments: [ReminderChannel.email, .sms])
  func whatWasHandedOverAndNeverHeardOfIsSentAgainOnlyWhereRepeatsAreKnown(
    channel: ReminderChannel
  ) async throws {
    let municipality = try await Municipality()
    try await plan("karen", channel: channel, in: municipality)
    try await municipality.book(M.request(minute: 120))
    let store = municipality.store
    let due = M.now.adding(minutes: 60)
    let key = try #require(try await store.takeDueMessages(at: due, limit: 9).first).reminder.key
    try await store.tell(.handOver(attempt: 1), of: key, tenant: M.tenant, at: due)
    let later = due.adding(milliseconds: Reminder.leaseMilliseconds)
    let again = try await store.takeDueMessages(at: later, limit: 9)
    #expect(again.map(\.reminder.attempts) == (channel == .email ? [] : [2]))
    let troubled = try await store.troubledMessages(
      tenant: M.tenant, worker: PersonID(rawValue: "anne"), at: later)
    #expect(troubled.map(\.state) == (channel == .email ? [.uncertain] : []))
  }

  @Test func aVisitMovedWhileItsReminderIsUnderWayCallsItBack() async throws {
    let municipality = try await town()
    try await municipality.book(M.request(minute: 120))
    let store = municipality.store
    let due = M.now.adding(minutes: 60)
    let key = try #require(try await store.takeDueMessages(at: due, limit: 9).first).reminder.key
    try await municipality.apply(
      .move(start: M.now.adding(minutes: 600), durationMinutes: nil), at: due)
    let handed = try await store.tell(.handOver(attempt: 1), of: key, tenant: M.tenant, at: due)
    #expect(handed?.state != .handedOver)
  }

  @Test func theFeedCountsMovesAndKeepsWhatWasCalledOff() async throws {
    let municipality = try await Municipality()
    let store = municipality.store
    try await municipality.book()
    try await store.openFeed(
      of: PersonID(rawValue: "karen"), fingerprint: "f", tenant: M.tenant, by: M.karen, at: M.now)
    func event() async throws -> ICalendarEvent? {
      try await store.feed(fingerprint: "f", from: M.now).first
    }
    let booked = try await event()
    #expect(booked?.sequence == 0)
    try await municipality.apply(
      .move(start: M.now.adding(minutes: 300), durationMinutes: nil), at: M.now.adding(minutes: 1))
    let moved = try await event()
    #expect(moved?.sequence == 1)
    #expect(moved?.changedAt == M.now.adding(minutes: 1))
    try await municipality.apply(.cancel(reason: nil), at: M.now.adding(minutes: 2))
    let cancelled = try await event()
    #expect(cancelled?.sequence == 2)
    #expect(cancelled?.isCancelled == true)
    try await store.closeFeed(
      of: PersonID(rawValue: "karen"), tenant: M.tenant, by: M.karen, at: M.now)
    #expect(await storeError { _ = try await event() } == .notFound)
  }
}
