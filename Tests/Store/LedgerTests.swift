import GRDB
import Store
import Testing
import Visits

@Suite struct LedgerTests {
  typealias M = Municipality

  /// A whole visit, as the ledger tells it.
  static func hold(_ municipality: Municipality) async throws {
    try await municipality.book()
    try await municipality.apply(.ring, at: M.now.adding(minutes: 60))
    try await municipality.apply(.answer, by: M.karen, at: M.now.adding(minutes: 61))
    for kind in MediaReport.Kind.allCases {
      try await municipality.apply(
        .record(M.report(kind), key: "k1/\(kind.rawValue)"), by: .system,
        at: M.now.adding(minutes: 62))
    }
    try await municipality.apply(
      .hangUp(reason: "færdig"), by: M.karen, at: M.now.adding(minutes: 90))
  }

  @Test func aVisitIsToldFromBookingToEnd() async throws {
    let municipality = try await Municipality()
    try await Self.hold(municipality)
    let ledger = try await municipality.ledger()
    #expect(
      ledger.map(\.kind) == [
        .booked, .rung, .answered, .mediaConnected, .interrupted, .resumed, .left, .picture,
        .ended,
      ])
    #expect(ledger.map(\.sequence) == Array(1...9))
    #expect(ledger[2].device == DeviceID(rawValue: "screen"))
    #expect(ledger[3].session == "k1" && ledger[3].attempt == 1)
    #expect(ledger[8].note == "færdig" && ledger[8].cause == .hungUp)
    #expect(ledger[8].at == M.now.adding(minutes: 90))
  }

  @Test func aLedgerIsReadAgainFromAnyPoint() async throws {
    let municipality = try await Municipality()
    try await Self.hold(municipality)
    let all = try await municipality.ledger()
    for point in 0...9 {
      #expect(try await municipality.ledger(after: Int64(point)) == Array(all.dropFirst(point)))
    }
    let some = try await municipality.store.ledger(
      of: VisitID(rawValue: "v1"), tenant: M.tenant, after: 2, limit: 3)
    #expect(some.map(\.sequence) == [3, 4, 5])
  }

  @Test func aLedgerSurvivesReopening() async throws {
    let municipality = try await Municipality()
    try await Self.hold(municipality)
    let before = try await municipality.ledger()
    try municipality.store.close()
    let reopened = try municipality.reopened()
    let after = try await reopened.ledger(
      of: VisitID(rawValue: "v1"), tenant: M.tenant, after: 0, limit: .max)
    #expect(after == before)
    #expect(
      try await reopened.visit(VisitID(rawValue: "v1"), tenant: M.tenant).visit.state == .ended)
  }

  @Test func manyWritersLeaveNeitherGapsNorRepeats() async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    // Two stores on one file are two processes to SQLite.
    let stores = [municipality.store, try municipality.reopened { $0.busyMilliseconds = 30_000 }]
    let committed = try await withThrowingTaskGroup(of: [Int64].self) { group in
      for writer in 0..<8 {
        group.addTask {
          var sequences: [Int64] = []
          for turn in 0..<20 {
            let change = try await stores[writer % 2].apply(
              .record(M.report(.resumed), key: "\(writer)/\(turn)"),
              to: VisitID(rawValue: "v1"), tenant: M.tenant, by: .system, at: M.now)
            sequences += change.entries.map(\.sequence)
          }
          #expect(sequences == sequences.sorted(), "one writer's entries keep their order")
          return sequences
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(committed.sorted() == Array(2...161))
    #expect(try await municipality.ledger().map(\.sequence) == Array(1...161))
  }

  @Test func aReportThatIsRepeatedIsWrittenOnce() async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    let report = VisitCommand.record(M.report(.interrupted), key: "k1/interrupted/7")
    let first = try await municipality.apply(report, by: .system)
    #expect(first.entries.map(\.sequence) == [2])
    let again = try await municipality.store.apply(
      report, to: VisitID(rawValue: "v1"), tenant: M.tenant, by: .system, at: M.now,
      events: { _ in
        Issue.record("nothing happened, and nobody is told")
        return []
      })
    #expect(again.entries.isEmpty && again.events.isEmpty)
    #expect(try await municipality.ledger().count == 2)
    // The key is the visit's own.
    try await municipality.book(M.request("v2", minute: 120))
    #expect(try await municipality.apply(report, to: "v2", by: .system).entries.count == 1)
  }

  @Test func lateReportsKeepTheTimeTheyHappened() async throws {
    let municipality = try await Municipality()
    try await Self.hold(municipality)
    let happened = M.now.adding(minutes: 70)
    let late = try await municipality.apply(
      .record(M.report(.interrupted), key: nil), by: .system, at: happened)
    #expect(late.entries.map(\.at) == [happened] && late.entries.map(\.sequence) == [10])
    #expect(late.details.visit.state == .ended)
  }

  @Test(arguments: [
    "UPDATE ledger SET cause = 'nothing'", "DELETE FROM ledger",
    "INSERT INTO ledger (tenant, visit, sequence, at, kind, cause) "
      + "VALUES ('eksempel', 'v1', 3, 0, 'ended', 'x')",
    "INSERT INTO ledger (tenant, visit, sequence, at, kind, cause) "
      + "VALUES ('eksempel', 'v1', 1, 0, 'ended', 'x')",
  ])
  func theDatabaseItselfGuardsTheLedger(_ sql: String) async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    let before = try await municipality.ledger()
    let other = try DatabaseQueue(path: municipality.path)
    #expect(throws: DatabaseError.self) { try other.write { try $0.execute(sql: sql) } }
    #expect(try await municipality.ledger() == before)
  }

  @Test func stateLedgerAndEventsAreOneTransaction() async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    let change = try await municipality.store.apply(
      .ring, to: VisitID(rawValue: "v1"), tenant: M.tenant, by: M.anne, at: M.now,
      events: { committed in
        #expect(committed.entries.map(\.sequence) == [2])
        #expect(committed.previous?.state == .booked)
        #expect(committed.details.visit.state == .ringing)
        #expect(committed.details.citizen.displayName == "Karen")
        return [
          EventDraft(
            name: "ring", payload: "{}",
            audience: Audience(people: [committed.details.citizen.id]))
        ]
      })
    #expect(change.events.map(\.name) == ["ring"])
    // An event for a municipality that is not there fails, and takes the rest back with it.
    let elsewhere = try DatabaseQueue(path: municipality.path)
    try await elsewhere.write { db in
      try db.execute(
        sql: """
          CREATE TRIGGER noEvents BEFORE INSERT ON event
          BEGIN SELECT RAISE(ABORT, 'no events today'); END
          """)
    }
    let error = await storeError {
      _ = try await municipality.store.apply(
        .answer, to: VisitID(rawValue: "v1"), tenant: M.tenant, by: M.karen, at: M.now,
        events: { _ in [EventDraft(name: "answered", payload: "{}", audience: Audience())] })
    }
    #expect(error == .conflict)
    let visit = try await municipality.store.visit(VisitID(rawValue: "v1"), tenant: M.tenant)
    #expect(visit.visit.state == .ringing)
    #expect(try await municipality.ledger().count == 2)
    let audit = try await municipality.store.audit(tenant: M.tenant, after: 0, limit: 100)
    #expect(!audit.contains { $0.draft.action == "visit.answer" })
  }
}
