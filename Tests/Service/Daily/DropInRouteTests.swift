import FoundationEssentials
import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("Drop-in advice")
struct DropInRouteTests {
  private static let path = "/api/v1/drop-in"

  /// Opens an hour of advice now; the session's id.
  private func open(_ browser: TestBrowser, weeks: Int = 1) async throws -> String {
    let now = browser.municipality.clock.now()
    let answer = try await browser.send(
      .post, "\(Self.path)/sessions", as: browser.municipality.worker,
      json: [
        "start": .string(now.rfc3339), "end": .string(now.adding(minutes: 60).rfc3339),
        "weeks": .number(Double(weeks)),
      ])
    #expect(answer.status == .created)
    #expect(answer.json["sessions"].array.count == weeks)
    return try #require(answer.json["sessions"].array.first?["id"].string)
  }

  @Test func aCitizenStandsInLineIsRungAndTalks() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let session = try await open(browser)
      let worker = try await browser.events(as: town.worker)
      let citizen = try await browser.events(as: town.citizen)
      let joined = try await browser.send(
        .post, "\(Self.path)/sessions/\(session)/tickets", as: town.citizen,
        json: ["topic": "post"])
      #expect(joined.status == .created)
      #expect(joined.json["position"].number == 1)
      #expect(
        joined.json["status"]["da"].string == "Du er den næste. Vi ringer til dig om lidt.")
      #expect(joined.json["topic"] == .null)
      let shown = try await worker.next("queue")
      #expect(shown.data["tickets"].array.first?["topic"].string == "post")

      let claimed = try await browser.send(
        .post, "\(Self.path)/sessions/\(session)/claim", as: town.worker)
      #expect(claimed.status == .accepted)
      #expect(claimed.json["form"].string == "dropIn")
      #expect(claimed.json["state"].string == "ringing")
      let visit = try #require(claimed.json["id"].string)
      #expect(try await citizen.next("queue-place").data["state"].string == "waiting")
      #expect(
        try await citizen.next("queue-place").data["status"]["da"].string
          == "Mette ringer til dig nu.")
      #expect(try await citizen.next("ring").data["visit"].string == visit)
      #expect(try await browser.post("answer", visit, as: town.citizen).status == .ok)
      #expect(try await citizen.next("queue-place").data["state"].string == "talking")
      let queue = try await browser.send(
        .get, "\(Self.path)/sessions/\(session)", as: town.worker)
      #expect(queue.json["tickets"].array.first?["phase"].string == "within")
      #expect(try await browser.post("hangup", visit, as: town.citizen).status == .ok)
      #expect(try await citizen.next("queue-place").data["state"].string == "done")
      let nobody = try await browser.send(
        .post, "\(Self.path)/sessions/\(session)/claim", as: town.worker)
      #expect(nobody.status == .noContent)
      let figures = try await browser.send(
        .get,
        "\(Self.path)/statistics?to=\(town.clock.now().adding(minutes: 1).rfc3339)",
        as: town.operations)
      #expect(figures.json["talked"].number == 1)
    }
  }

  @Test func theSoftTimerReachesTheWorkerAloneAndByTheClock() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let session = try await open(browser)
      _ = try await browser.send(
        .post, "\(Self.path)/sessions/\(session)/tickets", as: town.citizen)
      let claimed = try await browser.send(
        .post, "\(Self.path)/sessions/\(session)/claim", as: town.worker)
      let visit = try #require(claimed.json["id"].string)
      _ = try await browser.post("answer", visit, as: town.citizen)
      // Somebody is in the room, or the visit would end as abandoned.
      _ = try await browser.join(visit, as: town.citizen)
      let worker = try await browser.events(as: town.worker)
      town.clock.advance(milliseconds: 15 * 60_000)
      await town.service.daily.tick()
      #expect(try await worker.next("soft-timer").data["phase"].string == "nearing")
      town.clock.advance(milliseconds: 5 * 60_000)
      await town.service.daily.tick()
      let over = try await worker.next("soft-timer")
      #expect(over.data["phase"].string == "over")
      #expect(over.data["minutes"].number == 20)
    }
  }

  @Test func citizensSeeTheirOwnPlaceOnly() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let session = try await open(browser)
      let joined = try await browser.send(
        .post, "\(Self.path)/sessions/\(session)/tickets", as: town.worker,
        json: ["citizenId": "karen", "phone": "20 12 34 56"])
      let ticket = try #require(joined.json["id"].string)
      let stranger = Person(
        id: PersonID(rawValue: "ole"), tenant: town.tenant, role: .citizen, displayName: "Ole",
        createdAt: town.clock.now())
      try await town.store.addPerson(stranger, by: .system)
      try await town.addDevice("ole-device", of: stranger)
      #expect(
        try await browser.send(.get, "\(Self.path)/tickets", as: stranger).json["tickets"].array
          .isEmpty)
      #expect(
        try await browser.send(.delete, "\(Self.path)/tickets/\(ticket)", as: stranger).status
          == .notFound)
      #expect(
        try await browser.send(.get, "\(Self.path)/sessions/\(session)", as: stranger).status
          == .forbidden)
      let own = try await browser.send(.get, "\(Self.path)/tickets", as: town.citizen)
      #expect(own.json["tickets"].array.map { $0["id"].string } == [ticket])
      #expect(
        try await browser.send(.delete, "\(Self.path)/tickets/\(ticket)", as: town.citizen).status
          == .noContent)
      let gone = try await browser.send(.get, "\(Self.path)/tickets", as: town.citizen)
      #expect(gone.json["tickets"].array.first?["state"].string == "left")
    }
  }

  @Test func aWeeklySessionKeepsItsTimeOnTheClockAndTextsKeepNoCPRNumber() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      // Nineteen weeks on, summer time has begun.
      _ = try await open(browser, weeks: 20)
      let end = town.clock.now().adding(minutes: 200 * 1440)
      let listed = try await browser.send(
        .get, "\(Self.path)/sessions?to=\(end.rfc3339)", as: town.citizen)
      let starts = listed.json["sessions"].array.compactMap {
        $0["start"].string.flatMap { UTCMilliseconds(rfc3339: $0) }
      }
      #expect(starts.count == 20)
      #expect(Set(starts.map { CopenhagenTime($0).clock }) == ["10.00"])
      let session = try #require(listed.json["sessions"].array.first?["id"].string)
      for body in [JSONValue.object(["topic": "010190 1234"]), .object(["phone": "0101901234"])] {
        let refused = try await browser.send(
          .post, "\(Self.path)/sessions/\(session)/tickets", as: town.citizen, json: body)
        #expect(refused.problem == "personal-number")
        #expect(refused.json["detail"].string?.contains("Slet de sidste fire cifre") == true)
      }
    }
  }
}
