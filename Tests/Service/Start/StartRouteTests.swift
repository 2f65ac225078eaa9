import FoundationEssentials
import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("Getting started")
struct StartRouteTests {
  private static let start = "/api/v1/citizens/karen/start"

  @Test func theTeamOffersTheCitizenAnswersTheyPractiseAndEitherMayStop() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let worker = try await browser.events(as: town.worker)
      let empty = try await browser.send(.get, Self.start, as: town.citizen)
      #expect(empty.json["status"]["code"].string == "start-none")
      let early = try await browser.send(
        .post, "\(Self.start)/practices", as: town.worker,
        json: ["step": "together", "result": "worked"])
      #expect(early.problem == "ask-first")
      let offered = try await browser.send(
        .post, "\(Self.start)/answer", as: town.worker, json: ["state": "offered"])
      #expect(offered.status == .ok)
      let notHers = try await browser.send(
        .post, "\(Self.start)/answer", as: town.citizen, json: ["state": "offered"])
      #expect(notHers.problem == "answer-is-yours")
      let yes = try await browser.send(
        .post, "\(Self.start)/answer", as: town.citizen, json: ["state": "accepted"])
      #expect(yes.json["nextStep"].string == "together")
      #expect(try await worker.next("start").data["citizen"].string == "karen")

      let visit = try await browser.holdVisit()
      _ = try await browser.post("hangup", visit, as: town.worker)
      let unsaid = try await browser.send(
        .post, "\(Self.start)/practices", as: town.worker, json: ["step": "together"])
      #expect(unsaid.problem == "missing-field")
      let practised = try await browser.send(
        .post, "\(Self.start)/practices", as: town.worker,
        json: ["step": "together", "result": "with-help", "visitId": .string(visit)])
      #expect(practised.json["nextStep"].string == "apart")
      #expect(practised.json["status"]["code"].string == "start-apart")
      let stranger = try await browser.send(
        .post, "\(Self.start)/practices", as: town.worker,
        json: ["step": "apart", "result": "worked", "visitId": "none"])
      #expect(stranger.status == .notFound)

