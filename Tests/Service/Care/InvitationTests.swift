import FoundationEssentials
import HTTPTypes
import Relay
import Store
import Testing
import Visits

@testable import Service

/// A case worker who is to take part is rung on all her devices when the visit begins (H7).
@Suite("Ringing those who were invited", .endsWhenItHangs)
struct InvitationTests {
  /// A status meeting of Karen's, Mette's and Bente's; its id.
  private func meeting(
    _ town: Municipality, _ bente: Person, _ browser: TestBrowser
  ) async throws -> String {
    let booked = try await browser.send(
      .post, "/api/v1/citizens/karen/status-meetings", as: town.worker,
      json: [
        "start": .string(town.clock.now().adding(minutes: 60).rfc3339),
        "caseWorkerId": .string(bente.id.rawValue),
      ])
    return try #require(booked.json["id"].string)
  }

  private func begin(_ visit: String, _ town: Municipality, _ browser: TestBrowser) async throws {
    _ = try await browser.post("ring", visit, as: town.worker)
    _ = try await browser.post("answer", visit, as: town.citizen)
  }

  @Test func everyDeviceOfHersRingsWhenTheVisitBeginsAndStopsWhenSheComes() async throws {
    let town = try await Municipality()
    let bente = try await town.add("bente", .caseWorker, "Bente")
    try await town.addDevice("bente-phone", of: bente)
    try await town.serve { browser in
      let visit = try await meeting(town, bente, browser)
      let desk = try await browser.events(as: bente)
      let phone = try await browser.events(as: bente, device: "bente-phone")
      let early = try await browser.post("answer", visit, as: bente)
      #expect(early.problem == "not-begun")
      try await begin(visit, town, browser)
      for stream in [desk, phone] {
        let ring = try await stream.next("ring").data
        #expect(ring["visit"].string == visit && ring["from"]["displayName"].string == "Mette")
      }
      // A device that comes online meanwhile rings, too.
      let late = try await browser.events(as: bente, device: "bente-phone")
      #expect(try await late.next("ring").data["visit"].string == visit)
      let answered = try await browser.post("answer", visit, as: bente)
      #expect(answered.status == .ok && answered.json["state"].string == "active")
      let stopped = try await phone.next("ring-stopped").data
      #expect(stopped["reason"].string == "answered")
      #expect(stopped["device"].string == "bente-device")
      _ = try await browser.join(visit, as: bente)
      let quiet = try await browser.events(as: bente)
      #expect(try #require(await quiet.next()).name == "room", "it rings no longer")
    }
  }

  @Test func sheMaySayNoOrNotAnswerAndComeLater() async throws {
    let town = try await Municipality()
    let bente = try await town.add("bente", .caseWorker, "Bente")
    try await town.serve { browser in
      let visit = try await meeting(town, bente, browser)
      let stream = try await browser.events(as: bente)
      let began = town.clock.now()
      try await begin(visit, town, browser)
      _ = try await stream.next("ring")
      let declined = try await browser.post("decline", visit, as: bente)
      #expect(declined.json["state"].string == "active", "the visit goes on")
      // The answer itself stopped the citizen's ring.
      var reason = ""
      while reason != "declined" {
        reason = try await stream.next("ring-stopped").data["reason"].string ?? ""
      }
      _ = try await browser.join(visit, as: bente)
      #expect(began <= town.clock.now())
    }
  }

  @Test func theRingEndsByItself() async throws {
    let town = try await Municipality()
    let bente = try await town.add("bente", .caseWorker, "Bente")
    try await town.serve { browser in
      let visit = try await meeting(town, bente, browser)
      let stream = try await browser.events(as: bente)
      try await begin(visit, town, browser)
      _ = try await browser.join(visit, as: town.worker)
      _ = try await stream.next("ring")
      let end = town.clock.now().adding(milliseconds: 45_000)
      await town.clock.waitForSleeper(until: end)
      town.clock.advance(milliseconds: 45_000)
      var reason = ""
      while reason != "missed" {
        reason = try await stream.next("ring-stopped").data["reason"].string ?? ""
      }
      _ = try await browser.join(visit, as: bente)
    }
  }

  @Test func aRestartRingsOnForTheTimeThatIsLeftAndNobodyWhoWasThere() async throws {
    let town = try await Municipality()
    let bente = try await town.add("bente", .caseWorker, "Bente")
    try await town.serve { browser in
      let visit = try await meeting(town, bente, browser)
      try await begin(visit, town, browser)
    }
    town.clock.advance(milliseconds: 10_000)
    let again = try await Municipality(after: town)
    try await again.serve { browser in
      let stream = try await browser.events(as: bente)
      let ring = try await stream.next("ring").data
      let left = try #require(UTCMilliseconds(rfc3339: ring["expiresAt"].string ?? ""))
      #expect(left.milliseconds(since: again.clock.now()) == 35_000)
    }
  }
}
