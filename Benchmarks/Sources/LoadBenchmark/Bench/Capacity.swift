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

  /// The most visits that a system carries, or that the generator can drive it with.
  private func limit(of name: String) -> Int? {
    bench.with(name) { system, generator in
      let idle = system.residentKiB
      var good: Int?
      var visits = 0
      var next = start(of: name)
      while next <= 1_000 {
        try Visits.fill(system, visits: visits..<next, generator: generator)
        visits = next
        usleep(1_000_000)
        var point: Point?
        // A second look, since one hiccup of the machine is no limit.
        for _ in 0..<3 where point?.isGood != true {
          point = Point.measure(
            system, visits: visits, participants: visits * 2, idleKiB: idle, generator: generator,
            seconds: 2.5)
        }
        guard let point else { break }
        print(point.lineWithWarning)
        guard point.isGood else {
          // Where already the first step was too large.
          if good == nil, next > 10 { good = below(name, visits: next) }
          break
        }
        good = visits
        guard point.measurement.isValid else { break }
        next = visits + max(5, visits / 12)
      }
      return good ?? 0
    }
  }

  /// Where a search begins: at what was good before.
  private func start(of name: String) -> Int {
    let known = bench.points[name]?.values.filter { $0.isGood }.map(\.visits).max()
    return known ?? 10
  }

  /// The most visits below a number at which a system was good in the comparison.
  private func below(_ name: String, visits: Int) -> Int {
    bench.points[name]?.values.filter { $0.isGood && $0.visits < visits }.map(\.visits).max() ?? 0
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
      for (name, value) in [("p50", \Point.p50), ("p99", \.p99), ("p99.9", \.p999)] {
        bench.figures.append(
          Figure(
            name: "\(name) added latency at \(share) % of the own limit (floor: of ours)",
            unit: "ms", besoeg: ours[keyPath: value], janus: theirs?[keyPath: value],
            floor: floor?[keyPath: value]))
      }
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
    bench.figures.append(
      Figure(
        name: "p99 added latency at Janus' own limit", unit: "ms", besoeg: ours.p99,
        janus: theirs.p99))
    bench.figures.append(
      Figure(
        name: "p99 at Janus' own limit against Janus'", unit: "ratio",
        besoeg: ours.p99 / max(0.001, theirs.p99), target: 0.1))
  }
}
