import Testing
import Visits

@testable import Store

@Suite("Consents, cards, scales and messages, stored")
struct CareStoreTests {
  typealias M = Municipality
  let karen = PersonID(rawValue: "karen")
  let lise = ConsentContact(channel: .sms, address: "12345678")

  private func consent(
    _ kind: ConsentKind = .partnerAlert, contact: ConsentContact? = nil, in town: Municipality
  ) async throws -> Consent {
    try await town.store.give(
      ConsentDraft(
        kind: kind, recipient: "Lise", contact: contact, reason: "Hvis jeg ikke svarer",
        way: .spoken), of: karen, tenant: M.tenant, by: M.anne, at: M.now)
  }

  /// Rings a visit out and lets the follow-up come as far as a to-do.
  @discardableResult
  private func missed(_ town: Municipality) async throws -> UTCMilliseconds {
    try await town.book(M.request(minute: 5))
    try await town.apply(.ring, at: M.now.adding(minutes: 5))
    try await town.apply(.hangUp(reason: nil), at: M.now.adding(minutes: 6))
    let later = M.now.adding(minutes: 60)
    try await town.store.advanceFollowUps(at: later, events: { _, _ in [] })
    return later
  }

  private func actions(_ town: Municipality) async throws -> [String] {
    try await town.store.audit(tenant: M.tenant, after: 0, limit: 500).map(\.draft.action)
  }

  // MARK: Consents (H13)

  @Test func aConsentIsKeptAndWithdrawnWithWhoDidIt() async throws {
    let town = try await Municipality()
    let given = try await consent(in: town)
    let withdrawn = try await town.store.withdraw(
      given.id, of: karen, tenant: M.tenant, by: M.karen, at: M.now.adding(minutes: 1))
    #expect(withdrawn.withdrawnBy == karen)
    #expect(try await town.store.consents(of: karen, tenant: M.tenant) == [withdrawn])
    let other = await storeError {
      _ = try await town.store.withdraw(
        given.id, of: PersonID(rawValue: "ole"), tenant: M.tenant, by: M.anne, at: M.now)
    }
    #expect(other == .notFound)
    #expect(try await actions(town).suffix(2) == ["consent.give", "consent.withdraw"])
  }

  @Test func autoAnswerIsInTheRegisterAndTakenBackThere() async throws {
    let town = try await Municipality()
    let device = DeviceID(rawValue: "screen")
    try await town.store.addDevice(
      Device(id: device, tenant: M.tenant, person: karen, label: "Skærm", createdAt: M.now),
      by: .system)
    let agreement = AutoAnswerAgreement(
      citizen: karen, device: device, reason: "Kan ikke trykke på knappen",
      callers: [PersonID(rawValue: "anne")],
      hours: [
        AgreedHours(
          weekdays: .workdays, from: LocalTime(wrapping: 480), until: LocalTime(wrapping: 960))
      ], recordedBy: PersonID(rawValue: "anne"), consentedAt: M.now,
      expiresAt: M.now.adding(minutes: 1440))
    _ = try await town.store.recordAutoAnswer(
      agreement, tenant: M.tenant, by: M.anne, at: M.now)
    let listed = try await town.store.consents(of: karen, tenant: M.tenant)
    #expect(listed.map(\.kind) == [.autoAnswer])
    let after = try await town.store.withdraw(
      try #require(listed.first).id, of: karen, tenant: M.tenant, by: M.karen, at: M.now)
    #expect(after.withdrawnAt == M.now)
    #expect(
      try await town.store.autoAnswer(of: device, tenant: M.tenant)?.withdrawnAt == M.now)
    let twice = await storeError { _ = try await consent(.autoAnswer, in: town) }
    #expect(twice == .refused(.autoAnswerIsAgreedOnADevice))
  }

  // MARK: Partners (H3)

  @Test func aPartnerIsToldOncePerVisitAndOnlyWithConsent() async throws {
    let town = try await Municipality()
    _ = try await consent(contact: lise, in: town)
    _ = try await consent(.disclosure, in: town)
    let later = try await missed(town)
    let posts = try await town.store.posts(about: karen, tenant: M.tenant)
    #expect(posts.map(\.kind) == [.partnerAlert])
    #expect(posts.first?.destination == .partner(lise))
    _ = try await town.store.apply(
      .tried(.phone, reached: false), toFollowUpOf: VisitID(rawValue: "v1"), tenant: M.tenant,
      by: M.anne, at: later)
    #expect(try await town.store.posts(about: karen, tenant: M.tenant).count == 1)
    let without = try await Municipality()
    try await missed(without)
    #expect(try await without.store.posts(about: karen, tenant: M.tenant).isEmpty)
  }

