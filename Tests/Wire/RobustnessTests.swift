import Testing
import Wire

/// What the fuzzers do, in a second and the same every time. A trap ends the test process.
@Suite("Any bytes at all")
struct RobustnessTests {
  @Test("every input of the fuzzers' corpora", arguments: Exercise.allCases)
  func corpora(exercise: Exercise) throws {
    let paths = try Corpus.paths(exercise)
    #expect(!paths.isEmpty)
    for path in paths {
      let bytes = try Corpus.bytes(path)
      #expect(throws: Never.self, "\(path)") { try exercise.run(bytes.span.bytes) }
    }
  }

  @Test("every beginning of every input", arguments: Exercise.allCases)
  func truncations(exercise: Exercise) throws {
    for path in try Corpus.paths(exercise) {
      let bytes = try Corpus.bytes(path)
      let step = bytes.count > 400 ? 97 : 1
      for length in stride(from: 0, to: bytes.count, by: step) {
        let part = Array(bytes[..<length])
        #expect(throws: Never.self, "\(path), \(length) bytes") {
          try exercise.run(part.span.bytes)
        }
      }
    }
  }

  @Test("inputs with bytes changed at random", arguments: Exercise.allCases)
  func mutations(exercise: Exercise) throws {
    var generator = SeededGenerator(seed: 0xBE50)
    for path in try Corpus.paths(exercise) {
      let bytes = try Corpus.bytes(path)
      guard bytes.count < 2000 else { continue }
      for _ in 0..<20 {
        var changed = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !changed.isEmpty {
          let index = Int.random(in: 0..<changed.count, using: &generator)
          changed[index] =
            [0, 0xFF, 0x7F, 0x80, UInt8.random(in: 0...255, using: &generator)][
              Int.random(in: 0..<5, using: &generator)]
        }
        #expect(throws: Never.self, "\(path) as \(changed)") {
          try exercise.run(changed.span.bytes)
        }
      }
    }
  }

  @Test("lengths from 0 to 2000 of every class of packet: zeros, ones and noise")
  func lengths() throws {
    var generator = SeededGenerator(seed: 7)
    let noise = (0..<2000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let bodies = [
      [UInt8](repeating: 0, count: 2000), [UInt8](repeating: 0xFF, count: 2000), noise,
    ]
    let starts: [(Exercise, [UInt8])] = [
      (.rtp, [0x80, 96]), (.rtp, [0x90, 96]), (.rtp, [0xBF, 0xFF]), (.rtcp, [0x80, 200]),
      (.rtcp, [0x8F, 205]), (.rtcp, [0xBF, 201]), (.stun, [0, 1]), (.stun, [1, 1]),
    ]
    for length in Array(0...100) + Array(stride(from: 101, through: 2000, by: 13)) {
      let body = bodies[length % 3]
      for (exercise, start) in starts {
        let packet = Array((start + body).prefix(length))
        #expect(throws: Never.self) { try exercise.run(packet.span.bytes) }
      }
    }
  }
}
