import GRDB
import Testing
import Visits

@testable import Store

@Suite struct AccessLogTests {
  typealias M = Municipality
  let karen = PersonID(rawValue: "karen")

  @Test func theSameLookWithinMinutesIsOneLine() async throws {
    let municipality = try await Municipality()
    let store = municipality.store
    for minute in [0, 1, 4, 5, 11] {
      try await store.access(
        AccessRequest(karen, .visits), tenant: M.tenant, by: M.anne,
        at: M.now.adding(minutes: minute))
    }
    try await store.access(
      AccessRequest(karen, .notes), tenant: M.tenant, by: M.anne, at: M.now.adding(minutes: 11))
    let lines = try await store.accessLog(tenant: M.tenant, of: karen, after: 0, limit: 100)
    #expect(lines.map { $0.at.milliseconds(since: M.now) / 60_000 } == [0, 5, 11, 11])
    #expect(lines.map(\.part) == [.visits, .visits, .visits, .notes])
  }

  @Test func oneOfAnotherMunicipalityIsNotThere() async throws {
    let municipality = try await Municipality()
    let error = await storeError {
      try await municipality.store.access(
        AccessRequest(karen, .visits), tenant: M.neighbour, by: M.anne, at: M.now)
    }
    #expect(error == .notFound)
  }

  @Test func theLogOnlyGrows() async throws {
    let municipality = try await Municipality()
    try await municipality.store.access(
      AccessRequest(karen, .visits), tenant: M.tenant, by: M.anne, at: M.now)
    for statement in [
      "UPDATE accessLog SET reason = 'x'", "DELETE FROM accessLog",
      "REPLACE INTO accessLog SELECT * FROM accessLog",
    ] {
      let error = await storeError {
        try await municipality.store.write { try $0.execute(sql: statement) }
      }
      #expect(error == .conflict, "\(statement)")
    }
  }
}
