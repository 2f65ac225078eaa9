import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("Ringing", .endsWhenItHangs)
struct RingingTests {
  @Test func aRingReachesAllDevicesAndTheFirstAnswerStopsTheOthers() async throws {
    let town = try await Municipality()
    try await town.addDevice("kitchen", of: town.citizen)
    try await town.serve { browser in
      let visit = try await browser.book()
      let screen = try await browser.events(as: town.citizen)
      let kitchen = try await browser.events(as: town.citizen, device: "kitchen")
      let worker = try await browser.events(as: town.worker)

      let rung = try await browser.post("ring", visit, as: town.worker)
      #expect(rung.status == .accepted)
      #expect(rung.json["state"].string == "ringing")
      let expiry = town.clock.now().adding(milliseconds: VisitRules.ringMilliseconds)
      for stream in [screen, kitchen] {
        let ring = try await stream.next("ring")
        #expect(ring.id != nil)
        #expect(ring.data["visit"].string == visit)
        #expect(ring.data["from"] == ["id": "mette", "displayName": "Mette"])
        #expect(ring.data["expiresAt"].string == expiry.rfc3339)
      }

      let answered = try await browser.post(
        "answer", visit, as: town.citizen, device: "kitchen")
      #expect(answered.status == .ok)
      #expect(answered.json["state"].string == "active")
      for stream in [screen, kitchen, worker] {
        let stopped = try await stream.next("ring-stopped")
        #expect(stopped.data["reason"].string == "answered")
        #expect(stopped.data["device"].string == "kitchen")
      }
      #expect(try await worker.next("answered").data["by"].string == "karen")

      let late = try await browser.post("answer", visit, as: town.citizen)
      #expect(late.status == .conflict)
      #expect(late.problem == "answered-elsewhere")
      // A repeated request of the device that did answer is no mistake.
      let repeated = try await browser.post(
        "answer", visit, as: town.citizen, device: "kitchen")
      #expect(repeated.status == .ok)
      #expect(
        try await browser.ledger(visit) == [
          "booked mette requested", "rung mette requested", "answered karen requested",
        ])
    }
  }

  /// A screen that is switched on in the very moment between what the store has and what the call knows.
  @Test func aStreamThatOpensWhileARingIsWrittenHearsIt() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = VisitID(rawValue: try await browser.book())
      let (written, tell) = AsyncStream.makeStream(of: Void.self)
      let (gate, open) = AsyncStream.makeStream(of: Void.self)
      async let rung: Void = town.service.coordinator.ring(
        visit, by: town.worker, device: DeviceID(rawValue: "mette-device")
      ) {
        tell.finish()
        for await _ in gate {}
      }
      for await _ in written {}
      let opening = Task {
        // Long enough for a stream that does not wait to have opened.
        for _ in 0..<20_000 { await Task.yield() }
        open.finish()
      }
      let screen = try await browser.events(as: town.citizen)
      await opening.value
      try await rung
      #expect(try await screen.next("ring").data["visit"].string == visit.rawValue)
    }
  }

  @Test func anUnansweredRingEndsAfterFortyFiveSecondsAndCanBeRungAgain() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.book()
      let worker = try await browser.events(as: town.worker)
      #expect(try await browser.post("ring", visit, as: town.worker).status == .accepted)
      let expiry = town.clock.now().adding(milliseconds: 45_000)
      await town.clock.waitForSleeper(until: expiry)

      town.clock.advance(milliseconds: 44_999)
      let still = try await browser.send(.get, "/api/v1/visits/\(visit)", as: town.worker)
      #expect(still.json["state"].string == "ringing")

      town.clock.advance(milliseconds: 1)
      let stopped = try await worker.next("ring-stopped")
      #expect(stopped.data["reason"].string == "missed")
      let missed = try await browser.send(.get, "/api/v1/visits/\(visit)", as: town.worker)
      #expect(missed.json["state"].string == "missed")
      let tooLate = try await browser.post("answer", visit, as: town.citizen)
      #expect(tooLate.status == .conflict)
      #expect(tooLate.problem == "ring-over")

      #expect(try await browser.post("ring", visit, as: town.worker).status == .accepted)
      #expect(try await browser.post("answer", visit, as: town.citizen).status == .ok)
      #expect(
        try await browser.ledger(visit) == [
          "booked mette requested", "rung mette requested", "missed karen timeout",
          "rung mette again", "answered karen requested",
        ])
    }
  }

  @Test func decliningStopsTheRingAndKeepsTheReason() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.book()
      let worker = try await browser.events(as: town.worker)
      _ = try await browser.post("ring", visit, as: town.worker)
      let declined = try await browser.post(
        "decline", visit, as: town.citizen, json: ["reason": "Jeg er på vej ud"])
      #expect(declined.status == .ok)
      #expect(try await worker.next("ring-stopped").data["reason"].string == "declined")
      let ledger = try await browser.send(
        .get, "/api/v1/visits/\(visit)/ledger", as: town.worker)
      #expect(ledger.json["entries"].array.last?["note"].string == "Jeg er på vej ud")
      #expect(try await browser.post("ring", visit, as: town.worker).status == .accepted)
    }
  }

  @Test func theCallerGivingUpIsACancelledRing() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.book()
      let citizen = try await browser.events(as: town.citizen)
      _ = try await browser.post("ring", visit, as: town.worker)
      #expect(try await browser.post("hangup", visit, as: town.worker).status == .ok)
      #expect(try await citizen.next("ring-stopped").data["reason"].string == "cancelled")
    }
  }

  @Test func cancellingARingingVisitStopsTheRing() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.book()
      let citizen = try await browser.events(as: town.citizen)
      _ = try await browser.post("ring", visit, as: town.worker)
      #expect(try await browser.post("cancel", visit, as: town.worker).status == .ok)
      #expect(try await citizen.next("ring-stopped").data["reason"].string == "cancelled")
    }
  }

  @Test func onlyTheWorkerRingsAndOnlyTheCitizenAnswers() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.book()
      for (command, person, problem) in [
        ("ring", town.citizen, "only-worker-rings"), ("ring", town.operations, "not-your-visit"),
        ("answer", town.worker, "only-citizen-answers"),
        ("decline", town.worker, "only-citizen-answers"),
      ] {
        let answer = try await browser.post(command, visit, as: person)
        #expect(answer.status == .forbidden)
        #expect(answer.problem == problem)
      }
      let early = try await browser.post("answer", visit, as: town.citizen)
      #expect(early.status == .conflict)
      #expect(early.problem == "not-ringing")
      let nothing = try await browser.post("hangup", visit, as: town.worker)
      #expect(nothing.problem == "not-in-progress")
    }
  }

  @Test func aStreamThatOpensDuringARingIsToldOfIt() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.book()
      _ = try await browser.post("ring", visit, as: town.worker)
      let late = try await browser.events(as: town.citizen)
      let ring = try await late.next("ring")
      #expect(ring.id == nil)
      #expect(ring.data["visit"].string == visit)
    }
  }
}

extension RelayCoordinator {
  /// As `perform(.ring, …)`, with a pause where a stream could miss it.
  fileprivate func ring(
    _ id: VisitID, by worker: Person, device: DeviceID, pause: @Sendable () async -> Void
  ) async throws {
    try await exclusively(id) {
      ringsBeingWritten.insert(id)
      defer { ringsBeingWritten.remove(id) }
      let now = clock.now()
      let change = try await store.apply(
        .ring, to: id, tenant: worker.tenant,
        by: .person(worker.id, role: worker.role, device: device), at: now,
        events: VisitEvents.drafts)
      await pause()
      update(change.details) { call in
        call.follow(change.details.visit, at: now)
        return []
      }
    }
  }
}
