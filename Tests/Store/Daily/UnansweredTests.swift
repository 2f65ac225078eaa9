import Store
import Testing
import Visits

/// Word to workers that nobody has taken a request to be called (E2).
@Suite("Word of requests that nobody has taken")
struct UnansweredTests {
  typealias M = Municipality
  /// A Monday, 10:00 in Denmark.
  private static let now = M.now.adding(minutes: 2 * 1440)
  private static let karen = PersonID(rawValue: "karen")
  private let anne = PersonID(rawValue: "anne")
  private let bo = PersonID(rawValue: "bo")
  private let lea = PersonID(rawValue: "lea")

  private func after(_ minutes: Int) -> UTCMilliseconds { Self.now.adding(minutes: minutes) }

  /// Anne, who has the duty, Bo and the lead in Karen's team.
  private func town() async throws -> Municipality {
    let town = try await Municipality()
    try await town.store.addPerson(
      Person(
        id: lea, tenant: M.tenant, role: .teamLead, displayName: "Lea", createdAt: M.now),
      by: .system)
    try await town.store.putTeam(
      Team(id: TeamID(rawValue: "vest"), name: "Vest", members: [anne, bo, lea, Self.karen]),
      tenant: M.tenant, by: .system, at: M.now)
    try await town.store.addShifts(
      [
        DutyShift(
          worker: anne, team: TeamID(rawValue: "vest"),
          window: TimeWindow(start: Self.now, minutes: 480))
      ], tenant: M.tenant, by: .system, at: Self.now)
    return town
  }

  private func listen(
    _ town: Municipality, _ person: PersonID, _ channel: ReminderChannel? = .sms,
    address: String? = "12345678"
  ) async throws {
    var addresses: [ReminderChannel: String] = [:]
    if let channel { addresses[channel] = address }
    try await town.store.setReminders(
      PersonReminders(
        plan: ReminderPlan(person: person, rules: [], unanswered: channel), addresses: addresses),
      tenant: M.tenant, by: .system, at: Self.now)
  }

  @discardableResult
  private func ask(_ town: Municipality) async throws -> CallbackID {
    try await town.store.askForCall(
      CallbackAsk(citizen: Self.karen, isUrgent: true), tenant: M.tenant, by: M.karen,
      at: Self.now, events: { _ in [] }
    ).details.request.id
  }

  private func carry(
    _ town: Municipality, _ id: CallbackID, to now: UTCMilliseconds
  ) async throws {
    _ = try await town.store.apply(
      CallbackCommand.advance, to: id, tenant: M.tenant, by: .system, at: now,
      events: { _ in [] })
  }

  private func due(_ town: Municipality, at now: UTCMilliseconds) async throws -> [Post] {
    try await town.store.takeDuePosts(at: now, limit: 50, withJournal: false)
  }

  /// What is due, each handed over and taken by the gateway.
  private func delivered(_ town: Municipality, at now: UTCMilliseconds) async throws -> [Post] {
    let posts = try await due(town, at: now)
    for post in posts {
      let attempt = post.delivery.attempts
      for news in [
        MessageNews.handOver(attempt: attempt), .accepted(attempt: attempt, reference: nil),
      ] { try await town.store.tell(news, ofPost: post.key, tenant: M.tenant, at: now) }
    }
    return posts
  }

  @Test func theDutyIsToldFirstThenTheLeadAndEachOnce() async throws {
    let town = try await town()
    for worker in [anne, bo, lea] { try await listen(town, worker) }
    let id = try await ask(town)
    #expect(try await due(town, at: after(9)).isEmpty, "nobody is late yet")
    try await carry(town, id, to: after(10))
    let first = try await delivered(town, at: after(10))
    #expect(first.map(\.destination) == [.staff(anne, .sms)])
    let text = try #require(first.first?.content)
    #expect(!text.contains("Karen") && !text.lowercased().contains("bostøtte"))
    try await carry(town, id, to: after(12))
    #expect(try await due(town, at: after(12)).isEmpty)
    try await carry(town, id, to: after(20))
    #expect(try await delivered(town, at: after(20)).map(\.destination) == [.staff(lea, .sms)])
    let posts = try await town.store.posts(about: Self.karen, tenant: M.tenant)
    #expect(posts.count == 2 && Set(posts.map(\.key)).count == 2)
    #expect(posts.allSatisfy { $0.callback == id && $0.visit == nil })
  }

  /// What was written with the step is there after the process was killed, and is not written again.
  @Test func aRestartLosesNoneAndRepeatsNone() async throws {
    let town = try await town()
    try await listen(town, anne)
    let id = try await ask(town)
    try await carry(town, id, to: after(10))
    let restarted = try town.reopened()
    let taken = try await restarted.takeDuePosts(at: after(10), limit: 50, withJournal: false)
    let post = try #require(taken.first)
    #expect(taken.count == 1)
    #expect(
      try await restarted.tell(
        .handOver(attempt: 1), ofPost: post.key, tenant: M.tenant, at: after(10)
      )?.delivery.state == .handedOver)
    try await restarted.tell(
      .accepted(attempt: 1, reference: "g"), ofPost: post.key, tenant: M.tenant, at: after(10))
    // Taken and given back, it waits again: the step has been told of.
    for command in [CallbackCommand.claim, .release] {
      _ = try await restarted.apply(
        command, to: id, tenant: M.tenant, by: M.anne, at: after(11), events: { _ in [] })
    }
    try await carry(town, id, to: after(12))
    #expect(try await due(town, at: after(60)).isEmpty)
  }

  @Test func whoeverTookItMeanwhileStopsTheMessage() async throws {
    let town = try await town()
    try await listen(town, anne)
    let id = try await ask(town)
    try await carry(town, id, to: after(10))
    let taken = try #require(try await due(town, at: after(10)).first)
    _ = try await town.store.apply(
      CallbackCommand.claim, to: id, tenant: M.tenant, by: M.anne, at: after(10),
      events: { _ in [] })
    let after = try await town.store.tell(
      .handOver(attempt: 1), ofPost: taken.key, tenant: M.tenant, at: after(10))
    #expect(after?.delivery.state == .cancelled)
  }

  @Test func whereTheDutyWantsNoMessagesTheRestOfTheTeamIsTold() async throws {
    let town = try await town()
    try await listen(town, bo, .email, address: "bo@example.dk")
    let id = try await ask(town)
    try await carry(town, id, to: after(10))
    #expect(try await delivered(town, at: after(10)).map(\.destination) == [.staff(bo, .email)])
    // Who has had enough is told no more.
    try await listen(town, bo, nil)
    try await carry(town, id, to: after(20))
    #expect(try await due(town, at: after(20)).isEmpty)
  }

  @Test func onlyWhoCanTakeThemAndHasAnAddressIsTold() async throws {
    let town = try await town()
    let citizen = await storeError { try await listen(town, Self.karen) }
    #expect(citizen == .refused(.onlyStaffIsTold))
    let nowhere = await storeError { try await listen(town, anne, .sms, address: nil) }
    #expect(nowhere == .refused(.reminderNeedsAddress(.sms)))
    let id = try await ask(town)
    try await carry(town, id, to: after(20))
    #expect(try await town.store.posts(about: Self.karen, tenant: M.tenant).isEmpty)
  }
}
