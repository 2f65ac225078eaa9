import Foundation
import Store
import Visits

/// What booking costs with a million visits in the store, beside the same statements on bare SQLite,
/// while others book, and how it grows. Writes `.build/bench-service.json`.
///
///     service [--quick] [--keep DIRECTORY]
///
/// `--quick` goes to 100 000 visits only. `--keep` leaves the largest town's database in a directory,
/// for a server to be measured on.
@main
struct ServiceBenchmark {
  /// How far beyond bare SQLite a median may lie, times.
  static let mostRatio = 3.0
  /// How long one in a hundred may take while others book, in milliseconds.
  static let mostP99 = 50.0
  /// Bookings a second by others meanwhile.
  static let otherBookings = 100
  /// How much more a median may be in the largest town than in the smallest, times.
  static let mostGrowth = 3.0

  static func main() async throws {
    StatementRecorder.install()
    let arguments = CommandLine.arguments
    let isQuick = arguments.contains("--quick")
    let kept = arguments.firstIndex(of: "--keep").map { arguments[$0 + 1] }
    let sizes = isQuick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000]
    var report = Report()
    var growth: [Questions.Kind: [Int: Double]] = [:]
    for visits in sizes {
      let isLargest = visits == sizes.last
      let folder = isLargest ? kept ?? temporary() : temporary()
      try? FileManager.default.removeItem(atPath: folder)
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      defer { if folder != kept { try? FileManager.default.removeItem(atPath: folder) } }
      let town = Town(path: folder + "/besoeg.sqlite", visits: visits)
      let begun = ContinuousClock.now
      try await town.build()
      print(
        "\(visits) visits, \(town.citizens) citizens, \(town.workers) workers: "
          + "made in \(Report.text((ContinuousClock.now - begun) / .seconds(1))) s")
      let store = try SQLiteStore(StoreConfiguration(path: town.path))
      let questions = Questions(town: town, store: store)
      let medians = try await Comparison(questions, bare: BareSQLite(path: town.path))
        .medians(rounds: isQuick ? 60 : 200)
      for (kind, median) in medians {
        growth[kind, default: [:]][visits] = median.store
        print(
          "  \(kind.rawValue): median \(Report.text(median.store)) ms; the same \(median.statements)"
            + " statements on bare SQLite \(Report.text(median.bare)) ms")
        if isLargest {
          let ratio = median.store / median.bare
          report.add(
            "\(kind.rawValue): median beside bare SQLite, \(visits) visits", "times", ratio,
            atMost: mostRatio)
        }
      }
      if isLargest { try await Load(questions).measure(rounds: isQuick ? 100 : 400, &report) }
      try store.close()
    }
    for kind in Questions.Kind.allCases {
      guard let medians = growth[kind], let small = medians[sizes[0]],
        let large = medians[sizes.last!]
      else { continue }
      report.add(
        "\(kind.rawValue): growth from \(sizes[0]) to \(sizes.last!) visits", "times",
        large / small, atMost: mostGrowth)
    }
    try report.write(to: ".build/bench-service.json")
    report.print()
    if !report.isOK { exit(1) }
  }

  private static func temporary() -> String {
    NSTemporaryDirectory() + "besoeg-bench-\(UUID().uuidString)"
  }
}
