import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("Who sees and does what about whom")
struct AccessTests {
  private let citizens = "/api/v1/citizens"

  @Test func outsideTheTeamAReasonIsAskedForAndKept() async throws {
    let town = try await Municipality()
    try await town.join(town.citizen, ["nord"])
    try await town.join(town.worker, ["nord"])
    let colleague = try await town.add("bo", .supportWorker, "Bo", teams: ["nord"])
    let stranger = try await town.add("ida", .supportWorker, "Ida", teams: ["syd"])
    try await town.serve { browser in
      let visit = try await browser.book()
      let path = "/api/v1/visits/\(visit)"
      #expect(try await browser.send(.get, path, as: colleague).status == .ok)

      let refused = try await browser.send(.get, path, as: stranger)
      #expect(refused.status == .forbidden)
      #expect(refused.problem == "reason-needed")
      #expect(refused.json["detail"].string?.contains("hører ikke til dit team") == true)
      let short = try await browser.send(.get, "\(path)?reason=fordi", as: stranger)
      #expect(short.problem == "reason-needed")

      let header = try await browser.send(
        .get, path, as: stranger, headers: [.besoegReason: "afl%C3%B8ser%20for%20Mette"])
      #expect(header.status == .ok)
      let query = try await browser.send(
        .get, "\(path)/ledger?reason=fejls%C3%B8gning%20af%20lyd", as: stranger)
      #expect(query.status == .ok)

      let lines = try await town.store.accessLog(
        tenant: town.tenant, of: town.citizen.id, after: 0, limit: 100)
      let strangers = lines.filter { $0.reader == stranger.id }
      #expect(strangers.map(\.basis) == [.reason, .reason])
      #expect(strangers.map(\.reason) == ["afløser for Mette", "fejlsøgning af lyd"])
      #expect(strangers.map(\.part) == [.visits, .callQuality])
      #expect(lines.contains { $0.reader == colleague.id && $0.basis == .team })
    }
  }

  @Test func outsideTheTeamNothingIsChangedWhateverTheReason() async throws {
    let town = try await Municipality()
    try await town.join(town.citizen, ["nord"])
    try await town.join(town.worker, ["nord"])
    let colleague = try await town.add("bo", .supportWorker, "Bo", teams: ["nord"])
    let stranger = try await town.add("ida", .supportWorker, "Ida", teams: ["syd"])
    try await town.serve { browser in
      let visit = try await browser.book()
      let why = "?reason=jeg%20vil%20gerne%20hj%C3%A6lpe"
      let cancel = try await browser.send(
        .post, "/api/v1/visits/\(visit)/cancel\(why)", as: stranger, json: [:])
      #expect(cancel.status == .forbidden)
      let start = town.clock.now().adding(minutes: 200).rfc3339
      let book = try await browser.send(
        .post, "/api/v1/visits\(why)", as: stranger,
        json: ["citizenId": "karen", "start": .string(start), "durationMinutes": 30])
      #expect(book.problem == "outside-team-reads-only")
      let move = try await browser.send(
        .patch, "/api/v1/visits/\(visit)", as: colleague, json: ["durationMinutes": 20])
      #expect(move.status == .ok, "a colleague takes over")
      #expect(move.json["durationMinutes"].number == 20)
    }
  }

  @Test func aWorkerSeesHerOwnAndHerTeamsCitizensAndColleagues() async throws {
    let town = try await Municipality()
    try await town.join(town.citizen, ["nord"])
    try await town.join(town.worker, ["nord"])
    _ = try await town.add("ole", .citizen, "Ole", teams: ["syd"])
    _ = try await town.add("ny", .citizen, "Ny")
    _ = try await town.add("bo", .supportWorker, "Bo", teams: ["nord"])
    _ = try await town.add("ida", .supportWorker, "Ida", teams: ["syd"])
    try await town.serve { browser in
      func ids(_ query: String, _ person: Person) async throws -> [String?] {
        try await browser.send(.get, "/api/v1/people\(query)", as: person)
          .json["people"].array.map { $0["id"].string }
      }
      // One whom no team has yet is everybody's: somebody must be able to begin.
      let citizens = try await ids("", town.worker)
      #expect(citizens == ["karen", "ny"])
      let colleagues = try await ids("?role=supportWorker", town.worker)
      #expect(colleagues == ["bo", "mette"])
      let all = try await ids("", town.operations)
      #expect(all.count == 7)
    }
  }

