import Testing
import Wire

@Suite("RTCP feedback")
struct FeedbackTests {
  @Test("a NACK lists its packets across the wrap")
  func nack() throws {
    let packet = hex("81cd0004 0000000a 0000000b fffe 0003 0064 8001")
    let nack = try GenericNACK(parsing: packet.span.bytes)
    #expect(nack.senderSSRC == SSRC(10))
    #expect(nack.mediaSSRC == SSRC(11))
    var lost: [UInt16] = []
    nack.forEachLost(in: packet.span.bytes) { lost.append($0.rawValue) }
    #expect(lost == [65534, 65535, 0, 100, 101, 116])
    let numbers = lost.map { SequenceNumber($0) }
    let copy = written { bytes in
      GenericNACK.write(
        senderSSRC: SSRC(10), mediaSSRC: SSRC(11), lost: numbers.span, into: &bytes)
    }
    #expect(copy == packet)
  }

  @Test("a NACK of nothing is neither read nor written")
  func emptyNACK() {
    let packet = hex("81cd0002 0000000a 0000000b")
    #expect(throws: ParseError.truncated) { try GenericNACK(parsing: packet.span.bytes) }
    let none: [SequenceNumber] = []
    let copy = written { bytes in
      GenericNACK.write(senderSSRC: SSRC(1), mediaSSRC: SSRC(2), lost: none.span, into: &bytes)
    }
    #expect(copy == nil)
  }

