import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("What a citizen decides about her own visits, over HTTP")
struct PickRoutesTests {
  private static let window: JSONValue = [
    "first": "2026-11-23", "last": "2026-11-27", "from": "09:00", "to": "12:00",
  ]

  private static func offer(_ window: JSONValue = window) -> JSONValue {
    ["id": "p1", "citizenId": "karen", "durationMinutes": 30, "window": window]
  }

  @Test func whoPicksByAgreementIsShownSixTimesAtMostAndPicksOne() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let path = "/api/v1/proposals"
      let early = try await browser.send(.post, path, as: town.worker, json: Self.offer())
      #expect(early.problem == "citizen-does-not-pick")
      #expect(early.json["detail"].string?.contains("Karen selv vælger tider") == true)
      let plan = try await browser.send(
        .put, "/api/v1/people/karen/plan", as: town.worker, json: ["scheduling": "citizen-picks"])
      #expect(plan.status == .ok)
      let opened = try await browser.send(.post, path, as: town.worker, json: Self.offer())
      #expect(opened.status == .created, "\(opened.text)")
      let shown = try await browser.send(.get, path, as: town.citizen)
      let proposal = try #require(shown.json["proposals"].array.first)
      #expect(proposal["starts"].array.count == 6)
      #expect(proposal["window"]["weekdays"].array.count == 5)
      #expect(proposal["workerName"].string == "Mette")
      let later = try await browser.send(.get, "\(path)?from=2026-11-27", as: town.citizen)
      let starts = try #require(later.json["proposals"].array.first)["starts"].array
      #expect(starts.count == 6)
      #expect(starts.allSatisfy { $0.string?.hasPrefix("2026-11-27") == true })
      let wrong = try await browser.send(.get, "\(path)?from=fredag", as: town.citizen)
      #expect(wrong.problem == "invalid-time")
      let chosen = try await browser.send(
        .post, "\(path)/p1/choose", as: town.citizen, json: ["start": starts[2]])
      #expect(chosen.json["state"].string == "chosen")
      let visits = try await browser.send(.get, "/api/v1/visits", as: town.citizen)
      #expect(visits.json["visits"].array.map { $0["start"] } == [starts[2]])
    }
  }

  @Test func aWindowNobodyCouldUseIsRefusedByItsRule() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      _ = try await browser.send(
        .put, "/api/v1/people/karen/plan", as: town.worker, json: ["scheduling": "citizen-picks"])
      for (window, code) in [
        (
          ["first": "2026-11-23", "last": "2026-11-27", "from": "09:00", "to": "09:15"],
          "pick-window-too-small"
        ),
        (
          ["first": "2026-11-23", "last": "2026-12-27", "from": "09:00", "to": "12:00"],
          "pick-window-too-long"
        ),
        (
          ["first": "2026-11-28", "last": "2026-11-29", "from": "09:00", "to": "12:00"],
          "pick-window-too-small"
        ),
        (["first": "2026-11-23", "last": "2026-11-27", "to": "12:00"], "missing-field"),
      ] as [(JSONValue, String)] {
        let answer = try await browser.send(
          .post, "/api/v1/proposals", as: town.worker, json: Self.offer(window))
        #expect(answer.problem == code, "\(answer.text)")
      }
      let neither = try await browser.send(
        .post, "/api/v1/proposals", as: town.worker,
        json: ["citizenId": "karen", "durationMinutes": 30])
      #expect(neither.problem == "missing-field")
    }
  }

  @Test func onlyWhatWouldNotBeRefusedIsOffered() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.book()
      let path = "/api/v1/visits/\(visit)/ways"
      let ways = try await browser.send(.get, path, as: town.citizen)
      #expect(ways.json["conversions"].array.map(\.string) == ["phone", "audio"])
      #expect(ways.json["canCancel"].bool == true)
      for way in ways.json["conversions"].array {
        let changed = try await browser.post(
          "convert", visit, as: town.citizen, json: ["to": way])
        #expect(changed.status == .ok)
      }
      let cancelled = try await browser.post("cancel", visit, as: town.citizen)
      #expect(cancelled.status == .ok)
      let after = try await browser.send(.get, path, as: town.citizen)
      #expect(after.json["conversions"].array.isEmpty && after.json["canCancel"].bool == false)
      let other = try await town.add("ole", .citizen, "Ole")
      #expect(try await browser.send(.get, path, as: other).status == .notFound)
    }
  }

  @Test func aCitizenIsAskedAboutASubstituteByName() async throws {
    let town = try await Municipality()
    for one in [town.citizen, town.worker] { try await town.join(one, ["nord"]) }
    let bo = try await town.add("bo", .supportWorker, "Bo", teams: ["nord"])
    try await town.serve { browser in
      let visit = try await browser.book()
      let declared = try await browser.send(
        .post, "/api/v1/absences", as: town.worker,
        json: [
          "id": "a1", "kind": "illness", "from": .string(town.clock.now().rfc3339),
          "to": .string(town.clock.now().adding(minutes: 300).rfc3339),
        ])
      #expect(declared.status == .created)
      let proposed = try await browser.send(
        .post, "/api/v1/absences/a1/visits/\(visit)/propose", as: bo,
        json: ["kind": "substitute", "worker": "bo"])
      #expect(proposed.status == .ok)
      let asked = try await browser.send(.get, "/api/v1/todos", as: town.citizen)
      let todo = try #require(asked.json["todos"].array.first)
      #expect(todo["remedy"]["workerName"].string == "Bo")
      #expect(todo["visit"]["worker"]["displayName"].string == "Mette")
    }
  }

  @Test func aWeekIsSharedOutInUnequalParts() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let begun = try await browser.send(
        .post, "/api/v1/series", as: town.worker,
        json: [
          "citizenId": "karen", "start": "2026-11-23T10:00",
          "rule": "FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=3", "durationMinutes": 20,
          "lengths": [["day": "WE", "minutes": 30], ["day": "FR", "minutes": 10]],
        ])
      #expect(begun.status == .created, "\(begun.text)")
      #expect(begun.json["visits"].array.map { $0["durationMinutes"].number } == [20, 30, 10])
      #expect(begun.json["lengths"].array.count == 2)
    }
  }
}
