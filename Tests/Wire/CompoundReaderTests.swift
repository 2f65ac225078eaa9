import Testing
import Wire

@Suite("RTCP compounds")
struct CompoundReaderTests {
  private func kinds(_ datagram: [UInt8]) throws -> [CompoundReader.Kind] {
    var reader = try CompoundReader(parsing: datagram.span.bytes)
    var kinds: [CompoundReader.Kind] = []
    while let packet = reader.next(in: datagram.span.bytes) { kinds.append(packet.kind) }
    return kinds
  }

  @Test("packets are told apart by type, format and identifier")
  func kinds() throws {
    let datagram = hex(
      """
      80c90001 00000001
      81ca0004 00000001 0105 6265736f67 00 00000000
      81cd0003 00000001 00000002 00050000
      8fcd0001 00000000
      81ce0002 00000001 00000002
      84ce0004 00000001 00000000 00000002 01000000
      8fce0004 00000001 00000000 52454d42 00000000
      8fce0004 00000001 00000000 4e4f5045 00000000
      81cb0001 00000001
      80cf0001 00000001
      80cc0002 00000001 6e616d65
      82cd0002 00000001 00000002
      """)
    #expect(
      try kinds(datagram) == [
        .receiverReport, .sourceDescription, .genericNACK, .transportWideFeedback,
        .pictureLossIndication, .fullIntraRequest, .receiverEstimatedMaximumBitrate, .other,
        .goodbye, .extendedReport, .other, .other,
      ])
  }

  @Test(
    "a datagram with anything wrong in it has no packets at all",
    arguments: [
      ("80c900", ParseError.truncated),
      ("80c90001 00000001 80c90005 00000001", .truncated),
      ("80c90001 00000001 00c90001 00000001", .notThisFormat),
      ("80c90001 00000001 80", .truncated),
      ("a0c90001 00000000", .inconsistentLength),
      ("a0c90001 00000005", .inconsistentLength),
      ("a0c90001 00000008", .inconsistentLength),
    ])
  func refused(datagram: String, error: ParseError) {
    let bytes = hex(datagram)
    #expect(throws: error) { try CompoundReader(parsing: bytes.span.bytes) }
  }

  @Test("the last packet may be padded, and its padding is not content")
  func padding() throws {
    let datagram = hex("80c90001 00000001 a1cd0004 00000001 00000002 00050000 00000004")
    var reader = try CompoundReader(parsing: datagram.span.bytes)
    _ = reader.next(in: datagram.span.bytes)
    let last = reader.next(in: datagram.span.bytes)
    let packet = try #require(last)
    #expect(packet.header.paddingLength == 4)
    let nack = try GenericNACK(parsing: datagram.span.bytes.extracting(packet.range))
    #expect(nack.entryCount == 1)
  }

  @Test("browsers fill up feedback with less than a word, and not only at the end")
  func oddPadding() throws {
    // A run of four packets: four bytes of deltas, then two of padding; a report behind it.
    let datagram = hex(
      "afcd0006 0000000a 0000000b 0064 0004 000010 01 2004 04040404 0002 80c90001 00000001")
    var reader = try CompoundReader(parsing: datagram.span.bytes)
    let first = reader.next(in: datagram.span.bytes)
    let packet = try #require(first)
    #expect(packet.header.paddingLength == 2)
    let content = datagram.span.bytes.extracting(packet.range)
    let feedback = try TransportWideFeedback(parsing: content)
    var arrived = 0
    feedback.forEach(in: content) { if $0.time != nil { arrived += 1 } }
    #expect(arrived == 4)
    let second = reader.next(in: datagram.span.bytes)
    #expect(second?.kind == .receiverReport)
  }

  @Test("another datagram than the one parsed does no harm")
  func otherDatagram() throws {
    let datagram = hex("80c90001 00000001 80c90001 00000001")
    var reader = try CompoundReader(parsing: datagram.span.bytes)
    let other = hex("80c9ffff 000000")
    let packet = reader.next(in: other.span.bytes)
    #expect(packet == nil)
  }
}
