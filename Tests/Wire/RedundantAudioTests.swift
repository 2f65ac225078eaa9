import Testing
import Wire

@Suite("Redundant audio")
struct RedundantAudioTests {
  @Test("two older blocks and the primary")
  func parses() throws {
    // Offsets 1920 and 960, lengths 2 and 3.
    let payload = hex("ef 1e0002 ef 0f0003 6f") + Array("ababcabcd".utf8)
    let audio = try RedundantAudio(parsing: payload.span.bytes)
    #expect(audio.redundantCount == 2)
    var blocks: [RedundantAudio.Block] = []
    audio.forEachRedundant(in: payload.span.bytes) { blocks.append($0) }
    #expect(blocks.map(\.timestampOffset) == [1920, 960])
    #expect(blocks.map { payload.span.bytes.string($0.range) } == ["ab", "abc"])
    #expect(blocks.allSatisfy { $0.payloadType == PayloadType(111) })
    #expect(payload.span.bytes.string(audio.primary.range) == "abcd")
    let copy = written { bytes in
      RedundantAudio.write(
        primary: audio.primary, redundant: blocks.span, of: payload.span.bytes, into: &bytes)
    }
    #expect(copy == payload)
  }

  @Test("the primary alone")
  func primaryOnly() throws {
    let payload = hex("6f aabb")
    let audio = try RedundantAudio(parsing: payload.span.bytes)
    #expect(audio.redundantCount == 0)
    #expect(audio.primary.range == 1..<3)
  }

  @Test("blocks that are not all there are refused")
  func refused() {
    for (payload, error) in [
      ("", ParseError.truncated), ("ef", .truncated), ("ef0f0003", .truncated),
      ("ef0f0003 6f aabb", .inconsistentLength),
      (String(repeating: "ef0f0000", count: 10) + "6f", .tooMany),
    ] {
      let bytes = hex(payload)
      #expect(throws: error) { try RedundantAudio(parsing: bytes.span.bytes) }
    }
  }

  @Test("a block too old or too long for its header is not written")
  func limits() {
    let source = [UInt8](repeating: 1, count: 2000)
    func write(offset: Int, length: Int, capacity: Int = 2048) -> [UInt8]? {
      let block = RedundantAudio.Block(
        payloadType: PayloadType(111), timestampOffset: offset, offset: 0, length: length)
      let primary = RedundantAudio.Block(
        payloadType: PayloadType(111), timestampOffset: 0, offset: 0, length: 10)
      let redundant = [block]
      return written(capacity: capacity) { bytes in
        RedundantAudio.write(
          primary: primary, redundant: redundant.span, of: source.span.bytes, into: &bytes)
      }
    }
    #expect(write(offset: 0x3FFF, length: 0x3FF) != nil)
    #expect(write(offset: 0x4000, length: 10) == nil)
    #expect(write(offset: -1, length: 10) == nil)
    #expect(write(offset: 960, length: 0x400) == nil)
    #expect(write(offset: 960, length: 10, capacity: 24) == nil)
    #expect(write(offset: 960, length: 10, capacity: 25) != nil)
  }
}
