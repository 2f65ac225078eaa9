import HTTPTypes
import NIOCore
import Store
import Synchronization
import Testing
import Visits

@testable import Service

/// A channel that keeps what it is given and answers as told.
final class RecordingChannel: MessageChannel {
  private let state = Mutex<(sent: [OutgoingMessage], answers: [DeliveryResult])>(([], []))

  var sent: [OutgoingMessage] { state.withLock { $0.sent } }

  func answer(_ results: DeliveryResult...) { state.withLock { $0.answers = results } }

  func deliver(
    _ message: OutgoingMessage, handOver: @Sendable () async -> Bool
  ) async -> DeliveryResult {
    guard await handOver() else { return .withdrawn }
    return state.withLock { state in
      state.sent.append(message)
      return state.answers.isEmpty ? .accepted(reference: "r") : state.answers.removeFirst()
    }
  }
}

@Suite("Reminders")
struct ReminderTests {
  private let plan: JSONValue = [
    "email": "karen@example.dk", "notices": ["email"],
    "before": [["channel": "email", "minutesBefore": 60]],
    "quiet": ["from": "21:00", "until": "07:00"],
  ]

  private func dispatcher(_ town: Municipality, _ channel: RecordingChannel) -> ReminderDispatcher {
    ReminderDispatcher(
      store: town.store, clock: town.clock, channels: [.email: channel],
      logger: Municipality.logger)
  }

  @Test func aReminderIsSentOnceInNeutralWords() async throws {
    let town = try await Municipality()
    let channel = RecordingChannel()
    try await town.serve { browser in
      let put = try await browser.send(
        .put, "/api/v1/people/karen/reminders", as: town.worker, json: plan)
      #expect(put.status == .ok)
      let own = try await browser.send(.get, "/api/v1/people/karen/reminders", as: town.citizen)
      #expect(own.json["email"].string == "karen@example.dk")
      let visit = try await browser.book(minutesAhead: 120)
      let dispatcher = dispatcher(town, channel)
      while await dispatcher.sendDue() {}
      #expect(channel.sent.isEmpty, "an hour too early")
      town.clock.advance(milliseconds: 60 * 60_000)
      while await dispatcher.sendDue() {}
      while await dispatcher.sendDue() {}
      #expect(channel.sent.map(\.text) == ["Husk din aftale i dag kl. 12.00."])
      for word in ["bostøtte", "besøg", "Karen", "Mette"] {
        #expect(channel.sent.allSatisfy { !($0.text + $0.subject).contains(word) }, "\(word)")
      }
      let messages = try await browser.send(
        .get, "/api/v1/visits/\(visit)/reminders", as: town.worker)
      #expect(messages.json["messages"].array.map { $0["state"].string } == ["sent"])
      #expect(!messages.text.contains("@"), "where it went is not shown")
    }
  }

  @Test func whatIsRefusedIsTriedAgainAndThenShownToTheWorker() async throws {
    let town = try await Municipality()
    let channel = RecordingChannel()
    try await town.serve { browser in
      _ = try await browser.send(
        .put, "/api/v1/people/karen/reminders", as: town.citizen, json: plan)
      _ = try await browser.book(minutesAhead: 120)
      let dispatcher = dispatcher(town, channel)
      channel.answer(
        .refused(failure: "smtp-mail-451", isFinal: false),
        .refused(failure: "smtp-rcpt-550", isFinal: true))
      town.clock.advance(milliseconds: 60 * 60_000)
      while await dispatcher.sendDue() {}
      #expect(channel.sent.count == 1)
      town.clock.advance(milliseconds: 60_000)
      while await dispatcher.sendDue() {}
      #expect(channel.sent.count == 2)
      town.clock.advance(milliseconds: 30 * 60_000)
      while await dispatcher.sendDue() {}
      #expect(channel.sent.count == 2, "not a third time")
      let troubled = try await browser.send(
        .get, "/api/v1/reminders/troubled", as: town.worker)
      #expect(troubled.json["messages"].array.map { $0["failure"].string } == ["smtp-rcpt-550"])
    }
  }

