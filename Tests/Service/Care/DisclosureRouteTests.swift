import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("Asking before something is passed on")
struct DisclosureRouteTests {
  private static let path = "/api/v1/citizens/karen/disclosures"
  private static let question: JSONValue = [
    "what": "Notatet fra i dag", "recipient": "Lægen", "reason": "Så lægen kan hjælpe",
  ]

  /// C8: the citizen is asked on her screen, the worker hears the answer, and only a yes opens it.
  @Test func theCitizenIsAskedTheWorkerHearsAndOnlyAYesOpensIt() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let screen = try await browser.events(as: town.citizen)
      let worker = try await browser.events(as: town.worker)
      let asked = try await browser.send(
        .post, Self.path, as: town.worker, json: Self.question)
      #expect(asked.status == .created && asked.json["state"].string == "asked")
      let shown = try await screen.next("disclosure").data
      #expect(shown["what"].string == "Notatet fra i dag")
      #expect(shown["askedBy"]["displayName"].string == "Mette")
      _ = try await worker.next("disclosure")
      let one = "\(Self.path)/\(try #require(asked.json["id"].string))"
      let early = try await browser.send(.post, "\(one)/pass-on", as: town.worker)
      #expect(early.problem == "disclosure-not-answered")
      let yes = try await browser.send(
        .post, "\(one)/answer", as: town.citizen, json: ["isYes": .bool(true)])
      #expect(yes.json["state"].string == "agreed" && yes.json["way"].string == "onScreen")
      #expect(try await worker.next("disclosure").data["state"].string == "agreed")
      let consents = try await browser.send(
        .get, "/api/v1/citizens/karen/consents", as: town.citizen)
      #expect(consents.json["consents"].array.first?["id"] == yes.json["consent"])
      let done = try await browser.send(.post, "\(one)/pass-on", as: town.worker)
      #expect(done.json["state"].string == "passed-on")
      let list = try await browser.send(.get, Self.path, as: town.citizen)
      #expect(list.json["disclosures"].array.map { $0["state"].string } == ["passed-on"])
    }
  }

  @Test func aNoOpensNothingAndIsNobodyElsesBusiness() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let asked = try await browser.send(
        .post, Self.path, as: town.worker, json: Self.question)
      let one = "\(Self.path)/\(try #require(asked.json["id"].string))"
      for person in [town.worker, town.citizen] {
        let no = try await browser.send(
          .post, "\(one)/answer", as: person, json: ["isYes": .bool(false)])
        #expect(no.json["state"].string == "declined", "the second says the same")
        #expect(no.json["way"].string == "spoken")
      }
      let sent = try await browser.send(.post, "\(one)/pass-on", as: town.worker)
      #expect(sent.problem == "disclosure-was-declined")
      let again = try await browser.send(
        .post, Self.path, as: town.worker, json: Self.question)
      #expect(again.problem == "disclosure-was-declined")
      let own = try await browser.send(
        .post, Self.path, as: town.citizen, json: Self.question)
      #expect(own.problem == "consent-needs-a-person")
      #expect(try await browser.send(.get, Self.path, as: town.operations).status == .forbidden)
      let ole = try await town.add("ole", .citizen, "Ole")
      let strange = try await browser.send(.get, Self.path, as: ole)
      #expect([.forbidden, .notFound].contains(strange.status))
    }
  }
}
