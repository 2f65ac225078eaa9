import Foundation
import Store
import Visits

/// What booking costs with a million visits in the store, beside the same statements on bare SQLite,
/// and how it grows. Writes `.build/bench-service.json`.
@main
struct ServiceBenchmark {
  struct Result: Encodable {
    var name: String
    var unit: String
    var measured: Double
    var target: Double
    var ok: Bool
  }

  static let rounds = 200
  /// Bookings a second by others while latencies are taken.
  static let otherBookings = 100

  static func main() async throws {
    setvbuf(stdout, nil, _IOLBF, 0)
    var results: [Result] = []
    var medians: [String: [Int: Double]] = [:]
    for (visits, workers) in [(10_000, 20), (1_000_000, 2_000)] {
      let folder = NSTemporaryDirectory() + "besoeg-bench-\(UUID().uuidString)"
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let town = Town(
        path: folder + "/besoeg.sqlite", workers: workers, citizens: workers * 10,
        visits: visits)
      let begun = ContinuousClock.now
      try await town.build()
      print("\(visits) visits, \(workers) workers: built in \(ContinuousClock.now - begun)")
      let store = try SQLiteStore(StoreConfiguration(path: town.path))
      let questions = Questions(town: town, store: store, bare: BareSQLite(path: town.path))
      for (name, value) in try await compare(questions) {
        medians[name, default: [:]][visits] = value.store
        let ratio = value.store / value.bare
        print(
          "  \(name): median \(ms(value.store)) ms, bare \(ms(value.bare)) ms, ratio \(ms(ratio))")
        if visits == 1_000_000 {
          results.append(
            Result(
              name: "\(name): median beside bare SQLite", unit: "ratio", measured: ratio,
              target: 3, ok: ratio <= 3))
        }
      }
      if visits == 1_000_000 {
        for (name, value) in try await underLoad(questions) {
          print("  \(name) while \(otherBookings) bookings/s are written: p99 \(ms(value)) ms")
          results.append(
            Result(
              name: "\(name): p99 under load", unit: "ms", measured: value, target: 50,
              ok: value <= 50))
        }
      }
      try store.close()
    }
    for (name, byVisits) in medians.sorted(by: { $0.key < $1.key }) {
      guard let small = byVisits[10_000], let large = byVisits[1_000_000] else { continue }
      print("  \(name): grows \(ms(large / small)) times from 10 000 to 1 000 000 visits")
      results.append(
        Result(
          name: "\(name): growth from 10 000 to 1 000 000 visits", unit: "times",
          measured: large / small, target: 3, ok: large / small <= 3))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(results).write(to: URL(fileURLWithPath: ".build/bench-service.json"))
    if results.contains(where: { !$0.ok }) { exit(1) }
  }

  /// Medians in milliseconds, the store's and bare SQLite's in turn.
  static func compare(
    _ questions: Questions
  ) async throws -> [(String, (store: Double, bare: Double))] {
    var times: [[Double]] = Array(repeating: [], count: 6)
    let workers = questions.town.workers
    for round in 0..<rounds {
      let index = round * 7919 % workers
      times[0].append(try await timed { try await questions.week(index) })
      times[1].append(try await timed { questions.bareWeek(index) })
      times[2].append(try await timed { try await questions.slots(index) })
      times[3].append(try await timed { questions.bareSlots(index) })
    }
    // Each worker has room for four series in the hour after four o'clock.
    for round in 0..<min(rounds / 4, workers) {
      let index = round * 7919 % workers
      times[4].append(try await timed { try await questions.series(index, minute: 0) })
      times[5].append(try await timed { questions.bareSeries(index, minute: 15) })
    }
    return [
      ("a worker's week", (median(times[0]), median(times[1]))),
      ("free time of a team of 20 over 4 weeks", (median(times[2]), median(times[3]))),
      ("booking a 26-week series", (median(times[4]), median(times[5]))),
    ]
  }

  /// The 99th percentile in milliseconds while others book.
  static func underLoad(_ questions: Questions) async throws -> [(String, Double)] {
    let town = questions.town
    let writer = Task {
      let clock = ContinuousClock()
      let begun = clock.now
      var count = 0
      while !Task.isCancelled {
        let index = count % town.workers
        let start = LocalDateTime(
          LocalDate(Town.now).adding(days: 70 + count / town.workers),
          LocalTime(wrapping: 540)
        ).utc
        _ = try await questions.store.book(
          BookingRequest(
            citizenID: town.citizen(index, 3), workerID: town.worker(index),
            start: start.adding(minutes: 1440 * 0), durationMinutes: 30), tenant: Town.tenant,
          by: .system, at: Town.now)
        count += 1
        try await clock.sleep(
          until: begun + .milliseconds(count * 1000 / otherBookings))
      }
      return count
    }
    var times: [[Double]] = [[], [], []]
    for round in 0..<400 {
      let index = (round * 7919 + 13) % town.workers
      times[0].append(try await timed { try await questions.week(index) })
      times[1].append(try await timed { try await questions.slots(index) })
      times[2].append(try await timed { try await questions.series(index, minute: 30) })
      try await Task.sleep(for: .milliseconds(10))
    }
    writer.cancel()
    _ = try? await writer.value
    return [
      ("a worker's week", percentile(times[0], 0.99)),
      ("free time of a team of 20 over 4 weeks", percentile(times[1], 0.99)),
      ("booking a 26-week series", percentile(times[2], 0.99)),
    ]
  }

  static func timed(_ body: () async throws -> Void) async rethrows -> Double {
    let begun = ContinuousClock.now
    try await body()
    return (ContinuousClock.now - begun) / .milliseconds(1)
  }

  static func median(_ times: [Double]) -> Double { percentile(times, 0.5) }

  static func percentile(_ times: [Double], _ share: Double) -> Double {
    let sorted = times.sorted()
    return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
  }

  static func ms(_ value: Double) -> String { String(format: "%.2f", value) }
}
