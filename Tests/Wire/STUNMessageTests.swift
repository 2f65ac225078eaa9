import Testing
import Wire

@Suite("STUN messages")
struct STUNMessageTests {
  /// RFC 5769 §2.1 … §2.3.
  static let password = "VOkJxbRl1RmTxUk/WvJxBt"
  static let request = hex(
    """
    00010058 2112a442 b7e7a701bc34d686fa87dfae
    80220010 5354554e207465737420636c69656e74
    00240004 6e0001ff
    80290008 932ff9b151263b36
    00060009 6576746a3a68367659202020
    00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2
    80280004 e57a3bcf
    """)
  static let ipv4Response = hex(
    """
    0101003c 2112a442 b7e7a701bc34d686fa87dfae
    8022000b 7465737420766563746f7220
    00200008 0001a147e112a643
    00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7
    80280004 c07d4c96
    """)
  static let ipv6Response = hex(
    """
    01010048 2112a442 b7e7a701bc34d686fa87dfae
    8022000b 7465737420766563746f7220
    00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9
    00080014 a382954e4be67bf11784c97c8292c275bfe3ed41
    80280004 c8fb0b4c
    """)
  static let longTermRequest = hex(
    """
    00010060 2112a442 78ad3433c6ad72c029da412e
    00060012 e3839ee38388e383aae38383e382afe382b90000
    0015001c 662f2f3439396b39353464364f4c33346f4c39465354767936347341
    0014000b 6578616d706c652e6f726700
    00080014 f67024656dd64a3e02b8e0712e85c9a28ca89666
    """)

