import Testing
import Wire

@Suite("RTP header writer")
struct RTPHeaderWriterTests {
  private func write(
    capacity: Int = 64, _ add: (inout RTPHeaderWriter, inout MutableRawSpan) -> Void
  ) -> [UInt8]? {
    written(capacity: capacity) { bytes in
      var writer = RTPHeaderWriter(
        payloadType: PayloadType(111), sequenceNumber: SequenceNumber(0x1267),
        timestamp: RTPTimestamp(960), ssrc: SSRC(0x1122_3344), marker: true, into: &bytes)
      add(&writer, &bytes)
      return writer.finish(in: &bytes)
    }
  }

  @Test("no elements, no block")
  func plain() {
    #expect(write { _, _ in } == hex("80 ef 1267 000003c0 11223344"))
  }

  @Test("elements are packed and padded to a word")
  func elements() {
    let header = write { writer, bytes in
      writer.add(
        audioLevel: AudioLevel(isVoice: true, negativeDecibels: 3), id: 1, to: &bytes)
      writer.add(transportSequence: SequenceNumber(0xABCD), id: 3, to: &bytes)
      writer.add(text: "v1", id: 4, to: &bytes)
    }
    #expect(header == hex("90 ef 1267 000003c0 11223344 bede0002 1083 31abcd 417631"))
    let padded = write { writer, bytes in writer.add(uint24: 0x010203, id: 2, to: &bytes) }
    #expect(padded == hex("90 ef 1267 000003c0 11223344 bede0001 22010203"))
    let threeBytes = write { writer, bytes in writer.add(uint8: 9, id: 2, to: &bytes) }
    #expect(threeBytes == hex("90 ef 1267 000003c0 11223344 bede0001 20090000"))
  }

  @Test("an extension that was not negotiated adds nothing")
  func notNegotiated() {
    let header = write { writer, bytes in
      writer.add(uint8: 1, id: 0, to: &bytes)
      writer.add(text: "", id: 0, to: &bytes)
    }
    #expect(header?.count == 12)
  }

  @Test("what does not fit the one-byte form or the buffer gives nil, and nothing traps")
  func refuses() {
    #expect(write { writer, bytes in writer.add(uint8: 1, id: 15, to: &bytes) } == nil)
    #expect(write { writer, bytes in writer.add(text: "", id: 1, to: &bytes) } == nil)
    let long = String(repeating: "m", count: 17)
    #expect(write { writer, bytes in writer.add(text: long, id: 1, to: &bytes) } == nil)
    for capacity in 0..<20 {
      let header = write(capacity: capacity) { writer, bytes in
        writer.add(uint16: 1, id: 1, to: &bytes)
      }
      #expect(header == nil, "\(capacity) bytes")
    }
    #expect(
      write(capacity: 20) { writer, bytes in writer.add(uint16: 1, id: 1, to: &bytes) } != nil)
  }

  @Test("a header can be written anywhere in a buffer")
  func offset() throws {
    let buffer = written(capacity: 40) { bytes in
      bytes.storeZeros(8, at: 0)
      var writer = RTPHeaderWriter(
        payloadType: PayloadType(255), sequenceNumber: SequenceNumber(1),
        timestamp: RTPTimestamp(2), ssrc: SSRC(3), into: &bytes, at: 8)
      writer.add(uint8: 7, id: 14, to: &bytes)
      return writer.finish(in: &bytes).map { $0 + 8 }
    }
    // A payload type never spills into the marker.
    #expect(buffer == hex("0000000000000000 90 7f 0001 00000002 00000003 bede0001 e0070000"))
  }
}
