import Testing
import Wire

@Suite("RTP header extensions")
struct HeaderExtensionsTests {
  private func elements(_ profileAndBlock: String) throws -> [String] {
    let block = hex(profileAndBlock)
    let words = UInt8((block.count - 2) / 4)
    let packet =
      hex("90 60 0001 00000002 00000003") + block[..<2] + [0, words] + block[2...] + [0xEE]
    let header = try RTPHeader(parsing: packet.span.bytes)
    var found: [String] = []
    header.extensions.forEach(in: packet.span.bytes) { element in
      let data = packet.span.bytes.array(element.range)
      found.append("\(element.id):" + data.map { String($0, radix: 16) }.joined(separator: ","))
    }
    return found
  }

  @Test("one-byte elements, padding between them")
  func oneByte() throws {
    #expect(try elements("bede 10ff 00 310007 0000") == ["1:ff", "3:0,7"])
    // Length field 15 means sixteen bytes.
    #expect(try elements("bede 2f000102030405060708090a0b0c0d0e0f 000000").count == 1)
  }

  @Test("two-byte elements may be empty and have any id")
  func twoByte() throws {
    #expect(try elements("1000 0102aabb 0f00 c801cc 000000") == ["1:aa,bb", "15:", "200:cc"])
    #expect(try elements("100f 01000000") == ["1:"])
  }

  @Test("reading stops at id 15, at id 0 with a length, and at what runs past the block")
  func stops() throws {
    #expect(try elements("bede 1001 f1aabb 200100") == ["1:1"])
    #expect(try elements("bede 1001 02aa bb20 0100") == ["1:1"])
    #expect(try elements("bede 1001 2faa") == ["1:1"])
    #expect(try elements("1000 0101aa 02") == ["1:aa"])
    #expect(try elements("1000 010100 0205 0102") == ["1:0"])
  }

  @Test("a block of another profile has no elements")
  func otherProfile() throws {
    #expect(try elements("abcd 10ff0000") == [])
    #expect(try elements("1010 0101aa00") == [])
  }

  @Test("an extension is found by its id; id 0 is never found")
  func find() throws {
    let packet = hex("90 60 0001 00000002 00000003 bede0003 10b2 311234 52abcdef 00 00 00 ee")
    let header = try RTPHeader(parsing: packet.span.bytes)
    let bytes = packet.span.bytes
    let found = header.audioLevel(id: 1, in: bytes)
    let level = try #require(found)
    #expect(level.isVoice)
    #expect(level.negativeDecibels == 50)
    #expect(header.transportSequence(id: 3, in: bytes) == SequenceNumber(0x1234))
    #expect(header.absoluteSendTime(id: 5, in: bytes) == 0xABCDEF)
    #expect(header.audioLevel(id: 0, in: bytes) == nil)
    #expect(header.audioLevel(id: 2, in: bytes) == nil)
    #expect(header.transportSequence(id: 1, in: bytes) == nil)
  }

  @Test("audio levels are clamped to -127 dBov")
  func levels() {
    #expect(AudioLevel(isVoice: true, negativeDecibels: 200).rawValue == 0xFF)
    #expect(AudioLevel.silence.rawValue == 127)
  }
}
