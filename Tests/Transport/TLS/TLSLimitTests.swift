import Testing
import Wire

@testable import Transport

@Suite("TLS with peers that mean harm")
struct TLSLimitTests {
  @Test("garbage ends the handshake with an alert, not the process")
  func garbage() throws {
    let files = try ServerFiles()
    let identity = try files.identity
    var generator = SeededGenerator(seed: 11)
    for round in 0..<200 {
      let server = TLSEnd(try TLSStream(server: identity))
      var bytes = (0..<Int.random(in: 1...600, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      // Half of them look like a handshake record at first.
      if round % 2 == 0 { bytes = [0x16, 3, 1, 0, UInt8(bytes.count % 200)] + bytes }
      #expect(server.receive(bytes) == bytes.count)
      #expect(!server.isEstablished)
      #expect(server.readAll() == [])
      #expect(server.outputCount < 100)
    }
  }

  @Test("a plain HTTP request is no TLS")
  func plainHTTP() throws {
    let server = TLSEnd(try TLSStream(server: try ServerFiles().identity))
    _ = server.receive(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
    #expect(server.failure == .protocolViolation)
  }

  @Test("a ClientHello cut anywhere waits, and one with any byte changed does no harm")
  func mutatedHello() throws {
    let files = try ServerFiles()
    let identity = try files.identity
    let client = TLSEnd(try TLSStream(client: "besoeg.example", trust: TLSTrust(.systemRoots)))
    let hello = client.takeOutput()
    #expect(hello.prefix(2) == [0x16, 3])
    for length in 0..<hello.count {
      let server = TLSEnd(try TLSStream(server: identity))
      _ = server.receive(Array(hello[..<length]))
      #expect(server.failure == nil)
      #expect(server.outputCount == 0)
    }
    for index in hello.indices {
      var changed = hello
      changed[index] ^= 0x55
      let server = TLSEnd(try TLSStream(server: identity))
      _ = server.receive(changed)
      #expect(!server.isEstablished)
    }
  }

  @Test("a record changed on its way ends the stream and gives no plaintext")
  func changedRecord() throws {
    let pair = try TLSPair(try ServerFiles())
    pair.settle()
    _ = pair.client.write([UInt8](repeating: 1, count: 100))
    var record = pair.client.takeOutput()
    record[record.count / 2] ^= 1
    _ = pair.server.receive(record)
    #expect(pair.server.readAll() == [])
    #expect(pair.server.failure == .protocolViolation)
    #expect(pair.server.write([1]) == 0)
  }

  @Test("a handshake that only ever grows is cut off")
  func endlessHandshake() throws {
    let server = TLSEnd(try TLSStream(server: try ServerFiles().identity))
    // A ClientHello of 120 KiB in records of 16 KiB, each of which OpenSSL would wait to see ended.
    let length = 120 * 1_024
    let message: [UInt8] =
      [1, UInt8(length >> 16), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF)]
      + [UInt8](repeating: 0, count: length)
    var start = 0
    while start < message.count, server.failure == nil {
      let part = Array(message[start..<min(start + 16_384, message.count)])
      start += part.count
      let record =
        [0x16, 3, 1, UInt8(part.count >> 8), UInt8(part.count & 0xFF)] + part
      _ = server.receive(record)
    }
    #expect(server.failure != nil)
    #expect(start < 100 * 1_024)
  }

  @Test("what nobody reads and what nobody sends is bounded")
  func bounds() throws {
    let pair = try TLSPair(try ServerFiles())
    pair.settle()
    let megabyte = [UInt8](repeating: 7, count: 1 << 20)
    // The network takes nothing from the client: it stops accepting.
    var accepted = pair.client.write(megabyte)
    #expect(accepted <= TLSStream.outputLimit)
    #expect(pair.client.outputCount <= TLSStream.outputLimit + 1_024)
    // The server's reader takes nothing: the server stops taking ciphertext.
    pair.settle()
    accepted += pair.client.write(megabyte)
    pair.settle()
    #expect(pair.client.outputCount > 0)
    #expect(pair.server.receive([1]) == 0)
    // Once somebody reads, nothing is missing.
    var received = 0
    for _ in 0..<100 where received < accepted {
      received += pair.server.readAll(at: 30_000).count
      pair.settle()
    }
    #expect(received == accepted)
  }

  @Test("a peer that asks for new keys without end and never reads is not answered without end")
  func keyUpdates() throws {
    let pair = try TLSPair(try ServerFiles())
    pair.settle()
    var updates = 0
    while updates < 20_000, pair.server.failure == nil, pair.server.outputCount < 1 << 20 {
      guard pair.client.stream.requestKeyUpdate() else { break }
      updates += 1
      _ = TLSPair.carry(from: pair.client, to: pair.server, most: 64 * 1_024)
      // OpenSSL itself gives up on too many in a row without data in between.
      if updates % 16 == 0 {
        _ = pair.client.write([1])
        _ = TLSPair.carry(from: pair.client, to: pair.server, most: 64 * 1_024)
      }
      _ = pair.server.readAll()
      guard pair.client.outputCount < 1 << 16 else { break }
    }
    #expect(updates > 1_000, "the limit was not reached")
    #expect(
      pair.server.outputCount <= TLSStream.outputLimit + 32 * 1_024)
  }
}
