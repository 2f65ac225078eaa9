import FoundationEssentials
import HTTPTypes
import Relay
import Store
import Testing
import Visits

@testable import Service

@Suite("Joining media", .endsWhenItHangs)
struct MediaTests {
  @Test func aJoinPassesTheOfferOnAndAnswersAsWHIPAsks() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      let offer = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n"
      let answer = try await browser.send(
        .post, "/api/v1/visits/\(visit)/media", as: town.citizen, body: offer,
        type: "application/sdp")
      #expect(answer.status == .created)
      #expect(answer.headers[.contentType] == "application/sdp")
      #expect(answer.headers[.location] == "/api/v1/visits/\(visit)/media/session-1")
      #expect(answer.text == "v=0\r\ns=answer 1\r\n")
      let slots = try #require(answer.headers[.besoegSlots])
      let parsed = try JSONDecoder().decode([SlotState].self, from: Data(slots.utf8))
      #expect(parsed == [SlotState(slot: 0, audioMid: "0", videoMid: "1", participant: nil)])
      #expect(
        town.relay.joins == [
          JoinRequest(room: visit, participant: "karen", capacity: 2, offer: offer)
        ])
    }
  }

  @Test func aJoinNamesTheServersThatGetThroughStrictNetworks() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      town.relay.offer([
        ICEServer(
          urls: ["turns:besoeg.example:443?transport=tcp"], username: "1790000000:00:abc",
          credential: "c2VjcmV0", expires: 1_790_000_000)
      ])
      let answer = try await browser.send(
        .post, "/api/v1/visits/\(visit)/media", as: town.citizen, body: "v=0\r\n",
        type: "application/sdp")
      #expect(
        answer.headers[values: .link] == [
          "<turns:besoeg.example:443?transport=tcp>; rel=\"ice-server\"; "
            + "username=\"1790000000:00:abc\"; credential=\"c2VjcmV0\"; credential-type=\"password\""
        ])
    }
  }

  @Test func theWorkerMayWaitInTheRoomBeforeTheAnswer() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.book()
      _ = try await browser.join(visit, as: town.worker)
      let early = try await browser.send(
        .post, "/api/v1/visits/\(visit)/media", as: town.citizen, body: "v=0\r\n",
        type: "application/sdp")
      #expect(early.status == .conflict)
      #expect(town.relay.joins.count == 1)
    }
  }

  @Test func everyoneInTheRoomIsShownToEveryoneInIt() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      let worker = try await browser.events(as: town.worker)
      let first = try await browser.join(visit, as: town.worker)
      let alone = try await worker.next("room")
      #expect(alone.id == nil)
      #expect(alone.data["session"].string == first)
      #expect(alone.data["participants"] == [["id": "mette", "displayName": "Mette"]])

      let second = try await browser.join(visit, as: town.citizen)
      let both = try await worker.next("room")
      #expect(both.data["participants"].array.map { $0["id"].string } == ["karen", "mette"])

      let slots = [SlotState(slot: 0, audioMid: "2", videoMid: "3", participant: "karen")]
      town.relay.report(.slots(.init(session: first, room: visit, participant: "mette"), slots))
      let seated = try await worker.next("room")
      #expect(seated.data["slots"].array.first?["participant"].string == "karen")

      town.relay.report(
        .closed(
          .init(session: second, room: visit, participant: "karen"), cause: "left",
          milliseconds: town.clock.now().rawValue + 1))
      let left = try await worker.next("room")
      #expect(left.data["participants"].array.map { $0["id"].string } == ["mette"])
    }
  }

  @Test func aStreamThatOpensDuringACallIsToldWhoIsInTheRoom() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      let session = try await browser.join(visit, as: town.citizen)
      let stream = try await browser.events(as: town.citizen)
      #expect(try await stream.next("room").data["session"].string == session)
    }
  }

  @Test func aSessionIsRestartedAndLeftByItsOwnerOnly() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      let session = try await browser.join(visit, as: town.citizen)
      let path = "/api/v1/visits/\(visit)/media/\(session)"
      for method in [HTTPRequest.Method.patch, .delete] {
        let foreign = try await browser.send(
          method, path, as: town.worker, body: "v=0\r\n", type: "application/sdp")
        #expect(foreign.status == .notFound)
        #expect(foreign.problem == "no-such-session")
      }
      let unknown = try await browser.send(
        .delete, "/api/v1/visits/\(visit)/media/session-99", as: town.citizen)
      #expect(unknown.problem == "no-such-session")
      #expect(town.relay.restarts.isEmpty)
      #expect(town.relay.left.isEmpty)

      let restarted = try await browser.send(
        .patch, path, as: town.citizen, body: "v=0\r\n", type: "application/sdp")
      #expect(restarted.status == .ok)
      #expect(restarted.text == "v=0\r\ns=restarted\r\n")
      let left = try await browser.send(.delete, path, as: town.citizen)
      #expect(left.status == .noContent)
      #expect(town.relay.left == [session])
    }
  }

  @Test func whatTheRelayRefusesIsExplained() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      let cases: [(RelayControlError, Int, String)] = [
        (.invalidOffer(line: 7, reason: "no ICE password"), 400, "malformed-sdp"),
        (.roomFull, 409, "room-full"), (.noSuchSession, 404, "no-such-session"),
        (.unavailable, 503, "relay-unavailable"),
      ]
      for (error, status, problem) in cases {
        town.relay.fail(with: error)
        let answer = try await browser.send(
          .post, "/api/v1/visits/\(visit)/media", as: town.citizen, body: "v=0\r\n",
          type: "application/sdp")
        #expect(answer.status.code == status)
        #expect(answer.problem == problem)
        if problem == "malformed-sdp" {
          #expect(answer.json["line"].number == 7)
          #expect(answer.json["detailEn"].string?.contains("no ICE password") == true)
        }
        if status == 503 { #expect(answer.headers[.retryAfter] == "1") }
      }
    }
  }

  @Test func wrongBodiesAreRefusedBeforeTheRelayHearsOfThem() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      let path = "/api/v1/visits/\(visit)/media"
      let json = try await browser.send(
        .post, path, as: town.citizen, body: "{}", type: "application/json")
      #expect(json.status == .unsupportedMediaType)
      #expect(json.problem == "unsupported-media-type")
      let nothing = try await browser.send(.post, path, as: town.citizen)
      #expect(nothing.status == .unsupportedMediaType)
      let huge = try await browser.send(
        .post, path, as: town.citizen, body: String(repeating: "a", count: 65_537),
        type: "application/sdp")
      #expect(huge.status == .contentTooLarge)
      #expect(huge.problem == "too-large")
      #expect(huge.json["limit"].number == 65_536)
      for attempt in ["0", "-1", "x", "1001", "99999999999999999999"] {
        let answer = try await browser.send(
          .post, path, as: town.citizen, body: "v=0\r\n", type: "application/sdp",
          headers: [.besoegAttempt: attempt])
        #expect(answer.status == .badRequest)
        #expect(answer.json["field"].string == "Besoeg-Attempt")
      }
      #expect(town.relay.joins.isEmpty)
    }
  }

  @Test func operationsStayOutside() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      let answer = try await browser.send(
        .post, "/api/v1/visits/\(visit)/media", as: town.operations, body: "v=0\r\n",
        type: "application/sdp")
      #expect(answer.status == .forbidden)
      #expect(town.relay.joins.isEmpty)
    }
  }

  @Test func hangingUpClosesTheRoomAndNobodyJoinsAgain() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      let session = try await browser.join(visit, as: town.citizen)
      let worker = try await browser.events(as: town.worker)
      let answer = try await browser.post("hangup", visit, as: town.citizen)
      #expect(answer.json["state"].string == "ended")
      #expect(try await worker.next("ended").data["cause"].string == "hung-up")
      #expect(town.relay.closed == [visit])
      // What the relay still says of it is history.
      town.relay.report(
        .closed(
          .init(session: session, room: visit, participant: "karen"), cause: "left",
          milliseconds: town.clock.now().rawValue + 1))
      let again = try await browser.send(
        .post, "/api/v1/visits/\(visit)/media", as: town.citizen, body: "v=0\r\n",
        type: "application/sdp")
      #expect(again.status == .conflict)
      #expect(again.problem == "visit-over")
      #expect(try await browser.ledger(visit).last == "ended karen hung-up")
      let repeated = try await browser.post("hangup", visit, as: town.worker)
      #expect(repeated.status == .ok)
    }
  }

  @Test func joiningIsAudited() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      _ = try await browser.join(visit, as: town.citizen)
      await town.factsAreWritten()
      let lines = try await town.store.audit(tenant: town.tenant, after: 0, limit: 100)
      #expect(lines.last?.draft.action == "media.join")
      #expect(lines.last?.actor?.rawValue == "karen")
    }
  }
}
