import GRDB
import Testing
import Visits

@testable import Store

/// Names go when nothing is left for them to stand on, and nothing is left that stands on them.
@Suite struct PersonPurgeTests {
  typealias M = Municipality

  private static func day(_ day: Int) -> UTCMilliseconds { M.now.adding(minutes: day * 1440) }

  @discardableResult
  private func purge(_ town: Municipality, day: Int, isDry: Bool = false) async throws -> Int? {
    let counts = try await town.store.purge(
      tenant: M.tenant, isDry: isDry, by: .system, at: Self.day(day))
    let broken = try await town.store.read {
      try Row.fetchAll($0, sql: "PRAGMA foreign_key_check").map(\.description)
    }
    #expect(broken.isEmpty)
    return counts.first { $0.kind == .people }?.rows
  }

  private func people(_ town: Municipality) async throws -> [String] {
    try await town.store.people(tenant: M.tenant, role: nil).map(\.id.rawValue).sorted()
  }

  private func pair(_ person: String, _ town: Municipality) async throws -> DeviceID {
    let device = DeviceID(rawValue: "\(person)-device")
    try await town.store.addDevice(
      Device(
        id: device, tenant: M.tenant, person: PersonID(rawValue: person), label: "x",
        createdAt: M.now), by: .system)
    return device
  }

  /// Whoever adds a table that names people decides here what its rows mean for the name.
  @Test func everyColumnThatNamesAPersonIsKnown() async throws {
    let town = try await Municipality()
    let known = Set((PersonPurge.kept + PersonPurge.with).map { "\($0.table).\($0.column)" })
    let found = try await town.store.read { db in
      let tables = try String.fetchAll(
        db,
        sql: """
          SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
          """)
      return try tables.flatMap { table in
        let keys = try Row.fetchAll(db, sql: "PRAGMA foreign_key_list(\(table))")
          .filter { ($0["table"] as String) == "person" }
          .compactMap { $0["from"] as String? }.filter { $0 != "tenant" }
          .map { "\(table).\($0)" }
        let named = try Row.fetchAll(db, sql: "PRAGMA table_info(\(table))")
          .compactMap { $0["name"] as String? }
          .filter { ["citizen", "person", "worker"].contains($0) }.map { "\(table).\($0)" }
        return keys + named
      }
    }
    // The logs keep numbers.
    #expect(Set(found).subtracting(["accessLog.citizen"]) == known)
  }

  @Test func aCitizenGoesWhenTheLastOfTheirRecordsHas() async throws {
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false)
    let device = try await pair("karen", town)
    for worker in ["anne", "bo", "lise", "drift"] { _ = try await pair(worker, town) }
    try await town.grant("ole", .section85)
    try await town.store.setCircle(
      CareCircle(
        citizen: PersonID(rawValue: "karen"), teams: [TeamID(rawValue: "vest")],
        primaryWorker: PersonID(rawValue: "anne")),
      tenant: M.tenant, by: .system, at: M.now)
    try await town.store.keepApart(
      PersonID(rawValue: "karen"), PersonID(rawValue: "ole"), tenant: M.tenant, by: M.operations,
      at: M.now)
    // Monday at 11 in Denmark: the team is open.
    try await town.book(M.request(minute: 2 * 1440 + 60))
    try await town.store.revokeDevice(device, tenant: M.tenant, by: M.operations, at: Self.day(2))

    try await purge(town, day: 729)
    #expect(try await people(town).contains("karen"), "her visit is kept two years")
    #expect(try await purge(town, day: 733, isDry: true) == 0, "her visit goes first")
    #expect(try await purge(town, day: 733) == 1)
    #expect(try await people(town) == ["anne", "bo", "drift", "lise", "ole"])
    for (table, column) in [
      ("careCircle", "citizen"), ("keepApart", "first"), ("device", "person"),
      ("teamMember", "person"),
    ] {
      let rows = try await town.store.read {
        try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM \(table) WHERE \(column) = 'karen'")
      }
      #expect(rows == 0, "\(table)")
    }
    let audit = try await town.store.audit(tenant: M.tenant, after: 0, limit: 500)
    #expect(audit.contains { $0.draft.subject?.rawValue == "karen" }, "the log keeps her number")
    #expect(audit.contains { $0.draft.action == "purge.people" })
    try await purge(town, day: 9000)
    #expect(try await people(town).contains("ole"), "who has a grant has a name")
  }

  @Test func whoeverWorksThereGoesWhenAllAccessWasTakenBackLongAgo() async throws {
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false)
    var devices: [String: DeviceID] = [:]
    for worker in ["anne", "bo", "lise", "drift"] { devices[worker] = try await pair(worker, town) }
    for citizen in ["karen", "ole"] { try await town.grant(citizen, .section85) }
    try await town.store.setCircle(
      CareCircle(
        citizen: PersonID(rawValue: "karen"), teams: [TeamID(rawValue: "vest")],
        backup: PersonID(rawValue: "bo")),
      tenant: M.tenant, by: .system, at: M.now)
    try await town.store.addShifts(
      [
        DutyShift(
          worker: PersonID(rawValue: "bo"), team: TeamID(rawValue: "vest"), kind: .work,
          window: TimeWindow(start: M.now, minutes: 480))
      ], tenant: M.tenant, by: .system, at: M.now)
    try await town.store.revokeDevice(
      try #require(devices["bo"]), tenant: M.tenant, by: M.operations, at: Self.day(100))

    try await purge(town, day: 460)
    #expect(try await people(town).contains("bo"), "taken back less than a year ago")
    try await purge(town, day: 470)
    #expect(try await people(town).contains("bo"), "still named as somebody's substitute")
    try await town.store.setCircle(
      CareCircle(citizen: PersonID(rawValue: "karen"), teams: [TeamID(rawValue: "vest")]),
      tenant: M.tenant, by: .system, at: Self.day(470))
    #expect(try await purge(town, day: 471) == 1)
    #expect(try await people(town) == ["anne", "drift", "karen", "lise", "ole"])
    let team = try await town.store.teams(tenant: M.tenant).first
    #expect(team?.members.map(\.rawValue).sorted() == ["anne", "karen", "ole"])
    try await purge(town, day: 9000)
    #expect(try await people(town).contains("anne"), "who has access works there")
  }

  @Test func aTeamGoesThatNobodyIsInAndNobodyHasDecidedAboutForLong() async throws {
    let town = try await Municipality()
    for worker in ["anne", "bo", "drift"] { _ = try await pair(worker, town) }
    for (team, members) in [("tom", []), ("fuld", ["anne"])] as [(String, [String])] {
      try await town.store.putTeam(
        Team(
          id: TeamID(rawValue: team), name: team, members: members.map(PersonID.init(rawValue:))),
        tenant: M.tenant, by: .system, at: M.now)
    }
    try await purge(town, day: 300)
    #expect(try await town.store.teams(tenant: M.tenant).count == 2)
    try await purge(town, day: 400)
    #expect(try await town.store.teams(tenant: M.tenant).map(\.id.rawValue) == ["fuld"])
  }
}
