import CallQuality
import HTTPTypes
import Relay
import Store
import Testing
import Visits

@testable import Service

@Suite("What relays report", .endsWhenItHangs)
struct RelayReportTests {
  /// A held visit with both parties in the room and their streams open.
  private struct Call {
    var visit: String
    var citizen: SessionReference
    var worker: SessionReference
    var citizenEvents: EventProbe
    var workerEvents: EventProbe
  }

  private func call(_ town: Municipality, _ browser: TestBrowser) async throws -> Call {
    let visit = try await browser.holdVisit()
    let citizenEvents = try await browser.events(as: town.citizen)
    let workerEvents = try await browser.events(as: town.worker)
    let worker = try await browser.join(visit, as: town.worker)
    let citizen = try await browser.join(visit, as: town.citizen)
    return Call(
      visit: visit,
      citizen: .init(session: citizen, room: visit, participant: "karen"),
      worker: .init(session: worker, room: visit, participant: "mette"),
      citizenEvents: citizenEvents, workerEvents: workerEvents)
  }

  private func connect(_ reference: SessionReference, _ town: Municipality) {
    let now = town.clock.now().rawValue
    town.relay.report(.connected(reference, profile: "AEAD_AES_128_GCM", milliseconds: now + 200))
    town.relay.report(.firstMedia(reference, kind: .audio, milliseconds: now + 250))
    town.relay.report(.firstMedia(reference, kind: .video, milliseconds: now + 300))
  }

  /// Waits for a ledger event that says `kind participant cause`.
  private func wait(for line: String, in events: EventProbe) async throws {
    while true {
      let entry = try await events.next("ledger").data["entry"]
      let text = [entry["kind"].string, entry["participant"].string, entry["cause"].string]
        .compactMap(\.self).joined(separator: " ")
      if text == line { return }
    }
  }