  @Test func operationsSeeVisitsWithoutNamesAndWithoutWhatPeopleWrote() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let visit = try await browser.book()
      let stream = try await browser.events(as: town.operations)
      _ = try await browser.post(
        "cancel", visit, as: town.worker, json: ["reason": "Karen er indlagt"])
      for path in ["", "/\(visit)", "/\(visit)/ledger"] {
        let answer = try await browser.send(.get, "/api/v1/visits\(path)", as: town.operations)
        #expect(answer.status == .ok)
        #expect(!answer.text.contains("Karen"), "\(path)")
      }
      for name in ["visit", "ledger"] {
        let event = try await stream.next(name)
        let text = try ServiceJSON.string(event.data)
        #expect(!text.contains("Karen"), "\(name)")
      }
      let own = try await browser.send(.get, "/api/v1/visits/\(visit)/ledger", as: town.worker)
      #expect(own.text.contains("Karen er indlagt"))
    }
  }

  @Test func operationsMakeNoAdministrators() async throws {
    let town = try await Municipality()
    let administrator = try await town.add("adm", .administrator, "Ada")
    try await town.serve { browser in
      let body: JSONValue = ["role": "administrator", "displayName": "X"]
      let made = try await browser.send(.post, "/api/v1/people", as: town.operations, json: body)
      #expect(made.problem == "administrators-make-administrators")
      let paired = try await browser.send(
        .post, "/api/v1/people/adm/devices", as: town.operations, json: ["label": "x"])
      #expect(paired.problem == "administrators-make-administrators")
      let allowed = try await browser.send(
        .post, "/api/v1/people", as: administrator, json: body)
      #expect(allowed.status == .created)
      for role in ["citizen", "supportWorker", "teamLead", "caseWorker", "operations"] {
        let answer = try await browser.send(
          .post, "/api/v1/people", as: town.operations,
          json: ["role": .string(role), "displayName": "X"])
        #expect(answer.status == .created, "\(role)")
      }
    }
  }

  @Test func theLogIsReadByThoseItIsFor() async throws {
    let town = try await Municipality()
    try await town.join(town.citizen, ["nord"])
    try await town.join(town.worker, ["nord"])
    let lead = try await town.add("lea", .teamLead, "Lea", teams: ["nord"])
    let administrator = try await town.add("adm", .administrator, "Ada")
    try await town.serve { browser in
      let visit = try await browser.book()
      _ = try await browser.send(.get, "/api/v1/visits/\(visit)", as: lead)
      let own = try await browser.send(.get, "\(citizens)/karen/access-log", as: town.citizen)
      #expect(own.json["lines"].array.allSatisfy { $0["readerName"].string != nil })
      #expect(own.json["lines"].array.contains { $0["reader"].string == "lea" })
      for (person, status) in [
        (lead, 200), (administrator, 200), (town.worker, 403), (town.operations, 403),
      ] {
        let answer = try await browser.send(.get, "\(citizens)/karen/access-log", as: person)
        #expect(answer.status.code == status, "\(person.id)")
      }
      let audit = try await browser.send(.get, "/api/v1/audit", as: administrator)
      #expect(audit.json["lines"].array.contains { $0["action"].string == "visit.book" })
      #expect(try await browser.send(.get, "/api/v1/audit", as: lead).status == .forbidden)
    }
  }

  @Test func theCircleIsSetByTheLeadAndTheAdministrator() async throws {
    let town = try await Municipality()
    let administrator = try await town.add("adm", .administrator, "Ada")
    _ = try await town.add("sag", .caseWorker, "Signe")
    try await town.serve { browser in
      let teams = try await browser.send(
        .put, "/api/v1/people/mette/teams", as: administrator, json: ["teams": ["nord"]])
      #expect(teams.status == .ok)
      let body: JSONValue = [
        "teams": ["nord"], "primaryWorker": "mette", "caseWorker": "sag",
      ]
      let path = "\(citizens)/karen/circle"
      #expect(
        try await browser.send(.put, path, as: town.worker, json: body).status == .forbidden)
      #expect(try await browser.send(.put, path, as: administrator, json: body).status == .ok)
      let read = try await browser.send(.get, path, as: town.worker)
      #expect(read.json == body)
      let wrong = try await browser.send(
        .put, path, as: administrator, json: ["caseWorker": "mette"])
      #expect(wrong.problem == "not-a-case-worker")
    }
  }
}
