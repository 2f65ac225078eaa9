import CallQuality
import GRDB
import Store
import Testing
import Visits

@Suite struct TenancyTests {
  typealias M = Municipality

  @Test func anotherMunicipalityFindsNothing() async throws {
    let municipality = try await Municipality()
    try await LedgerTests.hold(municipality)
    let store = municipality.store
    let device = Device(
      id: DeviceID(rawValue: "screen"), tenant: M.tenant, person: PersonID(rawValue: "karen"),
      label: "Karens skærm", createdAt: M.now)
    try await store.addDevice(device, by: M.operations)
    let visit = VisitID(rawValue: "v1")
    let karen = PersonID(rawValue: "karen")
    let other = M.neighbour

    let questions: [(String, () async throws -> Void)] = [
      ("person", { _ = try await store.person(karen, tenant: other) }),
      ("device", { _ = try await store.device(device.id, tenant: other) }),
      (
        "revoke",
        {
          try await store.revokeDevice(
            device.id, tenant: other, by: M.operations, at: M.now)
        }
      ),
      ("visit", { _ = try await store.visit(visit, tenant: other) }),
      (
        "apply",
        {
          _ = try await store.apply(.ring, to: visit, tenant: other, by: M.anne, at: M.now)
        }
      ),
      ("join", { _ = try await store.checkJoin(visit, tenant: other, by: M.anne) }),
      ("verdict", { _ = try await store.verdict(of: visit, tenant: other) }),
      (
        "ledger", { _ = try await store.ledger(of: visit, tenant: other, after: 0, limit: 10) }
      ),
      ("samples", { _ = try await store.samples(of: visit, tenant: other) }),
      (
        "append samples",
        {
          try await store.appendSamples(
            [QualitySample(participant: "karen", source: .native, at: M.now.rawValue)],
            of: visit, tenant: other)
        }
      ),
      (
        "book",
        {
          _ = try await store.book(M.request("v2"), tenant: other, by: M.anne, at: M.now)
        }
      ),
      (
        "add device",
        {
          var foreign = device
          foreign.tenant = other
          try await store.addDevice(foreign, by: M.operations)
        }
      ),
    ]
    for (name, question) in questions {
      #expect(await storeError(question) == .notFound, "\(name)")
    }
    #expect(try await store.people(tenant: other, role: nil).isEmpty)
    #expect(try await store.devices(of: karen, tenant: other).isEmpty)
    #expect(
      try await store.visits(
        tenant: other, from: M.now, to: M.now.adding(minutes: 1000), of: nil
      ).isEmpty)
    #expect(try await store.audit(tenant: other, after: 0, limit: 100).isEmpty)
    #expect(try await store.device(device.id, tenant: M.tenant).revokedAt == nil)
  }

  @Test func oneIdMayNameTwoPeopleInTwoMunicipalities() async throws {
    let municipality = try await Municipality()
    let store = municipality.store
    for (id, role, name) in [("karen", Role.citizen, "En anden"), ("anne", .supportWorker, "Ann")] {
      try await store.addPerson(
        Person(
          id: PersonID(rawValue: id), tenant: M.neighbour, role: role, displayName: name,
          createdAt: M.now), by: .system)
    }
    try await municipality.book()
    // The same ids, the same time, the same visit id: no business of the neighbour's.
    let booked = try await store.book(
      M.request(), tenant: M.neighbour, by: M.anne, at: M.now)
    #expect(booked.details.citizen.displayName == "En anden")
    #expect(booked.entries.map(\.sequence) == [1])
    let visit = try await store.visit(VisitID(rawValue: "v1"), tenant: M.tenant)
    #expect(visit.citizen.displayName == "Karen")
  }

  @Test func theDatabaseItselfKeepsMunicipalitiesApart() async throws {
    let municipality = try await Municipality()
    let other = try DatabaseQueue(path: municipality.path)
    #expect(throws: DatabaseError.self) {
      try other.write { db in
        try db.execute(
          sql: """
            INSERT INTO visit (tenant, id, citizen, worker, start, minutes, form, mediaMode, state)
            VALUES ('nabo', 'v1', 'karen', 'anne', 0, 30, 'screen', 'video', 'booked')
            """)
      }
    }
  }

  @Test func peopleAndDevicesAreKept() async throws {
    let store = try await Municipality().store
    #expect(
      try await store.people(tenant: M.tenant, role: .citizen).map(\.displayName) == [
        "Karen", "Ole",
      ])
    #expect(try await store.tenants().map(\.name) == ["Eksempel", "Nabo"])
    let karen = try await store.person(PersonID(rawValue: "karen"), tenant: M.tenant)
    #expect(karen.role == .citizen && karen.createdAt == M.now)
    #expect(await storeError { try await store.addPerson(karen, by: M.operations) } == .conflict)

    for (id, minute) in [("b", 0), ("a", 1)] {
      try await store.addDevice(
        Device(
          id: DeviceID(rawValue: id), tenant: M.tenant, person: karen.id, label: "Skærm \(id)",
          createdAt: M.now.adding(minutes: minute)), by: M.operations)
    }
    let id = DeviceID(rawValue: "a")
    try await store.revokeDevice(
      id, tenant: M.tenant, by: M.operations, at: M.now.adding(minutes: 5))
    try await store.revokeDevice(
      id, tenant: M.tenant, by: M.operations, at: M.now.adding(minutes: 9))
    let devices = try await store.devices(of: karen.id, tenant: M.tenant)
    #expect(devices.map(\.id.rawValue) == ["b", "a"])
    #expect(devices.map(\.revokedAt) == [nil, M.now.adding(minutes: 5)])
    #expect(try await store.device(id, tenant: M.tenant).label == "Skærm a")
  }
}
