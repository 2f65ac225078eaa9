import ArgumentParser
import Foundation
import NetworkSimulation
import VisitSimulation
import Wire

/// Runs the table of what a call must survive, prints it and writes it down.
@main
struct Quality: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quality",
    abstract: "Measures what a call survives, in virtual time, beside the targets.")

  @Option(help: "Write the figures to this file, as JSON.")
  var json: String?

  @Option(help: "Run only rows whose name begins with this.")
  var only: String?

  @Option(help: "Virtual minutes per row.")
  var minutes = 60.0

  @Option(help: "Add the figures in this file, as written by the tests with real browsers.")
  var merge: [String] = []

  @Flag(help: "Fail where a target is missed; without, that is only told.")
  var strict = false

  @Option(help: "Another seed than the table's: what holds for one may be luck.")
  var seed: UInt64 = 0

  @Option(help: "Rows measured at once.")
  var jobs = 2

  func run() async throws {
    let rows = QualityRow.all.filter { only == nil || $0.name.hasPrefix(only ?? "") }
    guard !rows.isEmpty else {
      throw ValidationError(
        "no such row; there are: \(QualityRow.all.map(\.name).joined(separator: ", "))")
    }
    let started = ContinuousClock.now
    var records = try await measure(rows)
    for path in merge { records += try read(path) }
    print(QualityTable.text(records))
    let took = (ContinuousClock.now - started).components.seconds
    let missed = records.count { !$0.ok }
    print("\n\(rows.count) rows of \(QualityRecord.digits(minutes)) virtual minutes in \(took) s.")
    print("\(missed) of \(records.count { $0.target != nil }) targets missed.")
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      try encoder.encode(records).write(to: URL(filePath: json))
    }
    if strict, missed > 0 { throw ExitCode.failure }
  }

  /// Figures from a file. A file that is not there stands in the table, too: nothing was measured.
  private func read(_ path: String) throws -> [QualityRecord] {
    guard FileManager.default.fileExists(atPath: path) else {
      return [QualityRecord("\(path)", "figures", unit: "", .atLeast(1), measured: 0)]
    }
    return try JSONDecoder().decode(
      [QualityRecord].self, from: Data(contentsOf: URL(filePath: path)))
  }

  /// Measures rows, some at once; each is a world of its own.
  private func measure(_ rows: [QualityRow]) async throws -> [QualityRecord] {
    let span = TimeSpan(nanoseconds: Int64(minutes * 60 * 1e9))
    return try await withThrowingTaskGroup(of: (Int, [QualityRecord]).self) { group in
      var measured: [[QualityRecord]] = Array(repeating: [], count: rows.count)
      var next = 0
      while next < min(jobs, rows.count) {
        add(rows[next], next, span, to: &group)
        next += 1
      }
      for try await (index, records) in group {
        measured[index] = records
        if next < rows.count {
          add(rows[next], next, span, to: &group)
          next += 1
        }
      }
      return measured.flatMap { $0 }
    }
  }

  private func add(
    _ row: QualityRow, _ index: Int, _ span: TimeSpan,
    to group: inout ThrowingTaskGroup<(Int, [QualityRecord]), any Error>
  ) {
    group.addTask {
      let started = ContinuousClock.now
      let records = try row.measure(for: span, seed: seed)
      let took = (ContinuousClock.now - started).components
      let seconds = Double(took.seconds) + Double(took.attoseconds) / 1e18
      FileHandle.standardError.write(
        Data("\(row.name): \(QualityRecord.digits(seconds)) s\n".utf8))
      return (index, records)
    }
  }
}
