import GRDB
import Synchronization

/// One transaction after the other, and one commit for those that wait at the same time.
///
/// A commit waits for the disk: a third of a millisecond on a good day, tens on a shared machine's bad
/// one. There is one writer, so at a hundred bookings a second a slow disk makes a queue of them. What
/// has queued up is done in one transaction, each body in a savepoint of its own: one that is refused
/// takes back what it wrote and nothing else. Each is answered after the commit that holds it.
final class SharedCommits: Sendable {
  /// How many share a commit at most, so that nobody waits long for the work of others.
  static let most = 32

  private struct Job: Sendable {
    /// Does the work; what it gives back tells the caller, once all is on disk.
    let run: @Sendable (Database) throws -> @Sendable () -> Void
    let fail: @Sendable (any Error) -> Void
  }

  private struct Queue {
    var jobs: [Job] = []
    var isWorking = false
  }

  private let pool: DatabasePool
  private let queue = Mutex(Queue())

  init(_ pool: DatabasePool) { self.pool = pool }

  /// How many wait for their turn.
  var waiting: Int { queue.withLock { $0.jobs.count } }

  /// Does `body` in a transaction; returns when it is on disk. `body` may be run twice, where what it
  /// did the first time was undone by somebody else's failure.
  ///
  /// Who was cancelled before asking is refused. What has been asked for is done, and answered.
  func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
    try Task.checkCancellation()
    return try await withCheckedThrowingContinuation { continuation in
      let job = Job(
        run: { db in
          let value = try body(db)
          return { continuation.resume(returning: value) }
        }, fail: { continuation.resume(throwing: $0) })
      let isFirst = queue.withLock { queue in
        queue.jobs.append(job)
        defer { queue.isWorking = true }
        return !queue.isWorking
      }
      if isFirst { pool.asyncWriteWithoutTransaction(work) }
    }
  }

  private func work(_ db: Database) {
    let batch = queue.withLock { queue in
      let batch = Array(queue.jobs.prefix(Self.most))
      queue.jobs.removeFirst(batch.count)
      return batch
    }
    if batch.count == 1 || !isDoneTogether(batch, db) {
      for job in batch { alone(job, db) }
    }
    let hasMore = queue.withLock { queue in
      queue.isWorking = !queue.jobs.isEmpty
      return queue.isWorking
    }
    if hasMore { pool.asyncWriteWithoutTransaction(work) }
  }

  private func alone(_ job: Job, _ db: Database) {
    var answer: (@Sendable () -> Void)?
    do {
      try db.inTransaction(.immediate) {
        answer = try job.run(db)
        return .commit
      }
      answer?()
    } catch {
      job.fail(error)
    }
  }

  /// Does all in one transaction and answers them. False where it was undone as a whole and nobody
  /// was answered: a full disk may show at the commit, and is not everybody's fault.
  private func isDoneTogether(_ batch: [Job], _ db: Database) -> Bool {
    var answers: [@Sendable () -> Void] = []
    var hasBegun = false
    do {
      try db.inTransaction(.immediate) {
        hasBegun = true
        for job in batch {
          do {
            try db.inSavepoint {
              answers.append(try job.run(db))
              return .commit
            }
          } catch {
            // Some errors end the whole transaction, with what the others had written.
            guard db.isInsideTransaction else { throw error }
            answers.append { job.fail(error) }
          }
        }
        return .commit
      }
    } catch  where hasBegun {
      return false
    } catch {
      // Another process holds the database. Waiting again for each of them would take as many times
      // as long.
      for job in batch { job.fail(error) }
      return true
    }
    for answer in answers { answer() }
    return true
  }
}