  @Test("RFC 5769 §2.1: a request with a short-term credential")
  func sampleRequest() throws {
    let request = Self.request
    let bytes = request.span.bytes
    let message = try STUNMessage(parsing: bytes)
    #expect(message.messageClass == .request)
    #expect(message.method == .binding)
    #expect(
      message.transactionID == STUNTransactionID(high: 0xB7E7_A701, low: 0xBC34_D686_FA87_DFAE))
    #expect(message.software.map { bytes.string($0) } == "STUN test client")
    #expect(message.username.map { bytes.string($0) } == "evtj:h6vY")
    #expect(message.username.map { bytes.isEqual($0, to: "evtj:h6vY") } == true)
    #expect(message.username.map { bytes.isEqual($0, to: "evtj:h6vY ") } == false)
    #expect(message.username.map { bytes.isEqual($0, to: "evtj:h6v") } == false)
    #expect(message.priority == 0x6E00_01FF)
    #expect(message.iceControlled == 0x932F_F9B1_5126_3B36)
    #expect(message.iceControlling == nil)
    #expect(message.unknownRequired == nil)
    #expect(message.isSigned(with: HMACSHA1(password: Self.password), request))
    #expect(message.isFingerprinted(request))
  }

  @Test("RFC 5769 §2.2 and §2.3: responses with IPv4 and IPv6 addresses")
  func sampleResponses() throws {
    let ipv4 = try STUNMessage(parsing: Self.ipv4Response.span.bytes)
    #expect(ipv4.messageClass == .success)
    #expect(ipv4.mappedAddress == SocketAddress(ipv4: 0xC000_0201, port: 32853))
    #expect(ipv4.isSigned(with: HMACSHA1(password: Self.password), Self.ipv4Response))
    #expect(ipv4.isFingerprinted(Self.ipv4Response))

    let ipv6 = try STUNMessage(parsing: Self.ipv6Response.span.bytes)
    #expect(ipv6.mappedAddress?.addressText == "2001:db8:1234:5678:11:2233:4455:6677")
    #expect(ipv6.mappedAddress?.port == 32853)
    #expect(ipv6.isSigned(with: HMACSHA1(password: Self.password), Self.ipv6Response))
    #expect(ipv6.isFingerprinted(Self.ipv6Response))
  }

  @Test("RFC 5769 §2.4: a request with a long-term credential")
  func sampleLongTerm() throws {
    let request = Self.longTermRequest
    let bytes = request.span.bytes
    let message = try STUNMessage(parsing: bytes)
    #expect(message.username.map { bytes.string($0) } == "マトリックス")
    // MD5 of "マトリックス:example.org:TheMatrIX" (RFC 8489 §9.2.2).
    let key = hex("e8ca7ad59d5eb0518e312911d2dab2a9")
    let code = HMACSHA1(key: key.span.bytes)
    #expect(message.isSigned(with: code, request))
    #expect(message.fingerprintOffset == nil)
    #expect(!message.isFingerprinted(request))
  }

  @Test("a change of any bit before the integrity is noticed, and a wrong password is")
  func tampering() throws {
    for index in 0..<Self.request.count - 8 {
      var bytes = Self.request
      bytes[index] ^= 1
      guard let message = try? STUNMessage(parsing: bytes.span.bytes) else { continue }
      #expect(
        !message.isSigned(with: HMACSHA1(password: Self.password), bytes), "byte \(index)")
    }
    for index in Self.request.indices {
      var bytes = Self.request
      bytes[index] ^= 0x80
      guard let message = try? STUNMessage(parsing: bytes.span.bytes) else { continue }
      #expect(!message.isFingerprinted(bytes), "byte \(index)")
    }
    let message = try STUNMessage(parsing: Self.request.span.bytes)
    #expect(!message.isSigned(with: HMACSHA1(password: "another"), Self.request))
  }

  @Test("attributes after MESSAGE-INTEGRITY do not count")
  func unauthenticated() throws {
    let body = hex("00080014 \(String(repeating: "00", count: 20)) 00250000 00240004 01020304")
    let bytes = hex("00010024 2112a442 000000000000000000000001")
    let message = try STUNMessage(parsing: (bytes + body).span.bytes)
    #expect(!message.usesCandidate)
    #expect(message.priority == nil)
  }

  @Test("of several attributes of one type the first counts")
  func repeated() throws {
    let bytes = hex(
      "00010010 2112a442 000000000000000000000001 00240004 00000007 00240004 00000008")
    #expect(try STUNMessage(parsing: bytes.span.bytes).priority == 7)
  }

  @Test("an attribute that must be understood and is not is told of; an optional one is not")
  func unknown() throws {
    let bytes = hex(
      "00010010 2112a442 000000000000000000000001 c0570004 0000003e 00030004 00000000")
    let message = try STUNMessage(parsing: bytes.span.bytes)
    #expect(message.unknownRequired == STUNAttribute(rawValue: 3))
  }

  @Test(
    "what is not a whole STUN message is refused",
    arguments: [
      ("0001 0000 2112a442 0000000000000000000000", ParseError.truncated),
      ("8001 0000 2112a442 000000000000000000000001", .notThisFormat),
      ("0001 0000 2112a443 000000000000000000000001", .notThisFormat),
      ("0001 0004 2112a442 000000000000000000000001", .inconsistentLength),
      ("0001 0000 2112a442 000000000000000000000001 00000000", .inconsistentLength),
      ("0001 0002 2112a442 000000000000000000000001 0000", .inconsistentLength),
      ("0001 0004 2112a442 000000000000000000000001 0006ffff", .inconsistentLength),
      ("0001 0008 2112a442 000000000000000000000001 00240003 01020300", .inconsistentLength),
      ("0001 0008 2112a442 000000000000000000000001 00080004 01020304", .inconsistentLength),
      ("0101 000c 2112a442 000000000000000000000001 00200008 0003000001020304", .invalidField),
      (
        "0101 000c 2112a442 000000000000000000000001 00200008 0002000001020304", .inconsistentLength
      ),
      ("0111 0008 2112a442 000000000000000000000001 00090004 00000257", .invalidField),
      ("0111 0008 2112a442 000000000000000000000001 00090004 00000464", .invalidField),
      ("0001 000c 2112a442 000000000000000000000001 80280004 01020304 00250000", .invalidField),
    ])
  func refused(text: String, error: ParseError) {
    let bytes = hex(text)
    #expect(throws: error) { try STUNMessage(parsing: bytes.span.bytes) }
  }

  @Test("an error response tells its code")
  func errorCode() throws {
    let bytes = hex("01110008 2112a442 000000000000000000000001 00090004 00000457")
    let message = try STUNMessage(parsing: bytes.span.bytes)
    #expect(message.messageClass == .error)
    #expect(message.errorCode == 487)
  }

  @Test("a username longer than 508 bytes is refused")
  func longUsername() {
    let count = 512
    var bytes = hex("00010204 2112a442 000000000000000000000001 00060200")
    bytes += [UInt8](repeating: 0x61, count: count)
    #expect(throws: ParseError.tooMany) { try STUNMessage(parsing: bytes.span.bytes) }
  }
}

extension STUNMessage {
  /// `verifyIntegrity` where a span cannot be an argument.
  func isSigned(with key: HMACSHA1, _ bytes: [UInt8]) -> Bool {
    verifyIntegrity(key: key, in: bytes.span.bytes)
  }

  /// `verifyFingerprint` where a span cannot be an argument.
  func isFingerprinted(_ bytes: [UInt8]) -> Bool {
    verifyFingerprint(in: bytes.span.bytes)
  }
}
