import Testing
import VisitSimulation
import Wire

/// The table that `make quality` runs for an hour a row, here for as long as each row needs.
@Suite("What a call survives")
struct QualityTests {
  @Test("every row holds its bounds", arguments: QualityRow.all)
  func row(_ row: QualityRow) throws {
    for record in try row.measure(for: .seconds(20)) {
      let words = "\(record.metric): \(record.measured) \(record.unit), \(record.target ?? "")"
      #expect(record.ok, "\(words)")
    }
  }
}