  @Test("a PLI is twelve bytes, no more")
  func pictureLoss() throws {
    let packet = hex("81ce0002 0000000a 0000000b")
    let indication = PictureLossIndication(senderSSRC: SSRC(10), mediaSSRC: SSRC(11))
    #expect(try PictureLossIndication(parsing: packet.span.bytes) == indication)
    #expect(written { indication.write(into: &$0) } == packet)
    let longer = hex("81ce0003 0000000a 0000000b 00000000")
    #expect(throws: ParseError.inconsistentLength) {
      try PictureLossIndication(parsing: longer.span.bytes)
    }
  }

  @Test("a FIR names its streams in its entries")
  func fullIntra() throws {
    let packet = hex("84ce0006 0000000a 00000000 0000000b 07000000 0000000c 08000000")
    let request = try FullIntraRequest(parsing: packet.span.bytes)
    #expect(request.entryCount == 2)
    let entry = FullIntraRequest.Entry(ssrc: SSRC(12), commandSequence: 8)
    #expect(request.entry(1, in: packet.span.bytes) == entry)
    let copy = written { bytes in
      FullIntraRequest.write(senderSSRC: SSRC(10), entry: entry, into: &bytes)
    }
    #expect(copy == hex("84ce0004 0000000a 00000000 0000000c 08000000"))
    let odd = hex("84ce0005 0000000a 00000000 0000000b 07000000 0000000c")
    #expect(throws: ParseError.inconsistentLength) {
      try FullIntraRequest(parsing: odd.span.bytes)
    }
  }

  @Test("a REMB's bitrate is mantissa times a power of two")
  func bitrate() throws {
    // 0x0bd090: exponent 2, mantissa 0x3d090 = 250 000, so 1 Mbit/s.
    let packet = hex("8fce0006 0000000a 00000000 52454d42 020bd090 00000001 00000002")
    let estimate = try ReceiverEstimatedMaximumBitrate(parsing: packet.span.bytes)
    #expect(estimate.bitrate == 1_000_000)
    #expect(estimate.sourceCount == 2)
    #expect(estimate.source(1, in: packet.span.bytes) == SSRC(2))
    let sources = [SSRC(1), SSRC(2)]
    let copy = written { bytes in
      ReceiverEstimatedMaximumBitrate.write(
        senderSSRC: SSRC(10), bitrate: 1_000_000, sources: sources.span, into: &bytes)
    }
    #expect(copy == packet)
  }

  @Test("a REMB that promises 255 sources but has one is refused")
  func bitrateSourceCount() {
    let packet = hex("8fce0005 0000000a 00000000 52454d42 ff0bd090 00000001")
    #expect(throws: ParseError.inconsistentLength) {
      try ReceiverEstimatedMaximumBitrate(parsing: packet.span.bytes)
    }
  }

  @Test("a REMB with more than its sources is refused")
  func bitrateTrailer() {
    let packet = hex("8fce0006 0000000a 00000000 52454d42 010bd090 00000001 00000002")
    #expect(throws: ParseError.inconsistentLength) {
      try ReceiverEstimatedMaximumBitrate(parsing: packet.span.bytes)
    }
  }

  @Test("a REMB's bitrate beyond 64 bits is refused, the largest within survives")
  func bitrateRange() throws {
    let beyond = hex("8fce0004 0000000a 00000000 52454d42 00ffffff")
    #expect(throws: ParseError.invalidField) {
      try ReceiverEstimatedMaximumBitrate(parsing: beyond.span.bytes)
    }
    let none: [SSRC] = []
    for bitrate in [UInt64.max, 0, 1, 0x3_FFFF, 0x4_0000, 300_001] {
      let copy = try #require(
        written { bytes in
          ReceiverEstimatedMaximumBitrate.write(
            senderSSRC: SSRC(1), bitrate: bitrate, sources: none.span, into: &bytes)
        })
      let read = try ReceiverEstimatedMaximumBitrate(parsing: copy.span.bytes).bitrate
      #expect(read <= bitrate)
      #expect(bitrate - read <= bitrate >> 17)
    }
  }

  @Test("a description's canonical name is found among its items")
  func description() throws {
    // The first chunk's list fills its words but for the null that ends it; the second's has a null
    // left over in its own.
    let text = hex("82ca0006 00000001 0204 4b617265 0103 616263 00 00000002 0101 64 00")
    let description = try SourceDescription(parsing: text.span.bytes)
    #expect(description.chunkCount == 2)
    #expect(description.canonicalName(of: SSRC(1), in: text.span.bytes) == "abc")
    #expect(description.canonicalName(of: SSRC(2), in: text.span.bytes) == "d")
    #expect(description.canonicalName(of: SSRC(3), in: text.span.bytes) == nil)
  }

  @Test("a written description ends with a null and on a word", arguments: 0...12)
  func writtenDescription(length: Int) throws {
    let name = String(repeating: "n", count: length)
    let packet = try #require(
      written { SourceDescription.write(ssrc: SSRC(5), canonicalName: name, into: &$0) })
    #expect(packet.count.isMultiple(of: 4))
    #expect(packet.last == 0)
    #expect(Int(packet[3]) == packet.count / 4 - 1)
    let description = try SourceDescription(parsing: packet.span.bytes)
    #expect(description.canonicalName(of: SSRC(5), in: packet.span.bytes) == name)
  }

  @Test(
    "a description without an end is refused",
    arguments: [
      "81ca0002 00000001 01ff6162", "81ca0002 00000001 01026162", "81ca0001 00000001", "81ca0000",
    ])
  func descriptionRefused(packet: String) {
    let bytes = hex(packet)
    #expect(throws: ParseError.self) { try SourceDescription(parsing: bytes.span.bytes) }
  }

  @Test("a goodbye tells who and why")
  func goodbye() throws {
    let packet = hex("82cb0004 00000001 00000002 07 73746f70706564")
    let goodbye = try Goodbye(parsing: packet.span.bytes)
    #expect(goodbye.sourceCount == 2)
    #expect(goodbye.source(1, in: packet.span.bytes) == SSRC(2))
    let range = try #require(goodbye.reasonRange)
    #expect(packet.span.bytes.string(range) == "stopped")
    let sources = [SSRC(1), SSRC(2)]
    #expect(
      written { Goodbye.write(sources: sources.span, into: &$0) }
        == hex("82cb0002 00000001 00000002"))
    let tooLong = hex("81cb0002 00000001 ff737470")
    #expect(throws: ParseError.inconsistentLength) { try Goodbye(parsing: tooLong.span.bytes) }
    let missing = hex("82cb0001 00000001")
    #expect(throws: ParseError.inconsistentLength) { try Goodbye(parsing: missing.span.bytes) }
  }
}
