import Foundation
import Store
import Testing
import Visits

@Suite struct KillTests {
  typealias M = Municipality

  /// How many entries a child acknowledges before it is killed, with four writers under way.
  static let acknowledged = 60

  @Test func killingTheProcessInTheMiddleOfWritingLosesNothingAcknowledged() async throws {
    let directory = try M.temporaryDirectory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let path = directory + "/besoeg.sqlite"
    let store = try SQLiteStore(StoreConfiguration(path: path))
    try await M.populate(store)
    _ = try await store.book(M.request(), tenant: M.tenant, by: M.anne, at: M.now)
    try store.close()

    let result = await #expect(
      processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]
    ) { [path = path as String] in
      let store = try SQLiteStore(StoreConfiguration(path: path))
      await Self.writeUntilKilled(store)
    }
    let output = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
    let acknowledgements = output.split(separator: "\n").filter { $0.hasPrefix("ack ") }
    #expect(acknowledgements.count >= Self.acknowledged)

    let reopened = try SQLiteStore(StoreConfiguration(path: path))
    let ledger = try await reopened.ledger(
      of: VisitID(rawValue: "v1"), tenant: M.tenant, after: 0, limit: .max)
    #expect(ledger.map(\.sequence) == Array(1...Int64(ledger.count)), "no gap")
    let written = Dictionary(uniqueKeysWithValues: ledger.map { ($0.sequence, $0.session ?? "") })
    for line in acknowledgements {
      let parts = line.split(separator: " ")
      let sequence = try #require(Int64(parts[1]))
      #expect(written[sequence] == String(parts[2]))
    }
    // And life goes on where it stopped.
    let next = try await reopened.apply(
      .record(M.report(.resumed), key: nil), to: VisitID(rawValue: "v1"), tenant: M.tenant,
      by: .system, at: M.now)
    #expect(next.entries.map(\.sequence) == [Int64(ledger.count) + 1])
  }

  /// Four writers at once, each saying so on standard output after every acknowledged entry; the
  /// sixtieth acknowledgement kills the process while the other three write.
  static func writeUntilKilled(_ store: SQLiteStore) async {
    await withTaskGroup { group in
      for writer in 0..<4 {
        group.addTask {
          for turn in 0... {
            var report = M.report(.resumed)
            report.session = "\(writer)/\(turn)"
            guard
              let change = try? await store.apply(
                .record(report, key: report.session), to: VisitID(rawValue: "v1"),
                tenant: M.tenant, by: .system, at: M.now),
              let sequence = change.entries.first?.sequence
            else { exit(1) }
            let line = "ack \(sequence) \(report.session)\n"
            _ = line.withCString { write(STDOUT_FILENO, $0, strlen($0)) }
            // Up to three others have theirs on disk and have not said so yet.
            if sequence > acknowledged + 4 { kill(getpid(), SIGKILL) }
          }
        }
      }
    }
  }

  @Test func aCopyTakenInTheMiddleOfWritingIsWholeUpToSomeEntry() async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    let copyDirectory = try M.temporaryDirectory()
    defer { try? FileManager.default.removeItem(atPath: copyDirectory) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for turn in 0..<60 {
          try await municipality.apply(
            .record(M.report(.resumed), key: "\(turn)"), by: .system)
        }
      }
      group.addTask {
        // The log before the file would miss a checkpoint; nothing checkpoints this little.
        for suffix in ["", "-wal"] {
          try FileManager.default.copyItem(
            atPath: municipality.path + suffix, toPath: copyDirectory + "/copy.sqlite" + suffix)
        }
      }
      try await group.waitForAll()
    }
    let copy = try SQLiteStore(StoreConfiguration(path: copyDirectory + "/copy.sqlite"))
    let ledger = try await copy.ledger(
      of: VisitID(rawValue: "v1"), tenant: M.tenant, after: 0, limit: .max)
    #expect(!ledger.isEmpty)
    #expect(ledger.map(\.sequence) == Array(1...Int64(ledger.count)))
  }
}
