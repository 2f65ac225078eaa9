import Testing

@testable import VisitClient

/// WHATWG HTML §9.2.6, with its own examples where it has any.
struct EventParserTests {
  private func events(_ pieces: [String]) -> (events: [ServerEvent], parser: EventParser) {
    var parser = EventParser()
    var events: [ServerEvent] = []
    for piece in pieces { parser.consume(Array(piece.utf8)) { events.append($0) } }
    return (events, parser)
  }

  @Test func anEventHasANameDataAndAnID() {
    let (events, parser) = events(["id: 17\nevent: ring\ndata: {\"visit\":\"a\"}\n\n"])
    #expect(events == [ServerEvent(name: "ring", data: "{\"visit\":\"a\"}")])
    #expect(parser.lastEventID == "17")
  }

  @Test func dataLinesAreJoinedByALineBreak() {
    // §9.2.6's stock example.
    let (events, _) = events(["data: YHOO\ndata: +2\ndata: 10\n\n"])
    #expect(events == [ServerEvent(name: "message", data: "YHOO\n+2\n10")])
  }

  @Test func onlyOneLeadingSpaceIsTakenAway() {
    let (events, _) = events(["data:  third event\n\ndata:test\n\ndata: test\n\n"])
    #expect(events.map(\.data) == [" third event", "test", "test"])
  }

  @Test func emptyDataIsAnEventAndNoDataIsNone() {
    // §9.2.6: the first block fires with an empty string, the second with a line break.
    let (events, _) = events(["data\n\ndata\ndata\n\ndata:"])
    #expect(events.map(\.data) == ["", "\n"])
  }

  @Test func commentsAreHeartbeatsAndNothingElse() {
    let (events, parser) = events([": hb\n\n: hb\n\ndata: x\n\n"])
    #expect(events.map(\.data) == ["x"])
    #expect(parser.lastEventID == nil)
  }

  @Test func everyLineBreakOfTheSpecificationEndsALine() {
    let (events, _) = events(["data: a\r\n\r\ndata: b\r\rdata: c\n\n"])
    #expect(events.map(\.data) == ["a", "b", "c"])
  }

  @Test(arguments: 1...7)
  func piecesOfAnySizeGiveTheSameEvents(size: Int) {
    let text = "\u{FEFF}id: 1\r\nevent: visit\r\ndata: Søren på Ærø\r\n\r\n: hb\r\n\r\n"
    let bytes = Array(text.utf8)
    var parser = EventParser()
    var events: [ServerEvent] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      parser.consume(bytes[start..<min(start + size, bytes.count)]) { events.append($0) }
    }
    #expect(events == [ServerEvent(name: "visit", data: "Søren på Ærø")])
    #expect(parser.lastEventID == "1")
  }

  @Test func aBreakForgetsTheUnfinishedEventButNotTheID() {
    var (_, parser) = events(["id: 41\ndata: whole\n\nid: 42\ndata: half"])
    parser.restart()
    var events: [ServerEvent] = []
    parser.consume(Array("\ndata: next\n\n".utf8)) { events.append($0) }
    #expect(events.map(\.data) == ["next"])
    #expect(parser.lastEventID == "41")
  }

  @Test func anIDWithANulIsIgnored() {
    let (_, parser) = events(["id: 5\ndata: a\n\nid: 6\u{0}\ndata: b\n\n"])
    #expect(parser.lastEventID == "5")
  }

  @Test func retryIsDigitsOrNothing() {
    #expect(events(["retry: 1500\n\n"]).parser.retryMilliseconds == 1500)
    #expect(events(["retry: soon\n\n"]).parser.retryMilliseconds == nil)
    #expect(events(["retry: 99999999999999999999999\n\n"]).parser.retryMilliseconds == nil)
  }

  @Test func anEndlessLineIsSkippedAndTheStreamGoesOn() {
    let long = String(repeating: "x", count: EventParser.largestEvent + 10)
    let (events, _) = events(["data: \(long)\n\ndata: after\n\n"])
    #expect(events.map(\.data) == ["after"])
  }
}

struct StreamBackoffTests {
  @Test func pausesGrowToFiveSecondsAndStartAnewAfterASuccess() {
    var backoff = StreamBackoff()
    let pauses = (0..<8).map { _ in backoff.nextPause(asked: nil, jitter: 1) }
    #expect(pauses == [250, 500, 1000, 2000, 4000, 5000, 5000, 5000])
    backoff.succeeded()
    #expect(backoff.nextPause(asked: nil, jitter: 1) == 250)
  }

  @Test func jitterHalvesAtMost() {
    var backoff = StreamBackoff()
    #expect(backoff.nextPause(asked: nil, jitter: 0) == 125)
  }

  @Test func theServiceMayAskForLongerButNotForEver() {
    var backoff = StreamBackoff()
    #expect(backoff.nextPause(asked: 1500, jitter: 1) == 1500)
    #expect(backoff.nextPause(asked: 60_000, jitter: 1) == 5000)
  }
}
