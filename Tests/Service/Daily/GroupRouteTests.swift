import FoundationEssentials
import HTTPTypes
import Relay
import Store
import Testing
import Visits

@testable import Service

@Suite("Groups")
struct GroupRouteTests {
  @Test func aGroupMeetsInOneRoomAndEverybodySeesWhoIsInItBeforeJoining() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      var members = [town.citizen]
      for name in ["ole", "else", "per"] {
        let person = Person(
          id: PersonID(rawValue: name), tenant: town.tenant, role: .citizen,
          displayName: name.capitalized, createdAt: town.clock.now())
        try await town.store.addPerson(person, by: .system)
        try await town.addDevice("\(name)-device", of: person)
        members.append(person)
      }
      let made = try await browser.send(
        .post, "/api/v1/groups", as: town.worker,
        json: ["name": "Torsdag", "capacity": 6])
      #expect(made.status == .created)
      #expect(made.json["keepApart"] == .null, "not for a worker to know")
      let group = try #require(made.json["id"].string)
      for member in members {
        let placed = try await browser.send(
          .post, "/api/v1/groups/\(group)/members", as: town.worker,
          json: ["citizenId": .string(member.id.rawValue)])
        #expect(placed.status == .ok)
      }
      let laid = try await browser.send(
        .post, "/api/v1/groups/\(group)/meetings", as: town.worker,
        json: [
          "start": .string(town.clock.now().adding(minutes: 5).rfc3339), "count": 3,
          "everyWeeks": 2,
        ])
      #expect(laid.status == .created)
      #expect(laid.json["meetings"].array.map { $0["number"].number } == [1, 2, 3])
      let visit = try #require(laid.json["meetings"].array.first?["id"].string)
      let plan = try await browser.send(
        .put, "/api/v1/meetings/\(visit)/plan", as: town.worker,
        json: [
          "title": "Søvn", "forCitizens": "Vi taler om søvn",
          "points": [["minutes": 20, "text": "Runde"]],
        ])
      #expect(plan.status == .ok)
      let shown = try await browser.send(
        .get, "/api/v1/meetings/\(visit)", as: members[1])
      #expect(shown.json["forCitizens"].string == "Vi taler om søvn")
      #expect(shown.json["plan"] == .null)

      #expect(try await browser.post("ring", visit, as: members[1]).problem == "meeting-not-begun")
      let opened = try await browser.post("ring", visit, as: town.worker)
      #expect(opened.json["state"].string == "active")
      #expect(opened.json["capacity"].number == 20)
      #expect(opened.json["participants"].array.count == 5)
      _ = try await browser.join(visit, as: town.worker)
      _ = try await browser.join(visit, as: members[1])
      let room = try await browser.send(
        .get, "/api/v1/visits/\(visit)/room", as: members[2])
      #expect(
        room.json["occupants"].array.compactMap { $0["displayName"].string } == ["Mette", "Ole"])
      #expect(room.json["expected"].number == 3)
      for member in members {
        let seen = try await browser.send(.get, "/api/v1/visits/\(visit)/room", as: member)
        #expect(seen.json["expected"].number == 3, "a group's meeting is each member's own")
      }
      #expect(town.relay.joins.allSatisfy { $0.capacity == 20 })
      let stream = try await browser.events(as: members[1])
      #expect(try await stream.next("room").data["participants"].array.count == 2)
      #expect(
        try await browser.post("hangup", visit, as: members[1]).json["state"].string == "active")
      #expect(
        try await browser.post("hangup", visit, as: town.worker).json["state"].string == "ended")
    }
  }

  @Test func onlyPlannersMayKeepApartAndNobodyElseIsShownIt() async throws {
    let town = try await Municipality()
    let lead = try await town.add("lea", .teamLead, "Lea")
    try await town.serve { browser in
      let pair: JSONValue = ["citizenIds": ["karen", "ole"]]
      let other = Person(
        id: PersonID(rawValue: "ole"), tenant: town.tenant, role: .citizen, displayName: "Ole",
        createdAt: town.clock.now())
      try await town.store.addPerson(other, by: .system)
      let path = "/api/v1/groups/keep-apart"
      for person in [town.worker, town.operations] {
        #expect(try await browser.send(.post, path, as: person, json: pair).status == .forbidden)
      }
      #expect(try await browser.send(.post, path, as: lead, json: pair).status == .noContent)
      let made = try await browser.send(
        .post, "/api/v1/groups", as: lead, json: ["name": "Fredag", "capacity": 5])
      let group = try #require(made.json["id"].string)
      for (citizen, person, problem) in [
        ("karen", town.worker, nil), ("ole", town.worker, "placement-not-possible"),
        ("ole", lead, "kept-apart"),
      ] {
        let answer = try await browser.send(
          .post, "/api/v1/groups/\(group)/members", as: person,
          json: ["citizenId": .string(citizen)])
        #expect(answer.problem == problem)
      }
      let planner = try await browser.send(.get, "/api/v1/groups", as: lead)
      #expect(planner.json["groups"].array.first?["keepApart"].array.count == 1)
      for person in [town.worker, town.operations] {
        let groups = try await browser.send(.get, "/api/v1/groups", as: person)
        #expect(groups.json["groups"].array.first?["keepApart"] == .null)
      }
    }
  }
}
