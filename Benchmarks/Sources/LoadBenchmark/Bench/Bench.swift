import CLoad
import Glibc
import Synchronization

/// Everything that `make bench` measures, in one run on one machine.
final class Bench {
  /// How long and how much.
  struct Scope {
    /// Visits at which all systems are compared.
    var visits: [Int]
    /// Those of them that are measured twice, systems by turns.
    var repeated: [Int]
    /// The length of a measurement in seconds.
    var seconds: Double
    /// What is measured.
    var sections: Set<Section>

    static let whole = Scope(
      visits: [10, 50, 90, 150, 300], repeated: [50, 90], seconds: 4,
      sections: Set(Section.allCases))
    static let quick = Scope(visits: [50, 90], repeated: [], seconds: 3, sections: [.compare])
  }

  /// A part of the benchmark.
  enum Section: String, CaseIterable {
    case compare, capacity, storm, group, growth
  }

  let scope: Scope
  let folder: RunFolder
  /// The best measurement of each system at each number of visits.
  private(set) var points: [String: [Int: Point]] = [:]
  /// The least visits at which a system could not be measured at all.
  private var failures: [String: Int] = [:]
  var figures: [Figure] = []
  private(set) var hasJanus: Bool
  private let stealAtStart = Machine.steal
  private let startedAt = load_monotonic()

  init(_ scope: Scope) throws {
    self.scope = scope
    folder = try RunFolder()
    hasJanus = JanusSystem.isInstalled
  }

  /// Measures, prints, and writes `path`; whether it could.
  func run(writing path: String) -> Bool {
    defer { folder.remove() }
    Machine.description().forEach { print($0) }
    print(
      "media     per participant 50 sound packets of 100 B and 150 picture packets of 1 100 B a "
        + "second,\n          AEAD_AES_128_GCM, visits of two; janus: four PeerConnections a visit")
    if !hasJanus { print("janus     is not installed: its column stays empty") }
    if scope.sections.contains(.compare) { compare() }
    if scope.sections.contains(.capacity) { Capacity(self).run() }
    if scope.sections.contains(.storm) { Storm(self).run() }
    if scope.sections.contains(.group) { Group(self).run() }
    if scope.sections.contains(.growth) { Growth(self).run() }
    summarise(to: path)
    return !figures.isEmpty
  }

  // MARK: One point

  /// The systems that are compared.
  var systems: [String] {
    ["besoeg", "floor-mmsg", "floor"] + (hasJanus ? ["janus", "janus-loop"] : [])
  }

  /// Runs a system with a generator, and ends both whatever happens; nil where that failed.
  func with<Value>(
    _ name: String, isSpread: Bool = false,
    _ body: (any SystemUnderTest, Generator) throws -> Value
  ) -> Value? {
    do {
      let system = try Systems.named(name, folder: folder)
      let generator = try Generator(isSpread: isSpread)
      defer {
        generator.stop()
        system.stop()
      }
      try system.start()
      return try body(system, generator)
    } catch {
      print("\(name): \("\(error)".prefix(300))")
      return nil
    }
  }

  /// A system under so many visits, started anew. Measured again, twice at most, where the host took
  /// more than a fiftieth of the machine meanwhile or the generator did not keep up.
  func point(
    _ name: String, visits: Int, sends: MediaKinds = .soundAndPicture, isSpread: Bool = false,
    isHeld: Bool = false, seconds: Double? = nil
  ) -> Point? {
    with(name, isSpread: isSpread) { system, generator in
      let idle = system.residentKiB
      try Visits.fill(
        system, visits: 0..<visits, sends: sends, isHeld: isHeld, generator: generator)
      usleep(1_500_000)
      var best: Point?
      for _ in 0..<3 {
        let steal = Machine.steal
        let point = Point.measure(
          system, visits: visits, participants: visits * 2, idleKiB: idle, generator: generator,
          seconds: seconds ?? scope.seconds)
        if best == nil || point.p99 < best!.p99 { best = point }
        let now = Machine.steal
        let isQuiet = (now.stolen - steal.stolen) * 50 <= now.total - steal.total
        if isQuiet, point.measurement.isValid { break }
      }
      guard let best else { throw BenchmarkError.failed("nothing was measured") }
      print(best.lineWithWarning)
      let legs = visits * 2 * system.legsPerParticipant
      let secured = generator.securedGCM.load(ordering: .relaxed)
      if !name.hasPrefix("floor"), secured != legs {
        print("  only \(secured) of \(legs) paths are secured with AES-128-GCM")
      }
      return best
    }
  }

