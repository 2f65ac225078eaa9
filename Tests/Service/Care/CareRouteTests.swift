import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("Consents, cards and scales")
struct CareRouteTests {
  private let base = "/api/v1/citizens/karen"

  /// H13.
  @Test func theRegisterSaysWhatWhenAndByWhom() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let path = "\(base)/consents"
      let alert: JSONValue = [
        "kind": "partnerAlert", "recipient": "Søster Lise", "reason": "Hvis jeg ikke svarer",
        "contact": ["channel": "sms", "address": "12345678"],
      ]
      let given = try await browser.send(.post, path, as: town.worker, json: alert)
      #expect(given.status == .created)
      #expect(given.json["recordedBy"].string == "mette" && given.json["way"].string == "spoken")
      let id = try #require(given.json["id"].string)
      let own = try await browser.send(
        .post, path, as: town.citizen,
        json: ["kind": "peerContact", "reason": "Jeg vil gerne køre med de andre"])
      #expect(own.json["way"].string == "onScreen")
      let withdrawn = try await browser.send(
        .post, "\(path)/\(id)/withdraw", as: town.citizen)
      #expect(withdrawn.json["withdrawnBy"].string == "karen")
      #expect(withdrawn.json["isValid"].bool == false)
      let list = try await browser.send(.get, path, as: town.worker)
      #expect(list.json["consents"].array.compactMap { $0["isValid"].bool }.count == 2)
      let refused: [(JSONValue, String)] = [
        (["kind": "autoAnswer", "reason": "x"], "auto-answer-is-agreed-on-a-device"),
        (["kind": "disclosure", "reason": "x"], "consent-needs-recipient"),
        (["kind": "gossip", "reason": "x"], "unknown-choice"),
        (
          [
            "kind": "partnerAlert", "reason": "x", "recipient": "Lise",
            "contact": ["channel": "email", "address": "lise"],
          ], "invalid-text"
        ),
      ]
      for (body, problem) in refused {
        let answer = try await browser.send(.post, path, as: town.worker, json: body)
        #expect(answer.problem == problem)
      }
      #expect(try await browser.send(.get, path, as: town.operations).status == .forbidden)
    }
  }

  /// H14: citizen-owned; every look of somebody else's has a reason, and the citizen sees it.
  @Test func theCardIsTheCitizensAndLooksAreSeen() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let path = "\(base)/card"
      let empty = try await browser.send(.get, path, as: town.citizen)
      #expect(empty.json["revision"].number == 0)
      let written = try await browser.send(
        .put, path, as: town.citizen,
        json: ["points": [["title": "Det hjælper", "text": "Gå en tur"]], "revision": 0])
      #expect(written.json["revision"].number == 1 && written.json["by"].string == "karen")
      #expect(
        try await browser.send(.get, path, as: town.worker).problem == "card-needs-reason")
      let look = try await browser.send(
        .get, "\(path)?reason=Karen%20ringede%20og%20var%20ked", as: town.worker)
      #expect(look.json["points"].array.first?["text"].string == "Gå en tur")
      let stale = try await browser.send(
        .put, path, as: town.worker, json: ["points": [["text": "Ring til Lise"]]])
      #expect(stale.problem == "card-changed-meanwhile")
      let together = try await browser.send(
        .put, path, as: town.worker,
        json: ["points": [["text": "Ring til Lise"]], "revision": 1])
      #expect(together.json["by"].string == "mette")
      let log = try await browser.send(.get, "\(base)/access-log", as: town.citizen)
      let looks = log.json["lines"].array.filter {
        $0["part"].string == "copingCard" && $0["action"].string == "read"
      }
      #expect(looks.map { $0["reason"].string } == ["Karen ringede og var ked"])
    }
  }

  /// H8 and H9.
  @Test func aScaleIsTheMunicipalitysOwnAndFollowedUp() async throws {
    let town = try await Municipality()
    let lead = try await town.add("lone", .teamLead, "Lone")
    try await town.serve { browser in
      let scale: JSONValue = [
        "title": "Min uge", "moment": "beginning", "highest": 10, "fallPercent": 20,
        "items": [
          ["id": "uge", "prompt": "Hvordan har ugen været?", "low": "Svær", "high": "God"]
        ],
      ]
      let path = "/api/v1/scales/uge"
      #expect(try await browser.send(.put, path, as: town.worker, json: scale).status == .forbidden)
      #expect(try await browser.send(.put, path, as: lead, json: scale).status == .ok)
      let visits = [try await browser.book(), try await browser.book(minutesAhead: 120)]
      func mark(_ visit: Int, _ marks: JSONValue, as person: Person) async throws
        -> TestBrowser.Answer
      {
        try await browser.send(
          .put, "/api/v1/visits/\(visits[visit])/scales/uge", as: person, json: ["marks": marks])
      }
      #expect(try await mark(0, [11], as: town.citizen).problem == "mark-out-of-range")
      #expect(try await mark(0, [8], as: town.citizen).status == .ok)
      town.clock.advance(milliseconds: 60_000)
      let asked = try await browser.send(
        .get, "/api/v1/visits/\(visits[1])/scales", as: town.citizen)
      #expect(asked.json["scales"].array.first?["answers"].array.last?["mean"].number == 8)
      let fallen = try await mark(1, [3], as: town.worker)
      #expect(fallen.json["notice"]["code"].string == "score-fell")
      let tasks = try await browser.send(.get, "/api/v1/tasks", as: town.worker)
      #expect(tasks.json["tasks"].array.map { $0["kind"].string } == ["talk"])
      _ = try await browser.send(.post, "\(base)/scales/uge/talked", as: town.worker)
      let none = try await browser.send(.get, "/api/v1/tasks", as: town.worker)
      #expect(none.json["tasks"].array.isEmpty)
      let report = try await browser.send(.get, "\(path)/report", as: lead)
      #expect(report.json["citizens"] == .null && report.json["lines"].array.isEmpty)
      #expect(
        try await browser.send(.get, "\(path)/report", as: town.worker).status == .forbidden)
      let off = try await browser.send(
        .put, "\(base)/scales/uge", as: town.citizen, json: ["offered": .bool(false)])
      #expect(off.json["isOffered"].bool == false)
      #expect(try await mark(1, [5], as: town.citizen).problem == "scale-not-offered")
      let on = try await browser.send(
        .put, "\(base)/scales/uge", as: town.citizen, json: ["offered": .bool(true)])
      #expect(on.status == .forbidden)
    }
  }

  /// A16: out and in again, over the API.
  @Test func goalsGoToTheJournalAndBack() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let path = "\(base)/goals/exchange"
      let goals: JSONValue = [
        "format": "besoeg-goals-1",
        "goals": [["reference": "VUM-1", "wording": "Åbne min post", "state": "active"]],
      ]
      let taken = try await browser.send(.put, path, as: town.worker, json: goals)
      #expect(taken.status == .ok)
      let out = try await browser.send(.get, path, as: town.worker)
      let back = try await browser.send(.put, path, as: town.worker, json: out.json)
      #expect(back.json == out.json && out.json["goals"].array.count == 1)
      let other: JSONValue = ["format": "other", "goals": []]
      let refused = try await browser.send(.put, path, as: town.worker, json: other)
      #expect(refused.problem == "goals-unreadable")
    }
  }

  /// H7: who takes part stands in the visit, before anybody joins it.
  @Test func aStatusMeetingNamesEverybodyWhoTakesPart() async throws {
    let town = try await Municipality()
    let caseWorker = try await town.add("bente", .caseWorker, "Bente")
    let other = try await town.add("per", .caseWorker, "Per")
    try await town.store.setCircle(
      CareCircle(
        citizen: town.citizen.id, primaryWorker: town.worker.id, caseWorker: caseWorker.id),
      tenant: town.tenant, by: .system, at: town.clock.now())
    try await town.serve { browser in
      let path = "\(base)/status-meetings"
      let start = JSONValue.string(town.clock.now().adding(minutes: 60).rfc3339)
      let booked = try await browser.send(
        .post, path, as: caseWorker, json: ["start": start, "agenda": "Status"])
      #expect(booked.status == .created)
      let id = try #require(booked.json["id"].string)
      let seen = try await browser.send(.get, "/api/v1/visits/\(id)", as: town.citizen)
      #expect(
        seen.json["participants"].array.compactMap { $0["displayName"].string }.sorted()
          == ["Bente", "Karen", "Mette"])
      _ = try await browser.post("ring", id, as: town.worker)
      _ = try await browser.post("answer", id, as: town.citizen)
      for person in [town.worker, town.citizen, caseWorker] {
        _ = try await browser.join(id, as: person)
      }
      #expect(
        try await browser.send(.post, path, as: other, json: ["start": start]).status
          == .forbidden)
      #expect(
        try await browser.send(.post, path, as: town.citizen, json: ["start": start]).status
          == .forbidden)
    }
  }

  /// H12 over the API.
  @Test func aSeriesTapers() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let start = LocalDateTime(town.clock.now().adding(minutes: 3 * 1440))
      let begun = try await browser.send(
        .post, "/api/v1/series", as: town.worker,
        json: [
          "citizenId": "karen", "start": .string(start.text), "rule": "FREQ=WEEKLY",
          "durationMinutes": 30,
        ])
      #expect(begun.status == .created)
      let id = try #require(begun.json["id"].string)
      let answer = try await browser.send(
        .post, "/api/v1/series/\(id)/taper", as: town.worker,
        json: [
          "fortnightlyFrom": .string(start.date.adding(days: 28).iso8601),
          "onDemandFrom": .string(start.date.adding(days: 84).iso8601),
        ])
      #expect(answer.status == .ok)
      #expect(answer.json["following"]["rule"].string?.contains("INTERVAL=2") == true)
      #expect(answer.json["notice"]["da"].string?.contains("når du siger til") == true)
    }
  }
}
