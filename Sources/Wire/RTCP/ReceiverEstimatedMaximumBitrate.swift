/// REMB, payload-specific feedback format 15 with the identifier "REMB"
/// (draft-alvestrand-rmcat-remb-03 §2.2): what a receiver thinks its path carries.
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |V=2|P| FMT=15  |   PT=206      |             length            |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                  SSRC of packet sender                        |
///     |                  SSRC of media source, 0                      |
///     |  'R' 'E' 'M' 'B'                                              |
///     |  Num SSRC     | BR Exp    |  BR Mantissa                      |
///     |   SSRC feedback …                                             |
public struct ReceiverEstimatedMaximumBitrate: Hashable, Sendable, BitwiseCopyable {
  /// The feedback message type: application-layer feedback (RFC 4585 §6.4).
  public static let format: UInt8 = 15

  /// Who reports.
  public let senderSSRC: SSRC
  /// The estimate in bits per second, for all the sources together.
  public let bitrate: UInt64
  /// How many sources it is about.
  public let sourceCount: Int

  private static let fixedLength = 20
  private static let identifier: UInt32 = 0x5245_4D42

  /// Whether a format 15 packet carries the identifier.
  static func isOne(_ packet: RawSpan) -> Bool {
    packet.byteCount >= fixedLength && packet.loadUInt32(at: 12) == identifier
  }

  /// Parses one packet of a compound. The number of sources must be what the length says: a count that
  /// promises more than there is was a remote crash elsewhere.
  public init(parsing packet: RawSpan) throws(ParseError) {
    let header = try RTCPHeader.content(
      of: packet, type: .payloadFeedback, format: Self.format, atLeast: Self.fixedLength)
    guard packet.loadUInt32(at: 12) == Self.identifier else { throw .notThisFormat }
    sourceCount = Int(packet.loadUInt8(at: 16))
    guard header.contentEnd == Self.fixedLength &+ sourceCount &* 4 else {
      throw .inconsistentLength
    }
    let packed = packet.loadUInt24(at: 17)
    let exponent = UInt64(packed >> 18)
    let mantissa = UInt64(packed & 0x3_FFFF)
    // 18 bits shifted by up to 63: refuse what 64 bits do not hold.
    let value = mantissa << exponent
    guard value >> exponent == mantissa else { throw .invalidField }
    bitrate = value
    senderSSRC = SSRC(rawValue: packet.loadUInt32(at: 4))
  }

  /// The source at `index`, which must be below `sourceCount`.
  public func source(_ index: Int, in packet: RawSpan) -> SSRC {
    SSRC(rawValue: packet.loadUInt32(at: Self.fixedLength &+ index &* 4))
  }

  /// Writes an estimate of `bitrate` bits per second for `sources`, at most 255, at `offset` and
  /// returns its length in bytes; nil where it does not fit. The bitrate is rounded down to the 18
  /// significant bits that travel.
  public static func write(
    senderSSRC: SSRC, bitrate: UInt64, sources: Span<SSRC>, into bytes: inout MutableRawSpan,
    at offset: Int = 0
  ) -> Int? {
    let length = fixedLength &+ sources.count &* 4
    guard sources.count <= 255, bytes.hasRoom(for: length, at: offset) else { return nil }
    let exponent = max(0, 64 - bitrate.leadingZeroBitCount - 18)
    let mantissa = UInt32(truncatingIfNeeded: bitrate >> UInt64(exponent))
    RTCPHeader.write(
      count: format, type: .payloadFeedback, length: length, into: &bytes, at: offset)
    bytes.storeUInt32(senderSSRC.rawValue, at: offset &+ 4)
    bytes.storeUInt32(0, at: offset &+ 8)
    bytes.storeUInt32(identifier, at: offset &+ 12)
    bytes.storeUInt8(UInt8(truncatingIfNeeded: sources.count), at: offset &+ 16)
    bytes.storeUInt24(UInt32(exponent) << 18 | mantissa, at: offset &+ 17)
    for index in 0..<sources.count {
      bytes.storeUInt32(sources[index].rawValue, at: offset &+ fixedLength &+ index &* 4)
    }
    return length
  }
}