  @Test func mediaIsConnectedWhenTheSessionIsSecuredAndSoundArrived() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let call = try await call(town, browser)
      let now = town.clock.now().rawValue
      // Sound first: not yet, nothing proves that it is protected.
      town.relay.report(.firstMedia(call.citizen, kind: .audio, milliseconds: now + 100))
      town.relay.report(
        .connected(call.worker, profile: "AEAD_AES_128_GCM", milliseconds: now + 150))
      town.relay.report(.firstMedia(call.worker, kind: .audio, milliseconds: now + 180))
      try await wait(for: "media-connected mette audio", in: call.workerEvents)
      town.relay.report(
        .connected(call.citizen, profile: "AEAD_AES_128_GCM", milliseconds: now + 190))
      town.relay.report(.firstMedia(call.citizen, kind: .video, milliseconds: now + 210))
      try await wait(for: "media-connected karen video", in: call.workerEvents)
      #expect(
        try await browser.ledger(call.visit).suffix(3) == [
          "media-connected mette audio", "media-connected karen audio",
          "media-connected karen video",
        ])
      let ledger = try await browser.send(
        .get, "/api/v1/visits/\(call.visit)/ledger", as: town.worker)
      let karen = ledger.json["entries"].array.first {
        $0["participant"].string == "karen" && $0["cause"].string == "audio"
      }
      #expect(karen?["at"].string == UTCMilliseconds(rawValue: now + 190).rfc3339)
    }
  }

  @Test func aBreakAndItsEndAreInTheLedgerOnce() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let call = try await call(town, browser)
      connect(call.citizen, town)
      let now = town.clock.now().rawValue
      let reports: [RelayEvent] = [
        .interrupted(call.citizen, cause: "silence", milliseconds: now + 9_000),
        .interrupted(call.citizen, cause: "silence", milliseconds: now + 9_500),
        .resumed(call.citizen, cause: "heard-again", milliseconds: now + 12_000),
        // A relay repeats what it had not seen acknowledged.
        .interrupted(call.citizen, cause: "silence", milliseconds: now + 9_000),
        .resumed(call.citizen, cause: "heard-again", milliseconds: now + 12_000),
        .interrupted(call.citizen, cause: "silence", milliseconds: now + 20_000),
      ]
      for report in reports { town.relay.report(report) }
      try await wait(for: "interrupted karen silence", in: call.workerEvents)
      try await wait(for: "resumed karen heard-again", in: call.workerEvents)
      try await wait(for: "interrupted karen silence", in: call.workerEvents)
      #expect(
        try await browser.ledger(call.visit).suffix(3) == [
          "interrupted karen silence", "resumed karen heard-again", "interrupted karen silence",
        ])
    }
  }

  @Test func aLostWorkerIsTheCauseAndItsPeopleAreToldToJoinAgainAtOnce() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let call = try await call(town, browser)
      connect(call.citizen, town)
      connect(call.worker, town)
      let now = town.clock.now().rawValue
      town.relay.report(
        .workerLost(worker: 0, sessions: [call.citizen, call.worker], milliseconds: now + 5_000))
      for (events, reference) in [
        (call.citizenEvents, call.citizen), (call.workerEvents, call.worker),
      ] {
        let rejoin = try await events.next("rejoin")
        #expect(rejoin.data["visit"].string == call.visit)
        #expect(rejoin.data["session"].string == reference.session)
        #expect(rejoin.data["cause"].string == "worker-lost")
      }
      let session = try await browser.join(call.visit, as: town.citizen, attempt: 2)
      let again = SessionReference(session: session, room: call.visit, participant: "karen")
      town.relay.report(
        .connected(again, profile: "AEAD_AES_128_GCM", milliseconds: now + 6_000))
      town.relay.report(.firstMedia(again, kind: .audio, milliseconds: now + 6_100))
      try await wait(for: "resumed karen rejoined", in: call.workerEvents)
      let ledger = try await browser.ledger(call.visit)
      #expect(ledger.contains("interrupted karen worker-lost"))
      #expect(ledger.contains("interrupted mette worker-lost"))
      #expect(ledger.suffix(2) == ["media-connected karen audio", "resumed karen rejoined"])
    }
  }

  @Test func aPictureCutBackIsInTheLedgerAndToldToBothParties() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let call = try await call(town, browser)
      let now = town.clock.now().rawValue
      town.relay.report(
        .picture(
          call.citizen, from: "mette", level: .held, cause: "receiver-network",
          milliseconds: now + 100))
      for events in [call.citizenEvents, call.workerEvents] {
        let picture = try await events.next("picture")
        #expect(picture.data["visit"].string == call.visit)
        #expect(picture.data["participant"].string == "karen")
        #expect(picture.data["direction"].string == "receiving")
        #expect(picture.data["level"].string == "held")
        #expect(picture.data["cause"].string == "receiver-network")
      }
      #expect(
        try await browser.ledger(call.visit).last == "picture karen held:receiving:receiver-network"
      )
    }
  }

  @Test func aClientSaysHowMuchPictureItSends() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let call = try await call(town, browser)
      let path = "/api/v1/visits/\(call.visit)/picture"
      let answer = try await browser.send(
        .post, path, as: town.citizen,
        json: ["level": "smaller", "cause": "sender-network"])
      #expect(answer.status == .accepted)
      let picture = try await call.workerEvents.next("picture")
      #expect(picture.data["participant"].string == "karen")
      #expect(picture.data["direction"].string == "sending")
      #expect(picture.data["level"].string == "smaller")
      // What comes down to it, the relay knows; and there is no such level.
      let bodies: [JSONValue] = [
        ["level": "held", "cause": "receiver-network"],
        ["level": "tiny", "cause": "sender-network"], ["level": "held"],
      ]
      for body in bodies {
        let refused = try await browser.send(.post, path, as: town.citizen, json: body)
        #expect(refused.status == .badRequest)
      }
    }
  }

  @Test func aSecondJoinReplacesTheFirstAndIsSeenAsABreak() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let call = try await call(town, browser)
      connect(call.citizen, town)
      try await wait(for: "media-connected karen video", in: call.workerEvents)
      town.clock.advance(milliseconds: 10_000)
      let session = try await browser.join(call.visit, as: town.citizen)
      let now = town.clock.now().rawValue
      // The old session's end says nothing about the new one.
      town.relay.report(.closed(call.citizen, cause: "replaced", milliseconds: now + 1))
      town.relay.report(
        .interrupted(call.citizen, cause: "silence", milliseconds: now + 2))
      let again = SessionReference(session: session, room: call.visit, participant: "karen")
      connect(again, town)
      try await wait(for: "resumed karen rejoined", in: call.workerEvents)
      #expect(
        try await browser.ledger(call.visit).dropFirst(5).prefix(3) == [
          "interrupted karen joined-again", "media-connected karen audio",
          "resumed karen rejoined",
        ])
    }
  }

  @Test func aRoomThatIsEmptyForAMinuteEndsTheVisit() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let call = try await call(town, browser)
      connect(call.citizen, town)
      connect(call.worker, town)
      let now = town.clock.now()
      for reference in [call.citizen, call.worker] {
        town.relay.report(
          .closed(reference, cause: "consent-expired", milliseconds: now.rawValue + 1_000))
      }
      await town.clock.waitForSleeper(until: now.adding(milliseconds: 61_000))
      await town.factsAreWritten()
      town.clock.advance(milliseconds: 60_999)
      let still = try await browser.send(
        .get, "/api/v1/visits/\(call.visit)", as: town.worker)
      #expect(still.json["state"].string == "active")
      town.clock.advance(milliseconds: 1)
      #expect(try await call.workerEvents.next("ended").data["cause"].string == "abandoned")
      #expect(try await browser.ledger(call.visit).last == "ended abandoned")
    }
  }

  @Test func aVisitThatNobodyEntersEndsByItself() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      let events = try await browser.events(as: town.worker)
      await town.clock.waitForSleeper(until: town.clock.now().adding(milliseconds: 60_000))
      town.clock.advance(milliseconds: 60_000)
      #expect(try await events.next("ended").data["visit"].string == visit)
    }
  }

  @Test func whoSpeaksIsTold() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let call = try await call(town, browser)
      town.relay.report(.speaking(room: call.visit, participants: ["mette", "karen"]))
      let speaking = try await call.citizenEvents.next("speaking")
      #expect(speaking.data["participants"] == ["mette", "karen"])
    }
  }

  @Test func relayFiguresBecomeTheListenersRunningTotals() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let call = try await call(town, browser)
      connect(call.citizen, town)
      let now = town.clock.now().rawValue
      for interval in 1...2 {
        let stream = StreamSample(packets: 250, bytes: 30_000, lost: 5, jitterMilliseconds: 4)
        town.relay.report(
          .sample(
            call.citizen,
            TransportSample(
              milliseconds: now + Int64(interval) * 5_000, intervalMilliseconds: 5_000,
              inbound: [:], outbound: [.audio: stream, .video: stream],
              roundTripMilliseconds: 21)))
      }
      // Reports keep their order, so what comes after them says that they are in.
      town.relay.report(
        .interrupted(call.citizen, cause: "silence", milliseconds: now + 20_000))
      try await wait(for: "interrupted karen silence", in: call.workerEvents)
      let samples = try await town.store.samples(
        of: VisitID(rawValue: call.visit), tenant: town.tenant)
      #expect(samples.map(\.packetsLost) == [10, 20])
      #expect(samples.last?.packetsReceived == 980)
      #expect(samples.last?.roundTripMs == 21)
      #expect(samples.last?.participant == "karen")
      #expect(samples.last?.srtpProfile == "AEAD_AES_128_GCM")
    }
  }

  @Test func roomsOfVisitsThatNobodyKnowsAreClosed() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.book()
      let events = try await browser.events(as: town.worker)
      let stray = SessionReference(session: "s", room: "unknown", participant: "karen")
      town.relay.report(.slots(stray, []))
      town.relay.report(.slots(stray, []))
      // The worker's own early session, as after a restart of the service, is taken over.
      let early = SessionReference(session: "early", room: visit, participant: "mette")
      town.relay.report(.slots(early, []))
      #expect(try await events.next("room").data["session"].string == "early")
      #expect(town.relay.closed == ["unknown"])
    }
  }
}
