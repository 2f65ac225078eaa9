import Foundation
import Testing

@testable import VisitClient

struct CallbackNewsTests {
  private static let now = Date(timeIntervalSince1970: 1_795_249_920)

  private func request(
    _ state: String = "waiting", urgent: Bool = false, escalation: String = "duty",
    handler: String? = nil, retry: Date? = nil
  ) -> Callback {
    Callback(
      id: "c1", citizen: PersonReference(id: "karen", displayName: "Karen Friis"),
      isUrgent: urgent, state: state, createdAt: Self.now,
      handler: handler.map { PersonReference(id: $0, displayName: $0) }, attempts: 0,
      retryAt: retry, escalation: escalation, status: .init(da: "", en: ""))
  }

  @Test func eachThingIsSaidOnce() {
    var news = CallbackNews(me: "anne")
    let asked = request()
    #expect(news.take(asked, at: Self.now) == .asks(asked))
    #expect(news.take(asked, at: Self.now) == nil, "read again after a break")
    let urgent = request(urgent: true)
    #expect(news.take(urgent, at: Self.now) == .asks(urgent))
    let late = request(urgent: true, escalation: "team")
    #expect(news.take(late, at: Self.now) == .stillWaits(late))
    #expect(news.take(late, at: Self.now) == nil)
  }

  @Test func whatSomebodyElseTakesIsNoLongerWaitedForAndComesBackIfPutBack() {
    var news = CallbackNews(me: "anne")
    _ = news.take(request(), at: Self.now)
    let taken = request("claimed", handler: "bo")
    #expect(news.take(taken, at: Self.now) == .noLonger(taken))
    let back = request(handler: "bo")
    #expect(news.take(back, at: Self.now) == .stillWaits(back))
    let own = request("claimed", handler: "anne")
    #expect(news.take(own, at: Self.now) == nil, "one knows what one does")
    #expect(news.take(request("done", handler: "anne"), at: Self.now) == nil)
    _ = news.take(request(handler: "anne"), at: Self.now)
    let withdrawn = request("withdrawn", handler: "anne")
    #expect(news.take(withdrawn, at: Self.now) == .noLonger(withdrawn), "though one has seen it")
  }

  @Test func aCallInVainIsQuietUntilTheNextTry() {
    var news = CallbackNews(me: "anne")
    let retry = Self.now.addingTimeInterval(600)
    #expect(news.take(request(retry: retry), at: Self.now) == nil)
    let due = request(retry: retry)
    #expect(news.take(due, at: retry) == .stillWaits(due))
  }

  @Test func theLineNamesWhoAndSinceWhenAndThatItIsUrgent() {
    let lines = CallbackLines(me: "anne", texts: .danish)
    #expect(
      lines.text(.asks(request(urgent: true)), now: Self.now).hasPrefix(
        "DET HASTER: Karen Friis beder om at blive ringet op (siden kl. "))
    #expect(lines.text(.noLonger(request()), now: Self.now) == "Karen Friis venter ikke længere.")
  }

  @Test func aDelayIsNeverSaidToBeKnownWhereNothingReachesTheCitizen() {
    let delay = DelayRecord(
      minutes: 10,
      told: ["screen", "message", "nothing"].map {
        .init(id: $0, displayName: "Ole", by: $0)
      })
    let lines = delay.lines(in: .danish)
    #expect(lines[0] == "Ole har fået besked: 10 minutter forsinket.")
    #expect(lines[1].contains("får en besked"))
    #expect(!lines[2].contains("har fået besked") && lines[2].hasSuffix("Ring til Ole."))
  }

  @Test func whatTheServiceSaysOfDelaysMissesAndRequestsIsUnderstood() {
    let notice = #""notice":{"code":"x","da":"Hej","en":"Hello"}"#
    for (name, expected) in [
      ("delay", VisitEvent.delay(.init(visit: "v1", notice: .init(da: "Hej", en: "Hello")))),
      ("we-missed-you", .missedYou(.init(visit: "v1", notice: .init(da: "Hej", en: "Hello")))),
    ] {
      let event = ServerEvent(name: name, data: #"{"visit":"v1","minutes":10,\#(notice)}"#)
      #expect(VisitEvent(event) == expected)
      #expect(VisitEvent(event)?.visitID == "v1")
    }
    let asked = ServerEvent(
      name: "callback",
      data: #"""
        {"id":"c1","citizen":{"id":"karen","displayName":"Karen"},"isUrgent":true,"origin":"button",
        "state":"waiting","createdAt":"2026-11-21T10:12:00Z","attempts":0,
        "status":{"code":"callback-received","da":"Vi ringer","en":"We call"}}
        """#.replacing("\n", with: ""))
    guard case .callback(let request) = VisitEvent(asked) else {
      Issue.record("not understood")
      return
    }
    #expect(request.isUrgent && request.status.da == "Vi ringer" && !request.isOver)
  }
}
