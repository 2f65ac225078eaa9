import Foundation

/// What was measured, against its targets.
struct Report {
  private struct Row: Codable {
    var name: String
    var unit: String
    var measured: Double
    var target: Double
    var ok: Bool
  }

  private var rows: [Row] = []

  var isOK: Bool { rows.allSatisfy(\.ok) }

  mutating func add(_ name: String, _ unit: String, _ measured: Double, atMost target: Double) {
    rows.append(
      Row(name: name, unit: unit, measured: measured, target: target, ok: measured <= target))
  }

  mutating func add(_ name: String, _ unit: String, _ measured: Double, atLeast target: Double) {
    rows.append(
      Row(name: name, unit: unit, measured: measured, target: target, ok: measured >= target))
  }

  func print() {
    for row in rows {
      Swift.print(
        "\(row.ok ? "ok  " : "FAIL") \(row.name): \(Self.text(row.measured)) \(row.unit) "
          + "(\(Self.text(row.target)))")
    }
  }

  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(rows).write(to: URL(fileURLWithPath: path))
  }

  static func text(_ value: Double) -> String { String(format: "%.2f", value) }
}
