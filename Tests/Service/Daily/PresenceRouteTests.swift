import FoundationEssentials
import HTTPTypes
import Store
import Testing
import Visits

@testable import Service

@Suite("Presence")
struct PresenceRouteTests {
  private func presence(_ browser: TestBrowser) async throws -> (worker: String?, device: JSONValue)
  {
    let answer = try await browser.send(
      .get, "/api/v1/presence", as: browser.municipality.operations)
    #expect(answer.status == .ok)
    return (
      answer.json["workers"].array.first?["presence"].string,
      answer.json["devices"].array.first ?? .null
    )
  }

  @Test func aWorkerIsWhatTheirDoingsSay() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      #expect(try await presence(browser).worker == "off-duty")
      let visit = try await browser.book(minutesAhead: 0)
      #expect(try await presence(browser).worker == "available")
      _ = try await browser.post("ring", visit, as: town.worker)
      #expect(try await presence(browser).worker == "in-visit")
      _ = try await browser.post("hangup", visit, as: town.worker)
      #expect(try await presence(browser).worker == "available")
      let away = try await browser.send(
        .post, "/api/v1/presence/away", as: town.worker, json: ["minutes": 30])
      #expect(away.status == .noContent)
      #expect(try await presence(browser).worker == "away")
      _ = try await browser.send(
        .post, "/api/v1/presence/away", as: town.worker, json: ["minutes": 0])
      #expect(try await presence(browser).worker == "available")
      town.clock.advance(milliseconds: 600_000)
      #expect(try await presence(browser).worker == "away")
    }
  }

  @Test func aDeviceIsOnlineWhileItsStreamIsOpenAndItsSelfTestAges() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      #expect(try await presence(browser).device["health"].string == "never-seen")
      let stream = try await browser.events(as: town.citizen)
      _ = stream
      #expect(try await presence(browser).device["isOnline"].bool == true)
      #expect(try await presence(browser).device["health"].string == "test-due")
      let tested = try await browser.send(
        .post, "/api/v1/self-tests", as: town.citizen, json: ["passed": .bool(true)])
      #expect(tested.status == .accepted)
      #expect(try await presence(browser).device["health"].string == "ready")
      town.clock.advance(milliseconds: 51 * 3_600_000)
      #expect(try await presence(browser).device["health"].string == "test-due")
      town.service.hub.close(device: town.deviceID, tenant: town.tenant)
      while try await presence(browser).device["isOnline"].bool == true {
        town.clock.advance(milliseconds: 60_000)
        await Task.yield()
      }
      #expect(try await presence(browser).device["health"].string == "offline")
    }
  }

  @Test func whatWasHeardOfDevicesIsWrittenDownBeforeTheServiceStops() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      _ = try await browser.send(
        .post, "/api/v1/self-tests", as: town.citizen, json: ["passed": .bool(false)])
    }
    let next = try await Municipality(after: town)
    try await next.serve { browser in
      let device = try await presence(browser).device
      #expect(device["selfTestPassed"].bool == false)
      #expect(device["lastSeenAt"].string == town.clock.now().rfc3339)
    }
  }

  @Test func workersKeepTheirOwnRotaAndNobodyElses() async throws {
    let town = try await Municipality()
    try await town.serve { browser in
      let now = town.clock.now()
      let shift: JSONValue = [
        "kind": "duty", "start": .string(now.rfc3339),
        "end": .string(now.adding(minutes: 60).rfc3339),
      ]
      #expect(
        try await browser.send(.post, "/api/v1/rota", as: town.worker, json: shift).status
          == .noContent)
      let listed = try await browser.send(.get, "/api/v1/rota", as: town.worker)
      #expect(listed.json["shifts"].array.map { $0["kind"].string } == ["duty"])
      let shown = try await browser.send(.get, "/api/v1/presence", as: town.operations)
      #expect(shown.json["workers"].array.first?["hasDuty"].bool == true)
      let other: JSONValue = [
        "workerId": "somebody", "start": .string(now.rfc3339),
        "end": .string(now.adding(minutes: 60).rfc3339),
      ]
      #expect(
        try await browser.send(.post, "/api/v1/rota", as: town.worker, json: other).status
          == .forbidden)
      #expect(
        try await browser.send(.post, "/api/v1/rota/remove", as: town.worker, json: shift).status
          == .noContent)
      #expect(
        try await browser.send(.get, "/api/v1/rota", as: town.worker).json["shifts"].array.isEmpty)
      #expect(
        try await browser.send(.get, "/api/v1/presence", as: town.citizen).status == .forbidden)
    }
  }
}

extension Municipality {
  /// The citizen's device.
  fileprivate var deviceID: DeviceID { DeviceID(rawValue: "karen-device") }
}
