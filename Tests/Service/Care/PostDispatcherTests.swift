import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Store
import Synchronization
import Testing
import Visits

@testable import Service

@Suite("Messages on their way out")
struct PostDispatcherTests {
  /// A journal of the municipality's: what it was posted, and what it answers.
  private final class Journal: Sendable {
    struct Posting: Sendable {
      var key: String
      var signature: String
      var body: String
    }

    let postings = Mutex<[Posting]>([])
    let status = Mutex<HTTPResponse.Status>(.ok)

    var router: Router<BasicRequestContext> {
      let router = Router()
      router.post("journal") { request, _ in
        let body = String(buffer: try await request.body.collect(upTo: 1 << 20))
        let key = HTTPField.Name("Idempotency-Key")!
        let posting = Posting(
          key: request.headers[key] ?? "", signature: request.headers[.besoegSignature] ?? "",
          body: body)
        self.postings.withLock { $0.append(posting) }
        return Response(status: self.status.withLock { $0 })
      }
      return router
    }
  }

  private static let secret = String(repeating: "s", count: 32)

  private func dispatcher(_ town: Municipality, port: Int) -> PostDispatcher {
    PostDispatcher(
      store: town.store, clock: town.clock, channels: [:],
      journal: SignedWebhook(
        settings: WebhookSettings(
          url: "http://127.0.0.1:\(port)/journal", secret: Self.secret),
        logger: Municipality.logger), logger: Municipality.logger)
  }

  /// H11: a note reaches the journal signed and once, however often the journal was away.
  @Test func theJournalGetsEachMessageSignedAndOnce() async throws {
    let town = try await Municipality()
    try await town.store.setJournalChoice(
      JournalChoice(notes: true, visits: true), tenant: town.tenant, by: .system,
      at: town.clock.now())
    let visit = try await town.book()
    let journal = Journal()
    let app = Application(
      router: journal.router,
      configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      logger: Municipality.logger)
    try await app.test(.live) { client in
      let port = try #require(client.port)
      let dispatcher = dispatcher(town, port: port)
      journal.status.withLock { $0 = .serviceUnavailable }
      while await dispatcher.sendDue() {}
      #expect(journal.postings.withLock { $0.count } == 1)
      journal.status.withLock { $0 = .ok }
      town.clock.advance(milliseconds: 60_000)
      while await dispatcher.sendDue() {}
      town.clock.advance(milliseconds: 3_600_000)
      while await dispatcher.sendDue() {}
      let postings = journal.postings.withLock { $0 }
      #expect(postings.count == 2 && Set(postings.map(\.key)).count == 1)
      #expect(postings.allSatisfy { $0.key.hasPrefix(visit.rawValue) })
      let last = try #require(postings.last)
      #expect(last.body.contains("\"format\":\"besoeg-journal-1\""))
      let sentAt = town.clock.now().adding(milliseconds: -3_600_000)
      #expect(
        WebhookSignature(secret: Self.secret).isValid(
          last.signature, body: last.body, at: sentAt))
    }
    let posts = try await town.store.posts(about: town.citizen.id, tenant: town.tenant)
    #expect(posts.map(\.delivery.state) == [.sent] && posts.map(\.content) == [""])
  }

  /// What carries text messages, and what it was given.
  private final class Gateway: MessageChannel {
    let messages = Mutex<[OutgoingMessage]>([])
    func deliver(
      _ message: OutgoingMessage, handOver: @Sendable () async -> Bool
    ) async -> DeliveryResult {
      guard await handOver() else { return .withdrawn }
      messages.withLock { $0.append(message) }
      return .accepted(reference: "g1")
    }
  }

  /// E2: a worker who wants it is told that nobody has taken a request, in words that name nobody,
  /// by the timer and the gateway, and once though the service is started again.
  @Test func aWorkerAwayFromTheScreenIsToldOnceThatNobodyHasTakenARequest() async throws {
    let town = try await Municipality()
    // Monday 10:00 in Denmark: contact hours.
    town.clock.advance(milliseconds: 2 * 86_400_000)
    let gateway = Gateway()
    @Sendable func send(_ town: Municipality) async {
      let dispatcher = PostDispatcher(
        store: town.store, clock: town.clock, channels: [.sms: gateway], journal: nil,
        logger: Municipality.logger)
      while await dispatcher.sendDue() {}
    }
    try await town.serve { browser in
      let set = try await browser.send(
        .put, "/api/v1/people/mette/reminders", as: town.worker,
        json: ["sms": "22334455", "unanswered": "sms"])
      #expect(set.status == .ok && set.json["unanswered"].string == "sms")
      let asked = try await browser.send(
        .post, "/api/v1/callbacks", as: town.citizen, json: ["isUrgent": .bool(true)])
      #expect(asked.status == .created)
    }
    town.clock.advance(milliseconds: 10 * 60_000)
    await town.service.daily.tick()
    let restarted = try await Municipality(after: town)
    await send(restarted)
    town.clock.advance(milliseconds: 60_000)
    await restarted.service.daily.tick()
    await send(restarted)
    let messages = gateway.messages.withLock { $0 }
    #expect(messages.map(\.address) == ["22334455"])
    #expect(messages.first?.text.contains("Karen") == false)
    let posts = try await restarted.store.posts(about: town.citizen.id, tenant: town.tenant)
    #expect(posts.map(\.delivery.state) == [.sent])
  }

  /// H3: the partner's message leaves by the gateway that carries reminders.
  @Test func aPartnerIsToldByTheRemindersGateway() async throws {
    let town = try await Municipality()
    let gateway = Gateway()
    _ = try await town.store.give(
      ConsentDraft(
        kind: .partnerAlert, recipient: "Lise",
        contact: ConsentContact(channel: .sms, address: "12345678"),
        reason: "Hvis jeg ikke svarer", way: .spoken), of: town.citizen.id, tenant: town.tenant,
      by: .person(town.worker.id, role: .supportWorker, device: nil), at: town.clock.now())
    try await town.serve { browser in
      let visit = try await browser.book()
      _ = try await browser.post("ring", visit, as: town.worker)
      _ = try await browser.post("hangup", visit, as: town.worker, json: [:])
      town.clock.advance(milliseconds: 60 * 60_000)
      try await town.store.advanceFollowUps(
        at: town.clock.now(), events: FollowUpEvents.drafts)
      let dispatcher = PostDispatcher(
        store: town.store, clock: town.clock, channels: [.sms: gateway], journal: nil,
        logger: Municipality.logger)
      while await dispatcher.sendDue() {}
      while await dispatcher.sendDue() {}
      let messages = gateway.messages.withLock { $0 }
      #expect(messages.map(\.address) == ["12345678"])
      #expect(messages.first?.text.contains("Karen har aftalt det med os") == true)
      let list = try await browser.send(
        .get, "/api/v1/citizens/karen/posts", as: town.worker)
      #expect(list.json["posts"].array.map { $0["state"].string } == ["sent"])
    }
  }
}
