import FoundationEssentials
import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

/// A municipality in which as much as can be has been said and written about one citizen.
struct SecretTown: Sendable {
  /// What gives the citizen away: her name, her address, her number, and a word in everything that
  /// was written by her or about her.
  static let secrets = ["Karen", "karen@hjem.example", "20304050", "hemmelighed"]

  let town: Municipality
  /// Who gives support in another team, and leads it.
  let outsider: Person
  let outsidersLead: Person
  private let lead: Person
  private let caseWorker: Person

  init() async throws {
    town = try await Municipality()
    try await town.join(town.citizen, ["nord"])
    try await town.join(town.worker, ["nord"])
    lead = try await town.add("lea", .teamLead, "Lea", teams: ["nord"])
    caseWorker = try await town.add("lise", .caseWorker, "Lise")
    outsider = try await town.add("ida", .supportWorker, "Ida", teams: ["syd"])
    outsidersLead = try await town.add("leo", .teamLead, "Leo", teams: ["syd"])
    for citizen in ["ole", "per"] {
      _ = try await town.add(citizen, .citizen, citizen.capitalized, teams: ["nord"])
    }
    try await town.store.putCitizenPlan(
      CitizenPlan(circle: CareCircle(citizen: town.citizen.id, primaryWorker: town.worker.id)),
      tenant: town.tenant, by: .system, at: town.clock.now())
  }

  /// Writes it all, and returns what stands for each parameter of the API's paths.
  func plant(_ browser: TestBrowser) async throws -> [String: [String]] {
    var visits = try await plantVisits(browser)
    try await plantStart(browser)
    let (session, callback) = try await plantRequests(browser)
    let (group, meeting) = try await plantGroup(browser)
    visits.append(meeting)
    visits += try await plantSeries(browser)
    let grant = try await plantGrant(browser)
    try await plantRecord(browser)
    // Whoever stops is offered no time any more; the refusal names her.
    _ = try await ask(
      browser, .post, "citizens/karen/start/answer", town.citizen,
      ["state": "stopped", "reason": "hemmelighed"])
    await town.factsAreWritten()
    return [
      "person": ["karen"], "citizen": ["karen"], "worker": ["mette"], "visit": visits,
      "device": ["karen-device"], "grant": [grant], "series": ["s1"], "callback": [callback],
      "dropInSession": [session], "group": [group], "meeting": [meeting], "scale": ["uge"],
    ]
  }

  private func plantVisits(_ browser: TestBrowser) async throws -> [String] {
    let held = try await browser.book(minutesAhead: 0)
    _ = try await browser.post("ring", held, as: town.worker)
    _ = try await browser.post("answer", held, as: town.citizen)
    _ = try await browser.post("hangup", held, as: town.worker, json: ["reason": "hemmelighed"])
    _ = try await ask(
      browser, .post, "citizens/karen/goals", town.worker, ["wording": "En hemmelighed"])
    _ = try await ask(
      browser, .put, "visits/\(held)/note", town.worker,
      ["text": "Karen har en hemmelighed", "nextStep": "Endnu en hemmelighed"])
    let missed = try await browser.book(minutesAhead: 300)
    _ = try await browser.post("ring", missed, as: town.worker)
    _ = try await browser.post("decline", missed, as: town.citizen, json: ["reason": "hemmelighed"])
    let cancelled = try await browser.book(minutesAhead: 600)
    _ = try await browser.post(
      "cancel", cancelled, as: town.worker, json: ["reason": "hemmelighed"])
    return [held, missed, cancelled]
  }

  private func plantStart(_ browser: TestBrowser) async throws {
    let start = "citizens/karen/start"
    _ = try await ask(browser, .post, "\(start)/answer", town.worker, ["state": "offered"])
    _ = try await ask(
      browser, .post, "\(start)/answer", town.citizen,
      ["state": "accepted", "reason": "hemmelighed"])
    _ = try await ask(
      browser, .post, "\(start)/practices", town.worker,
      ["step": "together", "result": "worked", "note": "hemmelighed"])
    _ = try await ask(
      browser, .post, "\(start)/checks", town.worker,
      ["device": "tablet", "network": "wifi", "note": "hemmelighed"])
    _ = try await ask(
      browser, .post, "citizens/karen/home-orders", town.worker,
      ["fault": "network", "text": "Nettet falder ud"])
    let piece = try await ask(
      browser, .post, "equipment", town.worker, ["kind": "headset", "label": "Headset 3"])
    let id = try #require(piece["id"].string)
    _ = try await ask(
      browser, .post, "equipment/\(id)/lend", town.worker, ["personId": "karen"])
  }

