import FoundationEssentials
import HTTPTypes
import Relay
import Store
import Testing
import Visits

@testable import Service

@Suite("The floor of a meeting", .endsWhenItHangs)
struct FloorTests {
  /// Mette's meeting with Karen and Ole, all in its room; its id.
  private func meeting(
    _ town: Municipality, _ ole: Person, _ browser: TestBrowser
  ) async throws -> String {
    let made = try await browser.send(
      .post, "/api/v1/groups", as: town.worker, json: ["name": "Torsdag", "capacity": 6])
    let group = try #require(made.json["id"].string)
    for citizen in ["karen", "ole"] {
      _ = try await browser.send(
        .post, "/api/v1/groups/\(group)/members", as: town.worker,
        json: ["citizenId": .string(citizen)])
    }
    let laid = try await browser.send(
      .post, "/api/v1/groups/\(group)/meetings", as: town.worker,
      json: ["start": .string(town.clock.now().adding(minutes: 5).rfc3339)])
    let visit = try #require(laid.json["meetings"].array.first?["id"].string)
    _ = try await browser.post("ring", visit, as: town.worker)
    for person in [town.worker, town.citizen, ole] {
      _ = try await browser.join(visit, as: person)
    }
    return visit
  }

  @Test func theFacilitatorAloneSeesWhoSpeaksHowMuchAndEverybodyHasATurn() async throws {
    let town = try await Municipality()
    let ole = try await town.add("ole", .citizen, "Ole")
    try await town.serve { browser in
      let visit = try await meeting(town, ole, browser)
      let path = "/api/v1/visits/\(visit)"
      let stream = try await browser.events(as: ole)
      town.relay.report(.speaking(room: visit, participants: ["karen"]))
      #expect(try await stream.next("speaking").data["participants"].array == ["karen"])
      town.clock.advance(milliseconds: 90_000)
      town.relay.report(.speaking(room: visit, participants: []))
      #expect(try await stream.next("speaking").data["participants"].array == [])

      let led = try await browser.send(.get, "\(path)/floor", as: town.worker)
      let shares = led.json["shares"].array
      #expect(shares.last?["person"]["id"].string == "karen")
      #expect(shares.last?["seconds"].number == 90 && shares.last?["percent"].number == 100)
      for citizen in [town.citizen, ole] {
        let shown = try await browser.send(.get, "\(path)/floor", as: citizen)
        #expect(shown.json["shares"] == .null && shown.json["hands"] == .null)
      }

      for citizen in [town.citizen, ole] {
        let up = try await browser.send(.post, "\(path)/hand", as: citizen)
        #expect(up.json["handIsUp"].bool == true)
      }
      let hands = try await browser.send(.get, "\(path)/floor", as: town.worker)
      #expect(hands.json["hands"].array.compactMap { $0["id"].string } == ["ole", "karen"])

      let notHers = try await browser.send(.post, "\(path)/round", as: town.citizen)
      #expect(notHers.problem == "facilitator-leads")
      let begun = try await browser.send(
        .post, "\(path)/round", as: town.worker, json: ["question": "Hvordan har ugen været?"])
      #expect(begun.json["round"]["current"]["id"].string == "ole")
      var told = try await stream.next("floor").data
      while told["round"] == .null { told = try await stream.next("floor").data }
      #expect(told["round"]["question"].string == "Hvordan har ugen været?")
      #expect(told["shares"] == .null)
      let second = try await browser.send(.post, "\(path)/round/next", as: town.worker)
      #expect(second.json["round"]["current"]["id"].string == "karen")
      let over = try await browser.send(.post, "\(path)/round/next", as: town.worker)
      #expect(over.json["round"] == .null && over.json["hands"].array.isEmpty)
      #expect(
        try await browser.send(.post, "\(path)/round/next", as: town.worker).problem
          == "no-round")
    }
  }

  @Test func aRoomNobodyIsInHasNoFloorAndStrangersHaveNone() async throws {
    let town = try await Municipality()
    let eva = try await town.add("eva", .supportWorker, "Eva")
    try await town.serve { browser in
      let visit = try await browser.book()
      let path = "/api/v1/visits/\(visit)"
      let empty = try await browser.send(.get, "\(path)/floor", as: town.worker)
      #expect(empty.status == .ok && empty.json["shares"].array.isEmpty)
      #expect(
        try await browser.send(.post, "\(path)/round", as: town.worker).problem
          == "nobody-for-a-round")
      for person in [eva, town.operations] {
        #expect(
          try await browser.send(.get, "\(path)/floor", as: person).status == .notFound)
      }
    }
  }

  /// A restart takes the word from nobody, and nobody has to do anything about it (D2, D9).
  @Test func handsAndTheRoundAreThereAfterARestart() async throws {
    let town = try await Municipality()
    let ole = try await town.add("ole", .citizen, "Ole")
    try await town.serve { browser in
      let visit = try await meeting(town, ole, browser)
      let path = "/api/v1/visits/\(visit)"
      _ = try await browser.send(
        .post, "\(path)/round", as: town.worker, json: ["question": "Hvad fylder?"])
      _ = try await browser.send(.post, "\(path)/round/next", as: town.worker)
      _ = try await browser.send(.post, "\(path)/hand", as: town.citizen)
    }
    let id = try await #require(town.store.liveVisits().first).visit.id.rawValue
    let again = try await Municipality(after: town)
    try await again.serve { browser in
      let path = "/api/v1/visits/\(id)"
      // No relay has spoken yet: those who were in the room are taken to be there.
      let led = try await browser.send(.get, "\(path)/floor", as: again.worker)
      #expect(led.json["hands"].array.compactMap { $0["id"].string } == ["karen"])
      #expect(led.json["round"]["question"].string == "Hvad fylder?")
      #expect(led.json["round"]["left"].array.count == 1)
      let stream = try await browser.events(as: ole)
      let told = try await stream.next("floor").data
      #expect(told["round"]["question"].string == "Hvad fylder?")
      #expect(told["hands"] == .null && told["shares"] == .null)
      // Who has gone for good has no turn.
      let now = again.clock.now().rawValue
      let sessions = [("session-2", "karen"), ("session-3", "ole")].map {
        SessionReference(session: $0.0, room: id, participant: $0.1)
      }
      again.relay.report(.workersKnown(sessions: sessions, milliseconds: now))
      for session in sessions { again.relay.report(.slots(session, [])) }
      again.relay.report(.closed(sessions[0], cause: "left", milliseconds: now + 1))
      var names: [String] = []
      while names != ["Ole"] {
        names = try await stream.next("room").data["participants"].array
          .compactMap { $0["displayName"].string }
      }
      let after = try await browser.send(.get, "\(path)/floor", as: again.worker)
      #expect(after.json["hands"].array.isEmpty)
      _ = try await browser.post("hangup", id, as: again.worker)
      #expect(
        try await again.store.floor(of: VisitID(rawValue: id), tenant: again.tenant) == nil)
    }
  }
}
