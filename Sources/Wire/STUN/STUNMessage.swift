/// A STUN message, its attributes located and read in one pass (RFC 8489 §5, §14).
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |0 0|     STUN message type     |         message length        |
///     |                         magic cookie                          |
///     |                     transaction ID (96 bits)                  |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |         attribute type        |        attribute length       |
///     |                         value (padded to 4)                ....
///
/// Attributes after MESSAGE-INTEGRITY are not authenticated and therefore ignored, except for
/// MESSAGE-INTEGRITY-SHA256 and FINGERPRINT (§14.5, §14.7). Of several attributes of one type the
/// first counts (§14). Holds no view of the bytes: what needs them takes the same span again.
public struct STUNMessage: Hashable, Sendable {
  /// Bytes of the header.
  public static let headerLength = 20
  /// "Magic cookie" (§5).
  public static let magicCookie: UInt32 = 0x2112_A442
  /// The longest USERNAME in bytes (§14.3).
  public static let maximumUsernameLength = 508

  /// Request, indication, success or error.
  public private(set) var messageClass: STUNClass
  /// The method.
  public private(set) var method: STUNMethod
  /// The transaction.
  public private(set) var transactionID: STUNTransactionID
  /// Bytes of the whole message.
  public private(set) var length: Int

  /// Where the text of USERNAME lies.
  public private(set) var username: Range<Int>?
  /// PRIORITY (RFC 8445 §7.1.1).
  public private(set) var priority: UInt32?
  /// Whether USE-CANDIDATE is there (RFC 8445 §7.1.2).
  public private(set) var usesCandidate = false
  /// The tie-breaker of ICE-CONTROLLING (RFC 8445 §7.1.3).
  public private(set) var iceControlling: UInt64?
  /// The tie-breaker of ICE-CONTROLLED.
  public private(set) var iceControlled: UInt64?
  /// XOR-MAPPED-ADDRESS (§14.2).
  public private(set) var mappedAddress: SocketAddress?
  /// The number in ERROR-CODE, 300 ... 699 (§14.8).
  public private(set) var errorCode: UInt16?
  /// Where the text of SOFTWARE lies.
  public private(set) var software: Range<Int>?
  /// Offset of MESSAGE-INTEGRITY, if there is one.
  public private(set) var integrityOffset: Int?
  /// Offset of FINGERPRINT, if there is one.
  public private(set) var fingerprintOffset: Int?
  /// The first attribute that must be understood but is not (§6.3.1), if there is one.
  public private(set) var unknownRequired: STUNAttribute?

  /// Parses a datagram that is one message.
  public init(parsing bytes: RawSpan) throws(ParseError) {
    guard bytes.byteCount >= Self.headerLength else { throw .truncated }
    let type = bytes.loadUInt16(at: 0)
    guard type < 0x4000, bytes.loadUInt32(at: 4) == Self.magicCookie else { throw .notThisFormat }
    length = Self.headerLength &+ Int(bytes.loadUInt16(at: 2))
    guard length & 3 == 0, length == bytes.byteCount else { throw .inconsistentLength }
    // Class and method are interleaved: M11…M7 C1 M6…M4 C0 M3…M0 (§5, figure 3).
    messageClass =
      switch type & 0x0110 {
      case 0x0000: .request
      case 0x0010: .indication
      case 0x0100: .success
      default: .error
      }
    method = STUNMethod(rawValue: type & 0x000F | (type & 0x00E0) >> 1 | (type & 0x3E00) >> 2)
    transactionID = STUNTransactionID(high: bytes.loadUInt32(at: 8), low: bytes.loadUInt64(at: 12))

    var offset = Self.headerLength
    while offset < length {
      // FINGERPRINT is the last attribute; nothing may follow it (§14.7).
      guard fingerprintOffset == nil else { throw .invalidField }
      // Lengths are whole words, so a header is always there.
      let type = STUNAttribute(rawValue: bytes.loadUInt16(at: offset))
      let count = Int(bytes.loadUInt16(at: offset &+ 2))
      let padded = (count &+ 3) & ~3
      guard offset &+ 4 &+ padded <= length else { throw .inconsistentLength }
      try take(type, at: offset, count: count, in: bytes)
      offset &+= 4 &+ padded
    }
  }

