/// Writes a STUN message straight into a buffer, attribute by attribute.
///
///     var writer = STUNWriter(.request, transactionID: id, into: &bytes)
///     writer.add(username: "relay:client", to: &bytes)
///     writer.add(priority: 1, to: &bytes)
///     writer.addIntegrity(key: key, to: &bytes)
///     writer.addFingerprint(to: &bytes)
///     guard let length = writer.finish(in: &bytes) else { … }
///
/// Whatever does not fit is remembered, and `finish` returns nil.
public struct STUNWriter: BitwiseCopyable, Sendable {
  private let start: Int
  private var end: Int
  private var hasFailed: Bool
  private let transactionID: STUNTransactionID

  /// Writes the header at `offset`.
  public init(
    _ messageClass: STUNClass, method: STUNMethod = .binding, transactionID: STUNTransactionID,
    into bytes: inout MutableRawSpan, at offset: Int = 0
  ) {
    start = offset
    end = offset &+ STUNMessage.headerLength
    self.transactionID = transactionID
    hasFailed = !bytes.hasRoom(for: STUNMessage.headerLength, at: offset)
    guard !hasFailed else { return }
    let number = method.rawValue
    let kind = UInt16(messageClass.rawValue)
    let type =
      number & 0x000F | (number & 0x0070) << 1 | (number & 0x0F80) << 2 | (kind & 1) << 4
      | (kind & 2) << 7
    bytes.storeUInt16(type, at: offset)
    bytes.storeUInt16(0, at: offset &+ 2)
    bytes.storeUInt32(STUNMessage.magicCookie, at: offset &+ 4)
    bytes.storeUInt32(transactionID.high, at: offset &+ 8)
    bytes.storeUInt64(transactionID.low, at: offset &+ 12)
  }

  /// Reserves an attribute of `count` bytes, padded with zeros, and returns where its value goes.
  mutating func attribute(
    _ type: STUNAttribute, count: Int, in bytes: inout MutableRawSpan
  ) -> Int? {
    let padded = (count &+ 3) & ~3
    guard !hasFailed, count <= 0xFFFF, bytes.hasRoom(for: 4 &+ padded, at: end) else {
      hasFailed = true
      return nil
    }
    bytes.storeUInt16(type.rawValue, at: end)
    bytes.storeUInt16(UInt16(truncatingIfNeeded: count), at: end &+ 2)
    bytes.storeZeros(padded &- count, at: end &+ 4 &+ count)
    let value = end &+ 4
    end = value &+ padded
    return value
  }

  /// Adds an attribute of raw bytes.
  public mutating func add(
    _ type: STUNAttribute, value: RawSpan, to bytes: inout MutableRawSpan
  ) {
    guard let offset = attribute(type, count: value.byteCount, in: &bytes) else { return }
    bytes.storeBytes(value, at: offset)
  }

  mutating func add(
    _ type: STUNAttribute, text: String, to bytes: inout MutableRawSpan
  ) {
    guard let offset = attribute(type, count: text.utf8.count, in: &bytes) else { return }
    bytes.storeText(text, at: offset)
  }

  /// Adds USERNAME; in a check it is the receiver's user fragment, a colon, and the sender's.
  public mutating func add(username: String, to bytes: inout MutableRawSpan) {
    add(.username, text: username, to: &bytes)
  }

  /// Adds SOFTWARE.
  public mutating func add(software: String, to bytes: inout MutableRawSpan) {
    add(.software, text: software, to: &bytes)
  }

  /// Adds PRIORITY.
  public mutating func add(priority: UInt32, to bytes: inout MutableRawSpan) {
    if let offset = attribute(.priority, count: 4, in: &bytes) {
      bytes.storeUInt32(priority, at: offset)
    }
  }

  /// Adds USE-CANDIDATE.
  public mutating func addUseCandidate(to bytes: inout MutableRawSpan) {
    _ = attribute(.useCandidate, count: 0, in: &bytes)
  }

