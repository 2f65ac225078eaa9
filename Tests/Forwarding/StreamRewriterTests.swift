import Testing
import Wire

@testable import Forwarding

@Suite struct StreamRewriterTests {
  private func rewriter(
    sequence: UInt64 = 900, timestamp: UInt32 = 50_000, picture: UInt16 = 7, temporal: UInt8 = 3
  ) -> StreamRewriter {
    StreamRewriter(
      clockRate: 90_000,
      first: .init(
        sequence: sequence, timestamp: timestamp, pictureID: picture, temporalBase: temporal))
  }

  private func numbers(
    _ sequence: UInt64, _ timestamp: UInt32, picture: UInt16 = 0, temporal: UInt8 = 0
  ) -> StreamRewriter.Numbers {
    .init(
      sequence: sequence, timestamp: timestamp, pictureID: picture, temporalBase: temporal)
  }

  private func at(_ milliseconds: Int64) -> MonotonicTime { .zero + .milliseconds(milliseconds) }

  @Test func theFirstPacketGetsTheNumbersChosen() throws {
    var rewriter = rewriter()
    let first = numbers(0x1_0000 + 4711, 1_000_000, picture: 300, temporal: 200)
    rewriter.begin(1, at: first, now: at(0))
    let outMapped = rewriter.map(first, now: at(0))
    let out = try #require(outMapped)
    #expect(UInt16(truncatingIfNeeded: out.sequence) == 900)
    #expect(out.timestamp == 50_000)
    #expect(out.pictureID == 7)
    #expect(out.temporalBase == 3)
  }

  @Test func aSwitchContinuesEveryNumber() throws {
    var rewriter = rewriter()
    for index: UInt64 in 0..<10 {
      let packet = numbers(
        0x1_0000 + 4711 + index, 1_000_000 + UInt32(index) * 3000, picture: 300 + UInt16(index),
        temporal: 200 &+ UInt8(index))
      if index == 0 { rewriter.begin(1, at: packet, now: at(0)) }
      _ = rewriter.map(packet, now: at(Int64(index) * 33))
    }
    // The last packet of source 1 left at 297 ms with timestamp 50000 + 27000.
    let next = numbers(0x1_0000 + 88, 5, picture: 32_000, temporal: 9)
    rewriter.begin(2, at: next, now: at(397))
    let outMapped = rewriter.map(next, now: at(397))
    let out = try #require(outMapped)
    #expect(UInt16(truncatingIfNeeded: out.sequence) == 910)
    #expect(out.timestamp == 50_000 + 27_000 + 9_000)
    #expect(out.pictureID == 17)
    #expect(out.temporalBase == 13)
  }

  @Test func aSwitchInTheSameInstantStillMakesANewFrame() throws {
    var rewriter = rewriter()
    rewriter.begin(1, at: numbers(70_000, 10), now: at(0))
    let firstMapped = rewriter.map(numbers(70_000, 10), now: at(0))
    let first = try #require(firstMapped)
    rewriter.begin(2, at: numbers(80_000, 99), now: at(0))
    let secondMapped = rewriter.map(numbers(80_000, 99), now: at(0))
    let second = try #require(secondMapped)
    #expect(second.timestamp == first.timestamp + 1)
  }

  @Test func lossGapsAndDisorderReachTheReceiver() throws {
    var rewriter = rewriter()
    rewriter.begin(1, at: numbers(70_000, 0), now: at(0))
    let out = [70_000, 70_003, 70_001, 70_004].compactMap {
      rewriter.map(numbers($0, 0), now: at(0)).map { UInt16(truncatingIfNeeded: $0.sequence) }
    }
    #expect(out == [900, 903, 901, 904])
  }

  @Test func latePacketsFromBeforeTheSwitchAreDropped() {
    var rewriter = rewriter()
    rewriter.begin(1, at: numbers(70_000, 0), now: at(0))
    #expect(rewriter.map(numbers(69_999, 0), now: at(0)) == nil)
    _ = rewriter.map(numbers(70_000, 0), now: at(0))
    rewriter.begin(2, at: numbers(90_010, 0), now: at(10))
    _ = rewriter.map(numbers(90_010, 0), now: at(10))
    // Reordered across the switch: it would take a number that source 1 has used.
    #expect(rewriter.map(numbers(90_009, 0), now: at(10)) == nil)
  }

  @Test func noOutgoingNumberIsEverGivenTwiceGoingToAnotherSourceAndBack() {
    var rewriter = rewriter()
    var seen: Set<UInt64> = []
    var clock: Int64 = 0
    for round in 0..<50 {
      // A and B keep their own numbers while the other one is forwarded.
      let base: UInt64 = round % 2 == 0 ? 70_000 : 90_000
      let start = base + UInt64(round) * 7
      rewriter.begin(UInt32(round + 1), at: numbers(start, 0), now: at(clock))
      for index: UInt64 in 0..<20 {
        clock += 10
        if let out = rewriter.map(numbers(start + index, UInt32(index)), now: at(clock)) {
          #expect(seen.insert(out.sequence).inserted)
        }
      }
    }
    #expect(seen.count == 50 * 20)
  }

  @Test func numbersWrapWhereTheirFieldsEnd() throws {
    var rewriter = rewriter(sequence: 0x7FFF, timestamp: .max - 10, picture: 0x7FFF, temporal: 255)
    rewriter.begin(1, at: numbers(0x1_FFFF, 100, picture: 5, temporal: 1), now: at(0))
    _ = rewriter.map(numbers(0x1_FFFF, 100, picture: 5, temporal: 1), now: at(0))
    let last = numbers(0x1_FFFF + 0x8001, 120, picture: 6, temporal: 2)
    let outMapped = rewriter.map(last, now: at(1))
    let out = try #require(outMapped)
    #expect(UInt16(truncatingIfNeeded: out.sequence) == 0)
    #expect(out.timestamp == 9)
    #expect(out.pictureID & 0x7FFF == 0)
    #expect(out.temporalBase == 0)
  }

  @Test func anOutgoingNumberIsTracedToItsSourceAndNoFurtherThanTheSwitch() {
    var rewriter = rewriter()
    rewriter.begin(1, at: numbers(70_000, 0), now: at(0))
    for index: UInt64 in 0..<5 { _ = rewriter.map(numbers(70_000 + index, 0), now: at(0)) }
    #expect(rewriter.sourceSequence(of: 902) == 70_002)
    #expect(rewriter.sourceSequence(of: 905) == nil)  // not sent yet
    #expect(rewriter.sourceSequence(of: 899) == nil)  // before the first
    rewriter.begin(2, at: numbers(65_600, 0), now: at(1))
    _ = rewriter.map(numbers(65_600, 0), now: at(1))
    #expect(rewriter.sourceSequence(of: 905) == 65_600)
    #expect(rewriter.sourceSequence(of: 904) == nil)  // source 1's
  }

  @Test func aPacketFarBehindIsNotSent() {
    var rewriter = rewriter()
    rewriter.begin(1, at: numbers(70_000, 0), now: at(0))
    _ = rewriter.map(numbers(70_000, 0), now: at(0))
    _ = rewriter.map(numbers(72_000, 0), now: at(0))
    #expect(rewriter.map(numbers(70_999, 0), now: at(0)) == nil)
    #expect(rewriter.map(numbers(71_000, 0), now: at(0)) != nil)
  }
}
