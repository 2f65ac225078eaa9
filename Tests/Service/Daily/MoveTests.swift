import FoundationEssentials
import HTTPTypes
import Testing

@testable import Service

@Suite("A call on several devices")
struct MoveTests {
  @Test func joiningOnAnotherDeviceMovesTheCallAndTheFirstIsTold() async throws {
    let town = try await Municipality()
    try await town.addDevice("karen-tablet", of: town.citizen)
    try await town.addDevice("mette-home", of: town.worker)
    try await town.serve { browser in
      let visit = try await browser.holdVisit()
      for (person, second) in [(town.citizen, "karen-tablet"), (town.worker, "mette-home")] {
        let first = try await browser.join(visit, as: person)
        let stream = try await browser.events(as: person)
        #expect(try await stream.next("room").data["session"].string == first)
        let moved = try await browser.join(visit, as: person, device: second)
        #expect(moved != first)
        // Sent to all of the person's devices: the first sees a session that is not its own.
        #expect(try await stream.next("room").data["session"].string == moved)
      }
      let after = try await browser.send(.get, "/api/v1/visits/\(visit)", as: town.worker)
      #expect(after.json["state"].string == "active")
      #expect(!(try await browser.ledger(visit)).contains { $0.hasPrefix("ended") })
    }
  }
}
