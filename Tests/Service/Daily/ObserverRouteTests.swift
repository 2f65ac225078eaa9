import FoundationEssentials
import HTTPTypes
import Relay
import Store
import Testing
import Visits

@testable import Service

@Suite("Guests at a group's meeting")
struct ObserverRouteTests {
  /// Mette's meeting with Karen and Ole; its id.
  private func meeting(_ town: Municipality, _ browser: TestBrowser) async throws -> String {
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
    return try #require(laid.json["meetings"].array.first?["id"].string)
  }

  /// D10: "max observers", seen by everybody, and let in by everybody.
  @Test func everyMemberIsAskedAndEverybodySeesWhoLooksOn() async throws {
    let town = try await Municipality()
    let ole = try await town.add("ole", .citizen, "Ole")
    let eva = try await town.add("eva", .supportWorker, "Eva", teams: ["other"])
    try await town.serve { browser in
      let id = try await meeting(town, browser)
      let path = "/api/v1/meetings/\(id)/observers"
      let stream = try await browser.events(as: ole)
      let asked = try await browser.send(
        .post, path, as: town.worker,
        json: ["personId": "eva", "purpose": "Eva er ny i teamet."])
      #expect(asked.status == .created)
      let told = try await stream.next("observer").data
      #expect(told["person"]["displayName"].string == "Eva")
      #expect(told["consent"].string == "waiting")
      let own = try await browser.send(.get, path, as: ole)
      #expect(own.json["observers"].array.first?["purpose"].string == "Eva er ny i teamet.")
      #expect(own.json["observers"].array.first?["waiting"] == .null, "who has not answered")

      _ = try await browser.post("ring", id, as: town.worker)
      let early = try await browser.send(
        .post, "/api/v1/visits/\(id)/media", as: eva, body: "v=0\r\n", type: "application/sdp",
        headers: [.besoegAttempt: "1"])
      #expect(early.status == .forbidden)
      let yes = try await browser.send(
        .post, "\(path)/eva/answer", as: ole, json: ["isYes": .bool(true)])
      #expect(yes.json["observers"].array.first?["ownAnswer"].bool == true)
      let recorded = try await browser.send(
        .post, "\(path)/eva/answer", as: town.worker,
        json: ["isYes": .bool(true), "citizenId": "karen"])
      #expect(recorded.json["observers"].array.first?["consent"].string == "agreed")

      let session = try await browser.join(id, as: eva)
      _ = try await browser.join(id, as: ole)
      let room = try await browser.send(.get, "/api/v1/visits/\(id)/room", as: town.citizen)
      #expect(
        room.json["occupants"].array.compactMap { $0["part"].string } == ["member", "observer"])
      let seen = try await browser.send(.get, "/api/v1/visits/\(id)", as: town.citizen)
      #expect(seen.json["observers"].array.compactMap { $0["displayName"].string } == ["Eva"])
      var names: [String] = []
      while names.count < 2 {
        names = try await stream.next("room").data["participants"].array
          .compactMap { $0["displayName"].string }
      }
      #expect(names.sorted() == ["Eva", "Ole"])

      // Karen changes her mind during the meeting, and nobody is told that it was she.
      let no = try await browser.send(
        .post, "\(path)/eva/answer", as: town.citizen, json: ["isYes": .bool(false)])
      #expect(no.json["observers"].array.first?["consent"].string == "declined")
      #expect(town.relay.left == [session])
      let after = try await browser.send(.get, path, as: ole)
      #expect(!after.text.contains("karen"))
      let back = try await browser.send(
        .post, "/api/v1/visits/\(id)/media", as: eva, body: "v=0\r\n", type: "application/sdp",
        headers: [.besoegAttempt: "2"])
      #expect(back.status == .forbidden)
    }
  }

  @Test func strangersLearnNothingAndCitizensDoNotInvite() async throws {
    let town = try await Municipality()
    _ = try await town.add("ole", .citizen, "Ole")
    let per = try await town.add("per", .citizen, "Per")
    let ida = try await town.add("ida", .caseWorker, "Ida")
    try await town.serve { browser in
      let id = try await meeting(town, browser)
      let path = "/api/v1/meetings/\(id)/observers"
      let body: JSONValue = ["personId": "ida", "purpose": "Ida vil se, hvordan gruppen er."]
      #expect(try await browser.send(.post, path, as: per, json: body).status == .forbidden)
      #expect(
        try await browser.send(.post, path, as: town.worker, json: body).status == .created)
      #expect(try await browser.send(.get, path, as: per).status == .notFound)
      #expect(
        try await browser.send(
          .post, "\(path)/ida/answer", as: per, json: ["isYes": .bool(true)]
        ).status == .notFound)
      #expect(
        try await browser.send(
          .post, "\(path)/ida/answer", as: town.citizen,
          json: ["isYes": .bool(true), "citizenId": "ole"]
        ).status == .forbidden)
      #expect(try await browser.send(.get, path, as: ida).status == .ok)
      #expect(try await browser.send(.delete, "\(path)/ida", as: ida).status == .noContent)
      let gone = try await browser.send(.get, path, as: town.worker)
      #expect(gone.json["observers"].array.isEmpty)
    }
  }

  @Test func operationsSeeOfAMeetingNumbersAndNoNames() async throws {
    let town = try await Municipality()
    _ = try await town.add("ole", .citizen, "Ole")
    try await town.serve { browser in
      let id = try await meeting(town, browser)
      let seen = try await browser.send(.get, "/api/v1/visits/\(id)", as: town.operations)
      #expect(seen.json["participants"].array.count == 3)
      for name in ["Karen", "Ole", "Mette"] { #expect(!seen.text.contains(name)) }
    }
  }
}
