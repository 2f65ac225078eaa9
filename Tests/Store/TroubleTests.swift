import CallQuality
import Foundation
import GRDB
import Store
import Testing
import Visits

@Suite struct TroubleTests {
  typealias M = Municipality

  /// A connection that may keep a transaction open, as another process might.
  static func rival(_ municipality: Municipality) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    return try DatabaseQueue(path: municipality.path, configuration: configuration)
  }

  @Test func aLockedDatabaseIsBusyAndIsReadMeanwhile() async throws {
    let municipality = try await Municipality { $0.busyMilliseconds = 20 }
    try await municipality.book()
    let other = try Self.rival(municipality)
    try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }

    let apply = await storeError { try await municipality.apply(.ring) }
    #expect(apply == .busy && apply?.isTemporary == true)
    let ready = await storeError { try await municipality.store.checkWritable(at: M.now) }
    #expect(ready == .busy)
    #expect(try await municipality.ledger().count == 1)
    // A verdict is an answer, kept or not.
    let verdict = try await municipality.store.verdict(
      of: VisitID(rawValue: "v1"), tenant: M.tenant)
    #expect(verdict.outcome == .pending)

    try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
    try await municipality.store.checkWritable(at: M.now)
    #expect(try await municipality.apply(.ring).entries.map(\.sequence) == [2])
  }

  @Test func aServiceStartsOnALockedDatabaseThatNeedsNothingNew() async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    try municipality.store.close()
    let other = try Self.rival(municipality)
    try other.inDatabase { try $0.execute(sql: "BEGIN EXCLUSIVE") }
    let reopened = try municipality.reopened { $0.busyMilliseconds = 20 }
    let visit = try await reopened.visit(VisitID(rawValue: "v1"), tenant: M.tenant)
    #expect(visit.visit.state == .booked)
    #expect(await storeError { try await reopened.checkWritable(at: M.now) } == .busy)
    try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
  }

  @Test func aLockedDatabaseThatNeedsTablesIsBusy() async throws {
    let directory = try M.temporaryDirectory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let path = directory + "/besoeg.sqlite"
    var unsafe = Configuration()
    unsafe.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: path, configuration: unsafe)
    try other.inDatabase { try $0.execute(sql: "BEGIN EXCLUSIVE; CREATE TABLE other (id)") }
    var configuration = StoreConfiguration(path: path)
    configuration.busyMilliseconds = 20
    let error = await storeError { _ = try SQLiteStore(configuration) }
    #expect(error == .busy)
    try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
    // Nothing half-made is left behind.
    let store = try SQLiteStore(configuration)
    try await M.populate(store)
  }

  @Test func aFullDiskIsSaidSoAndLosesNothing() async throws {
    let municipality = try await Municipality { $0.maximumPages = 200 }
    try await municipality.book()
    var error: StoreError?
    var acknowledged: Int64 = 1
    let note = String(repeating: "x", count: 1000)
    for turn in 0..<1000 where error == nil {
      do {
        let change = try await municipality.apply(
          .record(M.report(.resumed, LedgerCause(rawValue: note)), key: "\(turn)"), by: .system)
        acknowledged = try #require(change.entries.first?.sequence)
      } catch let failure as StoreError {
        error = failure
      }
    }
    #expect(error == .full && error?.isTemporary == true)
    #expect(acknowledged > 10, "the limit was reached by writing, not before")

    // What was there is there, and can be read.
    let ledger = try await municipality.ledger()
    #expect(ledger.map(\.sequence) == Array(1...acknowledged))
    #expect(
      try await municipality.store.visit(VisitID(rawValue: "v1"), tenant: M.tenant)
        .visit.state == .booked)
    // With room again it goes on with the next number.
    let roomy = try municipality.reopened()
    let next = try await roomy.apply(
      .record(M.report(.resumed), key: nil), to: VisitID(rawValue: "v1"), tenant: M.tenant,
      by: .system, at: M.now)
    #expect(next.entries.map(\.sequence) == [acknowledged + 1])
  }

  @Test func aCancelledTaskWritesNothing() async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    let task = Task {
      // Runs with the task already cancelled: it cancels itself first.
      withUnsafeCurrentTask { $0?.cancel() }
      return await storeError { try await municipality.apply(.ring) }
    }
    #expect(await task.value == .cancelled)
    #expect(try await municipality.ledger().count == 1)
  }

  @Test func aClosedStoreFailsAndDoesNotCrash() async throws {
    let municipality = try await Municipality()
    try municipality.store.close()
    let error = await storeError { try await municipality.book() }
    guard case .failed = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.isTemporary == false)
  }

  @Test(arguments: [
    (StoreError.busy, true), (.full, true), (.notFound, false), (.conflict, false),
    (.refused(.visitOver), false), (.cancelled, false), (.failed(code: 10, message: ""), true),
    (.failed(code: 778, message: "SQLITE_IOERR_WRITE"), true),
    (.failed(code: 11, message: "SQLITE_CORRUPT"), false), (.failed(code: -1, message: ""), false),
  ])
  func onlyTroubleWithTheDiskIsWorthTryingAgain(error: StoreError, isTemporary: Bool) {
    #expect(error.isTemporary == isTemporary)
  }
}
