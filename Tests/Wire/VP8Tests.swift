import Testing
import Wire

@Suite("VP8 payloads")
struct VP8Tests {
  @Test("a descriptor with everything")
  func everything() throws {
    let payload = hex("b0 f0 9234 07 65 10")
    let descriptor = try VP8PayloadDescriptor(parsing: payload.span.bytes)
    #expect(descriptor.isNonReference)
    #expect(descriptor.startsPicture)
    #expect(descriptor.pictureID == 0x1234)
    #expect(descriptor.hasLongPictureID)
    #expect(descriptor.temporalBaseIndex == 7)
    #expect(descriptor.temporalLayer == 1)
    #expect(descriptor.isLayerSync)
    #expect(descriptor.keyIndex == 5)
    #expect(descriptor.length == 6)
    let isKeyframe = descriptor.startsKeyframe(in: payload.span.bytes)
    #expect(isKeyframe)
    #expect(written { descriptor.write(into: &$0) } == Array(payload[..<6]))
  }

  @Test("a descriptor with nothing")
  func bare() throws {
    let payload = hex("02 11")
    let descriptor = try VP8PayloadDescriptor(parsing: payload.span.bytes)
    #expect(descriptor.length == 1)
    #expect(descriptor.partitionIndex == 2)
    #expect(!descriptor.startsPicture)
    #expect(descriptor.pictureID == nil)
    #expect(descriptor.temporalBaseIndex == nil)
    let isKeyframe = descriptor.startsKeyframe(in: payload.span.bytes)
    #expect(!isKeyframe)
  }

  @Test(
    "descriptors cut short, or with no VP8 after them, are refused",
    arguments: [
      "", "10", "80", "8080", "808092", "80809234", "80c092", "80c0923407", "8020", "80a00165",
      "80f092340765", "8000",
    ])
  func truncated(payload: String) {
    let bytes = hex(payload)
    #expect(throws: ParseError.truncated) { try VP8PayloadDescriptor(parsing: bytes.span.bytes) }
  }

  @Test("rewriting moves the ids and nothing else")
  func rewrites() throws {
    let payload = hex("90 e0 9234 07 40 aabb")
    let descriptor = try VP8PayloadDescriptor(parsing: payload.span.bytes)
    let packet = written { bytes in
      bytes.storeZeros(12, at: 0)
      bytes.storeBytes(payload.span.bytes, at: 12)
      descriptor.rewrite(pictureID: 0x7FFF, temporalBaseIndex: 0xEE, in: &bytes, at: 12)
      return 12 + payload.count
    }
    #expect(packet.map { Array($0[12...]) } == hex("90 e0 ffff ee 40 aabb"))
  }

  @Test("a picture id keeps its seven bits, and what is not there stays away")
  func rewritesShort() throws {
    for (before, after) in [
      ("9080 05 aabb", "9080 03 aabb"), ("10 aabb", "10 aabb"),
      ("9040 05 aabb", "9040 09 aabb"), ("9020 40 aabb", "9020 40 aabb"),
    ] {
      let payload = hex(before)
      let descriptor = try VP8PayloadDescriptor(parsing: payload.span.bytes)
      let packet = written { bytes in
        bytes.storeBytes(payload.span.bytes, at: 0)
        descriptor.rewrite(pictureID: 0x0183, temporalBaseIndex: 9, in: &bytes, at: 0)
        return payload.count
      }
      #expect(packet == hex(after))
    }
  }

  @Test("rewriting outside the packet does nothing")
  func rewritesNowhere() throws {
    let payload = hex("90 e0 9234 07 40 aabb")
    let descriptor = try VP8PayloadDescriptor(parsing: payload.span.bytes)
    let packet = written(capacity: 8) { bytes in
      bytes.storeZeros(8, at: 0)
      descriptor.rewrite(pictureID: 1, temporalBaseIndex: 1, in: &bytes, at: 3)
      descriptor.rewrite(pictureID: 1, temporalBaseIndex: 1, in: &bytes, at: -1)
      return 8
    }
    #expect(packet == [UInt8](repeating: 0, count: 8))
  }

  @Test("a keyframe tells its size, RFC 6386 §9.1")
  func keyframe() throws {
    // 640 × 360, the upper two bits of each scale.
    let frame = hex("10 02 00 9d012a 8042 6801")
    let header = try VP8FrameHeader(parsing: frame.span.bytes)
    #expect(header.isKeyframe)
    #expect(header.width == 640)
    #expect(header.height == 360)
  }

  @Test("an interframe has no size; a keyframe without its start code is refused")
  func otherFrames() throws {
    let inter = hex("31")
    #expect(try !VP8FrameHeader(parsing: inter.span.bytes).isKeyframe)
    let wrong = hex("10 02 00 9d012b 8002 6801")
    #expect(throws: ParseError.notThisFormat) { try VP8FrameHeader(parsing: wrong.span.bytes) }
    let short = hex("10 02 00 9d012a 8002 68")
    #expect(throws: ParseError.truncated) { try VP8FrameHeader(parsing: short.span.bytes) }
    let empty: [UInt8] = []
    #expect(throws: ParseError.truncated) { try VP8FrameHeader(parsing: empty.span.bytes) }
  }
}