  @Test func aConsentTakenBackOrACitizenReachedCallsTheMessageBack() async throws {
    for isReached in [true, false] {
      let town = try await Municipality()
      let given = try await consent(contact: lise, in: town)
      let later = try await missed(town)
      if isReached {
        _ = try await town.store.apply(
          .tried(.phone, reached: true), toFollowUpOf: VisitID(rawValue: "v1"),
          tenant: M.tenant, by: M.anne, at: later)
      } else {
        _ = try await town.store.withdraw(
          given.id, of: karen, tenant: M.tenant, by: M.karen, at: later)
      }
      #expect(
        try await town.store.takeDuePosts(at: later, limit: 10, withJournal: true).isEmpty)
      let post = try await town.store.posts(about: karen, tenant: M.tenant).first
      #expect(post?.delivery.state == .cancelled)
    }
  }

  @Test func aPartnerWithoutAnAddressIsATask() async throws {
    let town = try await Municipality()
    _ = try await consent(in: town)
    let later = try await missed(town)
    let tasks = try await town.store.careTasks(around: M.anne, tenant: M.tenant, at: later)
    #expect(tasks.filter { $0.kind == "partner" }.map(\.citizen.id) == [karen])
    #expect(tasks.first { $0.kind == "partner" }?.ask.danish.contains("Ring til Lise") == true)
  }

  // MARK: The journal (H11)

  private func listen(_ town: Municipality) async throws {
    try await town.store.setJournalChoice(
      JournalChoice(notes: true, visits: true), tenant: M.tenant, by: M.operations, at: M.now)
  }

  @Test func theJournalIsToldOfEachChangeOnceAndInOrder() async throws {
    let town = try await Municipality()
    try await town.book(M.request("v0", minute: 600))
    try await listen(town)
    try await town.book()
    try await town.apply(.move(start: M.now.adding(minutes: 240), durationMinutes: nil))
    try await town.apply(.cancel(reason: nil))
    let keys = try await town.store.posts(about: karen, tenant: M.tenant).map(\.key.rawValue)
    #expect(keys.map { $0.prefix(16) } == Array(repeating: "v1.journal-visit", count: 3))
    let due = try await town.store.takeDuePosts(at: M.now, limit: 10, withJournal: true)
    #expect(due.count == 3)
    #expect(try await town.store.takeDuePosts(at: M.now, limit: 10, withJournal: true).isEmpty)
    let states = try due.map {
      try StoredJSON.value($0.content, as: JournalEntry.self).visit.state
    }
    #expect(Set(states) == [.booked, .cancelled])
    #expect(
      try await Municipality().store.takeDuePosts(at: M.now, limit: 10, withJournal: true).isEmpty)
  }

  @Test func withoutAJournalItsMessagesWait() async throws {
    let town = try await Municipality()
    try await listen(town)
    try await town.book()
    #expect(try await town.store.takeDuePosts(at: M.now, limit: 10, withJournal: false).isEmpty)
    #expect(
      try await town.store.takeDuePosts(at: M.now, limit: 10, withJournal: true).count == 1)
  }

  /// Killed after handing over: the next process sends the same key again, and no other.
  @Test func aMessageOutlivesItsSender() async throws {
    let town = try await Municipality()
    try await listen(town)
    try await town.book()
    let first = try #require(
      try await town.store.takeDuePosts(at: M.now, limit: 10, withJournal: true).first)
    let handed = try await town.store.tell(
      .handOver(attempt: 1), ofPost: first.key, tenant: M.tenant, at: M.now)
    #expect(handed?.delivery.state == .handedOver)
    let store = try town.reopened()
    let later = M.now.adding(milliseconds: Delivery.leaseMilliseconds)
    let again = try await store.takeDuePosts(at: later, limit: 10, withJournal: true)
    #expect(again.map(\.key) == [first.key])
    let late = try await store.tell(
      .accepted(attempt: 1, reference: "j1"), ofPost: first.key, tenant: M.tenant, at: later)
    #expect(late?.delivery.state == .sent && late?.content.isEmpty == true)
    #expect(
      try await store.takeDuePosts(
        at: later.adding(minutes: 60), limit: 10, withJournal: true
      ).isEmpty)
  }

  @Test func whatTheJournalRefusesIsShownAndSentAgain() async throws {
    let town = try await Municipality()
    try await listen(town)
    try await town.book()
    let post = try #require(
      try await town.store.takeDuePosts(at: M.now, limit: 10, withJournal: true).first)
    try await town.store.tell(
      .refused(attempt: 1, failure: "webhook-422", isFinal: true), ofPost: post.key,
      tenant: M.tenant, at: M.now)
    #expect(
      try await town.store.troubledPosts(tenant: M.tenant, limit: 10).map(\.key) == [post.key])
    let tasks = try await town.store.careTasks(around: M.anne, tenant: M.tenant, at: M.now)
    #expect(tasks.map(\.kind) == ["post"])
    _ = try await town.store.sendAgain(
      post.key, tenant: M.tenant, by: M.operations, at: M.now)
    #expect(
      try await town.store.takeDuePosts(at: M.now, limit: 10, withJournal: true).map(\.key)
        == [post.key])
  }

  /// Visits of a series are reminded of, and told to the journal, as others are.
  @Test func theVisitsOfASeriesAreToldAndRemindedOf() async throws {
    let town = try await Municipality()
    try await listen(town)
    try await town.store.setReminders(
      PersonReminders(
        plan: ReminderPlan(
          person: karen, rules: [ReminderRule(channel: .email, minutesBefore: 60)],
          notices: [.email]), addresses: [.email: "karen@example.dk"]), tenant: M.tenant,
      by: M.anne, at: M.now)
    let details = try await town.begin(
      M.series(rule: RecurrenceRule(.weekly, ending: .count(4))))
    #expect(try await town.store.posts(about: karen, tenant: M.tenant).count == 4)
    for visit in details.visits {
      let messages = try await town.store.messages(about: visit.id, tenant: M.tenant)
      #expect(messages.map(\.kind) == [.upcoming])
    }
  }
}
