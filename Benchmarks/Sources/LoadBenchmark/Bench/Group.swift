import Glibc

/// One room of twenty in which everybody sends sound and picture.
final class Group {
  private static let size = 20
  private let bench: Bench

  init(_ bench: Bench) { self.bench = bench }

  func run() {
    print("\na group of \(Self.size)\n" + Point.header)
    var found: [String: Point] = [:]
    for name in ["besoeg"] + (bench.hasJanus ? ["janus", "janus-loop"] : []) {
      let point: Point? = bench.with(name) { system, generator in
        let idle = system.residentKiB
        try system.join(
          room: "0", participants: Array(0..<Self.size), sends: .soundAndPicture,
          through: generator)
        try system.completeJoins(through: generator)
        Visits.wait(for: Self.size, generator: generator)
        usleep(3_000_000)
        var point = Point.measure(
          system, visits: 1, participants: Self.size, fanOut: Self.size - 1, idleKiB: idle,
          generator: generator, seconds: bench.scope.seconds)
        // What a relay chooses not to pass on in a group is no loss; what is missing between is.
        let received = point.measurement.received
        point.loss =
          Double(point.measurement.lost) / Double(max(1, received + point.measurement.lost))
        return point
      }
      guard let point else { continue }
      print(point.lineWithWarning)
      print(
        "  each got \(Int(point.packetsPerSecond) / Self.size) packets/s of "
          + "\(MediaKinds.soundAndPicture.packetsPerSecond * (Self.size - 1)) sent to it, "
          + "\(point.measurement.lost) missing between others")
      found[name] = point
    }
    let janus = [found["janus"], found["janus-loop"]].compactMap { $0 }.filter { $0.loss < 0.05 }
      .min { $0.microsecondsPerPacket < $1.microsecondsPerPacket }
    bench.figures.append(
      Figure(
        name: "CPU per forwarded packet, a group of \(Self.size)", unit: "µs",
        besoeg: found["besoeg"]?.microsecondsPerPacket, janus: janus?.microsecondsPerPacket))
    bench.figures.append(
      Figure(
        name: "p99 added latency, a group of \(Self.size)", unit: "ms",
        besoeg: found["besoeg"]?.p99, janus: janus?.p99))
  }
}
