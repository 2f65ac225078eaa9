import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("Practising")
struct PracticeTests {
  /// F5: a visit that can be held, and that nobody finds anywhere afterwards.
  @Test func aPracticeVisitIsHeldBesideTheMunicipalityAndCountsNowhere() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let begun = try await browser.send(.post, "/api/v1/practice", as: town.worker)
      #expect(begun.status == .created)
      let token = try #require(begun.json["token"].string)
      let page = try #require(begun.json["page"].string?.split(separator: "#").last)
      let visit = try #require(begun.json["visit"]["id"].string)
      func send(_ method: HTTPRequest.Method, _ path: String, _ token: String) async throws
        -> TestBrowser.Answer
      {
        try await browser.send(
          method, "/api/v1/\(path)", headers: [.authorization: "Bearer \(token)"])
      }
      #expect(try await send(.post, "visits/\(visit)/ring", token).status == .accepted)
      let answered = try await send(.post, "visits/\(visit)/answer", String(page))
      #expect(answered.json["state"].string == "active")
      #expect(
        try await send(.post, "visits/\(visit)/hangup", token).json["state"].string == "ended")
      await town.factsAreWritten()

      let day = try await browser.send(.get, "/api/v1/visits", as: town.worker)
      #expect(day.json["visits"].array.isEmpty)
      #expect(
        try await browser.send(.get, "/api/v1/visits/\(visit)", as: town.worker).status == .notFound
      )
      town.clock.advance(milliseconds: 60_000)
      let usage = try await browser.send(.get, "/api/v1/me/usage", as: town.worker)
      #expect(usage.json["held"].number == 0)
      let metrics = try await browser.send(.get, "/metrics")
      #expect(!metrics.text.contains("besoeg_visits_ended_total{"))
      #expect(!metrics.text.contains("besoeg_rings_total{"))
      let people = try await browser.send(.get, "/api/v1/people", as: town.operations)
      #expect(people.json["people"].array.count == 3)
      // Nothing real is reached from where one practises.
      let others = try await send(.get, "people", token)
      #expect(others.json["people"].array.map { $0["displayName"].string } == ["Øvelse"])
      #expect(try await send(.post, "practice", token).status == .forbidden)
    }
  }

  @Test func aNewPracticeVisitEndsTheOneBeforeAndItsAccess() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let first = try await browser.send(.post, "/api/v1/practice", as: town.worker)
      let second = try await browser.send(.post, "/api/v1/practice", as: town.worker)
      #expect(second.status == .created)
      let old = try #require(first.json["token"].string)
      let stale = try await browser.send(
        .get, "/api/v1/visits", headers: [.authorization: "Bearer \(old)"])
      #expect(stale.status == .unauthorized)
      let new = try #require(second.json["token"].string)
      let visits = try await browser.send(
        .get, "/api/v1/visits", headers: [.authorization: "Bearer \(new)"])
      #expect(
        visits.json["visits"].array.compactMap { $0["state"].string }.sorted() == [
          "booked", "cancelled",
        ])
      for person in [town.citizen, town.operations] {
        #expect(try await browser.send(.post, "/api/v1/practice", as: person).status == .forbidden)
      }
      let tenants = try await town.store.tenants()
      #expect(tenants.first?.id == town.tenant && tenants.count == 2)
    }
  }

  @Test func whomToAskStandsInTheTeam() async throws {
    let town = try await Municipality()
    let lead = try await town.add("lea", .teamLead, "Lea", teams: ["nord"])
    try await town.join(town.worker, ["nord"])
    try await town.serve { browser in
      let named = try await browser.send(
        .put, "/api/v1/guidance", as: lead, json: ["keyWorkers": ["mette"]])
      #expect(named.status == .ok)
      let teams = try await browser.send(.get, "/api/v1/teams", as: town.worker)
      let members = teams.json["teams"].array.first?["members"].array ?? []
      #expect(
        members.filter { $0["isKeyWorker"].bool == true }.map { $0["id"].string } == ["mette"])
      #expect(members.count == 2)
    }
  }
}
