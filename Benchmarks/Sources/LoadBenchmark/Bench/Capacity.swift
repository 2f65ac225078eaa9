import Glibc

/// How many visits one core carries at a p99 of 5 ms and less than 0.1 % loss, and how late packets
/// are below that.
final class Capacity {
  private let bench: Bench

  init(_ bench: Bench) { self.bench = bench }

  func run() {
    print("\nvisits per core: loss < 0.1 % and p99 ≤ 5 ms\n" + Point.header)
    let ours = limit(of: "besoeg")
    let floor = limit(of: "floor-mmsg")
    var janus: (name: String, visits: Int)?
    if bench.hasJanus {
      for name in ["janus", "janus-loop"] {
        if let visits = limit(of: name), visits > janus?.visits ?? 0 { janus = (name, visits) }
      }
    }
    bench.figures.append(
      Figure(
        name: "Visits per core (loss < 0.1 %, p99 ≤ 5 ms)", unit: "visits",
        besoeg: ours.map(Double.init), janus: janus.map { Double($0.visits) },
        floor: floor.map(Double.init)))
    if let ours, let janus {
      bench.figures.append(
        Figure(
          name: "Visits per core against the better Janus", unit: "ratio",
          besoeg: Double(ours) / Double(janus.visits), target: 4, isLeast: true))
    }
    guard let ours else { return }
    latency(at: ours, janus: janus)
  }

  /// The most visits that a system carries, or that the generator can drive it with: first in large
  /// steps until it fails, then anew in small ones.
  private func limit(of name: String) -> Int? {
    let known = bench.points[name]?.values.filter { $0.isGood }.map(\.visits).max()
    guard let coarse = climb(name, from: known ?? 20, to: 1_000, step: { max(10, $0 * 2 / 5) })
    else { return nil }
    // Nothing is judged by the floor's limit, which is mostly the generator's.
    guard let good = coarse.good, let bad = coarse.bad, !name.hasPrefix("floor") else {
      return coarse.good ?? 0
    }
    let fine = climb(name, from: good + step(good), to: bad - 1, step: step)
    return fine?.good ?? good
  }

  /// A small step: 8 %.
  private func step(_ visits: Int) -> Int { max(3, visits / 12) }

  /// Adds visits in steps until one number of them is not good; the last good number and the first
  /// bad one.
  private func climb(
    _ name: String, from first: Int, to last: Int, step: (Int) -> Int
  ) -> (good: Int?, bad: Int?)? {
    guard first <= last else { return (nil, nil) }
    return bench.with(name) { system, generator in
      let idle = system.residentKiB
      var good: Int?
      var visits = 0
      var next = first
      while next <= last {
        try Visits.fill(system, visits: visits..<next, generator: generator)
        visits = next
        usleep(1_000_000)
        var point: Point?
        // A second look and a third, since one hiccup of the machine is no limit.
        for _ in 0..<3 where point?.isGood != true {
          point = Point.measure(
            system, visits: visits, participants: visits * 2, idleKiB: idle, generator: generator,
            seconds: 2.5)
        }
        guard let point else { break }
        print(point.lineWithWarning)
        guard point.isGood else { return (good, visits) }
        good = visits
        // What the generator cannot drive any more is as far as can be seen.
        guard point.measurement.isValid else { break }
        next = visits + step(visits)
      }
      return (good, nil)
    }
  }

  private func latency(at limit: Int, janus: (name: String, visits: Int)?) {
    print("\nadded latency below the limit\n" + Point.header)
    for share in [50, 80] {
      let visits = max(1, limit * share / 100)
      guard let ours = bench.point("besoeg", visits: visits) else { continue }
      let floor = bench.point("floor-mmsg", visits: visits)
      let theirs = janus.flatMap {
        bench.point($0.name, visits: max(1, $0.visits * share / 100))
      }
      note("at \(share) % of the own limit (floor: of ours)", ours, janus: theirs, floor: floor)
      if share == 80, let floor {
        bench.figures.append(
          Figure(
            name: "p99 at 80 % of our limit against the floor's", unit: "ratio",
            besoeg: ours.p99 / max(0.001, floor.p99), target: 2))
      }
    }
    guard let janus, let theirs = bench.point(janus.name, visits: janus.visits),
      let ours = bench.point("besoeg", visits: janus.visits)
    else { return }
    note("at Janus' own limit", ours, janus: theirs, floor: nil)
    bench.figures.append(
      Figure(
        name: "p99 at Janus' own limit against Janus'", unit: "ratio",
        besoeg: ours.p99 / max(0.001, theirs.p99), target: 0.1))
  }

  /// How late packets are: half of them, all but one in a hundred, all but one in a thousand.
  private func note(_ place: String, _ ours: Point, janus: Point?, floor: Point?) {
    for (name, value) in [("p50", \Point.p50), ("p99", \.p99), ("p99.9", \.p999)] {
      bench.figures.append(
        Figure(
          name: "\(name) added latency \(place)", unit: "ms", besoeg: ours[keyPath: value],
          janus: janus?[keyPath: value], floor: floor?[keyPath: value]))
    }
  }
}
