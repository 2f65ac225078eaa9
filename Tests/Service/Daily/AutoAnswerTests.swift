import FoundationEssentials
import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("Calls that answer themselves")
struct AutoAnswerTests {
  private static let path = "/api/v1/people/karen/devices/karen-device/auto-answer"
  private static let agreement: JSONValue = [
    "reason": "Kan ikke nå knappen", "callerIds": ["mette"],
    "hours": [["weekdays": [6], "from": "09:00", "until": "12:00"]], "countdownSeconds": 20,
  ]

  /// What the next ring says about answering by itself.
  private func ring(_ browser: TestBrowser) async throws -> JSONValue {
    let town = browser.municipality
    let citizen = try await browser.events(as: town.citizen)
    let visit = try await browser.book(minutesAhead: 1)
    _ = try await browser.post("ring", visit, as: town.worker)
    let event = try await citizen.next("ring")
    _ = try await browser.post("hangup", visit, as: town.worker)
    _ = try await browser.post("cancel", visit, as: town.worker)
    return event.data["autoAnswer"]
  }

  @Test func aDeviceCountsDownOnlyByARecordedConsentInsideTheAgreedHours() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      #expect(try await ring(browser) == .null)
      let unexplained = try await browser.send(
        .put, Self.path, as: town.worker,
        json: [
          "reason": " ", "callerIds": ["mette"],
          "hours": [["weekdays": [6], "from": "09:00", "until": "12:00"]],
        ])
      #expect(unexplained.problem == "auto-answer-needs-reason")
      let recorded = try await browser.send(
        .put, Self.path, as: town.worker, json: Self.agreement)
      #expect(recorded.status == .ok)
      // Saturday 10:00 in Denmark.
      let answers = try await ring(browser)
      #expect(answers.array.first?["device"].string == "karen-device")
      #expect(
        answers.array.first?["at"].string
          == town.clock.now().adding(milliseconds: 20_000).rfc3339)
      town.clock.advance(milliseconds: 3 * 3_600_000)
      #expect(try await ring(browser) == .null, "outside the hours it just rings")
    }
  }

  @Test func theCitizenTakesItBackAtOnceAndWithoutAReason() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      _ = try await browser.send(.put, Self.path, as: town.worker, json: Self.agreement)
      #expect(
        try await browser.send(.put, Self.path, as: town.citizen, json: Self.agreement).status
          == .forbidden)
      #expect(try await browser.send(.delete, Self.path, as: town.citizen).status == .noContent)
      #expect(try await ring(browser) == .null)
      let read = try await browser.send(.get, Self.path, as: town.citizen)
      #expect(read.json["withdrawnAt"].string != nil)
      let audit = try await town.store.audit(tenant: town.tenant, after: 0, limit: 100)
      #expect(
        audit.map(\.draft.action).filter { $0.hasPrefix("auto") } == [
          "auto-answer.record", "auto-answer.withdraw",
        ])
    }
  }
}