  /// Adds ICE-CONTROLLING with its tie-breaker.
  public mutating func add(iceControlling tieBreaker: UInt64, to bytes: inout MutableRawSpan) {
    if let offset = attribute(.iceControlling, count: 8, in: &bytes) {
      bytes.storeUInt64(tieBreaker, at: offset)
    }
  }

  /// Adds ICE-CONTROLLED with its tie-breaker.
  public mutating func add(iceControlled tieBreaker: UInt64, to bytes: inout MutableRawSpan) {
    if let offset = attribute(.iceControlled, count: 8, in: &bytes) {
      bytes.storeUInt64(tieBreaker, at: offset)
    }
  }

  /// Adds XOR-MAPPED-ADDRESS; an IPv4-mapped address travels as IPv4.
  public mutating func add(mappedAddress address: SocketAddress, to bytes: inout MutableRawSpan) {
    add(.xorMappedAddress, address: address, to: &bytes)
  }

  /// Adds an attribute that is an address XORed as §14.2 has it.
  mutating func add(
    _ type: STUNAttribute, address: SocketAddress, to bytes: inout MutableRawSpan
  ) {
    let count = address.isIPv4 ? 8 : 20
    guard let offset = attribute(type, count: count, in: &bytes) else { return }
    let cookie = STUNMessage.magicCookie
    bytes.storeUInt16(address.isIPv4 ? 1 : 2, at: offset)
    bytes.storeUInt16(
      address.port ^ UInt16(truncatingIfNeeded: cookie >> 16), at: offset &+ 2)
    if address.isIPv4 {
      bytes.storeUInt32(address.ipv4 ^ cookie, at: offset &+ 4)
    } else {
      let mask = UInt64(cookie) << 32 | UInt64(transactionID.high)
      bytes.storeUInt64(address.high ^ mask, at: offset &+ 4)
      bytes.storeUInt64(address.low ^ transactionID.low, at: offset &+ 12)
    }
  }

  /// Adds ERROR-CODE, 300 ... 699, with its reason phrase.
  public mutating func add(errorCode: UInt16, reason: String, to bytes: inout MutableRawSpan) {
    guard (300...699).contains(errorCode) else {
      hasFailed = true
      return
    }
    let count = 4 &+ reason.utf8.count
    guard let offset = attribute(.errorCode, count: count, in: &bytes) else { return }
    bytes.storeUInt16(0, at: offset)
    bytes.storeUInt8(UInt8(truncatingIfNeeded: errorCode / 100), at: offset &+ 2)
    bytes.storeUInt8(UInt8(truncatingIfNeeded: errorCode % 100), at: offset &+ 3)
    bytes.storeText(reason, at: offset &+ 4)
  }

  /// Adds MESSAGE-INTEGRITY over everything so far (RFC 8489 §14.5).
  public mutating func addIntegrity(key: HMACSHA1, to bytes: inout MutableRawSpan) {
    let before = end
    guard let offset = attribute(.messageIntegrity, count: HMACSHA1.length, in: &bytes) else {
      return
    }
    let code = key.code(
      ofMessageIn: bytes.bytes, from: start, to: before,
      length: end &- start &- STUNMessage.headerLength)
    for index in 0..<HMACSHA1.length { bytes.storeUInt8(code[index], at: offset &+ index) }
  }

  /// Adds FINGERPRINT over everything so far (RFC 8489 §14.7); nothing may follow it.
  public mutating func addFingerprint(to bytes: inout MutableRawSpan) {
    let before = end
    guard let offset = attribute(.fingerprint, count: 4, in: &bytes) else { return }
    let value = CRC32.fingerprint(
      ofMessageIn: bytes.bytes, from: start, to: before,
      length: end &- start &- STUNMessage.headerLength)
    bytes.storeUInt32(value, at: offset)
  }

  /// Completes the message and returns its length in bytes; nil where something did not fit.
  public mutating func finish(in bytes: inout MutableRawSpan) -> Int? {
    let length = end &- start
    guard !hasFailed, length &- STUNMessage.headerLength <= 0xFFFF else { return nil }
    bytes.storeUInt16(
      UInt16(truncatingIfNeeded: length &- STUNMessage.headerLength), at: start &+ 2)
    return length
  }
}
