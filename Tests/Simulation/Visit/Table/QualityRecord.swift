/// What a figure must be.
public enum QualityBound: Hashable, Sendable {
  /// Less than this.
  case below(Double)
  /// This or less.
  case atMost(Double)
  /// More than this.
  case above(Double)
  /// This or more.
  case atLeast(Double)

  /// Whether `measured` is as it must be.
  public func holds(_ measured: Double) -> Bool {
    switch self {
    case .below(let limit): measured < limit
    case .atMost(let limit): measured <= limit
    case .above(let limit): measured > limit
    case .atLeast(let limit): measured >= limit
    }
  }

  /// As a reader knows it: `< 0.5`.
  public var words: String {
    switch self {
    case .below(let limit): "< \(QualityRecord.digits(limit))"
    case .atMost(let limit): "<= \(QualityRecord.digits(limit))"
    case .above(let limit): "> \(QualityRecord.digits(limit))"
    case .atLeast(let limit): ">= \(QualityRecord.digits(limit))"
    }
  }
}

/// One figure of one scenario beside its target: a line of the table.
public struct QualityRecord: Codable, Hashable, Sendable {
  /// The row of the table.
  public var scenario: String
  /// What was measured.
  public var metric: String
  /// In which unit.
  public var unit: String
  /// What it must be; nil where it is only told.
  public var target: String?
  /// What it was.
  public var measured: Double
  /// Whether it is as it must be.
  public var ok: Bool

  /// A figure beside its bound.
  public init(
    _ scenario: String, _ metric: String, unit: String, _ bound: QualityBound?, measured: Double
  ) {
    self.scenario = scenario
    self.metric = metric
    self.unit = unit
    target = bound?.words
    // Three digits behind the point are more than any of these can tell.
    self.measured = (measured * 1_000).rounded() / 1_000
    ok = bound?.holds(measured) ?? true
  }

  private enum CodingKeys: String, CodingKey {
    case scenario, metric, unit, target, measured, ok
  }

  /// Reads a figure; one without a number was never reached.
  public init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    scenario = try members.decode(String.self, forKey: .scenario)
    metric = try members.decode(String.self, forKey: .metric)
    unit = try members.decode(String.self, forKey: .unit)
    target = try members.decodeIfPresent(String.self, forKey: .target)
    measured = try members.decodeIfPresent(Double.self, forKey: .measured) ?? .infinity
    ok = try members.decode(Bool.self, forKey: .ok)
  }

  /// Writes every member, null where there is no target, or where JSON has no number for what was
  /// never reached.
  public func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(scenario, forKey: .scenario)
    try members.encode(metric, forKey: .metric)
    try members.encode(unit, forKey: .unit)
    try members.encode(target, forKey: .target)
    try members.encode(measured.isFinite ? measured : nil, forKey: .measured)
    try members.encode(ok, forKey: .ok)
  }

  /// A number with as many digits as it takes, at most two behind the point.
  public static func digits(_ number: Double) -> String {
    guard number.isFinite, abs(number) < 1e12 else { return "never" }
    let hundredths = Int((abs(number) * 100).rounded())
    let sign = number < 0 && hundredths > 0 ? "-" : ""
    guard hundredths % 100 != 0 else { return "\(sign)\(hundredths / 100)" }
    let fraction = hundredths % 100
    let tail =
      fraction % 10 == 0 ? "\(fraction / 10)" : fraction < 10 ? "0\(fraction)" : "\(fraction)"
    return "\(sign)\(hundredths / 100).\(tail)"
  }
}
