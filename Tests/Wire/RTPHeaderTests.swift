import Testing
import Wire

@Suite("RTP header")
struct RTPHeaderTests {
  @Test("a plain header is twelve bytes")
  func plain() throws {
    let packet = hex("80 ef 1267 000003c0 11223344 fcfffe")
    let header = try RTPHeader(parsing: packet.span.bytes)
    #expect(header.marker)
    #expect(header.payloadType == PayloadType(111))
    #expect(header.sequenceNumber == SequenceNumber(0x1267))
    #expect(header.timestamp == RTPTimestamp(960))
    #expect(header.ssrc == SSRC(0x1122_3344))
    #expect(header.payloadRange == 12..<15)
    #expect(!header.hasExtension)
    #expect(header.paddingLength == 0)
  }

  @Test("CSRCs, extension and padding are not payload")
  func everything() throws {
    let packet = hex(
      "b2 60 0001 00000002 00000003 0000000a 0000000b bede0001 1055 0000 aabbcc 000003")
    let header = try RTPHeader(parsing: packet.span.bytes)
    #expect(header.csrcCount == 2)
    #expect(header.contributingSource(1, in: packet.span.bytes) == SSRC(11))
    #expect(header.extensionOffset == 24)
    #expect(header.extensionLength == 4)
    #expect(header.headerLength == 28)
    #expect(packet.span.bytes.array(header.payloadRange) == hex("aabbcc"))
    #expect(header.paddingLength == 3)
  }

  @Test(
    "what contradicts itself is refused",
    arguments: [
      ("80 60 0001 00000002 000000", ParseError.truncated),
      ("40 60 0001 00000002 00000003", .notThisFormat),
      ("81 60 0001 00000002 00000003", .truncated),
      ("90 60 0001 00000002 00000003", .truncated),
      ("90 60 0001 00000002 00000003 bede0002 10550000", .truncated),
      ("a0 60 0001 00000002 00000003", .inconsistentLength),
      ("a0 60 0001 00000002 00000003 aabb00", .inconsistentLength),
      ("a0 60 0001 00000002 00000003 aabb04", .inconsistentLength),
    ])
  func refused(packet: String, error: ParseError) {
    let bytes = hex(packet)
    #expect(throws: error) { try RTPHeader(parsing: bytes.span.bytes) }
  }

  @Test("padding may be all there is")
  func onlyPadding() throws {
    let packet = hex("a0 60 0001 00000002 00000003 000003")
    let header = try RTPHeader(parsing: packet.span.bytes)
    #expect(header.payloadLength == 0)
    #expect(header.paddingLength == 3)
  }

  @Test("an empty extension block is one all the same")
  func emptyExtension() throws {
    let packet = hex("90 60 0001 00000002 00000003 bede0000 01")
    let header = try RTPHeader(parsing: packet.span.bytes)
    #expect(header.hasExtension)
    #expect(header.payloadRange == 16..<17)
  }
}