  @Test(
    arguments: [
      ("email", "karen", "invalid-text"), ("email", "a@b\r\nRCPT TO:<x@y>", "invalid-text"),
      ("email", "a b@c", "invalid-text"),
    ] as [(String, String, String)])
  func anAddressThatIsNoneIsRefused(
    field: String, address: String, problem: String
  ) async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let answer = try await browser.send(
        .put, "/api/v1/people/karen/reminders", as: town.worker,
        json: .object([field: .string(address)]))
      #expect(answer.problem == problem)
    }
  }

  @Test func aSignatureHoldsForItsBodyAndForMinutes() {
    let now = UTCMilliseconds(rawValue: 1_795_251_600_000)
    let signature = WebhookSignature(secret: "hemmelig")
    let header = signature.header(for: "{}", at: now)
    #expect(signature.isValid(header, body: "{}", at: now.adding(minutes: 5)))
    #expect(!signature.isValid(header, body: "{}", at: now.adding(minutes: 6)))
    #expect(!signature.isValid(header, body: "{ }", at: now))
    #expect(!WebhookSignature(secret: "anden").isValid(header, body: "{}", at: now))
    for broken in ["", "t=,v1=", "t=1,v1=zz", "v1=00", "t=99999999999999999999,v1=00"] {
      #expect(!signature.isValid(broken, body: "{}", at: now), "\(broken)")
    }
  }

  @Test func aMessageIsReadyForTheWire() {
    let message = OutgoingMessage(
      key: ReminderKey(rawValue: "k.1"), address: "karen@example.dk", subject: "Påmindelse",
      text: "Husk din aftale i dag kl. 12.00.", at: UTCMilliseconds(rawValue: 1_795_251_600_000))
    let data = MailMessage(from: "aftaler@kommune.dk", to: message.address, message: message).data
    #expect(data.contains("Message-ID: <k.1@kommune.dk>\r\n"))
    #expect(data.contains("Subject: =?utf-8?B?UMOlbWluZGVsc2U=?=\r\n"))
    #expect(data.contains("Date: 21 Nov 2026 09:00:00 +0000\r\n"))
    #expect(data.hasSuffix("\r\n"))
    #expect(MailMessage.stuffed(".begins") == "..begins")
    #expect(MailMessage.stuffed("does.not") == "does.not")
  }

  @Test func repliesOfAMailServerArePutTogether() throws {
    var parser = SMTPReplyParser()
    var bytes = ByteBuffer(string: "250-mail\r\n250-STARTTLS\r\n25")
    #expect(try parser.take(&bytes) == nil)
    bytes.writeString("0 AUTH PLAIN\r\n220\r\n")
    #expect(
      try parser.take(&bytes) == SMTPReply(code: 250, lines: ["mail", "STARTTLS", "AUTH PLAIN"]))
    #expect(try parser.take(&bytes) == SMTPReply(code: 220, lines: [""]))
    for broken in ["x\r\n", "99 no\r\n", "250+no\r\n", "650 no\r\n"] {
      var parser = SMTPReplyParser()
      var bytes = ByteBuffer(string: broken)
      #expect(throws: SMTPError.malformedReply) { try parser.take(&bytes) }
    }
    var endless = ByteBuffer(repeating: 0x32, count: 3000)
    var other = SMTPReplyParser()
    #expect(throws: SMTPError.malformedReply) { try other.take(&endless) }
  }

  @Test func aCalendarIsPrivateAndKnowsWhenNothingChanged() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.book()
      let path = "/api/v1/people/karen/calendar"
      let opened = try await browser.send(.post, path, as: town.citizen)
      #expect(opened.status == .created)
      let url = try #require(opened.json["url"].string)
      let feed = String(url.dropFirst("http://localhost".count))
      let first = try await browser.send(.get, feed)
      #expect(first.headers[.contentType] == "text/calendar; charset=utf-8")
      #expect(first.text.contains("UID:\(visit)"))
      for word in ["bostøtte", "Karen", "Mette", "esøg med"] {
        #expect(!first.text.contains(word), "\(word)")
      }
      let tag = try #require(first.headers[.eTag])
      let again = try await browser.send(.get, feed, headers: [.ifNoneMatch: tag])
      #expect(again.status == .notModified)
      town.clock.advance(milliseconds: 1000)
      _ = try await browser.post("cancel", visit, as: town.worker, json: [:])
      let changed = try await browser.send(.get, feed, headers: [.ifNoneMatch: tag])
      #expect(changed.text.contains("STATUS:CANCELLED"))
      #expect(changed.text.contains("SEQUENCE:1"))
      #expect(try await browser.send(.delete, path, as: town.citizen).status == .noContent)
      #expect(try await browser.send(.get, feed).status == .notFound)
      #expect(try await browser.send(.post, path, as: town.operations).status == .forbidden)
    }
  }
}
