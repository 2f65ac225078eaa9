import FoundationEssentials
import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

/// Everything that can be read, read by people who are not to know whose it is.
@Suite("Names and words")
struct SightTests {
  /// Further ways of asking, by path.
  private static let queries = [
    "/api/v1/visits": "person=karen", "/api/v1/series": "person=karen",
    "/api/v1/people": "role=citizen", "/api/v1/slots": "citizen=karen",
  ]

  /// Every address that the description lets somebody read: one for each value of its parameters,
  /// with and without what can be asked for besides.
  private func addresses(_ values: [String: [String]]) throws -> [String] {
    let data = try #require(PageResources.data("openapi.json"))
    let description = try JSONDecoder().decode(JSONValue.self, from: data)
    var found: [String] = []
    for (path, operations) in description["paths"].object
    where path.hasPrefix("/api/v1/") && operations["get"] != .null && path != "/api/v1/events" {
      var addresses = [path]
      for name in path.matches(of: /\{(\w+)\}/).map({ String($0.1) }) {
        let known = try #require(values[name], "\(path) has no value for \(name)")
        addresses = addresses.flatMap { address in
          known.map { address.replacing("{\(name)}", with: $0) }
        }
      }
      found += addresses
      if let query = Self.queries[path] { found.append("\(path)?\(query)") }
    }
    return found.sorted()
  }

  @Test func whoHasNothingToDoWithACitizenReadsHerNameAndHerWordsNowhere() async throws {
    let secret = try await SecretTown()
    let town = secret.town
    try await town.serve { browser in
      let addresses = try addresses(try await secret.plant(browser))
      var unseen = Set(SecretTown.secrets)
      for address in addresses {
        let answer = try await browser.send(.get, address, as: town.worker)
        unseen = unseen.filter { !answer.text.contains($0) }
      }
      #expect(unseen.isEmpty, "whom she knows the worker reads all of it about")
      for reader in [town.operations, secret.outsider, secret.outsidersLead] {
        var read = 0
        for address in addresses {
          let answer = try await browser.send(.get, address, as: reader)
          #expect(answer.status.code < 500, "\(address)")
          let told = SecretTown.secrets.filter(answer.text.contains)
          #expect(told.isEmpty, "\(address) tells \(reader.role) \(told): \(answer.text)")
          if answer.status == .ok { read += 1 }
        }
        #expect(read > 20, "\(reader.role) reads the rest")
      }
    }
  }

  /// F3: that somebody would rather not, and why, is for those who ask them again.
  @Test func whySomebodySaidNoIsNoBusinessOfWhoRunsTheSystem() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let start = "/api/v1/citizens/karen/start"
      for (state, person) in [("offered", town.worker), ("declined", town.citizen)] {
        let answer = try await browser.send(
          .post, "\(start)/answer", as: person,
          json: ["state": .string(state), "reason": "Jeg har det dårligt med kameraer"])
        #expect(answer.status == .ok)
      }
      for path in [start, "\(start)/advice"] {
        #expect(try await browser.send(.get, path, as: town.operations).status == .forbidden)
        #expect(try await browser.send(.get, path, as: town.worker).status == .ok)
      }
      // Who looks at her network for the system is not told by the answer either.
      let check = try await browser.send(
        .post, "\(start)/checks", as: town.operations,
        json: ["device": "phone", "network": "none"])
      #expect(check.status == .ok)
      #expect(check.json["answers"].array.count == 2)
      #expect(!check.text.contains("kameraer"))
    }
  }

  @Test func aGatewaysWordsOnAFailureAreKeptWithoutNumbersAndAddresses() {
    #expect(
      ReminderRoutes.withoutAddresses("550 +4520304050 unknown, karen@hjem.example")
        == "550 … unknown, …")
    #expect(ReminderRoutes.withoutAddresses("no route") == "no route")
  }
}
