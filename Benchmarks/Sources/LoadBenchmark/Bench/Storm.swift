import CLoad
import Glibc

/// Everybody joins on the hour: 500 visits start within ten seconds beside 100 running ones.
///
/// The new ones send sound only: with pictures, 600 visits are more than one core carries, and the
/// figure would be the overload's.
final class Storm {
  private static let running = 100
  private static let joining = 500
  private static let seconds = 10
  private let bench: Bench

  init(_ bench: Bench) { self.bench = bench }

  /// How one system stood it.
  private struct Outcome {
    /// When the one slower than 99 of 100 first had media, in seconds; 99 where it never did.
    var firstMedia: Double
    /// The running visits' p99.9 before and during it, in milliseconds.
    var quiet: Double
    var stormy: Double
    /// Share of its core while they joined, and once all were in.
    var share: Double
    var shareAfter: Double
  }

  func run() {
    print("\njoin storm: \(Self.joining) visits within \(Self.seconds) s beside \(Self.running)")
    // The floor has no handshakes: what its core has left is all that the relay's own work could take.
    guard let ours = storm("besoeg") else { return }
    let floor = storm("floor-mmsg")
    bench.figures += [
      Figure(
        name: "Join storm: first media, p99", unit: "s", besoeg: ours.firstMedia,
        floor: floor?.firstMedia, target: 1),
      Figure(
        name: "Join storm: running visits' p99.9 during / before", unit: "ratio",
        besoeg: ours.stormy / max(0.001, ours.quiet),
        floor: floor.map { $0.stormy / max(0.001, $0.quiet) }, target: 3),
      Figure(
        name: "Join storm: running visits' p99.9 during", unit: "ms", besoeg: ours.stormy,
        floor: floor?.stormy),
      Figure(
        name: "Join storm: share of the core", unit: "%", besoeg: ours.share * 100,
        floor: floor.map { $0.share * 100 }),
      Figure(
        name: "Join storm: share of the core once all are in", unit: "%",
        besoeg: ours.shareAfter * 100, floor: floor.map { $0.shareAfter * 100 }),
    ]
  }

  private func storm(_ name: String) -> Outcome? {
    bench.with(name) { system, generator in
      try Visits.fill(system, visits: 0..<Self.running, generator: generator)
      usleep(2_000_000)
      let before = generator.measure(below: Self.running * 2) { usleep(8_000_000) }
      _ = generator.takeJoinTimes()
      var joined = 0
      var during = before
      let share = try self.share(of: system) {
        during = try generator.measure(below: Self.running * 2) {
          joined = try join(system, generator)
          Visits.wait(for: (Self.running + joined) * 2, generator: generator)
        }
      }
      let times = generator.takeJoinTimes().map(\.seconds)
      let shareAfter = self.share(of: system) { usleep(2_000_000) }
      return report(
        name, before, during, joined: joined, share: share, shareAfter: shareAfter, times: times)
    }
  }

  /// What a system used of its core meanwhile.
  private func share(of system: any SystemUnderTest, _ body: () throws -> Void) rethrows -> Double {
    let cpu = system.cpu
    let began = load_monotonic()
    try body()
    return Double(system.cpu - cpu) / Double(load_monotonic() - began)
  }

  /// Lets a visit in every 20 ms, whether the ones before are through or not; how many.
  private func join(_ system: any SystemUnderTest, _ generator: Generator) throws -> Int {
    let start = load_monotonic()
    let pause = Int64(Self.seconds) * 1_000_000_000 / Int64(Self.joining)
    for number in 0..<Self.joining {
      load_sleep_until(start + Int64(number) * pause)
      let visit = Self.running + number
      do {
        try system.join(
          room: "\(visit)", participants: [visit * 2, visit * 2 + 1], sends: .sound,
          through: generator)
      } catch {
        print("  visit \(number + 1) of the storm was refused: \(error)")
        return number
      }
    }
    return Self.joining
  }

  private func report(
    _ name: String, _ before: Measurement, _ during: Measurement, joined: Int, share: Double,
    shareAfter: Double, times: [Double]
  ) -> Outcome {
    let sorted = times.sorted()
    let awaited = Self.joining * 2
    // Who never got media waited longer than everybody else.
    let rank = Int((Double(awaited) * 0.99).rounded(.up)) - 1
    let p99 = rank < sorted.count ? sorted[rank] : .infinity
    let p50 = sorted.count > awaited / 2 ? sorted[awaited / 2] : .infinity
    let quiet = before.delays.milliseconds(at: 0.999) ?? .infinity
    let stormy = during.delays.milliseconds(at: 0.999) ?? .infinity
    print(
      "  \(name): \(joined) visits let in, \(sorted.count) of \(awaited) participants heard the "
        + "other one;\n    first media p50 \(Text.decimal(p50 * 1_000)) ms, "
        + "p99 \(Text.decimal(p99 * 1_000)) ms; running visits' p99.9 \(Text.decimal(quiet)) ms "
        + "before,\n    \(Text.decimal(stormy)) ms during, gaps \(during.lost); "
        + "\(Text.decimal(share * 100)) % of the core used, \(Text.decimal(shareAfter * 100)) % "
        + "after it,\n    "
        + "generator \(Text.decimal(during.generatorShare * 100)) %")
    return Outcome(
      firstMedia: p99.isFinite ? p99 : 99, quiet: quiet, stormy: stormy, share: share,
      shareAfter: shareAfter)
  }
}
