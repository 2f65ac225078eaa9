import Foundation
import Testing

/// What the fuzzers of calendar text do, in a moment and the same every time.
@Suite("Any text at all, for a calendar")
struct CalendarCorpusTests {
  @Test(
    "every input of the fuzzers' corpora, and every beginning of it",
    arguments: VisitsExercise.allCases)
  func corpora(exercise: VisitsExercise) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fuzz/Corpus/\(exercise.rawValue)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(!names.isEmpty)
    for name in names {
      let bytes = [UInt8](try Data(contentsOf: folder.appending(path: name)))
      for length in 0...bytes.count {
        #expect(throws: Never.self, "\(name), \(length) bytes") {
          try exercise.run(Array(bytes[..<length]))
        }
      }
    }
  }
}
