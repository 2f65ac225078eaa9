import FoundationEssentials
import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("Grants, series and absence over HTTP")
struct BookingRoutesTests {
  private func team(_ town: Municipality) async throws -> (mette: Person, ole: Person, lise: Person)
  {
    func person(_ id: String, _ role: Role) async throws -> Person {
      let one = Person(
        id: PersonID(rawValue: id), tenant: town.tenant, role: role, displayName: id.capitalized,
        createdAt: town.clock.now())
      try await town.store.addPerson(one, by: .system)
      try await town.addDevice("\(id)-device", of: one)
      return one
    }
    let ole = try await person("ole", .supportWorker)
    let lise = try await person("lise", .caseWorker)
    try await town.store.setBookingSettings(
      BookingSettings(grants: GrantPolicy()), tenant: town.tenant, by: .system,
      at: town.clock.now())
    try await town.store.putTeam(
      Team(
        id: TeamID(rawValue: "vest"), name: "Vest",
        members: [town.worker.id, ole.id, town.citizen.id]), tenant: town.tenant, by: .system,
      at: town.clock.now())
    return (town.worker, ole, lise)
  }

  private static let grant: JSONValue = [
    "basis": "85", "start": "2026-11-01", "born": "1980-05-01", "weeklyMinutes": 120,
    "forms": ["screen", "physical"],
  ]

  private static let series: JSONValue = [
    "id": "s1", "citizenId": "karen", "start": "2026-11-24T10:00",
    "rule": "FREQ=WEEKLY;COUNT=4", "durationMinutes": 30,
  ]

  @Test func aRefusalNamesItsRuleInDanish() async throws {
    let town = try await Municipality()
    let (mette, _, lise) = try await team(town)
    try await town.serve { browser in
      let without = try await browser.send(
        .post, "/api/v1/series", as: mette, json: Self.series)
      #expect(without.status == .conflict)
      #expect(without.problem == "no-grant")
      #expect(without.json["detail"].string?.contains("Karen") == true)
      let notHers = try await browser.send(
        .post, "/api/v1/people/karen/grants", as: mette, json: Self.grant)
      #expect(notHers.problem == "case-worker-decides")
      let granted = try await browser.send(
        .post, "/api/v1/people/karen/grants", as: lise,
        json: ["basis": "82b", "start": "2026-11-01", "born": "1980-05-01"])
      #expect(granted.status == .created)
      #expect(granted.json["lastDay"].string == "2027-04-30")
      let group = try await browser.send(
        .post, "/api/v1/visits", as: mette,
        json: [
          "citizenId": "karen", "start": "2026-11-24T12:00:00Z", "durationMinutes": 60,
          "form": "group",
        ])
      #expect(group.problem == "no-groups-under-82b")
      let rule = try await browser.send(
        .post, "/api/v1/series", as: mette,
        json: [
          "citizenId": "karen", "start": "2026-11-24T10:00", "rule": "FREQ=MONTHLY",
          "durationMinutes": 30,
        ])
      #expect(rule.status == .unprocessableContent)
    }
  }

  @Test func aSeriesIsBegunReadChangedAndEnded() async throws {
    let town = try await Municipality()
    let (mette, ole, lise) = try await team(town)
    try await town.serve { browser in
      _ = try await browser.send(.post, "/api/v1/people/karen/grants", as: lise, json: Self.grant)
      let begun = try await browser.send(.post, "/api/v1/series", as: mette, json: Self.series)
      #expect(begun.status == .created)
      #expect(begun.json["visits"].array.count == 4)
      #expect(begun.json["rule"].string == "FREQ=WEEKLY;COUNT=4")
      let path = "/api/v1/series/s1/occurrences/2026-12-01T10:00"
      let moved = try await browser.send(
        .post, "\(path)/move", as: ole, json: ["start": "2026-12-02T09:00:00Z"])
      #expect(moved.status == .ok)
      #expect(moved.json["series"]["revision"].number == 1)
      let none = try await browser.send(
        .post, "/api/v1/series/s1/occurrences/2026-12-03T10:00/cancel", as: mette)
      #expect(none.problem == "no-such-occurrence")
      let split = try await browser.send(
        .post, "/api/v1/series/s1/split", as: mette,
        json: ["at": "2026-12-08T10:00", "time": "13:00", "workerId": "ole"])
      #expect(split.json["following"]["visits"].array.count == 2)
      let week = try await browser.send(
        .get, "/api/v1/workers/ole/week?week=2026-50", as: mette)
      #expect(week.json["visits"].array.map { $0["start"].string } == ["2026-12-08T12:00:00Z"])
      #expect(week.json["contactMinutes"].number == 30)
      let ended = try await browser.send(
        .post, "/api/v1/series/s1/end", as: mette, json: ["from": "2026-11-23"])
      #expect(ended.status == .ok)
      let left = try await browser.send(.get, "/api/v1/series", as: town.citizen)
      #expect(left.json["series"].array.count == 1)
    }
  }

