import Foundation
import Testing

/// Holds `Tests/Threats.md` to the tests that there are.
@Suite("The table of threats")
struct ThreatTableTests {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()

  /// A row's name and the tests it names, each by its file and its name or function.
  private struct Row {
    let threat: String
    let tests: [(file: String, name: String)]
  }

  private static func rows() throws -> [Row] {
    let text = try String(contentsOf: tests.appending(path: "Threats.md"), encoding: .utf8)
    return text.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard line.hasPrefix("| "), cells.count == 3, cells[0] != "threat" else { return nil }
      let named = cells[2].components(separatedBy: "; `").map { entry -> (String, String) in
        let parts = entry.components(separatedBy: "` ")
        return (parts[0].replacing("`", with: ""), parts.count > 1 ? parts[1] : "")
      }
      return Row(threat: cells[0], tests: named)
    }
  }

  @Test("names a test for every threat, and each of them exists")
  func everyTestExists() throws {
    let rows = try Self.rows()
    #expect(rows.count >= 21)
    for row in rows {
      #expect(!row.tests.isEmpty)
      for test in row.tests {
        let file = Self.tests.appending(path: test.file)
        let source = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        let isThere = ["func \(test.name)(", "def \(test.name)(", "\"\(test.name)\""].contains {
          source.contains($0)
        }
        #expect(isThere && !test.name.isEmpty, "\(row.threat): \(test.file) \(test.name)")
      }
    }
  }
}
