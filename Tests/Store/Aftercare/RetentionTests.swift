import GRDB
import Testing
import Visits

@testable import Store

@Suite struct RetentionTests {
  typealias M = Municipality
  let karen = PersonID(rawValue: "karen")

  private func count(_ table: String, _ municipality: Municipality) async throws -> Int {
    try await municipality.store.read {
      try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM \(table)") ?? 0
    }
  }

  /// A visit that was called off, with everything that hangs on one.
  private func town() async throws -> Municipality {
    let municipality = try await Municipality()
    let store = municipality.store
    try await store.setReminders(
      PersonReminders(
        plan: ReminderPlan(
          person: karen, rules: [ReminderRule(channel: .email, minutesBefore: 30)]),
        addresses: [.email: "karen@example.dk"]), tenant: M.tenant, by: M.anne, at: M.now)
    try await municipality.book()
    try await municipality.apply(.cancel(reason: nil))
    try await store.access(
      AccessRequest(karen, .visits), tenant: M.tenant, by: M.anne, at: M.now)
    return municipality
  }

  private func purge(
    _ municipality: Municipality, days: Int, isDry: Bool = false
  ) async throws -> [DataKind: Int] {
    let counts = try await municipality.store.purge(
      tenant: M.tenant, isDry: isDry, by: .system, at: M.now.adding(minutes: days * 1440))
    return Dictionary(uniqueKeysWithValues: counts.map { ($0.kind, $0.rows) })
  }

  @Test func nothingGoesBeforeItsTime() async throws {
    let municipality = try await town()
    let counts = try await purge(municipality, days: 6)
    #expect(counts.values.allSatisfy { $0 == 0 })
  }

  @Test func eachKindGoesWhenItsPeriodIsOverAndNotSooner() async throws {
    let municipality = try await town()
    #expect(try await purge(municipality, days: 92)[.reminders] == 1)
    let ledger = try await count("ledger", municipality)
    let year = try await purge(municipality, days: 367)
    #expect(year[.ledger] == ledger)
    #expect(try await count("ledger", municipality) == 0)
    #expect(try await count("visit", municipality) == 1, "visits are kept longer")
    let later = try await purge(municipality, days: 733)
    #expect(later[.visits] == 5, "the outcome, two people's time, the visit")
    #expect(later[.accessLog] == 1)
    #expect(try await count("visit", municipality) == 0)
    let audit = try await municipality.store.audit(tenant: M.tenant, after: 0, limit: 100)
    #expect(audit.filter { $0.draft.action == "purge.visits" }.count == 1)
    _ = try await purge(municipality, days: 1829)
    let left = try await municipality.store.audit(tenant: M.tenant, after: 0, limit: 100)
    #expect(
      left.allSatisfy { $0.draft.action.hasPrefix("purge.") }, "what purging itself did stays")
  }

  @Test func aDryRunCountsTheSameAndDeletesNothing() async throws {
    let municipality = try await town()
    let before = try await count("ledger", municipality)
    let dry = try await purge(municipality, days: 367, isDry: true)
    #expect(try await count("ledger", municipality) == before)
    let wet = try await purge(municipality, days: 367)
    #expect(dry[.ledger] == wet[.ledger])
    #expect(dry[.reminders] == wet[.reminders])
  }

  @Test func oneWhoStillReceivesSupportKeepsWhatTheCourseKeeps() async throws {
    let municipality = try await town()
    _ = try await municipality.store.book(
      BookingRequest(
        id: VisitID(rawValue: "v2"), citizenID: karen, workerID: PersonID(rawValue: "anne"),
        start: M.now.adding(minutes: 700 * 1440), durationMinutes: 30),
      tenant: M.tenant, by: .system, at: M.now.adding(minutes: 690 * 1440))
    _ = try await purge(municipality, days: 740)
    #expect(try await count("visit", municipality) == 2)
  }

  @Test func whatOnlyGrowsIsDeletedByPurgingAlone() async throws {
    let municipality = try await town()
    for table in ["ledger", "audit", "accessLog"] {
      let error = await storeError {
        try await municipality.store.write { try $0.execute(sql: "DELETE FROM \(table)") }
      }
      #expect(error == .conflict, "\(table)")
      // Not even with a licence for what is newer than the licence says.
      let licensed = await storeError {
        try await municipality.store.write { db in
          try db.execute(
            sql: "INSERT INTO purgeLicence (tenant, kind, before) VALUES (?, ?, ?)",
            arguments: [M.tenant.rawValue, table, M.now.adding(minutes: -1).rawValue])
          try db.execute(sql: "DELETE FROM \(table)")
        }
      }
      #expect(licensed == .conflict, "\(table)")
      #expect(try await count("purgeLicence", municipality) == 0)
    }
  }

  @Test func everythingAboutACitizenIsTakenOutAndThatIsLogged() async throws {
    let municipality = try await town()
    _ = try await municipality.store.addGoal(
      "Åbne post", reference: nil, of: karen, tenant: M.tenant, by: M.anne, at: M.now)
    let export = try await municipality.store.export(
      citizen: karen, tenant: M.tenant, by: M.karen, at: M.now)
    #expect(export.citizen.displayName == "Karen")
    for table in ["visit", "ledger", "outcome", "goal", "reminderPlan", "reminder", "accessLog"] {
      #expect(export.tables[table]?.isEmpty == false, "\(table)")
    }
    let audit = try await municipality.store.audit(tenant: M.tenant, after: 0, limit: 100)
    #expect(audit.last?.draft.action == "citizen.export")
  }

  /// A table that a later release adds and that names people must be in the export, or be left out
  /// on purpose.
  @Test func noTableThatNamesACitizenIsForgotten() async throws {
    let municipality = try await Municipality()
    let tables = try await municipality.store.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT DISTINCT t.name FROM sqlite_schema t, pragma_table_info(t.name) c
          WHERE t.type = 'table' AND c.name IN ('citizen', 'person', 'subject', 'visit')
          ORDER BY t.name
          """)
    }
    let exported = Set(ExportTable.conditions.map(\.key))
    // The feed's fingerprint is a secret; hours, freed time and rooms are the workers', and so is who
    // of them looked on. A floor is gone when its meeting is over, and it is about others as much.
    let leftOut: Set = [
      "calendarFeed", "dutyRota", "freedTime", "meetingFloor", "meetingObserver", "roomTime",
    ]
    #expect(Set(tables).subtracting(exported) == leftOut)
  }
}
