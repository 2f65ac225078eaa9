import GRDB
import Testing
import Visits

@testable import Store

/// Who leads a citizen's group is somebody she knows (B10).
@Suite struct ContinuityTests {
  typealias M = Municipality

  /// A group of Karen and Ole that Anne has led `count` times, the last one a week ago; then Anne visits
  /// Ole alone. Nobody's call ever went through the relay.
  private func town(meetings count: Int) async throws -> Municipality {
    let town = try await Municipality()
    let group = GroupID(rawValue: "g")
    try await town.store.addGroup(
      Group(id: group, tenant: M.tenant, team: .everybody, name: "Torsdag", capacity: 6),
      by: M.anne, at: M.now)
    for citizen in ["karen", "ole"] {
      _ = try await town.store.place(
        PersonID(rawValue: citizen), age: nil, in: group, tenant: M.tenant, isPlanner: false,
        by: M.anne, at: M.now)
    }
    _ = try await town.store.addMeetings(
      (0..<count).map { index in
        GroupMeeting(
          id: GroupMeetingID(rawValue: "m\(index)"), group: group,
          start: M.now.adding(minutes: 60 + index * 7 * 1440),
          facilitator: PersonID(rawValue: "anne"))
      }, tenant: M.tenant, by: M.anne, at: M.now, events: { _ in [] })
    try await town.book(M.request("own", citizen: "ole", minute: 60 + count * 7 * 1440))
    try await town.store.write { db in try db.execute(sql: "UPDATE visit SET state = 'ended'") }
    return town
  }

  private func figure(_ citizen: String, _ town: Municipality) async throws -> Continuity {
    try await town.store.continuity(
      of: PersonID(rawValue: citizen),
      in: TimeWindow(start: M.now, minutes: 100 * 1440), tenant: M.tenant)
  }

  @Test func whoLedTheGroupThreeTimesIsKnownToEveryMember() async throws {
    let town = try await town(meetings: 3)
    let ole = try await figure("ole", town)
    #expect(ole.held == 4 && ole.withKnown == 1 && ole.differentWorkers == 1)
    #expect(try await figure("karen", town).held == 3)
  }

  @Test func aMemberWhoStayedAwayHasMetNobody() async throws {
    let town = try await town(meetings: 3)
    try await town.store.write { db in
      // The others' calls were heard in the first meeting, Ole's was not.
      let visit = try VisitTable.visit(VisitID(rawValue: "m0"), tenant: M.tenant, in: db)
      let entry = LedgerDraft(
        at: M.now, kind: .mediaConnected, participant: PersonID(rawValue: "karen"), cause: .audio)
      _ = try LedgerTable.append([entry], to: visit, in: db)
    }
    #expect(try await figure("ole", town).withKnown == 0)
    #expect(try await figure("karen", town).held == 3)
  }
}
