import Testing
import Wire

@testable import Congestion

/// A queue that somebody else fills, told from one of ours by how it falls.
struct RivalTraceTests {
  private var trace = RivalTrace()
  private var now = MonotonicTime.zero + .seconds(100)
  private var proofs = 0

  /// Moves the queue from one length to another in ms, in so many seconds, looking ten times a second.
  private mutating func pass(
    _ seconds: Double, from start: Double, to end: Double, offered: Double, carried: Double
  ) {
    let looks = Int(seconds * 10)
    for look in 1...looks {
      now = now + .milliseconds(100)
      let queue = start + (end - start) * Double(look) / Double(looks)
      let isProof = trace.note(
        queue: TimeSpan(nanoseconds: Int64(queue * 1e6)), offered: offered, carried: carried,
        at: now)
      if isProof { proofs += 1 }
    }
  }

  @Test mutating func aTransferShowsItselfEachTimeItGivesWay() {
    for _ in 0..<5 {
      pass(8, from: 230, to: 500, offered: 200_000, carried: 195_000)
      pass(0.3, from: 500, to: 230, offered: 200_000, carried: 230_000)
    }
    #expect(proofs >= 5)
  }

  @Test mutating func aQueueThatWeEmptyByStoppingShowsNobody() {
    pass(2, from: 0, to: 500, offered: 300_000, carried: 240_000)
    pass(1, from: 500, to: 0, offered: 0, carried: 240_000)
    #expect(proofs == 0)
  }

  @Test mutating func aQueueThatWeEmptyByCuttingShowsNobody() {
    for _ in 0..<5 {
      pass(2, from: 60, to: 500, offered: 305_000, carried: 250_000)
      // A fifth less than the path carries empties a fifth of a second in one.
      pass(2.2, from: 500, to: 60, offered: 200_000, carried: 250_000)
    }
    #expect(proofs == 0)
  }

  @Test mutating func jitterIsNoFall() {
    for _ in 0..<50 { pass(0.2, from: 370, to: 230, offered: 250_000, carried: 250_000) }
    #expect(proofs == 0)
  }

  @Test mutating func itIsTheChangeThatCountsAndNotTheLength() {
    pass(8, from: -9_770, to: -9_500, offered: 200_000, carried: 195_000)
    #expect(proofs == 0)
    pass(0.3, from: -9_500, to: -9_770, offered: 200_000, carried: 230_000)
    #expect(proofs > 0)
  }
}
