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

  func run() {
    print("\njoin storm: \(Self.joining) visits within \(Self.seconds) s beside \(Self.running)")
    _ = bench.with("besoeg") { system, generator in
      try Visits.fill(system, visits: 0..<Self.running, generator: generator)
      usleep(2_000_000)
      let before = generator.measure(below: Self.running * 2) { usleep(8_000_000) }
      _ = generator.takeJoinTimes()
      var joined = 0
      let cpu = system.cpu
      let began = load_monotonic()
      let during = try generator.measure(below: Self.running * 2) {
        joined = try join(system, generator)
        Visits.wait(for: (Self.running + joined) * 2, generator: generator)
      }
      let share = Double(system.cpu - cpu) / Double(load_monotonic() - began)
      print("  the relay used \(Text.decimal(share * 100)) % of its core meanwhile")
      report(before, during, joined: joined, times: generator.takeJoinTimes().map(\.seconds))
    }
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

  private func report(_ before: Measurement, _ during: Measurement, joined: Int, times: [Double]) {
    let sorted = times.sorted()
    let awaited = Self.joining * 2
    // Who never got media waited longer than everybody else.
    let rank = Int((Double(awaited) * 0.99).rounded(.up)) - 1
    let p99 = rank < sorted.count ? sorted[rank] : .infinity
    let p50 = sorted.count > awaited / 2 ? sorted[awaited / 2] : .infinity
    let quiet = before.delays.milliseconds(at: 0.999) ?? .infinity
    let stormy = during.delays.milliseconds(at: 0.999) ?? .infinity
    print(
      "  \(joined) visits let in, \(sorted.count) of \(awaited) participants heard the other one; "
        + "first media p50 \(Text.decimal(p50 * 1_000)) ms, p99 \(Text.decimal(p99 * 1_000)) ms\n"
        + "  running visits' p99.9 \(Text.decimal(quiet)) ms before, \(Text.decimal(stormy)) ms "
        + "during; gaps \(during.lost); generator \(Text.decimal(during.generatorShare * 100)) %")
    bench.figures.append(
      Figure(
        name: "Join storm: first media, p99", unit: "s",
        besoeg: p99.isFinite ? p99 : 99, target: 1))
    bench.figures.append(
      Figure(
        name: "Join storm: running visits' p99.9 during / before", unit: "ratio",
        besoeg: stormy / max(0.001, quiet), target: 3))
  }
}
