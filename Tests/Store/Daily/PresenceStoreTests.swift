import Store
import Testing
import Visits

@Suite("Presence, stored")
struct PresenceStoreTests {
  private static let now = Municipality.now

  private func town() async throws -> Municipality {
    let town = try await Municipality()
    try await town.store.addDevice(
      Device(
        id: DeviceID(rawValue: "screen"), tenant: Municipality.tenant,
        person: PersonID(rawValue: "karen"), label: "Karens skærm", createdAt: Self.now),
      by: .system)
    return town
  }

  private func seen(
    at now: UTCMilliseconds, test: Bool? = nil
  ) -> SeenDevice {
    var presence = DevicePresence(device: DeviceID(rawValue: "screen"))
    presence.seen(at: now)
    if let test { presence.tested(passed: test, at: now) }
    return SeenDevice(tenant: Municipality.tenant, presence: presence)
  }

  private func device(_ town: Municipality) async throws -> DevicePresence? {
    try await town.store.devices(
      tenant: Municipality.tenant, servedBy: nil, at: Self.now
    ).first?.presence
  }

  @Test func whatADeviceToldOfItselfOutlivesARestartAndOlderNewsChangesNothing() async throws {
    let town = try await town()
    #expect(try await device(town)?.lastSeenAt == nil)
    let later = Self.now.adding(minutes: 5)
    try await town.store.saveDevices([seen(at: later, test: true)])
    try await town.store.saveDevices([seen(at: Self.now, test: false)])
    let known = try await device(town)
    #expect(known?.lastSeenAt == later)
    #expect(known?.selfTestAt == later)
    #expect(known?.selfTestPassed == true)
    try await town.store.saveDevices([seen(at: later.adding(minutes: 5))])
    #expect(try await device(town)?.selfTestAt == later, "seen again is not tested again")
  }

  @Test func aWorkerSeesTheDevicesOfCitizensHerTeamVisits() async throws {
    let town = try await town()
    func seen(by worker: String) async throws -> Int {
      try await town.store.devices(
        tenant: Municipality.tenant, servedBy: PersonID(rawValue: worker), at: Self.now
      ).count
    }
    #expect(try await seen(by: "anne") == 0)
    try await town.book()
    #expect(try await seen(by: "anne") == 1)
    #expect(try await seen(by: "bo") == 0)
  }

  @Test func theRotaSaysWhoIsAtWorkAndAVisitWhoIsBusy() async throws {
    let town = try await town()
    let shift = DutyShift(
      worker: PersonID(rawValue: "anne"), team: .everybody,
      window: TimeWindow(start: Self.now, minutes: 60))
    for _ in 0..<2 {
      try await town.store.addShifts(
        [shift], tenant: Municipality.tenant, by: Municipality.anne, at: Self.now)
    }
    #expect(
      try await town.store.shifts(
        tenant: Municipality.tenant, from: Self.now, to: Self.now.adding(minutes: 1)) == [shift])
    try await town.book(Municipality.request(minute: 0))
    try await town.apply(.ring)
    let workers = try await town.store.workers(
      tenant: Municipality.tenant, colleaguesOf: nil, at: Self.now)
    #expect(workers.map(\.worker.displayName) == ["Anne", "Bo"])
    #expect(workers.map(\.isInVisit) == [true, false])
    #expect(workers.map(\.shifts) == [[shift], []])
    try await town.store.removeShift(
      shift, tenant: Municipality.tenant, by: Municipality.anne, at: Self.now)
    #expect(
      try await town.store.shifts(
        tenant: Municipality.tenant, from: Self.now, to: Self.now.adding(minutes: 1)
      ).isEmpty)
    let refused = await storeError {
      var wrong = shift
      wrong.worker = PersonID(rawValue: "karen")
      try await town.store.addShifts(
        [wrong], tenant: Municipality.tenant, by: Municipality.operations, at: Self.now)
    }
    #expect(refused == .refused(.notASupportWorker(name: "Karen")))
  }
}