  @Test func aDelayReachesTheCitizensScreenOrItIsSaidThatItDoesNot() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.book()
      func delay(_ minutes: Int) async throws -> JSONValue {
        try await browser.send(
          .post, "/api/v1/visits/\(visit)/delay", as: town.worker,
          json: ["minutes": .number(Double(minutes))]
        ).json
      }
      let unheard = try await delay(5)
      #expect(unheard["told"].array.map { $0["by"].string } == ["nothing"])
      let set = try await browser.send(
        .put, "/api/v1/people/karen/reminders", as: town.worker,
        json: ["email": "karen@example.dk", "before": [], "notices": ["email"]])
      #expect(set.status == .ok)
      let sent = try await delay(10)
      #expect(sent["told"].array.map { $0["by"].string } == ["message"])
      let stream = try await browser.events(as: town.citizen)
      let told = try await delay(15)
      #expect(told["told"].array.map { $0["by"].string } == ["screen"])
      #expect(told["told"].array.first?["displayName"].string == "Karen")
      let event = try await stream.next("delay")
      #expect(event.data["visit"].string == visit)
      #expect(
        event.data["notice"]["da"].string
          == "Mette er cirka 15 minutter forsinket. Du behøver ikke gøre noget.")
    }
  }

  @Test func aStatusThatWasWrittenCanBeRead() async throws {
    let town = try await Municipality()
    let (mette, _, lise) = try await team(town)
    try await town.serve { browser in
      let granted = try await browser.send(
        .post, "/api/v1/people/karen/grants", as: lise,
        json: ["basis": "82b", "start": "2026-11-01", "born": "1980-05-01"])
      let id = try #require(granted.json["id"].string)
      #expect(granted.json["statuses"] == .null)
      let written = try await browser.send(
        .post, "/api/v1/grants/\(id)/status", as: mette,
        json: ["milestone": "status-1", "text": "Posten bliver åbnet"])
      #expect(written.status == .ok)
      for reader in [mette, lise, town.citizen] {
        let list = try await browser.send(.get, "/api/v1/people/karen/grants", as: reader)
        let status = list.json["grants"].array.first?["statuses"].array.first ?? .null
        #expect(status["text"].string == "Posten bliver åbnet")
        #expect(status["milestone"].string == "status-1")
      }
    }
  }

  @Test func anAbsenceIsDeclaredProposedAndAgreed() async throws {
    let town = try await Municipality()
    let (mette, ole, lise) = try await team(town)
    try await town.serve { browser in
      _ = try await browser.send(.post, "/api/v1/people/karen/grants", as: lise, json: Self.grant)
      _ = try await browser.send(.post, "/api/v1/series", as: mette, json: Self.series)
      let absence = try await browser.send(
        .post, "/api/v1/absences", as: mette,
        json: [
          "id": "a1", "kind": "illness", "from": "2026-11-24T06:00:00Z",
          "to": "2026-11-25T06:00:00Z",
        ])
      #expect(absence.status == .created)
      #expect(absence.json["todos"].number == 1)
      let todos = try await browser.send(.get, "/api/v1/todos", as: ole)
      let todo = try #require(todos.json["todos"].array.first)
      #expect(todo["candidates"].array.map { $0["worker"].string } == ["ole"])
      let visit = try #require(todo["visit"]["id"].string)
      let path = "/api/v1/absences/a1/visits/\(visit)"
      let proposed = try await browser.send(
        .post, "\(path)/propose", as: ole, json: ["kind": "substitute", "worker": "ole"])
      #expect(proposed.json["state"].string == "proposed")
      let mine = try await browser.send(.get, "/api/v1/todos", as: town.citizen)
      #expect(mine.json["todos"].array.count == 1)
      #expect(mine.json["todos"].array.first?["candidates"].array.isEmpty == true)
      let agreed = try await browser.send(.post, "\(path)/agree", as: town.citizen)
      #expect(agreed.json["visit"]["worker"]["id"].string == "ole")
      #expect(try await browser.send(.get, "/api/v1/todos", as: mette).json["todos"].array.isEmpty)
    }
  }

  @Test func twoOrThreeTimesArePutToTheCitizenWhoChooses() async throws {
    let town = try await Municipality()
    let (mette, _, lise) = try await team(town)
    try await town.serve { browser in
      _ = try await browser.send(.post, "/api/v1/people/karen/grants", as: lise, json: Self.grant)
      let slots = try await browser.send(
        .get, "/api/v1/slots?citizen=karen&minutes=30&from=2026-11-24T09:00:00Z&limit=2",
        as: mette)
      let starts = slots.json["slots"].array.map { $0["start"] }
      #expect(starts.count == 2)
      let offered = try await browser.send(
        .post, "/api/v1/proposals", as: mette,
        json: [
          "id": "p1", "citizenId": "karen", "durationMinutes": 30, "starts": .array(starts),
        ])
      #expect(offered.status == .created)
      let open = try await browser.send(.get, "/api/v1/proposals", as: town.citizen)
      #expect(open.json["proposals"].array.count == 1)
      #expect(open.json["proposals"].array.first?["workerName"].string == "Mette")
      let chosen = try await browser.send(
        .post, "/api/v1/proposals/p1/choose", as: town.citizen, json: ["start": starts[1]])
      #expect(chosen.json["state"].string == "chosen")
      let visits = try await browser.send(.get, "/api/v1/visits", as: town.citizen)
      #expect(visits.json["visits"].array.map { $0["start"] } == [starts[1]])
    }
  }

  @Test func strangersToATeamLearnNothing() async throws {
    let town = try await Municipality()
    let (mette, _, lise) = try await team(town)
    let eva = Person(
      id: PersonID(rawValue: "eva"), tenant: town.tenant, role: .supportWorker,
      displayName: "Eva", createdAt: town.clock.now())
    try await town.store.addPerson(eva, by: .system)
    try await town.addDevice("eva-device", of: eva)
    try await town.serve { browser in
      _ = try await browser.send(.post, "/api/v1/people/karen/grants", as: lise, json: Self.grant)
      _ = try await browser.send(.post, "/api/v1/series", as: mette, json: Self.series)
      for path in [
        "people/karen/grants", "people/karen/plan", "series/s1", "workers/mette/week",
        "slots?citizen=karen", "people/karen/continuity",
      ] {
        let answer = try await browser.send(.get, "/api/v1/\(path)", as: eva)
        #expect(answer.status == .forbidden, "\(path)")
      }
      for path in ["visits/nope/convert", "absences/nope/visits/nope/agree"] {
        let answer = try await browser.send(
          .post, "/api/v1/\(path)", as: eva, json: ["to": "video"])
        #expect(answer.status == .notFound, "\(path)")
      }
    }
  }

  @Test func theExampleMunicipalityLoadsTwiceAndKeepsItsHours() async throws {
    let town = try await Municipality()
    let root = #filePath.components("/Tests/")
    let file = try MunicipalityFile(path: "\(root)/Config/eksempelkommune.json")
    for _ in 0..<2 {
      try await file.load(
        into: town.store, tenant: town.tenant, people: true, at: town.clock.now())
    }
    let plan = try await town.store.openingPlan(tenant: town.tenant)
    #expect(plan.profiles.count == 9)
    #expect(try await town.store.teams(tenant: town.tenant).count == 3)
    let monday = LocalDate(town.clock.now()).monday.adding(days: 7)
    let week = try await town.store.week(
      of: PersonID(rawValue: "ex-mette"),
      in: TimeWindow(
        start: LocalDateTime(monday, .midnight).utc,
        end: LocalDateTime(monday.adding(days: 7), .midnight).utc), tenant: town.tenant,
      at: town.clock.now())
    #expect(week.visits.count == 7)
    #expect(week.contactMinutes == 245)
  }
}

extension String {
  /// What comes before `mark`.
  fileprivate func components(_ mark: String) -> String {
    firstRange(of: mark).map { String(self[..<$0.lowerBound]) } ?? self
  }
}
