import NetworkSimulation
public import Wire

/// A row of the table: a named, seeded run with what it must show.
public struct QualityRow: Sendable {
  /// Its name, which is its scenario's unless several rows share one.
  public let name: String
  /// What it is about, in a line.
  public let summary: String
  /// The shortest run that shows it.
  public let least: TimeSpan
  private let body: @Sendable (TimeSpan, UInt64) throws -> [QualityRecord]

  init(
    _ name: String, _ summary: String, least: TimeSpan,
    body: @escaping @Sendable (TimeSpan, UInt64) throws -> [QualityRecord]
  ) {
    self.name = name
    self.summary = summary
    self.least = least
    self.body = body
  }

  /// Runs it for `span` of virtual time, or as long as it takes, and measures. Another `seed` than 0
  /// is another run of the same row.
  public func measure(for span: TimeSpan, seed: UInt64 = 0) throws -> [QualityRecord] {
    try body(max(span, least), seed)
  }

  /// Every row, in the table's order.
  public static let all: [QualityRow] =
    lossRows + bandwidthRows + mobilityRows + sharingRows + [group] + gettingThroughRows
}

extension QualityRow: CustomStringConvertible {
  /// Its name.
  public var description: String { name }
}

/// A figure that a row takes.
struct Figure {
  var metric: String
  var unit: String
  var bound: QualityBound?
  var measured: Double

  init(_ metric: String, _ unit: String, _ bound: QualityBound?, _ measured: Double) {
    self.metric = metric
    self.unit = unit
    self.bound = bound
    self.measured = measured
  }
}

extension QualityRow {
  /// A row about two people, the citizen behind `scenario`, from the moment that both are let in; `take`
  /// is handed the run once it is over. Where the support worker's `access` is no office's, the row has a
  /// `name` of its own.
  static func pair(
    _ scenario: Scenario, named name: String? = nil, worker access: AccessConditions = .office,
    least: TimeSpan, _ take: @escaping @Sendable (PairRun) -> [Figure]
  ) -> QualityRow {
    let name = name ?? scenario.name
    return QualityRow(name, scenario.summary, least: least) { span, seed in
      let run = try PairRun(scenario.reseeded(by: seed), worker: access)
      run.run(for: span)
      return take(run).map {
        QualityRecord(name, $0.metric, unit: $0.unit, $0.bound, measured: $0.measured)
      }
    }
  }
}
