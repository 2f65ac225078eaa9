import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("What a group is for")
struct GroupSettingsTests {
  private func make(
    _ name: String, _ more: [String: JSONValue], _ browser: TestBrowser
  ) async throws -> String {
    let body = JSONValue.object(["name": .string(name), "capacity": 4].merging(more) { $1 })
    let made = try await browser.send(
      .post, "/api/v1/groups", as: browser.municipality.worker, json: body)
    #expect(made.status == .created)
    return try #require(made.json["id"].string)
  }

  @Test func agesReachThePlacementAndNobodysBirthdayIsKept() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let group = try await make("Unge", ["ages": ["from": 20, "to": 34]], browser)
      func place(_ born: String) async throws -> TestBrowser.Answer {
        try await browser.send(
          .post, "/api/v1/groups/\(group)/members", as: town.worker,
          json: ["citizenId": "karen", "born": .string(born)])
      }
      // 40 today; and one who turns 35 tomorrow.
      #expect(try await place("1986-11-21").problem == "group-ages")
      #expect(try await place("1991-11-22").status == .ok)
      let kept = try await town.store.export(
        citizen: town.citizen.id, tenant: town.tenant, by: .system, at: town.clock.now())
      #expect(!"\(kept.tables)".contains("1991"))
      let wrong = try await browser.send(
        .post, "/api/v1/groups", as: town.worker,
        json: ["name": "X", "capacity": 4, "ages": ["from": 40, "to": 30]])
      #expect(wrong.problem == "out-of-range")
    }
  }

  @Test func groupsAreSuggestedByAgeAndByWhatPeopleShare() async throws {
    let town = try await Municipality()
    let stranger = try await town.add("ida", .supportWorker, "Ida", teams: ["syd"])
    try await town.join(town.citizen, ["nord"])
    try await town.join(town.worker, ["nord"])
    try await town.serve { browser in
      _ = try await make("Mad", ["tags": ["mad"]], browser)
      _ = try await make("Musik", ["tags": ["musik", "mad"]], browser)
      _ = try await make(
        "Unge", ["tags": ["musik", "mad", "ude"], "ages": ["from": 18, "to": 25]], browser)
      func suggested(_ query: String) async throws -> [String?] {
        try await browser.send(
          .get, "/api/v1/citizens/karen/groups?\(query)", as: town.worker
        ).json["groups"].array.map { $0["name"].string }
      }
      #expect(
        try await suggested("tags=musik,mad,ude&born=1980-01-01") == ["Musik", "Mad"])
      #expect(
        try await suggested("tags=musik,mad,ude&born=2004-01-01") == ["Unge", "Musik", "Mad"])
      let strange = try await browser.send(
        .get, "/api/v1/citizens/karen/groups", as: stranger)
      #expect(strange.problem == "reason-needed")
    }
  }

  @Test func aGroupMeetsInARoomThatNobodyElseHasThen() async throws {
    let town = try await Municipality()
    try await town.store.putRoom(
      Room(id: RoomID(rawValue: "stor"), name: "Det store rum"), tenant: town.tenant,
      by: .system, at: town.clock.now())
    let ole = try await town.add("ole", .citizen, "Ole")
    let colleague = try await town.add("bo", .supportWorker, "Bo")
    try await town.serve { browser in
      for (citizen, worker, status) in [
        (town.citizen, town.worker, HTTPResponse.Status.created), (ole, colleague, .conflict),
      ] {
        let made = try await browser.send(
          .post, "/api/v1/groups", as: worker,
          json: ["name": .string(worker.displayName), "capacity": 4])
        let group = try #require(made.json["id"].string)
        _ = try await browser.send(
          .post, "/api/v1/groups/\(group)/members", as: worker,
          json: ["citizenId": .string(citizen.id.rawValue)])
        let laid = try await browser.send(
          .post, "/api/v1/groups/\(group)/meetings", as: worker,
          json: ["start": "2026-11-26T08:00:00Z", "room": "stor"])
        #expect(laid.status == status, "\(laid.text)")
        guard status == .created else { continue }
        let meeting = try #require(laid.json["meetings"].array.first)
        #expect(meeting["room"].string == "stor")
        #expect(meeting["isInTheAfternoon"].bool == false)
      }
    }
  }
}
