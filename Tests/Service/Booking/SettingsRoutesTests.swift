import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("What a municipality decides")
struct SettingsRoutesTests {
  private let path = "/api/v1/settings"

  @Test func anAdministratorDecidesAndEverybodyAtWorkMayRead() async throws {
    let town = try await Municipality()
    let administrator = try await town.add("admin", .administrator, "Admin")
    try await town.serve { browser in
      let before = try await browser.send(.get, path, as: town.worker)
      #expect(before.status == .ok)
      #expect(before.json["daily"]["emergencyNumber"] == .null)
      let decided = try await browser.send(
        .put, "\(path)/daily", as: administrator,
        json: ["emergencyNumber": " 12 34 56 78 ", "urgentMinutes": 5])
      #expect(decided.status == .ok)
      let booking = try await browser.send(
        .put, "\(path)/booking", as: administrator,
        json: [
          "travelMinutes": 20, "holidays": ["agreed": ["labour-day"]],
          "grants": ["visitsNeedGrant": .bool(false)],
        ])
      #expect(booking.status == .ok)
      let after = try await browser.send(.get, path, as: town.worker)
      #expect(after.json["daily"]["emergencyNumber"].string == "12 34 56 78")
      #expect(after.json["daily"]["urgentMinutes"] == 5)
      #expect(after.json["daily"]["claimMinutes"] == 15, "what is not named has the default")
      #expect(after.json["booking"]["travelMinutes"] == 20)
      #expect(after.json["booking"]["holidays"]["agreed"] == ["labour-day"])
      let audit = try await town.store.audit(tenant: town.tenant, after: 0, limit: 100)
      #expect(
        audit.suffix(2).map { "\($0.actor?.rawValue ?? "") \($0.draft.action)" }
          == ["admin settings.daily", "admin settings.booking"])
    }
  }

  /// A team's hours are its own lead's to decide, and of who runs the system; nobody takes another
  /// team's profile over by giving it to their own.
  @Test func aLeadDecidesTheHoursOfTheirOwnTeamsOnly() async throws {
    let town = try await Municipality()
    let lea = try await town.add("lea", .teamLead, "Lea", teams: ["nord"])
    let sys = try await town.add("sys", .teamLead, "Sys", teams: ["syd"])
    try await town.serve { browser in
      func put(_ team: String, as person: Person) async throws -> HTTPResponse.Status {
        try await browser.send(
          .put, "/api/v1/opening/hverdage", as: person,
          json: [
            "id": "hverdage", "team": .string(team), "service": "visits",
            "validFrom": "2026-11-01",
            "week": [["days": ["MO"], "hours": [["from": "08:00", "to": "16:00"]]]],
          ]
        ).status
      }
      for (team, person, status) in [
        ("nord", sys, .forbidden), ("nord", lea, .ok),
        // It is another team's profile.
        ("syd", sys, .forbidden), ("nord", town.worker, .forbidden), ("syd", town.operations, .ok),
      ] as [(String, Person, HTTPResponse.Status)] {
        let answer = try await put(team, as: person)
        #expect(answer == status, "\(person.id) \(team)")
      }
    }
  }

  @Test func nobodyElseDecidesAndACitizenDoesNotRead() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      for person in [town.worker, town.operations, town.citizen] {
        for part in ["daily", "booking"] {
          let answer = try await browser.send(
            .put, "\(path)/\(part)", as: person, body: "{}", type: "application/json")
          #expect(answer.problem == "not-allowed", "\(person.id) \(part)")
        }
      }
      #expect(try await browser.send(.get, path, as: town.citizen).problem == "not-allowed")
    }
  }

  @Test(
    arguments: [
      ("daily", #"{"urgentMinutes":0}"#, "out-of-range", "urgentMinutes"),
      ("daily", #"{"callbackMinutes":1441}"#, "out-of-range", "callbackMinutes"),
      ("daily", #"{"emergencyNumber":"  "}"#, "invalid-text", "emergencyNumber"),
      ("daily", #"{"contactHours":[{"days":["XX"],"hours":[]}]}"#, "wrong-field-type", nil),
      ("booking", #"{"travelMinutes":241}"#, "out-of-range", "travelMinutes"),
      ("booking", #"{"grants":{"months82b":7}}"#, "out-of-range", "grants.months82b"),
      (
        "booking",
        #"{"grants":{"statusMilestones":[{"id":"x","months":9223372036854775807,"days":0}]}}"#,
        "out-of-range", "grants.statusMilestones.months"
      ),
      (
        "booking",
        #"{"grants":{"packages":[{"id":"x","name":"X","mix":[],"#
          + #""fewestMinutes":9,"mostMinutes":8,"usualMinutes":8}]}}"#,
        "out-of-range", "grants.packages.mostMinutes"
      ),
    ] as [(String, String, String, String?)])
  func whatCannotBeIsRefusedByName(
    part: String, body: String, problem: String, field: String?
  ) async throws {
    let town = try await Municipality()
    let administrator = try await town.add("admin", .administrator, "Admin")
    try await town.serve { browser in
      let answer = try await browser.send(
        .put, "\(path)/\(part)", as: administrator, body: body, type: "application/json")
      #expect(answer.problem == problem)
      if let field { #expect(answer.json["field"].string == field) }
      let kept = try await town.store.dailySettings(tenant: town.tenant)
      #expect(kept == DailySettings(), "nothing is kept of it")
    }
  }

  @Test func aTeamLeadPutsPeopleIntoHerOwnTeamsOnly() async throws {
    let town = try await Municipality()
    let lead = try await town.add("lone", .teamLead, "Lone")
    let administrator = try await town.add("admin", .administrator, "Admin")
    try await town.serve { browser in
      for team in ["vest", "ost"] {
        _ = try await browser.send(
          .put, "/api/v1/teams/\(team)", as: administrator,
          json: ["name": .string(team), "members": team == "vest" ? ["lone"] : ["mette"]])
      }
      let mine = try await browser.send(
        .put, "/api/v1/people/mette/teams", as: lead, json: ["teams": ["ost", "vest"]])
      #expect(mine.status == .ok)
      let hers = try await browser.send(
        .put, "/api/v1/people/mette/teams", as: lead, json: ["teams": ["vest"]])
      #expect(hers.problem == "not-allowed", "out of a team that is not hers to decide on")
      let teams = try await town.store.teams(of: town.worker.id, tenant: town.tenant)
      #expect(Set(teams.map(\.rawValue)) == ["ost", "vest"])
    }
  }
}
