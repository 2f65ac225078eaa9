/// The kind of an RTCP packet (RFC 3550 §12.1, RFC 4585 §6.1, RFC 3611 §2).
public struct RTCPPacketType: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  /// The number that travels.
  public var rawValue: UInt8

  /// The packet type with this number.
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Sender report.
  public static let senderReport = RTCPPacketType(rawValue: 200)
  /// Receiver report.
  public static let receiverReport = RTCPPacketType(rawValue: 201)
  /// Source description.
  public static let sourceDescription = RTCPPacketType(rawValue: 202)
  /// Goodbye.
  public static let goodbye = RTCPPacketType(rawValue: 203)
  /// Application-defined.
  public static let application = RTCPPacketType(rawValue: 204)
  /// Transport-layer feedback: generic NACK, transport-wide feedback.
  public static let transportFeedback = RTCPPacketType(rawValue: 205)
  /// Payload-specific feedback: PLI, FIR, REMB.
  public static let payloadFeedback = RTCPPacketType(rawValue: 206)
  /// Extended report.
  public static let extendedReport = RTCPPacketType(rawValue: 207)
}

/// The four bytes that every RTCP packet starts with (RFC 3550 §6.4.1).
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |V=2|P|  count  |  packet type  |  length in words, minus one   |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
public struct RTCPHeader: Hashable, Sendable, BitwiseCopyable {
  /// Bytes of the header.
  public static let length = 4

  /// Report blocks, sources or the feedback message type, by packet type; 0 ... 31.
  public var count: UInt8
  /// The packet type.
  public var packetType: RTCPPacketType
  /// Bytes of the whole packet, header and padding included.
  public var packetLength: Int
  /// Bytes of padding at the packet's end.
  public var paddingLength: Int

  /// Parses the packet that `bytes` starts with; more packets may follow it.
  public init(parsing bytes: RawSpan) throws(ParseError) {
    guard bytes.byteCount >= Self.length else { throw .truncated }
    let first = bytes.loadUInt8(at: 0)
    guard first >> 6 == 2 else { throw .notThisFormat }
    count = first & 0x1F
    packetType = RTCPPacketType(rawValue: bytes.loadUInt8(at: 1))
    packetLength = (Int(bytes.loadUInt16(at: 2)) &+ 1) &* 4
    guard packetLength <= bytes.byteCount else { throw .truncated }
    paddingLength = 0
    if first & 0x20 != 0 {
      paddingLength = Int(bytes.loadUInt8(at: packetLength &- 1))
      // RFC 3550 wants whole words of it; browsers fill up transport-wide feedback with 1 to 3 bytes.
      guard paddingLength > 0, paddingLength <= packetLength &- Self.length
      else { throw .inconsistentLength }
    }
  }

  /// Bytes of header and content, padding not counted.
  public var contentEnd: Int { packetLength &- paddingLength }

  /// Parses a packet of the given type and, for feedback, format, and returns the end of its content.
  static func content(
    of packet: RawSpan, type: RTCPPacketType, format: UInt8? = nil, atLeast minimum: Int
  ) throws(ParseError) -> RTCPHeader {
    let header = try RTCPHeader(parsing: packet)
    guard header.packetType == type else { throw .notThisFormat }
    if let format, header.count != format { throw .notThisFormat }
    guard header.contentEnd >= minimum else { throw .truncated }
    return header
  }

  /// Writes the header of a packet of `length` bytes (a multiple of 4) without padding.
  static func write(
    count: UInt8, type: RTCPPacketType, length: Int, into bytes: inout MutableRawSpan,
    at offset: Int
  ) {
    bytes.storeUInt8(0x80 | (count & 0x1F), at: offset)
    bytes.storeUInt8(type.rawValue, at: offset &+ 1)
    bytes.storeUInt16(UInt16(truncatingIfNeeded: length >> 2 &- 1), at: offset &+ 2)
  }
}
