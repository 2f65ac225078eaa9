import Foundation
import GRDB
import Testing
import Visits

@testable import Store

@Suite struct OpeningTests {
  @Test func anEmptyDirectoryBecomesADatabase() async throws {
    let municipality = try await Municipality()
    let names = try await municipality.store.pool.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT name FROM sqlite_schema WHERE type = 'table'
            AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'grdb_%' ORDER BY name
          """)
    }
    #expect(
      names == [
        "absence", "absenceTask", "accessLog", "audit", "autoAnswer", "calendarFeed", "callback",
        "careCircle", "consent", "copingCard", "delayNotice", "device", "devicePresence",
        "disclosure",
        "dropInSession", "dutyRota", "equipment", "event", "eventAudience", "followUp",
        "freedTime", "goal", "grantEntry", "groupMeeting", "groupMember", "groupStep",
        "groupUnit", "heartbeat", "homeVisitOrder", "journalChoice", "keepApart", "ledger",
        "meetingFloor", "meetingObserver", "note", "observerAnswer", "openingProfile", "outcome",
        "parkedTopic", "participant", "person", "post",
        "purgeLicence", "queueTicket", "reminder", "reminderPlan", "retention", "room",
        "roomTime", "sample", "scaleChoice", "scoreAnswer", "scoreScale", "screenStart", "series",
        "seriesGap", "setting", "supportGrant", "team", "teamMember", "tenant", "timeProposal",
        "verdict", "visit", "waitingWish",
      ])
  }

  @Test func everyRowBelongsToAMunicipality() async throws {
    let municipality = try await Municipality()
    let without = try await municipality.store.pool.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT t.name FROM sqlite_schema t WHERE t.type = 'table'
            AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'grdb_%' AND NOT EXISTS (
              SELECT 1 FROM pragma_table_info(t.name) c WHERE c.name = 'tenant') ORDER BY t.name
          """)
    }
    // The heartbeat is nobody's, the audience its event's, and the municipality its own.
    #expect(without == ["eventAudience", "heartbeat", "tenant"])
  }

  /// Locks belong to a process and a file: opening the file once more must not give them up.
  @Test func aSecondStoreInTheProcessLeavesTheFirstItsLocks() async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    try municipality.reopened().close()
    // Another process looks in. Were it alone with the file, it would tidy the log away on leaving.
    await #expect(processExitsWith: .success) { [path = municipality.path as String] in
      let other = try DatabaseQueue(path: path)
      _ = try await other.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM visit") }
      try other.close()
    }
    #expect(FileManager.default.fileExists(atPath: municipality.path + "-wal"))
    #expect(try await municipality.apply(.ring).entries.map(\.sequence) == [2])
  }

  @Test func openingAgainChangesNothing() async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    let before = try await Self.schema(municipality.store)
    try municipality.store.close()
    let again = try municipality.reopened()
    #expect(try await Self.schema(again) == before)
    #expect(try await again.people(tenant: Municipality.tenant, role: nil).count == 5)
    let third = try municipality.reopened()
    #expect(
      try await third.visit(VisitID(rawValue: "v1"), tenant: Municipality.tenant).visit.state
        == .booked)
  }

  static func schema(_ store: SQLiteStore) async throws -> [String] {
    try await store.pool.read { db in
      try String.fetchAll(db, sql: "SELECT COALESCE(sql, name) FROM sqlite_schema ORDER BY name")
        + String.fetchAll(db, sql: "SELECT identifier FROM grdb_migrations ORDER BY identifier")
    }
  }

  /// NORMAL, which GRDB sets for WAL, may lose acknowledged commits in a power cut.
  @Test func everyCommitIsSyncedToDisk() async throws {
    let store = try await Municipality().store
    let (journal, synchronous, foreignKeys) = try await store.pool.writeWithoutTransaction { db in
      (
        try String.fetchOne(db, sql: "PRAGMA journal_mode"),
        try Int.fetchOne(db, sql: "PRAGMA synchronous"),
        try Int.fetchOne(db, sql: "PRAGMA foreign_keys")
      )
    }
    #expect(journal == "wal" && synchronous == 2 && foreignKeys == 1)
  }

  @Test func onlyItsOwnerReadsTheFile() async throws {
    let municipality = try await Municipality()
    for suffix in ["", "-wal", "-shm"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: municipality.path + suffix)
      #expect(attributes[.posixPermissions] as? Int == 0o600, "besoeg.sqlite\(suffix)")
    }
  }

  @Test func aDatabaseOfANewerReleaseIsLeftAlone() async throws {
    let municipality = try await Municipality()
    try await municipality.store.pool.write { db in
      try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('2031-01 telepathy')")
    }
    try municipality.store.close()
    let error = await storeError { _ = try municipality.reopened() }
    #expect(error == .failed(code: -1, message: "the database belongs to a newer release"))
  }

  @Test func aFileThatIsNoDatabaseIsNotOverwritten() async throws {
    let directory = try Municipality.temporaryDirectory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let path = directory + "/besoeg.sqlite"
    let text = String(repeating: "Kære Karen. ", count: 1000)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let error = await storeError { _ = try SQLiteStore(StoreConfiguration(path: path)) }
    guard case .failed(let code, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(code == 26, "SQLITE_NOTADB")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }

  @Test func aMissingDirectoryIsAnErrorNotACrash() async {
    let error = await storeError {
      _ = try SQLiteStore(StoreConfiguration(path: "/nonexistent/besoeg.sqlite"))
    }
    #expect(error == .failed(code: ENOENT, message: "cannot open the database file"))
  }

  @Test func aStateThisReleaseDoesNotKnowIsAnErrorNotACrash() async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    try await municipality.store.pool.write { db in
      try db.execute(sql: "UPDATE visit SET state = 'levitating'")
    }
    let error = await storeError { try await municipality.apply(.ring) }
    #expect(error == .failed(code: -1, message: "unknown state 'levitating'"))
    #expect(error?.isTemporary == false)
  }
}
