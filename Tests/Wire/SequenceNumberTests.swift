import Testing
import Wire

@Suite("Sequence arithmetic")
struct SequenceNumberTests {
  @Test("distances go the short way round")
  func distances() {
    #expect(SequenceNumber(65535).distance(to: SequenceNumber(1)) == 2)
    #expect(SequenceNumber(1).distance(to: SequenceNumber(65535)) == -2)
    #expect(SequenceNumber(0).distance(to: SequenceNumber(0x8000)) == -0x8000)
    #expect(SequenceNumber(65535).next == SequenceNumber(0))
    #expect(SequenceNumber(3).advanced(by: -5) == SequenceNumber(65534))
    #expect(SequenceNumber(2).isNewer(than: SequenceNumber(65000)))
    #expect(!SequenceNumber(65000).isNewer(than: SequenceNumber(2)))
    #expect(!SequenceNumber(7).isNewer(than: SequenceNumber(7)))
  }

  @Test("extension follows wraps and puts late packets where they belong")
  func extends() {
    var extender = SequenceExtender()
    let numbers: [UInt16] = [65534, 65535, 1, 0, 65533, 2]
    let extended = numbers.map { extender.extend(SequenceNumber($0)).rawValue }
    #expect(extended == [131_070, 131_071, 131_073, 131_072, 131_069, 131_074])
    #expect(extender.highest == ExtendedSequenceNumber(131_074))
  }

  @Test("extension is exact for any loss and disorder below half the number space")
  func extendsUnderDisorder() {
    var generator = SeededGenerator(seed: 1)
    var extender = SequenceExtender()
    var highest: Int64 = 40_000
    _ = extender.extend(SequenceNumber(UInt16(highest)))
    for _ in 0..<20_000 {
      let number = highest + Int64.random(in: -30_000...30_000, using: &generator)
      let result = extender.extend(SequenceNumber(UInt16(truncatingIfNeeded: number)))
      #expect(result.rawValue == UInt64(number + 0x1_0000))
      highest = max(highest, number)
    }
  }

  @Test("looking does not move the highest number")
  func peeks() {
    var extender = SequenceExtender()
    #expect(extender.extended(SequenceNumber(9)).rawValue == 0x1_0009)
    #expect(extender.highest == nil)
    _ = extender.extend(SequenceNumber(9))
    #expect(extender.extended(SequenceNumber(500)).rawValue == 0x1_01F4)
    #expect(extender.highest?.truncated == SequenceNumber(9))
  }

  @Test("timestamps wrap")
  func timestamps() {
    #expect(RTPTimestamp(0xFFFF_FFFF).distance(to: RTPTimestamp(959)) == 960)
    #expect(RTPTimestamp(0).advanced(by: -1) == RTPTimestamp(0xFFFF_FFFF))
    #expect(RTPTimestamp(5).isNewer(than: RTPTimestamp(0xFFFF_FFF0)))
  }
}