  private mutating func take(
    _ type: STUNAttribute, at offset: Int, count: Int, in bytes: RawSpan
  ) throws(ParseError) {
    let value = offset &+ 4
    if type == .fingerprint {
      guard count == 4 else { throw .inconsistentLength }
      fingerprintOffset = offset
      return
    }
    guard integrityOffset == nil else { return }
    switch type {
    case .messageIntegrity:
      guard count == HMACSHA1.length else { throw .inconsistentLength }
      integrityOffset = offset
    case .username:
      guard count <= Self.maximumUsernameLength else { throw .tooMany }
      username = username ?? value..<(value &+ count)
    case .priority:
      guard count == 4 else { throw .inconsistentLength }
      priority = priority ?? bytes.loadUInt32(at: value)
    case .useCandidate:
      guard count == 0 else { throw .inconsistentLength }
      usesCandidate = true
    case .iceControlling:
      guard count == 8 else { throw .inconsistentLength }
      iceControlling = iceControlling ?? bytes.loadUInt64(at: value)
    case .iceControlled:
      guard count == 8 else { throw .inconsistentLength }
      iceControlled = iceControlled ?? bytes.loadUInt64(at: value)
    case .xorMappedAddress:
      let address = try Self.xorAddress(bytes, at: value, count: count, transactionID)
      mappedAddress = mappedAddress ?? address
    case .errorCode:
      guard count >= 4 else { throw .truncated }
      let (hundreds, rest) = (bytes.loadUInt8(at: value &+ 2) & 7, bytes.loadUInt8(at: value &+ 3))
      guard (3...6).contains(hundreds), rest < 100 else { throw .invalidField }
      errorCode = errorCode ?? UInt16(hundreds) &* 100 &+ UInt16(rest)
    case .software:
      software = software ?? value..<(value &+ count)
    case .mappedAddress, .unknownAttributes, .realm, .nonce, .messageIntegritySHA256:
      break
    default:
      if type.isComprehensionRequired { unknownRequired = unknownRequired ?? type }
    }
  }

  /// Reads an address whose port is XORed with the cookie's upper half, and whose bytes are XORed with
  /// cookie and transaction id (§14.2).
  private static func xorAddress(
    _ bytes: RawSpan, at value: Int, count: Int, _ id: STUNTransactionID
  ) throws(ParseError) -> SocketAddress {
    guard count >= 8 else { throw .truncated }
    let family = bytes.loadUInt8(at: value &+ 1)
    let port = bytes.loadUInt16(at: value &+ 2) ^ UInt16(truncatingIfNeeded: magicCookie >> 16)
    switch (family, count) {
    case (1, 8):
      return SocketAddress(ipv4: bytes.loadUInt32(at: value &+ 4) ^ magicCookie, port: port)
    case (2, 20):
      return SocketAddress(
        high: bytes.loadUInt64(at: value &+ 4) ^ (UInt64(magicCookie) << 32 | UInt64(id.high)),
        low: bytes.loadUInt64(at: value &+ 12) ^ id.low, port: port)
    case (1, _), (2, _): throw .inconsistentLength
    default: throw .invalidField
    }
  }

  /// The address in an attribute of this message that is made like XOR-MAPPED-ADDRESS.
  func xorAddress(
    in value: Range<Int>, of bytes: RawSpan
  ) throws(ParseError) -> SocketAddress {
    try Self.xorAddress(bytes, at: value.lowerBound, count: value.count, transactionID)
  }

  /// Calls `body` with the type and the range of the value of each attribute, known or not.
  public func forEachAttribute(
    in bytes: RawSpan, _ body: (STUNAttribute, Range<Int>) -> Void
  ) {
    var offset = Self.headerLength
    while offset &+ 4 <= min(length, bytes.byteCount) {
      let count = Int(bytes.loadUInt16(at: offset &+ 2))
      let value = (offset &+ 4)..<(offset &+ 4 &+ count)
      guard value.upperBound <= bytes.byteCount else { return }
      body(STUNAttribute(rawValue: bytes.loadUInt16(at: offset)), value)
      offset = (value.upperBound &+ 3) & ~3
    }
  }

  /// Whether MESSAGE-INTEGRITY is there and right for `key`. Takes the same time whether it is or not.
  public func verifyIntegrity(key: HMACSHA1, in bytes: RawSpan) -> Bool {
    guard let offset = integrityOffset, bytes.byteCount == length else { return false }
    let code = key.code(
      ofMessageIn: bytes, from: 0, to: offset,
      length: offset &+ 4 &+ HMACSHA1.length &- Self.headerLength)
    var difference: UInt8 = 0
    for index in 0..<HMACSHA1.length {
      difference |= code[index] ^ bytes.loadUInt8(at: offset &+ 4 &+ index)
    }
    return difference == 0
  }

  /// Whether MESSAGE-INTEGRITY is there and right for the short-term credential `password`.
  public func verifyIntegrity(password: String, in bytes: RawSpan) -> Bool {
    verifyIntegrity(key: HMACSHA1(password: password), in: bytes)
  }

  /// Whether FINGERPRINT is there and right.
  public func verifyFingerprint(in bytes: RawSpan) -> Bool {
    guard let offset = fingerprintOffset, bytes.byteCount == length else { return false }
    let expected = CRC32.fingerprint(
      ofMessageIn: bytes, from: 0, to: offset, length: offset &+ 8 &- Self.headerLength)
    return bytes.loadUInt32(at: offset &+ 4) == expected
  }
}
