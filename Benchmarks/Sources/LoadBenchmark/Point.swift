import CLoad
import Glibc
import Synchronization

/// One system under one number of visits.
struct Point {
  var system: String
  var visits: Int
  /// Processor time per forwarded packet, in microseconds.
  var microsecondsPerPacket: Double
  /// Share of its core.
  var share: Double
  /// Media packets forwarded a second.
  var packetsPerSecond: Double
  var loss: Double
  /// Added latency in milliseconds.
  var p50: Double
  var p99: Double
  var p999: Double
  /// Resident memory per participant above what the idle process takes, in KiB.
  var residentPerParticipant: Double
  var measurement: Measurement

  /// Whether people would call this a working service: what the visits per core are counted by.
  var isGood: Bool { loss < 0.001 && p99 <= 5 }

  /// Measures `system`, which runs with these visits connected.
  static func measure(
    _ system: any SystemUnderTest, visits: Int, participants: Int, fanOut: Int = 1,
    idleKiB: Int, generator: Generator, seconds: Double
  ) -> Point {
    let before = system.cpu
    let measured = generator.measure { usleep(useconds_t(seconds * 1e6)) }
    let used = system.cpu - before
    return Point(
      system: system.name, visits: visits,
      microsecondsPerPacket: Double(used) / 1_000 / Double(max(1, measured.received)),
      share: Double(used) / 1e9 / measured.seconds,
      packetsPerSecond: Double(measured.received) / measured.seconds,
      loss: measured.loss(fanOut: fanOut),
      p50: measured.delays.milliseconds(at: 0.5) ?? .infinity,
      p99: measured.delays.milliseconds(at: 0.99) ?? .infinity,
      p999: measured.delays.milliseconds(at: 0.999) ?? .infinity,
      residentPerParticipant: Double(system.residentKiB - idleKiB) / Double(max(1, participants)),
      measurement: measured)
  }

  /// `load SYSTEM VISITS SECONDS`: starts, fills, measures, prints.
  static func run(
    _ name: String, visits: Int, seconds: Double, sends: MediaKinds, isSpread: Bool
  ) throws {
    let folder = try RunFolder()
    defer { folder.remove() }
    let system = try Systems.named(name, folder: folder)
    let generator = try Generator(isSpread: isSpread)
    try system.start()
    defer {
      generator.stop()
      system.stop()
    }
    let idle = system.residentKiB
    let before = system.cpu
    try Visits.fill(system, visits: 0..<visits, sends: sends, generator: generator)
    let perJoin = Double(system.cpu - before) / 1e6 / Double(max(1, visits * 2))
    usleep(2_000_000)
    let point = measure(
      system, visits: visits, participants: visits * 2, idleKiB: idle, generator: generator,
      seconds: seconds)
    print(point.line)
    print("to let one participant in: \(Text.decimal(perJoin)) ms of the processor")
    print(
      "secured \(generator.secured.load(ordering: .relaxed)) "
        + "(GCM \(generator.securedGCM.load(ordering: .relaxed))) "
        + "failed \(generator.failed.load(ordering: .relaxed)) "
        + "heard \(generator.heard.load(ordering: .relaxed)); generator "
        + "\(Text.decimal(point.measurement.generatorShare * 100)) % of its core, latest tick "
        + "\(Text.decimal(point.measurement.latestTick)) ms, skipped \(point.measurement.skippedTicks), "
        + "damaged \(point.measurement.damaged), gaps \(point.measurement.lost), sent "
        + "\(point.measurement.sent), received \(point.measurement.received), "
        + "without keyframe \(point.measurement.withoutKeyframe)")
    if let relay = system as? BesoegSystem {
      for (name, count) in relay.counters.sorted(by: { $0.key < $1.key }) where count > 0 {
        print("  \(name) \(count)")
      }
    }
  }

  /// A row of a table.
  var line: String {
    Text.row([
      system, "\(visits)", "\(Int(packetsPerSecond))", Text.decimal(microsecondsPerPacket),
      Text.decimal(share * 100), Text.decimal(loss * 100, digits: 3), Text.decimal(p50),
      Text.decimal(p99), Text.decimal(p999), Text.decimal(residentPerParticipant, digits: 0),
    ])
  }

  /// And whether the generator could drive it.
  var lineWithWarning: String {
    line + (measurement.isValid ? "" : "  generator at its limit")
  }

  /// What the columns of `line` are.
  static let header = Text.row([
    "system", "visits", "packets/s", "µs/packet", "core %", "loss %", "p50 ms", "p99 ms",
    "p99.9 ms", "KiB/part.",
  ])
}

/// Filling a system with visits.
enum Visits {
  /// Lets visits of two in and waits until all of them hear each other, or nobody new does. Where
  /// `isHeld`, nobody sends before all are in: to come in beside the sound of a thousand is a storm.
  static func fill(
    _ system: any SystemUnderTest, visits: Range<Int>, sends: MediaKinds = .soundAndPicture,
    isHeld: Bool = false, generator: Generator
  ) throws {
    generator.tell(.hold(isHeld))
    defer { generator.tell(.hold(false)) }
    for visit in visits {
      try system.join(
        room: "\(visit)", participants: [visit * 2, visit * 2 + 1], sends: sends,
        through: generator)
    }
    try system.completeJoins(through: generator)
    if isHeld {
      wait(for: visits.upperBound * 2 * system.legsPerParticipant) {
        generator.secured.load(ordering: .relaxed)
      }
      generator.tell(.hold(false))
    }
    wait(for: visits.upperBound * 2, generator: generator)
  }

  /// Waits until `participants` in all have received media, five seconds at most after the last one.
  static func wait(for participants: Int, generator: Generator) {
    wait(for: participants) { generator.heard.load(ordering: .relaxed) }
  }

  /// Waits until `count` is `total`, five seconds at most after it last changed.
  private static func wait(for total: Int, _ count: () -> Int) {
    var latest = -1
    var patience = 0
    while case let now = count(), now < total, patience < 500 {
      patience = now == latest ? patience + 1 : 0
      latest = now
      usleep(10_000)
    }
  }
}

/// The systems by the names of the command line.
enum Systems {
  static func named(_ name: String, folder: RunFolder) throws -> any SystemUnderTest {
    switch name {
    case "besoeg": BesoegSystem(folder: folder)
    case "floor": FloorSystem(isBatched: false, folder: folder)
    case "floor-mmsg": FloorSystem(isBatched: true, folder: folder)
    case "janus": JanusSystem(eventLoops: 0, folder: folder)
    case "janus-loop": JanusSystem(eventLoops: 1, folder: folder)
    default: throw BenchmarkError.failed("no such system: \(name)")
    }
  }
}
