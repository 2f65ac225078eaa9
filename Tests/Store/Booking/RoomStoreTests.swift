import GRDB
import Testing
import Visits

@testable import Store

/// Rooms and stations of which so many visits have a place at a time (B21).
@Suite struct RoomStoreTests {
  typealias M = Municipality

  private func town(places: Int) async throws -> Municipality {
    let town = try await Municipality()
    try await town.store.putRoom(
      Room(id: RoomID(rawValue: "st"), name: "Stationerne", places: places), tenant: M.tenant,
      by: M.operations, at: M.now)
    for index in 1...4 {
      for (role, kind) in [(Role.citizen, "c"), (.supportWorker, "w")] {
        try await town.store.addPerson(
          Person(
            id: PersonID(rawValue: "\(kind)\(index)"), tenant: M.tenant, role: role,
            displayName: "\(kind)\(index)", createdAt: M.now), by: .system)
      }
    }
    return town
  }

  /// A visit of pair `index` at the stations, `minute` minutes from now.
  private func book(
    _ index: Int, at minute: Int, for minutes: Int, in town: Municipality
  ) async throws {
    var request = M.request(
      "v\(index)-\(minute)", citizen: "c\(index)", worker: "w\(index)", minute: minute,
      minutes: minutes)
    request.form = .physical
    request.room = RoomID(rawValue: "st")
    try await town.store.book(request, tenant: M.tenant, by: M.operations, at: M.now)
  }

  @Test func threeAtATimeAndTheFourthIsTold() async throws {
    let town = try await town(places: 3)
    #expect(
      try await town.store.rooms(tenant: M.tenant)
        == [Room(id: RoomID(rawValue: "st"), name: "Stationerne", places: 3)])
    try await book(1, at: 60, for: 60, in: town)
    try await book(2, at: 60, for: 30, in: town)
    try await book(3, at: 80, for: 60, in: town)
    #expect(await refusal { try await book(4, at: 70, for: 30, in: town) } == "room-taken")
    // Two who follow one another take one place between them.
    try await book(4, at: 90, for: 30, in: town)
    #expect(await refusal { try await book(2, at: 110, for: 30, in: town) } == "room-taken")
    try await book(2, at: 120, for: 30, in: town)
  }

  @Test func aRoomIsForOneVisitUnlessToldOtherwise() async throws {
    let town = try await town(places: 1)
    try await book(1, at: 60, for: 30, in: town)
    #expect(await refusal { try await book(2, at: 75, for: 30, in: town) } == "room-taken")
    try await book(2, at: 90, for: 30, in: town)
  }

  /// The database refuses what the rule let through, as two who book at once would find it.
  @Test(arguments: [1, 2, 3])
  func theDatabaseItselfHoldsTheNumber(places: Int) async throws {
    let town = try await town(places: places)
    for index in 1...places { try await book(index, at: 60, for: 30, in: town) }
    var request = M.request("late", citizen: "c4", worker: "w4", minute: 80, minutes: 30)
    request.form = .physical
    try await town.store.book(request, tenant: M.tenant, by: M.operations, at: M.now)
    func occupy(_ start: Int) async throws {
      try await town.store.write { db in
        try db.execute(
          sql: """
            INSERT INTO roomTime (tenant, visit, room, start, "end", occupies)
            VALUES (?, 'late', 'st', ?, ?, 1)
            """,
          arguments: [
            M.tenant.rawValue, M.now.adding(minutes: start).rawValue,
            M.now.adding(minutes: start + 30).rawValue,
          ])
      }
    }
    #expect(await storeError { try await occupy(80) } == .conflict)
    // It begins before the others and runs into them.
    #expect(await storeError { try await occupy(50) } == .conflict)
    try await occupy(90)
  }
}
