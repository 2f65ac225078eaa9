/// One figure of the benchmark, as `.build/bench.json` holds it.
struct Figure {
  var name: String
  var unit: String
  var besoeg: Double?
  var janus: Double?
  var floor: Double?
  /// What the first column is to be at most, or at least.
  var target: Double?
  var isLeast = false

  /// Whether the target is met; nil where there is none, or nothing to judge.
  var isMet: Bool? {
    guard let target, let besoeg else { return nil }
    return isLeast ? besoeg >= target : besoeg <= target
  }

  /// A row of the table.
  var line: String {
    let goal = target.map { (isLeast ? "≥ " : "≤ ") + Self.short($0) } ?? ""
    let verdict = isMet.map { $0 ? "ok" : "MISSED" } ?? ""
    let cells = [besoeg, janus, floor].map { $0.map(Self.short) ?? "–" }
    return Text.padded(name, 58) + Text.padded(unit, 9)
      + (cells + [goal, verdict]).map { Text.leading($0, 10) }.joined()
  }

  /// The table's head.
  static let header =
    Text.padded("", 58) + Text.padded("unit", 9)
    + ["besoeg", "janus", "floor", "target", ""].map { Text.leading($0, 10) }.joined()

  /// The figures as a JSON array.
  static func json(_ figures: [Figure]) -> String {
    let rows = figures.map { figure in
      let numbers = [
        ("besoeg", figure.besoeg), ("janus", figure.janus), ("floor", figure.floor),
        ("target", figure.target),
      ].map { "\"\($0.0)\": \($0.1.flatMap(number) ?? "null")" }
      return "  {\"name\": \"\(figure.name)\", \"unit\": \"\(figure.unit)\", "
        + numbers.joined(separator: ", ")
        + ", \"ok\": \(figure.isMet.map { "\($0)" } ?? "null")}"
    }
    return "[\n" + rows.joined(separator: ",\n") + "\n]\n"
  }

  private static func number(_ value: Double) -> String? {
    value.isFinite ? Text.decimal(value, digits: 4) : nil
  }

  private static func short(_ value: Double) -> String {
    Text.decimal(value, digits: abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 2)
  }
}
