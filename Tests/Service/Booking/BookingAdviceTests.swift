import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("What is said when something is booked or proposed")
struct BookingAdviceTests {
  private func grant(
    _ body: JSONValue, _ browser: TestBrowser, by caseWorker: Person
  ) async throws -> String {
    let made = try await browser.send(
      .post, "/api/v1/people/karen/grants", as: caseWorker, json: body)
    #expect(made.status == .created, "\(made.text)")
    return try #require(made.json["id"].string)
  }

  @Test func whoBooksTheLastVisitsIsToldAndTheCitizenIsNot() async throws {
    let town = try await Municipality()
    let lise = try await town.add("lise", .caseWorker, "Lise")
    try await town.serve { browser in
      _ = try await grant(
        ["basis": "82b", "start": "2026-11-01", "born": "1980-05-01", "visitCap": 2], browser,
        by: lise)
      func book(_ start: String, by person: Person) async throws -> JSONValue {
        let made = try await browser.send(
          .post, "/api/v1/visits", as: person,
          json: [
            "citizenId": "karen", "workerId": "mette", "start": .string(start),
            "durationMinutes": 30,
          ])
        #expect(made.status == .created, "\(made.text)")
        return made.json
      }
      let first = try await book("2026-11-24T09:00:00Z", by: town.worker)
      #expect(first["advice"].array.map { $0["code"].string } == ["visits-left"])
      #expect(first["advice"].array.first?["da"].string?.contains("1 besøg") == true)
      let last = try await book("2026-11-25T09:00:00Z", by: town.operations)
      #expect(last["advice"] == .null, "grants are no business of who runs the system")
    }
  }

  /// An intensive course does not lose its evenings because somebody proposes another form.
  @Test func aProposalThatDoesNotSpeakOfHoursLeavesThem() async throws {
    let town = try await Municipality()
    let lise = try await town.add("lise", .caseWorker, "Lise")
    try await town.serve { browser in
      let id = try await grant(
        [
          "basis": "85", "start": "2026-11-01", "born": "1980-05-01", "weeklyMinutes": 300,
          "forms": ["screen"], "hours": ["evening", "weekend"],
        ], browser, by: lise)
      let proposed = try await browser.send(
        .post, "/api/v1/grants/\(id)/propose", as: town.worker,
        json: [
          "forms": ["screen", "physical"], "weeklyMinutes": 300, "from": "2026-12-01",
          "reason": "Karen vil gerne ses derhjemme også",
        ])
      #expect(
        proposed.json["proposal"]["terms"]["hours"].array.map(\.string) == ["evening", "weekend"])
      _ = try await browser.send(.post, "/api/v1/grants/\(id)/withdraw", as: town.worker)
      let without = try await browser.send(
        .post, "/api/v1/grants/\(id)/propose", as: town.worker,
        json: [
          "forms": ["screen"], "weeklyMinutes": 300, "hours": [], "from": "2026-12-01",
          "reason": "Aftenerne er ikke nødvendige mere",
        ])
      #expect(without.json["proposal"]["terms"]["hours"].array.isEmpty)
    }
  }
}
