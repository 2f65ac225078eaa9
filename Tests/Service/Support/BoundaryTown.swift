import FoundationEssentials
import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

/// Two teams: nord with Karen, Mette, a colleague and a lead, and syd, which has nothing to do with
/// her.
struct BoundaryTown: Sendable {
  let town: Municipality
  let colleague: Person
  let lead: Person
  let caseWorker: Person
  let stranger: Person
  let strangeLead: Person

  init(_ town: Municipality) async throws {
    self.town = town
    try await town.join(town.citizen, ["nord"])
    try await town.join(town.worker, ["nord"])
    colleague = try await town.add("bo", .supportWorker, "Bo", teams: ["nord"])
    lead = try await town.add("lea", .teamLead, "Lea", teams: ["nord"])
    caseWorker = try await town.add("lise", .caseWorker, "Lise")
    stranger = try await town.add("ida", .supportWorker, "Ida", teams: ["syd"])
    strangeLead = try await town.add("sys", .teamLead, "Sys", teams: ["syd"])
    _ = try await town.add("ole", .citizen, "Ole", teams: ["nord"])
  }

  /// Makes one of everything there is about Karen, on her team's behalf; what stands for the
  /// parameters of the routes' paths.
  func fill(_ browser: TestBrowser) async throws -> [String: String] {
    func made(_ path: String, as person: Person, _ json: JSONValue) async throws -> JSONValue {
      let answer = try await browser.send(.post, "/api/v1/\(path)", as: person, json: json)
      #expect((200...201).contains(answer.status.code), "\(path): \(answer.text)")
      return answer.json
    }
    let (mette, now) = (town.worker, town.clock.now())
    func id(_ json: JSONValue) throws -> String { try #require(json["id"].string) }
    var places = [
      "citizen": "karen", "person": "karen", "device": "karen-device", "team": "nord",
      "room": "1", "profile": "nord", "scale": "uge", "session": "session-1",
      "original": "2026-12-01T10:00", "post": "none",
    ]
    places["grant"] = try id(
      await made(
        "people/karen/grants", as: caseWorker,
        [
          "basis": "85", "start": "2026-11-01", "born": "1980-05-01", "weeklyMinutes": 900,
          "forms": ["screen", "physical", "group"],
        ]))
    places["visit"] = try await browser.book()
    let series = try await made(
      "series", as: mette,
      [
        "id": "s1", "citizenId": "karen", "start": "2026-11-24T10:00",
        "rule": "FREQ=WEEKLY;COUNT=4", "durationMinutes": 30,
      ])
    places["series"] = try id(series)
    places["proposal"] = try id(
      await made(
        "proposals", as: mette,
        [
          "citizenId": "karen", "durationMinutes": 30,
          "starts": ["2026-11-25T09:00:00Z", "2026-11-26T09:00:00Z"],
        ]))
    let group = try id(await made("groups", as: mette, ["name": "Torsdag", "capacity": 6]))
    places["group"] = group
    _ = try await made("groups/\(group)/members", as: mette, ["citizenId": "karen"])
    let meetings = try await made(
      "groups/\(group)/meetings", as: mette, ["start": "2026-11-26T13:00:00Z"])
    places["meeting"] = try id(try #require(meetings["meetings"].array.first))
    let sessions = try await made(
      "drop-in/sessions", as: mette,
      [
        "start": .string(now.rfc3339), "end": .string(now.adding(minutes: 45).rfc3339),
        "team": "nord",
      ])
    let session = try id(try #require(sessions["sessions"].array.first))
    places["dropInSession"] = session
    places["ticket"] = try id(
      await made("drop-in/sessions/\(session)/tickets", as: town.citizen, [:]))
    places["callback"] = try id(await made("callbacks", as: town.citizen, [:]))
    places["absence"] = try id(
      await made(
        "absences", as: mette,
        ["kind": "illness", "from": "2026-12-15T06:00:00Z", "to": "2026-12-15T20:00:00Z"]))
    places["goal"] = try id(
      await made("citizens/karen/goals", as: mette, ["wording": "Åbne min post hver uge"]))
    places["consent"] = try id(
      await made(
        "citizens/karen/consents", as: mette,
        ["kind": "peerContact", "reason": "Karen vil gerne i kontakt med de andre"]))
    places["disclosure"] = try id(
      await made(
        "citizens/karen/disclosures", as: mette,
        ["what": "Notatet fra i dag", "recipient": "Lægen", "reason": "Så lægen kan hjælpe"]))
    places["topic"] = try id(
      await made("citizens/karen/parked-topics", as: mette, ["topic": "Økonomi"]))
    places["order"] = try id(
      await made(
        "citizens/karen/home-orders", as: mette, ["fault": "equipment", "text": "Sort skærm"]))
    let tablet = try id(await made("equipment", as: mette, ["kind": "tablet", "label": "T1"]))
    places["equipment"] = tablet
    _ = try await made("equipment/\(tablet)/lend", as: mette, ["personId": "karen"])
    return places
  }

  /// All that is kept about Karen, but for the logs, which are to grow.
  func record() async throws -> [String: [[String: ExportValue]]] {
    let export = try await town.store.export(
      citizen: town.citizen.id, tenant: town.tenant, by: .system, at: town.clock.now())
    return export.tables.filter { !["accessLog", "audit"].contains($0.key) }
  }

  /// A body that a route takes, made by what the description requires of it.
  func body(
    of operation: String, _ described: JSONValue, _ description: JSONValue
  ) -> JSONValue? {
    if let told = Self.told[operation] { return told }
    let schema = described["requestBody"]["content"]["application/json"]["schema"]
    return schema == .null ? nil : value(of: schema, named: "", in: description)
  }

  /// What the description alone does not say well enough.
  private static let told: [String: JSONValue] = [
    "beginSeries": [
      "citizenId": "karen", "start": "2026-11-25T12:00", "rule": "FREQ=WEEKLY;COUNT=4",
      "durationMinutes": 30,
    ],
    "splitSeries": ["at": "2026-12-08T10:00", "time": "13:00"],
    "moveOccurrence": ["start": "2026-12-02T09:00:00Z"],
    "keepApart": ["citizenIds": ["karen", "ole"]],
    "joinQueue": ["citizenId": "karen"], "askForCall": ["citizenId": "karen"],
    "checkEquipment": ["condition": "good", "isBack": .bool(true)],
    "extendGrant": ["extraVisits": 5, "reason": "Der er brug for lidt mere tid"],
    "proposeTerms": [
      "forms": ["screen"], "from": "2026-12-01", "reason": "Der er brug for lidt mere tid",
    ],
    "moveVisit": ["durationMinutes": 20], "closeTopic": ["outcome": "solved"],
    "recordAutoAnswer": [
      "reason": "Kan ikke nå knappen", "callerIds": ["ida"],
      "hours": [["weekdays": [6], "from": "09:00", "until": "12:00"]],
    ],
    "taperSeries": ["onDemandFrom": "2026-12-10"],
    "setWish": [
      "minutes": 30, "from": "2026-11-23T09:00:00Z", "to": "2026-11-27T09:00:00Z",
    ],
    "bookStatusMeeting": [
      "start": "2026-12-03T09:00:00Z", "workerId": "ida", "caseWorkerId": "lise",
    ],
    "offerTimes": [
      "citizenId": "karen", "durationMinutes": 30,
      "starts": ["2026-11-25T10:00:00Z", "2026-11-26T10:00:00Z"],
    ],
    "settleTodo": ["remedy": ["kind": "cancel"], "agreed": "phone"],
  ]

  private func value(
    of schema: JSONValue, named name: String, in description: JSONValue
  ) -> JSONValue {
    if let reference = schema["$ref"].string?.split(separator: "/").last {
      let known = description["components"]["schemas"][String(reference)]
      return value(of: known, named: name, in: description)
    }
    if let first = schema["enum"].array.first { return first }
    switch schema["type"].string ?? schema["type"].array.first?.string {
    case "object":
      let required = schema["required"].array.compactMap(\.string)
      return .object(
        Dictionary(
          uniqueKeysWithValues: required.map {
            ($0, value(of: schema["properties"][$0], named: $0, in: description))
          }))
    case "array": return .array([value(of: schema["items"], named: name, in: description)])
    case "integer", "number": return .number(schema["minimum"].number ?? 30)
    case "boolean": return .bool(true)
    default: return .string(text(named: name, format: schema["format"].string))
    }
  }

  private func text(named name: String, format: String?) -> String {
    switch (format, name) {
    case ("date-time", "end"), ("date-time", "to"):
      return town.clock.now().adding(minutes: 150).rfc3339
    case ("date-time", _): return town.clock.now().adding(minutes: 120).rfc3339
    case ("date", "born"): return "1980-05-01"
    case ("date", _): return "2026-12-01"
    case (_, "citizenId"), (_, "personId"), (_, "participant"): return "karen"
    case (_, "worker"): return "ida"
    case (_, "milestone"): return "status-1"
    default: return "Det går godt"
    }
  }
}
