import Testing
import VisitSimulation
import Wire

/// The table that `make quality` runs for an hour a row, here for as long as each row needs.
@Suite("What a call survives")
struct QualityTests {
  /// Rows that do not hold in so short a time (their first seconds weigh too much), or not yet at all;
  /// `make quality` shows by how much.
  private static let missing: Set = ["loss5", "narrow", "beside-tcp"]

  @Test("every row holds its bounds", arguments: QualityRow.all)
  func row(_ row: QualityRow) throws {
    for record in try row.measure(for: .seconds(20)) {
      let words = "\(record.metric): \(record.measured) \(record.unit), \(record.target ?? "")"
      if Self.missing.contains(row.name) {
        withKnownIssue("being worked on", isIntermittent: true) {
          #expect(record.ok, "\(words)")
        }
      } else {
        #expect(record.ok, "\(words)")
      }
    }
  }
}
