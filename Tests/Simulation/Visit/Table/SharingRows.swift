import MediaEngine
import NetworkSimulation
import Wire

/// A line of 1 Mbit/s is not the call's alone.
extension QualityRow {
  static let sharingRows = [twoCalls, besideDownload]

  /// Two people in one home, each in a visit of their own, who would both like more than half.
  private static let twoCalls = QualityRow(
    "two-calls", "two calls share 1 Mbit/s", least: .seconds(40)
  ) { span, seed in
    let scenario = Scenario.sharedLine.reseeded(by: seed)
    let visit = try SimulatedVisit(seed: scenario.seed)
    let lines = (
      up: visit.network.addLine(.kilobits(1_000)), down: visit.network.addLine(.kilobits(1_000))
    )
    var citizens: [Party] = []
    for number in 0..<2 {
      var wants = MediaConfiguration.visit(source: UInt8(number))
      wants.videoBitrate = 900_000
      let worker = try visit.add("worker\(number)", access: .office, sends: wants)
      let citizen = try visit.add(
        "citizen\(number)", access: scenario.opening, sharing: lines, sends: wants)
      try visit.join(worker, room: "visit\(number)")
      try visit.join(citizen, room: "visit\(number)")
      citizens.append(citizen)
    }
    visit.run(for: span)
    let delivered = citizens.map { Double(visit.network.tally(of: $0.down).bytes) }
    let share = 100 * (delivered.min() ?? 0) / max(delivered.reduce(0, +), 1)
    return sound("two-calls", visit) + [
      QualityRecord(
        "two-calls", "smaller share of the line", unit: "%", .atLeast(25), measured: share)
    ]
  }

  /// Somebody in the home downloads.
  private static let besideDownload = QualityRow(
    "beside-tcp", "a call beside a greedy TCP flow, 1 Mbit/s", least: .seconds(120)
  ) { span, seed in
    let scenario = Scenario.sharedLine.reseeded(by: seed)
    let visit = try SimulatedVisit(seed: scenario.seed)
    let lines = (
      up: visit.network.addLine(.kilobits(1_000)), down: visit.network.addLine(.kilobits(1_000))
    )
    let worker = try visit.add("worker", access: .office)
    let citizen = try visit.add("citizen", access: scenario.opening, sharing: lines)
    try visit.join(worker)
    try visit.join(citizen)
    visit.run(for: .seconds(10))
    let begun = visit.now
    visit.addGreedyFlow(
      over: visit.network.addLink(scenario.opening.down, over: lines.down),
      returnTime: .milliseconds(20))
    visit.run(for: span)
    let kilobits = Double(visit.flows[0].deliveredBytes) * 8 / 1_000 / (visit.now - begun).seconds
    return sound("beside-tcp", visit) + [
      QualityRecord(
        "beside-tcp", "the download's rate", unit: "kbit/s", .atLeast(200), measured: kilobits)
    ]
  }

  /// Everybody's sound whole, and pictures that move.
  private static func sound(_ name: String, _ visit: SimulatedVisit) -> [QualityRecord] {
    let missed = visit.parties.map { $0.ears[0].missedShare(until: visit.now) * 100 }.max() ?? 100
    let moving = visit.parties.map { $0.eye().movingShare(until: visit.now) * 100 }.min() ?? 0
    return [
      QualityRecord(name, "concealed sound", unit: "%", .below(1), measured: missed),
      QualityRecord(name, "picture moving", unit: "%", .above(90), measured: moving),
    ]
  }
}