      let stopped = try await browser.send(
        .post, "\(Self.start)/answer", as: town.citizen,
        json: ["state": "stopped", "reason": "vil hellere ses"])
      #expect(stopped.json["answers"].array.count == 3)
      let start = town.clock.now().adding(minutes: 300)
      let refused = try await browser.send(
        .post, "/api/v1/visits", as: town.worker,
        json: [
          "citizenId": "karen", "start": .string(start.rfc3339), "durationMinutes": 30,
        ])
      #expect(refused.problem == "said-no-to-screen")
      #expect(refused.json["detail"].string?.contains("Karen har sagt nej tak") == true)
    }
  }

  /// F3: what was booked before a no is a to-do until the citizen's word is recorded.
  @Test func aNoMakesToDosOfTheVisitsAheadAndEachIsSettledWithTheCitizensWord() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.book()
      let kept = try await browser.book(minutesAhead: 200)
      let none = try await browser.send(.get, "/api/v1/todos", as: town.worker)
      #expect(none.json["screens"].array.isEmpty)
      _ = try await browser.send(
        .post, "\(Self.start)/answer", as: town.citizen, json: ["state": "declined"])
      let todos = try await browser.send(.get, "/api/v1/todos", as: town.worker)
      #expect(todos.json["screens"].array.map { $0["visit"]["id"].string } == [visit, kept])
      #expect(todos.json["screens"].array.first?["isOverdue"].bool == false)
      let own = try await browser.send(.get, "/api/v1/todos", as: town.citizen)
      #expect(own.json["screens"].array.isEmpty, "it is the team that comes to her")
      let numbers = try await browser.send(.get, "/api/v1/todos", as: town.operations)
      #expect(numbers.json["screens"].array.count == 2 && !numbers.text.contains("Karen"))

      func settle(_ visit: String, _ body: JSONValue, as person: Person) async throws
        -> TestBrowser.Answer
      {
        try await browser.send(
          .post, "\(Self.start)/visits/\(visit)/settle", as: person, json: body)
      }
      let stream = try await browser.events(as: town.citizen)
      let phone: JSONValue = ["remedy": ["kind": "phone"], "agreed": "phone"]
      let settled = try await settle(visit, phone, as: town.worker)
      #expect(settled.json["mediaMode"].string == "phone")
      #expect(try await stream.next("visit").data["mediaMode"].string == "phone")
      #expect(try await settle(visit, phone, as: town.worker).status == .ok, "asked twice")
      let keep: JSONValue = ["remedy": ["kind": "keep"], "agreed": "in-person"]
      #expect(try await settle(kept, keep, as: town.worker).json["state"].string == "booked")
      for (body, problem): (JSONValue, String) in [
        (["remedy": ["kind": "keep"], "agreed": "screen"], "only-citizen-agrees-on-screen"),
        (["remedy": ["kind": "dance"], "agreed": "phone"], "unknown-choice"),
        (["remedy": ["kind": "cancel"], "agreed": "phone"], "task-done"),
      ] {
        #expect(try await settle(kept, body, as: town.worker).problem == problem)
      }
      #expect(try await settle(kept, keep, as: town.citizen).status == .forbidden)
      #expect(try await settle("none", keep, as: town.worker).status == .notFound)
      let left = try await browser.send(.get, "/api/v1/todos", as: town.worker)
      #expect(left.json["screens"].array.isEmpty)
      let read = try await browser.send(.get, Self.start, as: town.worker)
      #expect(read.json["agreements"].array.map { $0["kind"].string } == ["phone", "keep"])
    }
  }

  /// F7: what a call measured is kept with the check.
  @Test func aCheckTakesItsFiguresFromACall() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      var sample = QualityFiguresBody()
      sample.samples = [
        sample.line("karen", at: town.clock.now(), received: 900, lost: 100, trip: 80)
      ]
      let sent = try await browser.send(
        .post, "/api/v1/visits/\(visit)/samples", as: town.citizen, json: sample.json)
      #expect(sent.status.code < 300)
      await town.factsAreWritten()
      let checked = try await browser.send(
        .post, "\(Self.start)/checks", as: town.worker,
        json: [
          "device": "tablet", "isLent": .bool(true), "network": "wifi",
          "visitId": .string(visit),
        ])
      let check = checked.json["checks"].array.last ?? .null
      #expect(check["figures"]["lossPercent"].number == 10)
      #expect(check["figures"]["roundTripMs"].number == 80)
      #expect(check["conclusion"].string == "ready")
      let without = try await browser.send(
        .post, "\(Self.start)/checks", as: town.worker,
        json: ["device": "phone", "network": "none"])
      #expect(
        without.json["checks"].array.last?["conclusion"].string == "needs-network")
      let advice = try await browser.send(.get, "\(Self.start)/advice", as: town.worker)
      #expect(
        advice.json["advice"].array.compactMap { $0["code"].string } == [
          "not-asked-yet", "something-is-missing",
        ])
      #expect(advice.json["questions"].array.count == 5)
    }
  }

  @Test func aRosterIsTheTeamsAndFiguresAreOnesOwn() async throws {
    let town = try await Municipality()
    let colleague = try await town.add("bo", .supportWorker, "Bo", teams: ["vest"])
    let outsider = try await town.add("eva", .supportWorker, "Eva", teams: ["oest"])
    try await town.join(town.worker, ["vest"])
    try await town.store.putCitizenPlan(
      CitizenPlan(circle: CareCircle(citizen: town.citizen.id, primaryWorker: town.worker.id)),
      tenant: town.tenant, by: .system, at: town.clock.now())
    try await town.serve { browser in
      let path = "/api/v1/workers/mette/citizens"
      for person in [town.worker, colleague] {
        let roster = try await browser.send(.get, path, as: person)
        #expect(roster.json["count"].number == 1 && roster.json["most"].number == 18)
        let line = roster.json["citizens"].array.first ?? .null
        #expect(line["citizen"]["displayName"].string == "Karen")
        #expect(line["needs"].array.first?["code"].string == "nothing-booked")
      }
      for person in [outsider, town.operations, town.citizen] {
        #expect(try await browser.send(.get, path, as: person).status == .forbidden)
      }
      let visit = try await browser.holdVisit()
      _ = try await browser.post("hangup", visit, as: town.worker)
      await town.factsAreWritten()
      town.clock.advance(milliseconds: 7_200_000)
      let own = try await browser.send(.get, "/api/v1/me/usage", as: town.worker)
      #expect(own.status == .ok && own.json["practices"].number == 0)
      #expect(
        try await browser.send(.get, "/api/v1/me/usage", as: town.operations).status
          == .forbidden)
    }
  }

  @Test func equipmentIsLentCheckedAndTakenBack() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let path = "/api/v1/equipment"
      let made = try await browser.send(
        .post, path, as: town.worker, json: ["kind": "headset", "label": "Headset 3"])
      #expect(made.status == .created)
      let id = try #require(made.json["id"].string)
      let lent = try await browser.send(
        .post, "\(path)/\(id)/lend", as: town.worker, json: ["personId": "karen"])
      #expect(lent.json["holder"].string == "karen")
      let back = try await browser.send(
        .post, "\(path)/\(id)/check", as: town.operations,
        json: ["condition": "faulty", "isBack": .bool(true), "note": "mikrofonen er død"])
      #expect(back.json["holder"] == .null && back.json["condition"].string == "faulty")
      let list = try await browser.send(.get, path, as: town.worker)
      #expect(list.json["equipment"].array.count == 1)
      #expect(
        try await browser.send(.post, "\(path)/\(id)/retire", as: town.worker).status == .ok)
      #expect(
        try await browser.send(.get, path, as: town.worker).json["equipment"].array.isEmpty)
      let unknown = try await browser.send(
        .post, "\(path)/none/check", as: town.worker, json: ["condition": "good"])
      #expect(unknown.status == .notFound)
      #expect(try await browser.send(.get, path, as: town.citizen).status == .forbidden)
    }
  }

  @Test func somebodyGoesThereWhenItDoesNotWork() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let made = try await browser.send(
        .post, "/api/v1/citizens/karen/home-orders", as: town.worker,
        json: ["fault": "network", "text": "Nettet falder ud", "bring": ["router"]])
      #expect(made.status == .created)
      let id = try #require(made.json["id"].string)
      let open = try await browser.send(.get, "/api/v1/home-orders", as: town.operations)
      #expect(open.json["orders"].array.count == 1)
      let planned = try await browser.send(
        .post, "/api/v1/home-orders/\(id)/plan", as: town.operations,
        json: ["at": .string(town.clock.now().adding(minutes: 60).rfc3339)])
      #expect(planned.json["assignee"].string == "drift")
      let failed = try await browser.send(
        .post, "/api/v1/home-orders/\(id)/finish", as: town.operations,
        json: ["result": "not-fixed", "finding": "mangler stik"])
      #expect(failed.json["state"].string == "open")
      let done = try await browser.send(
        .post, "/api/v1/home-orders/\(id)/finish", as: town.operations,
        json: ["result": "fixed"])
      #expect(done.json["state"].string == "done")
      let own = try await browser.send(
        .get, "/api/v1/citizens/karen/home-orders", as: town.citizen)
      #expect(own.json["orders"].array.first?["finding"] == .null)
      #expect(own.json["orders"].array.first?["result"].string == "fixed")
    }
  }

  @Test func aTopicIsParkedForTheCaseWorkerWhoTakesItUp() async throws {
    let town = try await Municipality()
    let lise = try await town.add("lise", .caseWorker, "Lise")
    try await town.store.putCitizenPlan(
      CitizenPlan(
        circle: CareCircle(
          citizen: town.citizen.id, primaryWorker: town.worker.id, caseWorker: lise.id)),
      tenant: town.tenant, by: .system, at: town.clock.now())
    try await town.serve { browser in
      let parked = try await browser.send(
        .post, "/api/v1/citizens/karen/parked-topics", as: town.worker,
        json: ["topic": "ansøgning om ny bolig", "to": "case-worker"])
      #expect(parked.status == .created)
      let id = try #require(parked.json["id"].string)
      let hers = try await browser.send(.get, "/api/v1/parked-topics", as: lise)
      #expect(hers.json["topics"].array.compactMap { $0["id"].string } == [id])
      let taken = try await browser.send(.post, "/api/v1/parked-topics/\(id)/take", as: lise)
      #expect(taken.json["takenBy"].string == "lise")
      let closed = try await browser.send(
        .post, "/api/v1/parked-topics/\(id)/close", as: lise, json: ["outcome": "søgt"])
      #expect(closed.json["outcome"].string == "søgt")
      let none = try await browser.send(.get, "/api/v1/parked-topics", as: town.worker)
      #expect(none.json["topics"].array.isEmpty)
      let topics = try await browser.send(.get, "/api/v1/drop-in/topics", as: town.citizen)
      #expect(topics.json["topics"].array.count == 5)
    }
  }

  /// B14, B15.
  @Test func whoAsksStandsInOneListAndWhoWaitsIsFoundForFreedTime() async throws {
    let town = try await Municipality()
    let ole = try await town.add("ole", .citizen, "Ole")
    try await town.serve { browser in
      let now = town.clock.now()
      let wished = try await browser.send(
        .put, "/api/v1/citizens/ole/wish", as: ole,
        json: [
          "minutes": 30, "from": .string(now.rfc3339),
          "to": .string(now.adding(minutes: 2880).rfc3339),
        ])
      #expect(wished.status == .ok)
      let asked = try await browser.send(
        .post, "/api/v1/callbacks", as: town.citizen,
        json: ["isUrgent": .bool(true), "about": "medicin"])
      let callback = try #require(asked.json["id"].string)
      let list = try await browser.send(.get, "/api/v1/requests", as: town.worker)
      let requests = list.json["requests"].array
      #expect(requests.compactMap { $0["source"].string } == ["callback", "wish"])
      #expect(requests.first?["reason"]["code"].string == "priority-urgent")
      let claim = try #require(requests.first?["claim"].string)
      #expect(claim == "/api/v1/callbacks/\(callback)/claim")
      #expect(try await browser.send(.post, claim, as: town.worker).status == .ok)
      let after = try await browser.send(.get, "/api/v1/requests", as: town.worker)
      #expect(after.json["requests"].array.last?["holder"]["id"].string == "mette")
      #expect(after.json["requests"].array.last?["claim"] == .null)

      let visit = try await browser.book(minutesAhead: 120)
      _ = try await browser.post("cancel", visit, as: town.worker)
      let freed = try await browser.send(.get, "/api/v1/freed-time/waiting", as: town.worker)
      let waiting = freed.json["freed"].array.first?["waiting"].array ?? []
      #expect(waiting.compactMap { $0["citizen"]["id"].string } == ["ole"])
      #expect(
        try await browser.send(.get, "/api/v1/citizens/ole/wish", as: town.citizen).status
          == .forbidden)
      #expect(
        try await browser.send(.delete, "/api/v1/citizens/ole/wish", as: ole).status
          == .noContent)
      #expect(
        try await browser.send(.get, "/api/v1/citizens/ole/wish", as: ole).status == .notFound)
      #expect(
        try await browser.send(.get, "/api/v1/requests", as: town.citizen).status == .forbidden)
    }
  }

  @Test func guidanceIsReadByStaffAndWrittenByTheirLead() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let path = "/api/v1/guidance"
      let body: JSONValue = [
        "guideline": ["da": "Skærm, når det giver mening.", "en": "Where it makes sense."],
        "keyWorkers": ["mette"],
      ]
      #expect(
        try await browser.send(.put, path, as: town.worker, json: body).status == .forbidden)
      #expect(
        try await browser.send(.put, path, as: town.operations, json: body).status == .ok)
      let advice = try await browser.send(.get, "\(Self.start)/advice", as: town.worker)
      #expect(advice.json["guideline"]["en"].string == "Where it makes sense.")
      #expect(advice.json["keyWorkers"].array.first?["displayName"].string == "Mette")
      #expect(advice.json["physicalTalks"].array.isEmpty == false)
      #expect(try await browser.send(.get, path, as: town.citizen).status == .forbidden)
    }
  }
}

/// Samples as a client posts them.
private struct QualityFiguresBody {
  var samples: [JSONValue] = []

  func line(
    _ person: String, at time: UTCMilliseconds, received: Int, lost: Int, trip: Int
  ) -> JSONValue {
    [
      "participant": .string(person), "source": "browser", "at": .string(time.rfc3339),
      "packetsReceived": .number(Double(received)), "packetsLost": .number(Double(lost)),
      "roundTripMs": .number(Double(trip)),
    ]
  }

  var json: JSONValue { ["samples": .array(samples)] }
}
