import Foundation
import GRDB
public import Visits

/// How the embedded store is opened.
public struct StoreConfiguration: Sendable {
  /// The database file. Created when missing, readable by its owner only.
  public var path: String
  /// How long a write waits for another process that holds the database, in milliseconds, before it
  /// fails with `.busy`. Short of what makes a person press the button again.
  public var busyMilliseconds = 2000
  /// The most pages of 4 KiB the file may grow to; nil for as much as the disk holds. Beyond it
  /// writes fail with `.full`, as on a full disk.
  public var maximumPages: Int?
  /// What may be booked.
  public var policy = BookingPolicy()
  /// Hours and limits of call-backs and the drop-in queue.
  public var daily = DailyPolicy()

  /// The default configuration for a file.
  public init(path: String) {
    self.path = path
  }
}

/// The store in one SQLite file: WAL, every commit on disk before it is acknowledged.
///
/// All writes go through one connection, one after the other, in transactions begun `IMMEDIATE`; what
/// they read to decide cannot change under them, in this process or another. Those that wait at the
/// same time share a commit (`SharedCommits`).
public final class SQLiteStore: BesoegStore, Sendable {
  let pool: DatabasePool
  private let commits: SharedCommits
  let rules: VisitRules
  let daily: DailyPolicy
  let signals = EventSignals()

  /// Opens the file and brings its tables up to date.
  public init(_ configuration: StoreConfiguration) throws(StoreError) {
    rules = VisitRules(policy: configuration.policy)
    daily = configuration.daily
    do {
      try Self.createPrivateFile(configuration.path)
      pool = try DatabasePool(
        path: configuration.path, configuration: Self.database(configuration))
      // GRDB sets NORMAL, WAL's usual, after everything else. That syncs at checkpoints only: a
      // power cut could take back what was acknowledged.
      try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      guard try !pool.read(Schema.migrator.hasBeenSuperseded) else {
        throw StoreError.failed(code: -1, message: "the database belongs to a newer release")
      }
      try Schema.migrator.migrate(pool)
      commits = SharedCommits(pool)
    } catch {
      throw StoreError(wrapping: error)
    }
  }

  /// Closes the file after the work under way. What is asked for later fails.
  public func close() throws(StoreError) {
    do { try pool.close() } catch { throw StoreError(wrapping: error) }
  }

  /// Throws unless something can be written now.
  public func checkWritable(at now: UTCMilliseconds) async throws(StoreError) {
    try await write { db in
      try db.execute(
        sql: """
          INSERT INTO heartbeat (id, at) VALUES (1, ?)
          ON CONFLICT (id) DO UPDATE SET at = excluded.at
          """, arguments: [now.rawValue])
    }
  }

  /// Does `body` in one transaction; returns when it is on disk. See `SharedCommits`.
  func write<T: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> T
  ) async throws(StoreError) -> T {
    do { return try await commits.write(body) } catch { throw StoreError(wrapping: error) }
  }

  /// Does `body` on one snapshot of the database, beside any writing.
  func read<T: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> T
  ) async throws(StoreError) -> T {
    do { return try await pool.read(body) } catch { throw StoreError(wrapping: error) }
  }

  private static func database(_ configuration: StoreConfiguration) -> Configuration {
    var database = Configuration()
    database.label = "besoeg"
    database.busyMode = .timeout(Double(configuration.busyMilliseconds) / 1000)
    let maximumPages = configuration.maximumPages
    database.prepareDatabase { db in
      if let maximumPages { try db.execute(sql: "PRAGMA max_page_count = \(maximumPages)") }
    }
    return database
  }

  /// SQLite gives its `-wal` and `-shm` files the mode of the main file, so setting it once is
  /// enough, but it has to be before SQLite creates it.
  ///
  /// A file that is there is left alone: whoever closes any descriptor of it gives up every lock this
  /// process has on it (fcntl(2)). Another store's lock would be gone with it, and the next process to
  /// look in would take itself for the last one out and delete the log that is being written.
  private static func createPrivateFile(_ path: String) throws {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor < 0, errno == EEXIST { return }
    guard descriptor >= 0 else {
      throw StoreError.failed(code: errno, message: "cannot open the database file")
    }
    close(descriptor)
  }

  private static func close(_ descriptor: Int32) { _ = Foundation.close(descriptor) }
}
