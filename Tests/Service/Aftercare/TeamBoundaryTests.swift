import FoundationEssentials
import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

/// "A worker sees her own and her team's citizens": outside the team a reason opens reading, and
/// nothing opens writing.
@Suite("The team's boundary")
struct TeamBoundaryTests {
  /// Routes on what is the caller's own, or nobody's: the table below asserts of them only that
  /// nothing of Karen's changes. Whoever adds a route decides here which kind it is.
  private static let nobodys: Set = [
    "setAway", "takeSelfTest", "addShift", "removeShift", "openDropIn", "createGroup",
    "addEquipment", "declareAbsence", "reportMessage", "setGuidance", "writeScale", "putRoom",
    "putOpeningProfile", "createPerson", "putTeam", "writeBookingSettings", "writeDailySettings",
    "writeRetention", "writeJournalChoice", "practise",
  ]

  @Test(.endsWhenItHangs) func whateverTheReasonNobodyOutsideTheTeamWritesThroughAnyRoute()
    async throws
  {
    let town = try await Municipality()
    let people = try await BoundaryTown(town)
    let data = try #require(PageResources.data("openapi.json"))
    let description = try JSONDecoder().decode(JSONValue.self, from: data)
    try await town.serve { browser in
      let places = try await people.fill(browser)
      let before = try await people.record()
      var walked = 0
      for stranger in [people.stranger, people.strangeLead] {
        for (path, operations) in description["paths"].object.sorted(by: { $0.key < $1.key }) {
          for (method, operation) in operations.object.sorted(by: { $0.key < $1.key })
          where method != "get" {
            let id = try #require(operation["operationId"].string)
            let target = places.reduce(path) { $0.replacing("{\($1.key)}", with: $1.value) }
            #expect(!target.contains("{"), "\(path) has a parameter that nothing stands for")
            let sdp = ["joinMedia", "restartMedia"].contains(id)
            let answer = try await browser.send(
              try #require(HTTPRequest.Method(method.uppercased())), target, as: stranger,
              json: sdp ? nil : people.body(of: id, operation, description),
              body: sdp ? "v=0\r\n" : nil, type: sdp ? "application/sdp" : nil,
              headers: [.besoegReason: "jeg%20vil%20gerne%20hj%C3%A6lpe"])
            walked += 1
            if Self.nobodys.contains(id) { continue }
            #expect(
              [403, 404].contains(answer.status.code),
              "\(stranger.id) \(id): \(answer.status.code) \(answer.text.prefix(200))")
          }
        }
      }
      #expect(walked > 200)
      let after = try await people.record()
      for (table, rows) in before {
        #expect(after[table] == rows, "something of Karen's was written in \(table)")
      }
    }
  }

  /// The same routes are open to those they are for: a refusal that everybody meets proves nothing.
  @Test func theTeamItselfWritesThroughTheSameRoutes() async throws {
    let town = try await Municipality()
    let people = try await BoundaryTown(town)
    try await town.serve { browser in
      let places = try await people.fill(browser)
      let group = try #require(places["group"])
      for (method, path, json, status) in [
        (.put, "people/karen/plan", ["travelMinutes": 10], 200),
        (.post, "series/s1/occurrences/2026-12-08T10:00/cancel", [:], 200),
        (.post, "groups/\(group)/members", ["citizenId": "karen"], 200),
        (
          .post, "citizens/karen/status-meetings",
          ["start": "2026-12-03T09:00:00Z", "caseWorkerId": "lise"], 201
        ),
        (.post, "callbacks", ["citizenId": "karen"], 200),
        (.delete, "groups/\(group)/members/karen", [:], 204),
        (.post, "series/s1/end", ["from": "2026-12-10"], 200),
      ] as [(HTTPRequest.Method, String, JSONValue, Int)] {
        let answer = try await browser.send(
          method, "/api/v1/\(path)", as: people.colleague, json: json)
        #expect(answer.status.code == status, "\(path): \(answer.text)")
      }
    }
  }

  @Test func listsShowTheTeamsOwnAndAreLogged() async throws {
    let town = try await Municipality()
    let people = try await BoundaryTown(town)
    try await town.serve { browser in
      let places = try await people.fill(browser)
      let session = try #require(places["dropInSession"])
      for (person, groups) in [
        (town.worker, 1), (people.colleague, 1), (people.stranger, 0), (people.strangeLead, 0),
        (town.operations, 1),
      ] {
        let listed = try await browser.send(.get, "/api/v1/groups", as: person)
        #expect(listed.json["groups"].array.count == groups, "\(person.id)")
      }
      for path in [
        "groups/\(try #require(places["group"]))", "meetings/\(try #require(places["meeting"]))",
        "drop-in/sessions/\(session)",
      ] {
        let strange = try await browser.send(.get, "/api/v1/\(path)", as: people.stranger)
        #expect(strange.status == .forbidden, "\(path)")
        let own = try await browser.send(.get, "/api/v1/\(path)", as: people.colleague)
        #expect(own.status == .ok, "\(path)")
      }
      _ = try await browser.send(.get, "/api/v1/callbacks", as: people.colleague)
      let lines = try await town.store.accessLog(
        tenant: town.tenant, of: nil, after: 0, limit: 500)
      let lists = Set(lines.filter { $0.reader == people.colleague.id }.compactMap(\.criterion))
      #expect(lists.isSuperset(of: ["groups", "queue \(session)", "call-backs"]))
    }
  }

  /// A drop-in is for whoever comes (C): its host talks with a citizen of another team, and it shows.
  @Test func aHostTakesWhoeverStandsInTheirOwnQueue() async throws {
    let town = try await Municipality()
    let people = try await BoundaryTown(town)
    let path = "/api/v1/drop-in"
    try await town.serve { browser in
      let now = town.clock.now()
      let opened = try await browser.send(
        .post, "\(path)/sessions", as: people.stranger,
        json: [
          "start": .string(now.rfc3339), "end": .string(now.adding(minutes: 60).rfc3339),
          "team": "syd",
        ])
      #expect(opened.status == .created)
      let session = try #require(opened.json["sessions"].array.first?["id"].string)
      let added = try await browser.send(
        .post, "\(path)/sessions/\(session)/tickets", as: people.stranger,
        json: ["citizenId": "karen"])
      #expect(added.status == .created, "she stands at the door")
      let other = try await browser.send(
        .post, "\(path)/sessions/\(session)/tickets", as: people.strangeLead,
        json: ["citizenId": "karen"])
      #expect(other.status == .forbidden, "who does not have the queue")
      let claimed = try await browser.send(
        .post, "\(path)/sessions/\(session)/claim", as: people.stranger)
      #expect(claimed.status == .accepted)
      #expect(claimed.json["citizen"]["displayName"].string == "Karen")
      let lines = try await town.store.accessLog(
        tenant: town.tenant, of: town.citizen.id, after: 0, limit: 100)
      #expect(lines.contains { $0.reader == people.stranger.id && $0.basis == .knownWorker })
      let audit = try await town.store.audit(tenant: town.tenant, after: 0, limit: 500)
      #expect(
        audit.contains {
          $0.draft.action == "drop-in.claim" && $0.draft.subject == town.citizen.id
        })
      // She writes about the talk this week; in a month Karen is another team's again.
      let path = "/api/v1/people/karen/plan"
      #expect(try await browser.send(.get, path, as: people.stranger).status == .ok)
      town.clock.advance(milliseconds: 8 * 86_400_000)
      #expect(
        try await browser.send(.get, path, as: people.stranger).problem == "reason-needed")
    }
  }

  /// Having a team's duty opens its citizens' records: nobody gives it to themselves.
  @Test func aTeamsDutyIsTheTeamsToGive() async throws {
    let town = try await Municipality()
    let people = try await BoundaryTown(town)
    try await town.serve { browser in
      let now = town.clock.now()
      func shift(_ worker: String) -> JSONValue {
        [
          "workerId": .string(worker), "team": "nord", "kind": "duty",
          "start": .string(now.rfc3339), "end": .string(now.adding(minutes: 60).rfc3339),
        ]
      }
      for person in [people.stranger, people.strangeLead] {
        let own = try await browser.send(
          .post, "/api/v1/rota", as: person, json: shift(person.id.rawValue))
        #expect(own.status == .forbidden)
      }
      let given = try await browser.send(
        .post, "/api/v1/rota", as: people.lead, json: shift("ida"))
      #expect(given.status == .noContent)
      let plan = try await browser.send(.get, "/api/v1/people/karen/plan", as: people.stranger)
      #expect(plan.status == .ok, "on duty for nord")
    }
  }

  @Test func operationsReadNoGrantsAndAdministratorsNoVisits() async throws {
    let town = try await Municipality()
    let people = try await BoundaryTown(town)
    let administrator = try await town.add("adm", .administrator, "Ada")
    try await town.serve { browser in
      let places = try await people.fill(browser)
      for path in ["people/karen/grants", "grants/\(try #require(places["grant"]))"] {
        for person in [town.operations, administrator] {
          let answer = try await browser.send(.get, "/api/v1/\(path)", as: person)
          #expect(answer.problem == "part-not-for-role", "\(person.id) \(path)")
        }
      }
      let series = try await browser.send(.get, "/api/v1/series/s1", as: administrator)
      #expect(series.problem == "part-not-for-role")
    }
  }
}