  // MARK: The comparison

  private func compare() {
    print("\n" + Point.header)
    for visits in scope.visits {
      let rounds = scope.repeated.contains(visits) ? 2 : 1
      for _ in 0..<rounds {
        for name in systems where !isBeyond(name, visits: visits) {
          guard let point = point(name, visits: visits) else {
            failures[name] = min(failures[name] ?? visits, visits)
            continue
          }
          if let before = points[name]?[visits],
            before.microsecondsPerPacket <= point.microsecondsPerPacket
          {
            continue
          }
          points[name, default: [:]][visits] = point
        }
      }
    }
    if scope.visits.count > 2, let spread = point("besoeg", visits: 90, isSpread: true) {
      print("  (the last one: each picture's packets evenly over the time to the next picture)")
      figures.append(
        Figure(
          name: "CPU per packet, 90 visits, pictures spread", unit: "µs",
          besoeg: spread.microsecondsPerPacket))
    }
    for visits in scope.visits { compare(visits) }
  }

  /// Whether a peer was far beyond its limit at fewer visits.
  private func isBeyond(_ name: String, visits: Int) -> Bool {
    failures[name] ?? .max < visits
      || points[name]?.contains { $0.key < visits && $0.value.loss > 0.05 } ?? false
  }

  /// The better of the two floors, and of the two configurations of Janus, by processor time.
  func cheapest(_ names: [String], visits: Int) -> Point? {
    names.compactMap { points[$0]?[visits] }.filter { $0.loss < 0.05 }.min {
      $0.microsecondsPerPacket < $1.microsecondsPerPacket
    }
  }

  private func compare(_ visits: Int) {
    guard let ours = points["besoeg"]?[visits] else { return }
    let floor = cheapest(["floor", "floor-mmsg"], visits: visits)
    let janus = cheapest(["janus", "janus-loop"], visits: visits)
    figures.append(
      Figure(
        name: "CPU per forwarded packet, \(visits) visits", unit: "µs",
        besoeg: ours.microsecondsPerPacket, janus: janus?.microsecondsPerPacket,
        floor: floor?.microsecondsPerPacket))
    if let floor, visits >= 50 {
      figures.append(
        Figure(
          name: "CPU per packet against the floor, \(visits) visits", unit: "ratio",
          besoeg: ours.microsecondsPerPacket / floor.microsecondsPerPacket, target: 1.4))
    }
    if let janus, visits == 50 || visits == 90 {
      figures.append(
        Figure(
          name: "CPU per packet against the cheaper Janus, \(visits) visits", unit: "ratio",
          besoeg: ours.microsecondsPerPacket / janus.microsecondsPerPacket, target: 1.0 / 3))
    }
    let fastest = ["janus", "janus-loop"].compactMap { points[$0]?[visits]?.p99 }.min()
    figures.append(
      Figure(
        name: "p99 added latency, \(visits) visits", unit: "ms", besoeg: ours.p99, janus: fastest,
        floor: floor?.p99))
    if visits == scope.visits.last {
      let peers = ["janus", "janus-loop"].flatMap { points[$0]?.values.map { $0 } ?? [] }
      let largest = peers.max { $0.visits < $1.visits }
      figures.append(
        Figure(
          name: "Resident memory per participant", unit: "KiB",
          besoeg: ours.residentPerParticipant, janus: largest?.residentPerParticipant, target: 96))
    }
  }

  // MARK: The end

  private func summarise(to path: String) {
    let steal = Machine.steal
    let share =
      Double(steal.stolen - stealAtStart.stolen) / Double(max(1, steal.total - stealAtStart.total))
    print("\n" + Figure.header)
    for figure in figures { print(figure.line) }
    print(
      "\nthe host took \(Text.decimal(share * 100)) % of this machine's time; the run took "
        + "\((load_monotonic() - startedAt) / 1_000_000_000) s")
    if Files.write(Figure.json(figures), to: path) { print("written to \(path)") }
  }
}
