import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("Booking")
struct BookingTests {
  private let visits = "/api/v1/visits"

  @Test func aWorkerBooksMovesAndCancels() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let booked = try await browser.send(
        .post, visits, as: town.worker,
        json: [
          "citizenId": "karen", "start": "2026-11-22T10:00:00+01:00", "durationMinutes": 30,
        ])
      #expect(booked.status == .created)
      let id = try #require(booked.json["id"].string)
      #expect(booked.headers[.location] == "\(visits)/\(id)")
      #expect(booked.json["start"].string == "2026-11-22T09:00:00Z")
      #expect(booked.json["citizen"] == ["id": "karen", "displayName": "Karen"])
      #expect(booked.json["worker"] == ["id": "mette", "displayName": "Mette"])
      #expect(booked.json["state"].string == "booked")
      #expect(booked.json["form"].string == "screen")
      #expect(booked.json["mediaMode"].string == "video")

      let moved = try await browser.send(
        .patch, "\(visits)/\(id)", as: town.worker,
        json: ["start": "2026-11-22T11:00:00Z", "durationMinutes": 45])
      #expect(moved.status == .ok)
      #expect(moved.json["start"].string == "2026-11-22T11:00:00Z")
      #expect(moved.json["durationMinutes"].number == 45)

      let cancelled = try await browser.post(
        "cancel", id, as: town.worker, json: ["reason": "Karen er rejst"])
      #expect(cancelled.status == .ok)
      #expect(cancelled.json["state"].string == "cancelled")
      #expect(
        try await browser.ledger(id) == [
          "booked mette requested", "moved mette requested", "cancelled mette requested",
        ])
      let again = try await browser.send(
        .patch, "\(visits)/\(id)", as: town.worker, json: ["durationMinutes": 20])
      #expect(again.status == .conflict)
      #expect(again.problem == "visit-cancelled")
    }
  }

  @Test func operationsBookForAWorkerAndAWorkerOnlyForHerself() async throws {
    let town = try await Municipality()
    let other = try await addWorker("ole", to: town)
    try await town.join(town.citizen, ["nord"])
    try await town.join(town.worker, ["nord"])
    try await town.join(other, ["syd"])
    try await town.serve { browser in
      let body: JSONValue = [
        "citizenId": "karen", "workerId": "mette", "start": "2026-11-22T09:00:00Z",
        "durationMinutes": 30,
      ]
      let byOther = try await browser.send(.post, visits, as: other, json: body)
      #expect(byOther.status == .forbidden)
      let byCitizen = try await browser.send(.post, visits, as: town.citizen, json: body)
      #expect(byCitizen.status == .forbidden)
      let byOperations = try await browser.send(.post, visits, as: town.operations, json: body)
      #expect(byOperations.status == .created)
      #expect(byOperations.json["worker"]["id"].string == "mette")
      // One of another team sees nothing without a reason.
      let id = try #require(byOperations.json["id"].string)
      let seen = try await browser.send(.get, "\(visits)/\(id)", as: other)
      #expect(seen.status == .forbidden)
      #expect(!seen.text.contains("Karen"))
      for command in ["cancel", "ring", "answer", "decline", "hangup"] {
        #expect(try await browser.post(command, id, as: other).status == .forbidden)
      }
    }
  }

  @Test func nobodyIsBookedTwice() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      _ = try await browser.book()
      let start = town.clock.now().adding(minutes: 75)
      let second = try await browser.send(
        .post, visits, as: town.worker,
        json: [
          "citizenId": "karen", "start": .string(start.rfc3339),
          "durationMinutes": 30,
        ])
      #expect(second.status == .conflict)
      #expect(second.problem == "double-booked")
      #expect(second.json["detail"].string?.isEmpty == false)
      #expect(second.json["detailEn"].string?.isEmpty == false)
    }
  }

  @Test(arguments: [
    (#"{"citizenId":"karen","start":"i morgen","durationMinutes":30}"#, 400, "invalid-time"),
    (
      #"{"citizenId":"karen","start":"2026-02-30T09:00:00Z","durationMinutes":30}"#, 400,
      "invalid-time"
    ),
    (#"{"citizenId":"karen","start":"2026-11-22T09:00:00Z"}"#, 400, "missing-field"),
    (
      #"{"citizenId":"karen","start":"2026-11-22T09:00:00Z","durationMinutes":"thirty"}"#, 400,
      "wrong-field-type"
    ),
    (
      #"{"citizenId":"karen","start":"2026-11-22T09:00:00Z","durationMinutes":30,"form":"pub"}"#,
      400, "unknown-choice"
    ),
    (
      #"{"citizenId":"karen","start":"2020-11-22T09:00:00Z","durationMinutes":30}"#, 422,
      "starts-in-the-past"
    ),
    (
      #"{"citizenId":"karen","start":"2026-11-22T09:00:00Z","durationMinutes":-5}"#, 422,
      "duration-out-of-range"
    ),
    (
      #"{"citizenId":"mette","start":"2026-11-22T09:00:00Z","durationMinutes":30}"#, 422,
      "not-a-citizen"
    ),
    (
      #"{"citizenId":"nobody","start":"2026-11-22T09:00:00Z","durationMinutes":30}"#, 404,
      "not-found"
    ),
  ])
  func aBookingThatCannotBeIsRefused(body: String, status: Int, problem: String) async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let answer = try await browser.send(
        .post, visits, as: town.worker, body: body, type: "application/json")
      #expect(answer.status.code == status)
      #expect(answer.problem == problem)
    }
  }

  @Test func listsHoldTheCallersOwnVisits() async throws {
    let town = try await Municipality()
    let other = try await addWorker("ole", to: town)
    try await town.serve { browser in
      let id = try await browser.book()
      for person in [town.worker, town.citizen, town.operations] {
        let list = try await browser.send(.get, visits, as: person)
        #expect(list.json["visits"].array.map { $0["id"].string } == [id])
      }
      #expect(try await browser.send(.get, visits, as: other).json["visits"].array.isEmpty)
      let later = try await browser.send(
        .get, "\(visits)?from=2026-12-01T00:00:00%2B01:00&to=2026-12-02T00:00:00Z",
        as: town.worker)
      #expect(later.status == .ok)
      #expect(later.json["visits"].array.isEmpty)
      let wrong = try await browser.send(.get, "\(visits)?from=yesterday", as: town.worker)
      #expect(wrong.status == .badRequest)
      #expect(wrong.json["field"].string == "from")
    }
  }

  @Test func aVisitOfAnotherMunicipalityDoesNotExist() async throws {
    let town = try await Municipality()
    let abroad = TenantID(rawValue: "nabokommunen")
    try await town.store.addTenant(
      .init(id: abroad, name: "Nabokommunen", createdAt: town.clock.now()))
    let stranger = Person(
      id: PersonID(rawValue: "olga"), tenant: abroad, role: .operations, displayName: "Olga",
      createdAt: town.clock.now())
    try await town.store.addPerson(stranger, by: .system)
    try await town.addDevice("olga-device", of: stranger)
    try await town.serve { browser in
      let id = try await browser.book()
      for path in ["\(visits)/\(id)", "\(visits)/\(id)/ledger", "\(visits)/\(id)/verdict"] {
        let answer = try await browser.send(.get, path, as: stranger)
        #expect(answer.status == .notFound)
        #expect(answer.problem == "not-found")
      }
      #expect(try await browser.send(.get, visits, as: stranger).json["visits"].array.isEmpty)
      let people = try await browser.send(.get, "/api/v1/people", as: stranger)
      #expect(people.json["people"].array.map { $0["id"].string } == ["olga"])
    }
  }

  private func addWorker(_ id: String, to town: Municipality) async throws -> Person {
    let worker = Person(
      id: PersonID(rawValue: id), tenant: town.tenant, role: .supportWorker, displayName: id,
      createdAt: town.clock.now())
    try await town.store.addPerson(worker, by: .system)
    try await town.addDevice("\(id)-device", of: worker)
    return worker
  }
}
