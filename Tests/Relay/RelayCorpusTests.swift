import Foundation
import Testing

/// What the fuzzers of the relay do, in seconds and the same every time. A trap ends the test process.
@Suite("Any bytes at all, for a relay process")
struct RelayCorpusTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fuzz/Corpus")

  private static func inputs(_ exercise: RelayExercise) throws -> [(name: String, bytes: [UInt8])] {
    let folder = folder.appending(path: exercise.rawValue)
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
      ($0, [UInt8](try Data(contentsOf: folder.appending(path: $0))))
    }
  }

  @Test("every input of the fuzzers' corpora", arguments: RelayExercise.allCases)
  func corpora(exercise: RelayExercise) throws {
    let inputs = try Self.inputs(exercise)
    #expect(!inputs.isEmpty)
    for input in inputs {
      #expect(throws: Never.self, "\(exercise)/\(input.name)") { try exercise.run(input.bytes) }
    }
  }

  @Test("every input with bytes changed and cut", arguments: RelayExercise.allCases)
  func mutations(exercise: RelayExercise) throws {
    var state: UInt64 = 0xBE50
    func random(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(truncatingIfNeeded: state >> 33) % max(1, limit)
    }
    // A worker's input is a whole handshake and call; the others are microseconds.
    let rounds = exercise == .worker ? 3 : 50
    for input in try Self.inputs(exercise) where !input.bytes.isEmpty {
      for _ in 0..<rounds {
        var bytes = Array(input.bytes.prefix(1 + random(2 * input.bytes.count)))
        for _ in 0..<(1 + random(8)) { bytes[random(bytes.count)] = UInt8(random(256)) }
        #expect(throws: Never.self, "\(exercise)/\(input.name) as \(bytes)") {
          try exercise.run(bytes)
        }
      }
    }
  }
}
