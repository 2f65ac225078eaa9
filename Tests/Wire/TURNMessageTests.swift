import Testing
import Wire

@Suite("TURN messages")
struct TURNMessageTests {
  private func message(_ path: String) throws -> ([UInt8], TURNMessage) {
    let bytes = try Corpus.bytes("TURN/\(path)")
    return (bytes, try TURNMessage(parsing: bytes.span.bytes))
  }

  @Test("an Allocate request with credentials")
  func allocate() throws {
    let (bytes, message) = try message("allocate")
    #expect(message.stun.method == .allocate)
    #expect(message.requestedTransport == 17)
    #expect(message.realm.map { Array(bytes[$0]) } == Array("besoeg".utf8))
    #expect(message.nonce?.count == 20)
    #expect(message.unknownRequired == nil)
  }

  @Test("what a client may ask for besides")
  func options() throws {
    let (_, message) = try message("allocate-options")
    #expect(message.requestedFamily == 2)
    #expect(message.additionalFamily == 2)
    #expect(message.wantsEvenPort)
    #expect(message.hasReservation)
    #expect(message.unknownRequired == .dontFragment)
  }

  @Test("peers keep the family they travelled as")
  func peers() throws {
    let (_, message) = try message("permission-two-peers")
    let address = SocketAddress(ipv4: 0xC633_640A, port: 50_001)
    #expect(
      message.peers == [
        TURNPeer(address: address, family: .ipv4), TURNPeer(address: address, family: .ipv6),
      ])
  }

  @Test("an attribute after MESSAGE-INTEGRITY does not count")
  func unauthenticated() throws {
    #expect(try message("peer-after-integrity").1.peers.isEmpty)
  }

  @Test("too many peers, and fields of the wrong length, are refused")
  func refused() throws {
    #expect(throws: ParseError.tooMany) { try message("seventeen-peers") }
    #expect(throws: ParseError.inconsistentLength) { try message("lifetime-of-three-bytes") }
  }

  @Test("indications carry data")
  func data() throws {
    for (path, method) in [("send-indication", STUNMethod.send), ("data-indication", .data)] {
      let (bytes, message) = try message(path)
      #expect(message.stun.messageClass == .indication)
      #expect(message.stun.method == method)
      #expect(message.data.map { Array(bytes[$0]) } == Array("hello".utf8))
    }
  }

  @Test("frames on a stream are told apart by their first four bytes")
  func frames() throws {
    func frame(_ bytes: [UInt8]) throws(ParseError) -> TURNFrame? {
      try TURNFrame(startOf: bytes.span.bytes)
    }
    let first = try #require(TURNChannel(rawValue: 0x4000))
    #expect(try frame([0x40, 0, 0]) == nil)
    #expect(try frame([0x40, 0, 0, 5]) == .channelData(first, count: 5, length: 12))
    #expect(try frame([0x40, 0, 0, 8]) == .channelData(first, count: 8, length: 12))
    #expect(try frame([0, 3, 0, 8]) == .message(length: 28))
    #expect(throws: ParseError.notThisFormat) { try frame([0, 3, 0, 7]) }
    #expect(throws: ParseError.notThisFormat) { try frame([0x50, 0, 0, 0]) }
    #expect(throws: ParseError.notThisFormat) { try frame([0x80, 0, 0, 0]) }
    #expect(throws: ParseError.tooMany) { try frame([0x40, 0, 0x0A, 0]) }
    #expect(throws: ParseError.tooMany) { try frame([0, 1, 0xFF, 0xFC]) }
    #expect(TURNChannel(rawValue: 0x3FFF) == nil)
    #expect(TURNChannel(rawValue: 0x5000) == nil)
  }
}

@Suite("What a stream opens with")
struct StreamOpeningTests {
  private func opening(_ bytes: [UInt8]) -> StreamOpening { StreamOpening(bytes.span.bytes) }

  @Test("each protocol is told by its first bytes")
  func protocols() throws {
    #expect(opening([0x16, 3, 1]) == .tls)
    #expect(opening(Array("GET / HTTP/1.1\r\n".utf8)) == .http)
    #expect(opening(Array("PATCH /x".utf8)) == .http)
    #expect(opening(try Corpus.bytes("Opening/turn")) == .turn)
    let check = try Corpus.bytes("Opening/framed-check")
    guard case .frames(let username) = opening(check) else {
      Issue.record("an ICE check in a frame")
      return
    }
    #expect(String(decoding: check[username], as: UTF8.self) == "01abcdef:peer")
  }

  @Test("what is none of them is known early")
  func unknown() throws {
    #expect(opening(Array("SS".utf8)) == .unknown)
    #expect(opening(Array("PRI".utf8)) == .unknown, "HTTP/2 without having agreed on it")
    #expect(opening([0x16, 2]) == .unknown)
    #expect(opening([0x80]) == .unknown)
    #expect(opening([0x40, 0]) == .unknown, "channel data before anything")
    #expect(opening(Array("get / HTTP/1.1".utf8)) == .unknown)
    #expect(opening([UInt8](repeating: 0, count: 8)) == .unknown)
    #expect(opening(try Corpus.bytes("Opening/framed-without-name")) == .unknown)
    // A frame too long, whose message agrees with it.
    #expect(opening([0x08, 0x04, 0, 1, 0x07, 0xF0, 0, 0]) == .unknown)
  }

  @Test("a beginning waits for more")
  func undecided() throws {
    #expect(opening([]) == .undecided)
    #expect(opening([0x16]) == .undecided)
    #expect(opening(Array("P".utf8)) == .undecided)
    #expect(opening(Array("DELETE".utf8)) == .undecided)
    let check = try Corpus.bytes("Opening/framed-check")
    for length in check.indices { #expect(opening(Array(check[..<length])) == .undecided) }
    // The rest of the stream does not matter.
    #expect(opening(check + [1, 2, 3]) == opening(check))
  }
}
