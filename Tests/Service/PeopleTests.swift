import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("People and devices")
struct PeopleTests {
  private let people = "/api/v1/people"

  @Test func operationsRegisterAPersonAndPairADevice() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let created = try await browser.send(
        .post, people, as: town.operations,
        json: ["role": "citizen", "displayName": "  Søren Ågård "])
      #expect(created.status == .created)
      #expect(created.json["displayName"].string == "Søren Ågård")
      let id = try #require(created.json["id"].string)
      #expect(created.headers[.location] == "/api/v1/people/\(id)")

      let paired = try await browser.send(
        .post, "\(people)/\(id)/devices", as: town.worker, json: ["label": "Skærmen i køkkenet"])
      #expect(paired.status == .created)
      let token = try #require(paired.json["token"].string)
      #expect(paired.json["page"].string == "http://localhost/borger#\(token)")
      #expect(paired.json["device"]["label"].string == "Skærmen i køkkenet")

      let me = try await browser.send(
        .get, "/api/v1/me", headers: [.authorization: "Bearer \(token)"])
      #expect(me.json["id"].string == id)
      let devices = try await browser.send(.get, "\(people)/\(id)/devices", as: town.worker)
      #expect(devices.json["devices"].array.count == 1)
      #expect(!devices.text.contains(token))
    }
  }

  @Test func aSupportWorkerSeesCitizensOnly() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let all = try await browser.send(.get, people, as: town.operations)
      #expect(all.json["people"].array.count == 3)
      let citizens = try await browser.send(.get, people, as: town.worker)
      #expect(citizens.json["people"].array.map { $0["id"].string } == ["karen"])
      let staff = try await browser.send(
        .get, "\(people)?role=operations", as: town.worker)
      #expect(staff.status == .forbidden)
      let filtered = try await browser.send(
        .get, "\(people)?role=supportWorker", as: town.operations)
      #expect(filtered.json["people"].array.map { $0["id"].string } == ["mette"])
      let unknown = try await browser.send(.get, "\(people)?role=king", as: town.operations)
      #expect(unknown.status == .badRequest)
      #expect(unknown.problem == "unknown-choice")
      #expect(unknown.json["field"].string == "role")
    }
  }

  @Test func operationsSeeHowManyCitizensThereAreAndNotTheirNames() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let everybody = try await browser.send(.get, people, as: town.operations)
      let shown = Dictionary(
        uniqueKeysWithValues: everybody.json["people"].array.map {
          ($0["id"].string ?? "", $0["displayName"].string ?? "")
        })
      #expect(shown["karen"] == "#karen")
      #expect(shown["mette"] == town.worker.displayName, "colleagues have names")
      let team = try await browser.send(
        .put, "/api/v1/teams/vest", as: town.operations,
        json: ["name": "Vest", "members": ["karen", "mette"]])
      #expect(team.status == .ok)
      _ = try await browser.book()
      for path in ["/api/v1/teams", "/api/v1/workers/mette/week", "/api/v1/visits"] {
        let seen = try await browser.send(.get, path, as: town.operations)
        #expect(seen.status == .ok, "\(path)")
        #expect(seen.text.contains("karen"), "\(path)")
        #expect(!seen.text.contains(town.citizen.displayName), "\(path)")
      }
      let own = try await browser.send(.get, people, as: town.worker)
      #expect(own.json["people"].array.map { $0["displayName"].string } == ["Karen"])
    }
  }

  @Test func rolesLimitWhoMayRegisterAndPair() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let body: JSONValue = ["role": "citizen", "displayName": "X"]
      for person in [town.worker, town.citizen] {
        let answer = try await browser.send(.post, people, as: person, json: body)
        #expect(answer.status == .forbidden)
        #expect(answer.problem == "not-allowed")
      }
      #expect(try await browser.send(.get, people, as: town.citizen).status == .forbidden)
      let label: JSONValue = ["label": "x"]
      let own = try await browser.send(
        .post, "\(people)/karen/devices", as: town.citizen, json: label)
      #expect(own.status == .forbidden)
      // A support worker pairs citizens' screens, never a colleague's computer or operations'.
      for colleague in ["mette", "drift"] {
        let answer = try await browser.send(
          .post, "\(people)/\(colleague)/devices", as: town.worker, json: label)
        #expect(answer.status == .forbidden)
      }
      let nobody = try await browser.send(
        .post, "\(people)/nobody/devices", as: town.operations, json: label)
      #expect(nobody.status == .notFound)
      let foreign = try await browser.send(
        .delete, "\(people)/karen/devices/mette-device", as: town.operations)
      #expect(foreign.status == .notFound)
    }
  }

  @Test(
    arguments: [
      (#"{"displayName":"X"}"#, "missing-field", "role"),
      (#"{"role":null,"displayName":"X"}"#, "missing-field", "role"),
      (#"{"role":"citizen","displayName":7}"#, "wrong-field-type", "displayName"),
      (#"{"role":"citizen","displayName":"  "}"#, "invalid-text", "displayName"),
      (#"{"role":"citizen","displayName":"a\u0000b"}"#, "invalid-text", "displayName"),
      (#"{"role":"mayor","displayName":"X"}"#, "unknown-choice", "role"),
      (#"{"role":"citizen","displayName":"#, "malformed-json", nil),
      (#"[1,2]"#, "malformed-json", nil),
      ("\u{FEFF}\u{1}", "malformed-json", nil),
    ] as [(String, String, String?)])
  func aMalformedBodyNamesTheField(body: String, problem: String, field: String?) async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let answer = try await browser.send(
        .post, people, as: town.operations, body: body, type: "application/json; charset=utf-8")
      #expect(answer.status == .badRequest)
      #expect(answer.problem == problem)
      #expect(answer.json["field"].string == field)
      if let field {
        #expect(answer.json["detail"].string?.contains("»\(field)«") == true)
        #expect(answer.json["detailEn"].string?.contains("\"\(field)\"") == true)
      }
      let all = try await browser.send(.get, people, as: town.operations)
      #expect(all.json["people"].array.count == 3)
    }
  }

  @Test func everyWriteIsInTheAuditLog() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let before = try await town.store.audit(tenant: town.tenant, after: 0, limit: 100)
      let created = try await browser.send(
        .post, people, as: town.operations, json: ["role": "citizen", "displayName": "Jens"])
      let id = try #require(created.json["id"].string)
      _ = try await browser.send(
        .post, "\(people)/\(id)/devices", as: town.worker, json: ["label": "x"])
      _ = try await browser.book()
      let lines = try await town.store.audit(
        tenant: town.tenant, after: before.last?.id ?? 0, limit: 100)
      #expect(lines.map { $0.actor?.rawValue } == ["drift", "mette", "mette"])
      #expect(lines[0].draft.subject?.rawValue == id)
      #expect(lines.allSatisfy { $0.device != nil })
    }
  }
}
