import Testing
import Wire

@Suite("Packets on a byte stream (RFC 4571)")
struct FramedStreamReaderTests {
  @Test("packets come out whole however the stream is cut", arguments: [1, 2, 3, 7, 100_000])
  func cuts(piece: Int) throws {
    let packets = [
      [UInt8](repeating: 1, count: 1), [UInt8](repeating: 2, count: 1_200), [3, 3],
      [UInt8](repeating: 4, count: StreamFrame.longestPacket), [5],
    ]
    let stream = packets.flatMap(framed)
    var reader = FramedStreamReader()
    var found: [[UInt8]] = []
    var offset = 0
    while offset < stream.count {
      let part = Array(stream[offset..<min(stream.count, offset + piece)])
      offset += reader.append(part.span.bytes)
      while let packet = try reader.next() { found.append(Array(packet)) }
    }
    #expect(found == packets)
    #expect(reader.waiting == 0)
  }

  @Test("a packet may be changed where it lies without touching the next")
  func inPlace() throws {
    var reader = FramedStreamReader()
    let stream = framed([1, 2, 3]) + framed([4, 5])
    #expect(reader.append(stream.span.bytes) == stream.count)
    let first = try #require(try reader.next())
    for index in first.indices { first[index] = 0xFF }
    let second = try #require(try reader.next())
    #expect(Array(second) == [4, 5])
  }

  @Test("half a header and half a packet wait for the rest")
  func halves() throws {
    var reader = FramedStreamReader()
    #expect(reader.append(([0] as [UInt8]).span.bytes) == 1)
    #expect(try reader.next() == nil)
    #expect(reader.append(([3, 1, 2] as [UInt8]).span.bytes) == 3)
    #expect(try reader.next() == nil)
    #expect(reader.waiting == 4)
    #expect(reader.append(([3] as [UInt8]).span.bytes) == 1)
    let packet = try #require(try reader.next())
    #expect(Array(packet) == [1, 2, 3])
  }

  @Test("null packets are passed over, and thousands of them hold nothing")
  func nullPackets() throws {
    var reader = FramedStreamReader()
    let nulls = [UInt8](repeating: 0, count: 4_000)
    for _ in 0..<10 {
      #expect(reader.append(nulls.span.bytes) == nulls.count)
      #expect(try reader.next() == nil)
      #expect(reader.waiting == 0)
    }
    #expect(reader.append(framed([9]).span.bytes) == 3)
    let packet = try #require(try reader.next())
    #expect(Array(packet) == [9])
  }

  @Test("a length no peer of ours sends ends the stream for good", arguments: [2_049, 65_535])
  func tooLong(length: Int) throws {
    var reader = FramedStreamReader()
    let stream = framed([1]) + [UInt8(length >> 8), UInt8(length & 0xFF)]
    #expect(reader.append(stream.span.bytes) == stream.count)
    let first = try #require(try reader.next())
    #expect(Array(first) == [1])
    #expect(throws: FramingError.tooLong) { _ = try reader.next() }
    _ = reader.append(framed([1]).span.bytes)
    #expect(throws: FramingError.tooLong) { _ = try reader.next() }
  }

  @Test("whoever takes every packet always finds room; nothing grows")
  func room() throws {
    var reader = FramedStreamReader(capacity: 1)
    var generator = SeededGenerator(seed: 11)
    var (sent, found) = (0, 0)
    var stream: [UInt8] = []
    for number in 0..<2_000 {
      let length = Int.random(in: 1...StreamFrame.longestPacket, using: &generator)
      stream += framed([UInt8](repeating: UInt8(number & 0xFF), count: length))
      sent += 1
      while !stream.isEmpty {
        let taken = reader.append(stream.span.bytes)
        #expect(taken > 0)
        stream.removeFirst(taken)
        while try reader.next() != nil { found += 1 }
      }
    }
    #expect(found == sent)
  }

  @Test("the header is written only for what a peer takes and where there is room")
  func header() {
    func header(_ length: Int, capacity: Int) -> [UInt8]? {
      var buffer = [UInt8](repeating: 0xAA, count: capacity)
      var span = buffer.mutableSpan
      var bytes = span.mutableBytes
      guard StreamFrame.writeHeader(length: length, into: &bytes) else { return nil }
      return Array(buffer.prefix(2))
    }
    #expect(header(0x0123, capacity: 400) == [1, 0x23])
    #expect(header(2_048, capacity: 2_050) == [8, 0])
    #expect(header(2_049, capacity: 4_000) == nil)
    #expect(header(10, capacity: 11) == nil)
    #expect(header(-1, capacity: 11) == nil)
  }

  private func framed(_ packet: [UInt8]) -> [UInt8] {
    [UInt8(packet.count >> 8), UInt8(packet.count & 0xFF)] + packet
  }
}
