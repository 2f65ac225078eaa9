import HTTPTypes
import Relay
import Store
import Testing
import Visits

@testable import Service

@Suite("Starting again and shutting down", .endsWhenItHangs)
struct RestartTests {
  @Test func aRestartedServiceTakesTheCallUpAgain() async throws {
    let town = try await Municipality()
    let now = town.clock.now().rawValue
    var held = ""
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      let session = try await browser.join(visit, as: town.citizen)
      let reference = SessionReference(session: session, room: visit, participant: "karen")
      town.relay.report(
        .connected(reference, profile: "AEAD_AES_128_GCM", milliseconds: now + 1))
      town.relay.report(.firstMedia(reference, kind: .audio, milliseconds: now + 2))
      town.relay.report(.interrupted(reference, cause: "silence", milliseconds: now + 3))
      town.relay.report(.resumed(reference, cause: "heard-again", milliseconds: now + 4))
      let events = try await browser.events(as: town.worker, after: 0)
      while try await events.next("ledger").data["entry"]["kind"].string != "resumed" {}
    }
    held = try await #require(town.store.liveVisits().first).visit.id.rawValue
    let before = try await town.store.ledger(
      of: VisitID(rawValue: held), tenant: town.tenant, after: 0, limit: 100)

    let again = try await Municipality(after: town)
    let visit = held
    try await again.serve { browser in
      let events = try await browser.events(as: again.citizen)
      // The relay speaks of the session it kept, and repeats what was not acknowledged.
      let kept = SessionReference(session: "session-1", room: visit, participant: "karen")
      again.relay.report(.slots(kept, []))
      again.relay.report(
        .connected(kept, profile: "AEAD_AES_128_GCM", milliseconds: now + 1))
      again.relay.report(.firstMedia(kept, kind: .audio, milliseconds: now + 2))
      again.relay.report(.interrupted(kept, cause: "silence", milliseconds: now + 3))
      again.relay.report(.resumed(kept, cause: "heard-again", milliseconds: now + 4))
      #expect(try await events.next("room").data["session"].string == "session-1")
      again.relay.report(.interrupted(kept, cause: "silence", milliseconds: now + 90))
      let entry = try await events.next("ledger").data["entry"]
      #expect(entry["kind"].string == "interrupted")
      #expect(entry["sequence"].number == Double(before.count + 1))
      // The owner can still leave it.
      let left = try await browser.send(
        .delete, "/api/v1/visits/\(visit)/media/session-1", as: again.citizen)
      #expect(left.status == .noContent)
    }
  }

  /// A call that both parties' media has gone through, and then the service dies with it.
  private func interruptedCall(_ town: Municipality) async throws -> String {
    let now = town.clock.now().rawValue
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      for person in [town.citizen, town.worker] {
        let session = try await browser.join(visit, as: person)
        let reference = SessionReference(
          session: session, room: visit, participant: person.id.rawValue)
        town.relay.report(
          .connected(reference, profile: "AEAD_AES_128_GCM", milliseconds: now + 1))
        town.relay.report(.firstMedia(reference, kind: .audio, milliseconds: now + 2))
      }
      let events = try await browser.events(as: town.worker, after: 0)
      for _ in 0..<2 {
        while try await events.next("ledger").data["entry"]["kind"].string != "media-connected" {}
      }
    }
    return try await #require(town.store.liveVisits().first).visit.id.rawValue
  }

  @Test func whoseWorkerDiedMeanwhileIsToldToJoinAgainAndTheOtherIsNot() async throws {
    let town = try await Municipality()
    let visit = try await interruptedCall(town)
    let now = town.clock.now().rawValue
    let again = try await Municipality(after: town)
    try await again.serve { browser in
      let citizen = try await browser.events(as: again.citizen)
      let worker = try await browser.events(as: again.worker)
      let kept = SessionReference(session: "session-2", room: visit, participant: "mette")
      again.relay.report(.slots(kept, []))
      again.relay.report(.workersKnown(sessions: [kept], milliseconds: now + 5_000))
      let rejoin = try await citizen.next("rejoin")
      #expect(rejoin.data["visit"].string == visit)
      #expect(rejoin.data["session"].string == "session-1")
      #expect(rejoin.data["cause"].string == "worker-lost")
      #expect(try await worker.next("ledger").data["entry"]["kind"].string == "interrupted")
      #expect(
        try await browser.ledger(visit).suffix(3) == [
          "media-connected karen audio", "media-connected mette audio",
          "interrupted karen worker-lost",
        ])
    }
  }

  @Test func whoComesBackToTheEventsLaterIsToldTooUntilTheyHaveJoined() async throws {
    let town = try await Municipality()
    let visit = try await interruptedCall(town)
    let now = town.clock.now().rawValue
    let again = try await Municipality(after: town)
    try await again.serve { browser in
      let worker = try await browser.events(as: again.worker)
      again.relay.report(.workersKnown(sessions: [], milliseconds: now + 5_000))
      #expect(try await worker.next("rejoin").data["session"].string == "session-2")
      // The other one's stream was cut by the restart and opens after that was said.
      let late = try await browser.events(as: again.citizen)
      #expect(try await late.next("rejoin").data["session"].string == "session-1")
      let session = try await browser.join(visit, as: again.citizen, attempt: 2)
      let opened = try await browser.events(as: again.citizen)
      let first = try #require(await opened.next())
      #expect(first.name == "room")
      #expect(first.data["session"].string == session)
    }
  }

  @Test func aRingGoesOnThroughARestartAndEndsInTime() async throws {
    let town = try await Municipality()
    let start = town.clock.now()
    try await town.serve { browser in
      let visit = try await browser.book()
      _ = try await browser.post("ring", visit, as: town.worker)
    }
    town.clock.advance(milliseconds: 20_000)
    let again = try await Municipality(after: town)
    try await again.serve { browser in
      let citizen = try await browser.events(as: again.citizen)
      _ = try await citizen.next("ring")
      let worker = try await browser.events(as: again.worker)
      await again.clock.waitForSleeper(until: start.adding(milliseconds: 45_000))
      again.clock.advance(milliseconds: 25_000)
      #expect(try await worker.next("ring-stopped").data["reason"].string == "missed")
    }
  }

  @Test func aVisitThatNobodyComesBackToEnds() async throws {
    let town = try await Municipality()
    try await town.serve { browser in _ = try await browser.holdVisit() }
    let again = try await Municipality(after: town)
    try await again.serve { browser in
      let worker = try await browser.events(as: again.worker)
      let end = again.clock.now().adding(milliseconds: 60_000)
      await again.clock.waitForSleeper(until: end)
      again.clock.advance(milliseconds: 60_000)
      #expect(try await worker.next("ended").data["cause"].string == "abandoned")
    }
  }

  @Test func aShutdownTakesNoNewCallsAndWaitsForThoseInProgress() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      let other = try await browser.book(minutesAhead: 300)
      let events = try await browser.events(as: town.citizen)
      let deadline = town.clock.now().adding(milliseconds: 60_000 * 60)
      async let drained: Void = town.service.drain(deadline: 60_000 * 60)
      await town.clock.waitForSleeper(until: deadline)

      let ready = try await browser.send(.get, "/readyz")
      #expect(ready.json["reasons"].string == "draining")
      let ring = try await browser.post("ring", other, as: town.worker)
      #expect(ring.status == .serviceUnavailable)
      #expect(ring.problem == "draining")
      let early = try await browser.send(
        .post, "/api/v1/visits/\(other)/media", as: town.worker, body: "v=0\r\n",
        type: "application/sdp")
      #expect(early.problem == "draining")
      // Those who talk may come back to their call.
      _ = try await browser.join(visit, as: town.citizen, attempt: 2)

      _ = try await browser.post("hangup", visit, as: town.worker)
      await drained
      while await events.next() != nil {}
      let late = try await browser.send(.get, "/api/v1/events", as: town.citizen)
      #expect(late.problem == "draining")
    }
  }

  @Test func aShutdownWaitsNoLongerThanItsDeadline() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      _ = try await browser.holdVisit()
      let deadline = town.clock.now().adding(milliseconds: 5_000)
      async let drained: Void = town.service.drain(deadline: 5_000)
      await town.clock.waitForSleeper(until: deadline)
      town.clock.advance(milliseconds: 5_000)
      await drained
    }
  }

  @Test func whatWaitsIsWrittenBeforeTheServiceEnds() async throws {
    let town = try await Municipality()
    var visit = ""
    try await town.serve { browser in _ = try await browser.holdVisit() }
    visit = try await #require(town.store.liveVisits().first).visit.id.rawValue
    let again = try await Municipality(after: town)
    let reference = SessionReference(session: "s", room: visit, participant: "karen")
    let now = town.clock.now().rawValue
    again.relay.report(.connected(reference, profile: "AEAD_AES_128_GCM", milliseconds: now))
    again.relay.report(.firstMedia(reference, kind: .audio, milliseconds: now + 1))
    again.relay.report(.closed(reference, cause: "left", milliseconds: now + 2))
    try await again.serve { _ in }
    let ledger = try await again.store.ledger(
      of: VisitID(rawValue: visit), tenant: town.tenant, after: 3, limit: 100)
    #expect(ledger.map(\.kind) == [.mediaConnected, .left])
  }
}
