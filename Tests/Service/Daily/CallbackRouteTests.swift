import FoundationEssentials
import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("Ring mig op")
struct CallbackRouteTests {
  private static let path = "/api/v1/callbacks"

  @Test func theCitizenAsksAWorkerCallsAndTheCitizenIsToldEachStep() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let worker = try await browser.events(as: town.worker)
      let citizen = try await browser.events(as: town.citizen)
      let asked = try await browser.send(
        .post, Self.path, as: town.citizen, json: ["isUrgent": .bool(true), "about": "medicin"])
      #expect(asked.status == .created)
      let id = try #require(asked.json["id"].string)
      #expect(asked.headers[.location] == "\(Self.path)/\(id)")
      #expect(asked.json["dueAt"] == .null)
      let shown = try await worker.next("callback")
      #expect(shown.data["isUrgent"].bool == true)
      #expect(shown.data["escalation"].string == "duty")

      let again = try await browser.send(.post, Self.path, as: town.citizen)
      #expect(again.status == .ok)
      #expect(again.json["id"].string == id)

      let seen = try await browser.send(.post, "\(Self.path)/\(id)/see", as: town.worker)
      #expect(seen.status == .ok)
      #expect(try await citizen.next("callback").data["status"]["code"].string != nil)
      let told = try await citizen.next("callback").data["status"]["da"].string
      #expect(told?.hasPrefix("Set af Mette kl. 10.00.") == true)

      let rung = try await browser.send(.post, "\(Self.path)/\(id)/call", as: town.worker)
      #expect(rung.status == .accepted)
      #expect(rung.json["state"].string == "ringing")
      let visit = try #require(rung.json["id"].string)
      #expect(
        try await citizen.next("callback").data["status"]["da"].string
          == "Mette ringer til dig nu.")
      #expect(try await citizen.next("ring").data["visit"].string == visit)
      #expect(try await browser.post("answer", visit, as: town.citizen).status == .ok)
      #expect(try await citizen.next("callback").data["state"].string == "done")
      let list = try await browser.send(.get, Self.path, as: town.worker)
      #expect(list.json["callbacks"].array.isEmpty)
    }
  }

  @Test func nobodyTakingItIsNoticedByTheClockAlone() async throws {
    let town = try await Municipality()
    // Monday 10:00 in Denmark: contact hours.
    town.clock.advance(milliseconds: 2 * 86_400_000)
    try await town.serve { browser in
      let worker = try await browser.events(as: town.worker)
      _ = try await browser.send(
        .post, Self.path, as: town.citizen, json: ["isUrgent": .bool(true)])
      #expect(try await worker.next("callback").data["escalation"].string == "duty")
      // A step a tick, so that the timer is asleep again whenever time goes on.
      for _ in 0..<61 {
        let next = town.clock.now().adding(milliseconds: DailyTimer.intervalMilliseconds)
        await town.clock.waitForSleeper(until: next)
        town.clock.advance(milliseconds: DailyTimer.intervalMilliseconds)
      }
      #expect(try await worker.next("callback").data["escalation"].string == "team")
    }
  }

  @Test func whoDoesWhatIsTheRulesToSay() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let asked = try await browser.send(.post, Self.path, as: town.citizen)
      let id = try #require(asked.json["id"].string)
      let stranger = Person(
        id: PersonID(rawValue: "ole"), tenant: town.tenant, role: .citizen, displayName: "Ole",
        createdAt: town.clock.now())
      try await town.store.addPerson(stranger, by: .system)
      try await town.addDevice("ole-device", of: stranger)
      for (command, person, status) in [
        ("claim", town.citizen, HTTPResponse.Status.forbidden), ("see", stranger, .notFound),
        ("release", town.worker, .ok), ("done", town.worker, .conflict),
        ("withdraw", town.worker, .forbidden), ("call", town.operations, .forbidden),
        ("withdraw", town.citizen, .ok), ("claim", town.worker, .conflict),
      ] {
        let answer = try await browser.send(.post, "\(Self.path)/\(id)/\(command)", as: person)
        #expect(answer.status == status, "\(command) as \(person.displayName)")
      }
      let unknown = try await browser.send(.get, "\(Self.path)/none", as: town.worker)
      #expect(unknown.status == .notFound)
      let unnamed = try await browser.send(.post, Self.path, as: town.worker)
      #expect(unnamed.problem == "missing-field")
      let cpr = try await browser.send(
        .post, Self.path, as: town.citizen, json: ["about": "0101901234"])
      #expect(cpr.status == .unprocessableContent)
      #expect(cpr.problem == "personal-number")
    }
  }
}

@Suite("Whether anybody answers")
struct ContactRouteTests {
  /// E23: on a Saturday the page has the number that is always answered; on a Monday the team.
  @Test func outsideTheHoursTheNumberIsGivenAndInThemTheTeamAnswers() async throws {
    let town = try await Municipality()
    var settings = DailySettings()
    settings.emergencyNumber = "12 34 56 78"
    try await town.store.setDailySettings(
      settings, tenant: town.tenant, by: .system, at: town.clock.now())
    try await town.serve { browser in
      let closed = try await browser.send(.get, "/api/v1/contact", as: town.citizen)
      #expect(closed.json["isOpen"].bool == false)
      #expect(closed.json["emergencyNumber"].string == "12 34 56 78")
      #expect(closed.json["notice"]["da"].string?.contains("12 34 56 78") == true)
      let worker = try await browser.send(.get, "/api/v1/contact", as: town.worker)
      #expect(worker.status == .forbidden)
    }
    // Monday 10:00 in Denmark.
    town.clock.advance(milliseconds: 2 * 86_400_000)
    let monday = try await Municipality(after: town)
    try await monday.serve { browser in
      let open = try await browser.send(.get, "/api/v1/contact", as: monday.citizen)
      #expect(open.json["isOpen"].bool == true && open.json["emergencyNumber"] == .null)
      #expect(open.json["changesAt"].string?.hasPrefix("2026-11-23T15:00") == true)
    }
  }
}