  private func plantRequests(
    _ browser: TestBrowser
  ) async throws -> (session: String, callback: String) {
    let now = town.clock.now()
    let opened = try await ask(
      browser, .post, "drop-in/sessions", town.worker,
      ["start": .string(now.rfc3339), "end": .string(now.adding(minutes: 60).rfc3339)])
    let session = try #require(opened["sessions"].array.first?["id"].string)
    _ = try await ask(
      browser, .post, "drop-in/sessions/\(session)/tickets", town.citizen,
      ["topic": "hemmelighed", "phone": "20304050"])
    let asked = try await ask(
      browser, .post, "callbacks", town.citizen,
      ["isUrgent": .bool(true), "about": "hemmelighed"])
    _ = try await ask(
      browser, .put, "citizens/karen/wish", town.citizen,
      [
        "minutes": 30, "from": .string(now.rfc3339),
        "to": .string(now.adding(minutes: 2880).rfc3339),
      ])
    _ = try await ask(
      browser, .post, "citizens/karen/parked-topics", town.worker,
      ["topic": "hemmelighed", "note": "hemmelighed"])
    return (session, try #require(asked["id"].string))
  }

  private func plantGroup(
    _ browser: TestBrowser
  ) async throws -> (group: String, meeting: String) {
    let made = try await ask(
      browser, .post, "groups", lead, ["name": "Torsdag", "capacity": 6])
    let group = try #require(made["id"].string)
    for citizen in ["karen", "ole"] {
      _ = try await ask(
        browser, .post, "groups/\(group)/members", lead, ["citizenId": .string(citizen)])
    }
    let laid = try await ask(
      browser, .post, "groups/\(group)/meetings", lead,
      [
        "start": .string(town.clock.now().adding(minutes: 5 * 1440).rfc3339),
        "facilitatorId": "mette",
      ])
    let meeting = try #require(laid["meetings"].array.first?["id"].string)
    _ = try await browser.send(
      .post, "/api/v1/groups/keep-apart", as: lead, json: ["citizenIds": ["karen", "per"]])
    _ = try await browser.send(
      .post, "/api/v1/meetings/\(meeting)/steps", as: town.worker,
      json: ["citizenId": "karen", "text": "hemmelighed"])
    return (group, meeting)
  }

  /// A series with an occurrence that could not be laid, and one that nobody holds: the refusal, and
  /// the answer to what was proposed.
  private func plantSeries(_ browser: TestBrowser) async throws -> [String] {
    let other = try await ask(
      browser, .post, "visits", lead,
      ["citizenId": "karen", "start": "2026-12-01T09:00:00Z", "durationMinutes": 30])
    let begun = try await ask(
      browser, .post, "series", town.worker,
      [
        "id": "s1", "citizenId": "karen", "start": "2026-11-24T10:00",
        "rule": "FREQ=WEEKLY;COUNT=4", "durationMinutes": 30, "skipRefused": .bool(true),
      ])
    #expect(begun["gaps"].array.count == 1)
    _ = try await ask(
      browser, .post, "absences", town.worker,
      [
        "id": "a1", "kind": "illness", "from": "2026-11-24T06:00:00Z",
        "to": "2026-11-24T16:00:00Z",
      ])
    let todos = try await browser.send(.get, "/api/v1/todos", as: lead)
    let visit = try #require(todos.json["todos"].array.first?["visit"]["id"].string)
    let path = "absences/a1/visits/\(visit)"
    _ = try await ask(
      browser, .post, "\(path)/propose", lead, ["kind": "substitute", "worker": "lea"])
    _ = try await ask(
      browser, .post, "\(path)/decline", town.citizen, ["reason": "hemmelighed"])
    return [visit, try #require(other["id"].string)]
  }

  private func plantGrant(_ browser: TestBrowser) async throws -> String {
    let grant = try await ask(
      browser, .post, "people/karen/grants", caseWorker,
      [
        "basis": "85", "start": "2026-11-01", "born": "1980-05-01", "weeklyMinutes": 120,
        "forms": ["screen", "physical"],
      ])
    let id = try #require(grant["id"].string)
    _ = try await ask(
      browser, .post, "grants/\(id)/propose", town.worker,
      ["forms": ["screen"], "from": "2026-12-20", "reason": "hemmelighed"])
    return id
  }

  private func plantRecord(_ browser: TestBrowser) async throws {
    _ = try await ask(
      browser, .put, "people/karen/reminders", town.citizen,
      ["email": "karen@hjem.example", "sms": "20304050"])
    _ = try await ask(
      browser, .put, "people/karen/devices/karen-device/auto-answer", town.worker,
      [
        "reason": "hemmelighed", "callerIds": ["mette"],
        "hours": [["weekdays": [6], "from": "09:00", "until": "12:00"]],
      ])
    _ = try await ask(
      browser, .post, "citizens/karen/consents", town.worker,
      [
        "kind": "partnerAlert", "recipient": "Søster hemmelighed", "reason": "hemmelighed",
        "contact": ["channel": "sms", "address": "20304050"],
      ])
    _ = try await ask(
      browser, .post, "citizens/karen/disclosures", town.worker,
      ["what": "Notatet om en hemmelighed", "recipient": "Lægen", "reason": "hemmelighed"])
    _ = try await ask(
      browser, .put, "citizens/karen/card", town.citizen,
      ["points": [["text": "hemmelighed"]], "revision": 0])
    _ = try await ask(
      browser, .put, "scales/uge", lead,
      [
        "title": "Min uge", "moment": "beginning", "highest": 10, "fallPercent": 20,
        "items": [
          ["id": "uge", "prompt": "Hvordan har ugen været?", "low": "Svær", "high": "God"]
        ],
      ])
    _ = try await ask(
      browser, .put, "citizens/karen/scales/uge", town.worker,
      ["offered": .bool(false), "reason": "hemmelighed"])
  }

  /// Asks for something that is granted; the answer.
  private func ask(
    _ browser: TestBrowser, _ method: HTTPRequest.Method, _ path: String, _ person: Person,
    _ json: JSONValue
  ) async throws -> JSONValue {
    let answer = try await browser.send(method, "/api/v1/\(path)", as: person, json: json)
    #expect(answer.status.code < 300, "\(method) \(path): \(answer.text)")
    return answer.json
  }
}
