import VisitSimulation

/// The figures as a table of at most 80 columns.
enum QualityTable {
  private static let widths = (scenario: 14, metric: 32, target: 12, measured: 13)

  static func text(_ records: [QualityRecord]) -> String {
    var lines = [line("scenario", "figure", "target", "measured", "")]
    lines.append(String(repeating: "-", count: 78))
    var last = ""
    for record in records {
      var scenario = record.scenario == last ? "" : record.scenario
      last = record.scenario
      // A name too long for its column has a line of its own.
      if scenario.count >= widths.scenario {
        lines.append(scenario)
        scenario = ""
      }
      let unit = record.unit.isEmpty ? "" : " \(record.unit)"
      lines.append(
        line(
          scenario, record.metric, record.target ?? "",
          QualityRecord.digits(record.measured) + unit,
          record.target == nil ? "" : record.ok ? "ok" : "MISS"))
    }
    return lines.joined(separator: "\n")
  }

  private static func line(
    _ scenario: String, _ metric: String, _ target: String, _ measured: String, _ verdict: String
  ) -> String {
    let measured =
      String(repeating: " ", count: max(0, widths.measured - measured.count)) + measured
    let text =
      pad(scenario, widths.scenario) + pad(metric, widths.metric) + pad(target, widths.target)
      + measured + "  " + verdict
    return String(text.reversed().drop { $0 == " " }.reversed())
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}
