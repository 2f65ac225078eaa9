import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("After the visit")
struct OutcomeTests {
  private func path(_ visit: String, _ rest: String) -> String { "/api/v1/visits/\(visit)/\(rest)" }

  /// Rings and lets it ring out.
  private func miss(_ visit: String, _ town: Municipality, _ browser: TestBrowser) async throws {
    _ = try await browser.post("ring", visit, as: town.worker)
    _ = try await browser.post("decline", visit, as: town.citizen, json: [:])
  }

  @Test func whatTheLedgerKnowsIsRecordedByItself() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.book()
      _ = try await browser.post("cancel", visit, as: town.worker, json: ["reason": "syg"])
      let read = try await browser.send(.get, path(visit, "outcome"), as: town.worker)
      let outcome = read.json["outcomes"].array.first ?? .null
      #expect(outcome["kind"].string == "cancelled")
      #expect(outcome["cancelledBy"].string == "worker")
      #expect(outcome["note"].string == "syg")
      #expect(outcome["recordedBy"].string == nil)
      let why = try await browser.send(
        .put, path(visit, "outcome"), as: town.worker,
        json: ["kind": "cancelled", "reason": "illness"])
      #expect(why.status == .ok)
      #expect(why.json["revision"].number == 2)
    }
  }

  @Test func aCancellationSaysAtOnceByWhomAndWhy() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.book()
      let wrong = try await browser.post(
        "cancel", visit, as: town.worker, json: ["because": "rain"])
      #expect(wrong.status == .badRequest)
      _ = try await browser.post(
        "cancel", visit, as: town.worker, json: ["cancelledBy": "citizen", "because": "illness"])
      let read = try await browser.send(.get, path(visit, "outcome"), as: town.worker)
      let outcome = read.json["outcomes"].array.first ?? .null
      #expect(outcome["cancelledBy"].string == "citizen")
      #expect(outcome["reason"].string == "illness")
      #expect(outcome["recordedBy"].string != nil)
    }
  }

  /// E3: on a day that is too much, without having to ring somebody.
  @Test func aCitizenCallsOffHerOwnVisitAndTheWorkerIsTold() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.book()
      let stream = try await browser.events(as: town.worker)
      let off = try await browser.post(
        "cancel", visit, as: town.citizen, json: ["because": "notUpToIt"])
      #expect(off.status == .ok && off.json["state"].string == "cancelled")
      #expect(try await stream.next("visit").data["state"].string == "cancelled")
      let read = try await browser.send(.get, path(visit, "outcome"), as: town.worker)
      let outcome = read.json["outcomes"].array.first ?? .null
      #expect(outcome["cancelledBy"].string == "citizen")
      #expect(outcome["reason"].string == "notUpToIt")
      let begun = try await browser.book()
      town.clock.advance(milliseconds: 61 * 60_000)
      let late = try await browser.post("cancel", begun, as: town.citizen, json: [:])
      #expect(late.problem == "only-staff-books")
    }
  }

  @Test func oneWhoDidNotAnswerIsFollowedUpKindlyAndKeepsEveryVisit() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let stream = try await browser.events(as: town.citizen)
      let visit = try await browser.book()
      let next = try await browser.book(minutesAhead: 300)
      try await miss(visit, town, browser)
      let words = try await stream.next("we-missed-you")
      #expect(words.data["notice"]["da"].string?.contains("Det er helt i orden") == true)
      let list = try await browser.send(.get, "/api/v1/follow-ups", as: town.worker)
      let first = list.json["followUps"].array.first ?? .null
      #expect(first["visit"].string == visit)
      #expect(first["ask"]["da"].string?.contains("Aftalerne står ved magt") == true)
      let stands = try await browser.send(.get, "/api/v1/visits/\(next)", as: town.worker)
      #expect(stands.json["state"].string == "booked")

      let early = try await browser.send(
        .post, path(visit, "follow-up/close"), as: town.worker, json: ["ending": "reached"])
      #expect(early.status == .conflict)
      let reached = try await browser.send(
        .post, path(visit, "follow-up/tries"), as: town.worker,
        json: ["way": "phone", "reached": .bool(true)])
      #expect(reached.json["ending"].string == "reached")
      let empty = try await browser.send(.get, "/api/v1/follow-ups", as: town.worker)
      #expect(empty.json["followUps"].array.isEmpty)
    }
  }

  @Test func ringingAgainAndBeingAnsweredSettlesIt() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.book()
      _ = try await browser.post("ring", visit, as: town.worker)
      _ = try await browser.post("hangup", visit, as: town.worker, json: [:])
      let open = try await browser.send(.get, path(visit, "follow-up"), as: town.worker)
      #expect(open.json["step"].string == "try-again")
      _ = try await browser.post("ring", visit, as: town.worker)
      _ = try await browser.post("answer", visit, as: town.citizen)
      let settled = try await browser.send(.get, path(visit, "follow-up"), as: town.worker)
      #expect(settled.json["ending"].string == "reached")
    }
  }

  @Test func aNoteTakesGoalsAndAsksWhetherTheyAreMet() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let goals = "/api/v1/citizens/karen/goals"
      let made = try await browser.send(
        .post, goals, as: town.worker, json: ["wording": "Jeg vil åbne min post hver uge"])
      #expect(made.status == .created)
      let goal = try #require(made.json["id"].string)
      for wording in ["To", "Tre"] {
        _ = try await browser.send(
          .post, goals, as: town.worker, json: ["wording": .string(wording)])
      }
      let fourth = try await browser.send(
        .post, goals, as: town.worker, json: ["wording": "Fire"])
      #expect(fourth.problem == "too-many-goals")
      let visit = try await browser.book()
      let tooEarly = try await browser.send(
        .put, path(visit, "note"), as: town.worker, json: ["text": "x"])
      #expect(tooEarly.problem == "outcome-too-early")
      town.clock.advance(milliseconds: 90 * 60_000)
      let note = try await browser.send(
        .put, path(visit, "note"), as: town.worker,
        json: [
          "progress": [["goal": .string(goal), "step": "met"]],
          "nextStep": "Rudekuverten fra kommunen",
        ])
      #expect(note.status == .ok)
      #expect(note.json["notices"].array.map { $0["code"].string } == ["goal-looks-met"])
      #expect(note.json["minutes"].number == 30, "filled in")
      let own = try await browser.send(
        .get, "/api/v1/citizens/karen/notes", as: town.citizen)
      #expect(own.json["notes"].array.count == 1, "citizens read what is written about them")
      let closed = try await browser.send(
        .post, "\(goals)/\(goal)/close", as: town.worker, json: ["state": "met"])
      #expect(closed.json["state"].string == "met")
      for person in [town.operations] {
        let refused = try await browser.send(
          .get, "/api/v1/citizens/karen/notes", as: person)
        #expect(refused.problem == "part-not-for-role")
      }
    }
  }

  @Test func aVisitNobodyToldOfIsAskedFor() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.book()
      let missing = "/api/v1/outcomes/missing"
      town.clock.advance(milliseconds: 60 * 60_000)
      #expect(
        try await browser.send(.get, missing, as: town.worker).json["visits"].array.isEmpty)
      town.clock.advance(milliseconds: 90 * 60_000)
      let asked = try await browser.send(.get, missing, as: town.worker)
      #expect(asked.json["visits"].array.map { $0["id"].string } == [visit])
      let told = try await browser.send(
        .put, path(visit, "outcome"), as: town.worker,
        json: ["kind": "moved-to-phone", "deliveredMinutes": 20])
      #expect(told.json["mediaMode"].string == "phone")
      let held = try await browser.send(.get, "/api/v1/visits/\(visit)", as: town.citizen)
      #expect(held.json["state"].string == "ended")
      #expect(
        try await browser.send(.get, missing, as: town.worker).json["visits"].array.isEmpty)
    }
  }

  @Test func aFollowUpThatLiesTooLongReachesTheLead() async throws {
    let town = try await Municipality()
    let store = town.store
    try await town.serve { browser in
      let visit = try await browser.book()
      try await miss(visit, town, browser)
      town.clock.advance(milliseconds: 49 * 3_600_000)
      try await store.advanceFollowUps(at: town.clock.now(), events: FollowUpEvents.drafts)
      let path = try await browser.send(.get, path(visit, "follow-up"), as: town.worker)
      #expect(path.json["escalatedAt"].string != nil)
      #expect(path.json["ending"].string == nil, "nothing ends by time")
    }
  }
}
