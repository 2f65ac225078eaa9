import GRDB
import Store
import Testing
import Visits

@Suite struct AuditTests {
  typealias M = Municipality

  @Test func everythingAPersonWritesIsInTheLog() async throws {
    let municipality = try await Municipality()
    let store = municipality.store
    try await store.addPerson(
      Person(
        id: PersonID(rawValue: "ib"), tenant: M.tenant, role: .citizen, displayName: "Ib",
        createdAt: M.now), by: M.operations)
    let device = DeviceID(rawValue: "ibs")
    try await store.addDevice(
      Device(
        id: device, tenant: M.tenant, person: PersonID(rawValue: "ib"), label: "Ibs skærm",
        createdAt: M.now), by: M.anne)
    try await store.revokeDevice(device, tenant: M.tenant, by: M.operations, at: M.now)
    try await municipality.book()
    try await municipality.apply(.move(start: nil, durationMinutes: 45))
    try await municipality.apply(.ring)
    try await municipality.apply(.answer, by: M.karen, at: M.now.adding(minutes: 1))
    try await municipality.apply(.hangUp(reason: nil))
    try await store.appendAudit(
      AuditDraft(action: "ledger.read", visit: VisitID(rawValue: "v1")), tenant: M.tenant,
      by: M.operations, at: M.now)

    let log = try await store.audit(tenant: M.tenant, after: 0, limit: 100)
      .filter { $0.actor != nil }
    #expect(
      log.map(\.draft.action) == [
        "person.create", "device.create", "device.revoke", "visit.book", "visit.move",
        "visit.ring", "visit.answer", "visit.hang-up", "ledger.read",
      ])
    let answer = try #require(log.first { $0.draft.action == "visit.answer" })
    #expect(answer.actor == PersonID(rawValue: "karen") && answer.role == .citizen)
    #expect(answer.device == DeviceID(rawValue: "screen"))
    #expect(answer.at == M.now.adding(minutes: 1))
    #expect(answer.draft.subject == PersonID(rawValue: "karen"))
    #expect(answer.draft.visit == VisitID(rawValue: "v1"))
    #expect(log.map(\.id) == log.map(\.id).sorted())
    let later = try await store.audit(tenant: M.tenant, after: log[2].id, limit: 2)
    #expect(later.map(\.draft.action) == ["visit.book", "visit.move"])
  }

  @Test func whatChangesNothingOrIsRefusedIsNotInIt() async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    let before = try await municipality.store.audit(tenant: M.tenant, after: 0, limit: 100)
    try await municipality.book()
    try await municipality.apply(.move(start: nil, durationMinutes: nil))
    _ = await storeError { try await municipality.apply(.answer, by: M.karen) }
    try await municipality.apply(.record(M.report(.left), key: nil), by: .system)
    let after = try await municipality.store.audit(tenant: M.tenant, after: 0, limit: 100)
    #expect(after == before)
  }

  @Test(arguments: [
    "UPDATE audit SET actor = 'nobody'", "DELETE FROM audit", "DELETE FROM audit WHERE id = 1",
    "REPLACE INTO audit (id, tenant, at, action) VALUES (1, 'eksempel', 0, 'nothing')",
  ])
  func theLogOnlyGrows(_ sql: String) async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    let before = try await municipality.store.audit(tenant: M.tenant, after: 0, limit: 100)
    #expect(!before.isEmpty)
    let other = try DatabaseQueue(path: municipality.path)
    #expect(throws: DatabaseError.self) { try other.write { try $0.execute(sql: sql) } }
    let after = try await municipality.store.audit(tenant: M.tenant, after: 0, limit: 100)
    #expect(after == before)
  }
}
