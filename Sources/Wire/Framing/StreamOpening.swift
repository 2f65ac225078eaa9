/// What a client speaks on a byte stream where several protocols share one port, told by the first
/// bytes it sends. Every one of them has the client speak first.
///
///     0x16 0x03            a TLS record with a handshake in it (RFC 8446 §5.1)
///     'A' ... 'Z'          an HTTP/1.1 request line (RFC 9112 §3)
///     length, 0x00 0x01    a STUN Binding request in a frame (RFC 4571 §2): an ICE check over TCP
///     0x00 ... 0x3F        a STUN message with no frame, the magic cookie at 4: TURN (RFC 8656)
public enum StreamOpening: Hashable, Sendable {
  /// What has come may still become one of these.
  case undecided
  /// TLS.
  case tls
  /// HTTP/1.1.
  case http
  /// Frames, the first of which asks for this local user: where USERNAME lies in the bytes.
  case frames(username: Range<Int>)
  /// TURN, or a STUN server's customer.
  case turn
  /// Nothing that is spoken here.
  case unknown

  /// The most bytes it can take to tell.
  public static let longest = StreamFrame.headerLength + StreamFrame.longestPacket

  private static let methods: InlineArray<7, StaticString> = [
    "GET ", "POST ", "HEAD ", "PUT ", "PATCH ", "DELETE ", "OPTIONS ",
  ]

  /// Looks at what a client sent first.
  public init(_ bytes: RawSpan) {
    guard bytes.byteCount > 0 else {
      self = .undecided
      return
    }
    switch bytes.loadUInt8(at: 0) {
    case 0x16:
      guard bytes.byteCount >= 2 else {
        self = .undecided
        return
      }
      self = bytes.loadUInt8(at: 1) == 3 ? .tls : .unknown
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): self = Self.http(bytes)
    case 0x00...0x3F: self = Self.stun(bytes)
    default: self = .unknown
    }
  }

  private static func http(_ bytes: RawSpan) -> Self {
    var isPossible = false
    for index in methods.indices {
      let method = methods[index]
      let count = min(method.utf8CodeUnitCount, bytes.byteCount)
      var offset = 0
      while offset < count, unsafe bytes.loadUInt8(at: offset) == method.utf8Start[offset] {
        offset &+= 1
      }
      guard offset == count else { continue }
      if count == method.utf8CodeUnitCount { return .http }
      isPossible = true
    }
    return isPossible ? .undecided : .unknown
  }

  private static func stun(_ bytes: RawSpan) -> Self {
    guard bytes.byteCount >= 8 else { return .undecided }
    if bytes.loadUInt32(at: 4) == STUNMessage.magicCookie {
      return bytes.loadUInt16(at: 2) & 3 == 0 ? .turn : .unknown
    }
    // In a frame, the message's own length stands at 4: it is the frame's less the header.
    let length = Int(bytes.loadUInt16(at: 0))
    guard length >= STUNMessage.headerLength, length <= StreamFrame.longestPacket,
      bytes.loadUInt16(at: 2) == 1,
      Int(bytes.loadUInt16(at: 4)) == length &- STUNMessage.headerLength
    else { return .unknown }
    let end = StreamFrame.headerLength &+ length
    guard bytes.byteCount >= end else { return .undecided }
    guard
      let message = try? STUNMessage(
        parsing: bytes.extracting(StreamFrame.headerLength..<end)),
      let username = message.username
    else { return .unknown }
    return .frames(
      username: (username.lowerBound &+ StreamFrame.headerLength)..<(username.upperBound
        &+ StreamFrame.headerLength))
  }
}
