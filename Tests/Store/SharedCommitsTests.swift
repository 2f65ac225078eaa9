import Foundation
import GRDB
import Synchronization
import Testing

@testable import Store

@Suite struct SharedCommitsTests {
  /// Counts what reaches the disk.
  final class Commits: TransactionObserver {
    var count = 0
    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidCommit(_ db: Database) { count += 1 }
    func databaseDidRollback(_ db: Database) {}
  }

  struct Refused: Error {}

  final class Bench {
    let folder: String
    let pool: DatabasePool
    let commits: SharedCommits
    let observer = Commits()

    init() throws {
      folder = try Municipality.temporaryDirectory()
      pool = try DatabasePool(path: folder + "/one.sqlite")
      try pool.write { try $0.execute(sql: "CREATE TABLE line (number INTEGER PRIMARY KEY)") }
      pool.add(transactionObserver: observer)
      commits = SharedCommits(pool)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func lines() throws -> [Int] {
      try pool.read { try Int.fetchAll($0, sql: "SELECT number FROM line ORDER BY number") }
    }

    /// Writes `numbers` while the writer is held, so that they queue up; who was refused.
    func together(
      _ numbers: Range<Int>, _ body: @escaping @Sendable (Database, Int) throws -> Void
    ) async throws -> Set<Int> {
      let commits = commits
      let gate = DispatchSemaphore(value: 0)
      pool.asyncWriteWithoutTransaction { _ in gate.wait() }
      return await withTaskGroup(of: Int?.self) { group in
        for number in numbers {
          group.addTask {
            do {
              try await commits.write { db in
                try db.execute(sql: "INSERT INTO line VALUES (?)", arguments: [number])
                try body(db, number)
              }
              return nil
            } catch {
              return number
            }
          }
        }
        while commits.waiting < numbers.count { await Task.yield() }
        gate.signal()
        return await group.reduce(into: []) { if let refused = $1 { $0.insert(refused) } }
      }
    }
  }

  @Test func whatQueuesUpSharesACommit() async throws {
    let bench = try Bench()
    let refused = try await bench.together(0..<2 * SharedCommits.most + 1) { _, _ in }
    #expect(refused.isEmpty)
    #expect(try bench.lines() == Array(0...2 * SharedCommits.most))
    #expect(bench.observer.count == 3)
  }

  @Test func oneThatIsRefusedTakesBackOnlyItsOwn() async throws {
    let bench = try Bench()
    let refused = try await bench.together(0..<20) { _, number in
      if number % 3 == 0 { throw Refused() }
    }
    #expect(refused == Set((0..<20).filter { $0 % 3 == 0 }))
    #expect(try bench.lines() == (0..<20).filter { $0 % 3 != 0 })
    #expect(bench.observer.count == 1)
  }

  @Test func anErrorThatEndsTheTransactionCostsTheOthersNothing() async throws {
    let bench = try Bench()
    try await bench.pool.write {
      try $0.execute(
        sql: """
          CREATE TRIGGER end AFTER INSERT ON line WHEN NEW.number = 7
          BEGIN SELECT RAISE(ROLLBACK, 'all of it'); END
          """)
    }
    let refused = try await bench.together(0..<12) { _, _ in }
    #expect(refused == [7])
    #expect(try bench.lines() == (0..<12).filter { $0 != 7 })
  }

  @Test func aFullDiskIsToldToThoseItHits() async throws {
    let bench = try Bench()
    try await bench.pool.write { try $0.execute(sql: "CREATE TABLE page (content BLOB)") }
    let pages = try await bench.pool.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
    try await bench.pool.writeWithoutTransaction {
      try $0.execute(sql: "PRAGMA max_page_count = \(pages + 12)")
    }
    let refused = try await bench.together(0..<10) { db, _ in
      try db.execute(sql: "INSERT INTO page VALUES (zeroblob(12000))")
    }
    #expect(!refused.isEmpty && refused.count < 10)
    // Who was told that it is there finds it, and nobody else.
    #expect(try Set(bench.lines()) == Set(0..<10).subtracting(refused))
  }

  @Test func whileAnotherProcessHoldsTheDatabaseAllAreToldAtOnce() async throws {
    let bench = try Bench()
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let rival = try DatabaseQueue(path: bench.folder + "/one.sqlite", configuration: configuration)
    try await rival.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
    #expect(try await bench.together(0..<8) { _, _ in }.count == 8)
    try await rival.inDatabase { try $0.execute(sql: "ROLLBACK") }
    #expect(try await bench.together(0..<8) { _, _ in }.isEmpty)
  }
}
