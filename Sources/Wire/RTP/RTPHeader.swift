/// The header of an RTP packet (RFC 3550 §5.1) with its extension block located (§5.3.1).
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |V=2|P|X|  CC   |M|     PT      |       sequence number         |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                           timestamp                           |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |           synchronization source (SSRC) identifier            |
///     +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
///     |            contributing source (CSRC) identifiers             |
///     |                             ....                              |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///
/// Trivial and without a view of the packet: what needs the bytes takes them again as a span. The
/// lengths were proven against the span given to `init(parsing:)` only.
public struct RTPHeader: Hashable, Sendable, BitwiseCopyable {
  /// Bytes of a header without CSRCs and extension.
  public static let fixedLength = 12

  /// The marker bit: the last packet of a picture, the first of a talkspurt.
  public var marker: Bool
  /// The payload type.
  public var payloadType: PayloadType
  /// The sequence number.
  public var sequenceNumber: SequenceNumber
  /// The media timestamp.
  public var timestamp: RTPTimestamp
  /// The stream.
  public var ssrc: SSRC
  /// Contributing sources that follow the fixed header, 0 ... 15.
  public var csrcCount: Int
  /// "Defined by profile": 0xBEDE for one-byte elements, 0x100x for two-byte ones (RFC 8285); 0 where
  /// there is no extension block.
  public var extensionProfile: UInt16
  /// Offset of the extension block's elements, after its four bytes of profile and length.
  public var extensionOffset: Int
  /// Bytes of the elements with their padding; 0 where there is no extension block.
  public var extensionLength: Int
  /// Bytes of the whole header, extension block included: the offset of the payload.
  public var headerLength: Int
  /// Bytes of payload, padding not counted.
  public var payloadLength: Int
  /// Bytes of padding after the payload.
  public var paddingLength: Int

  /// Parses a whole, decrypted packet.
  @inlinable
  public init(parsing packet: RawSpan) throws(ParseError) {
    let count = packet.byteCount
    guard count >= Self.fixedLength else { throw .truncated }
    let first = packet.loadUInt8(at: 0)
    guard first >> 6 == 2 else { throw .notThisFormat }
    let second = packet.loadUInt8(at: 1)
    marker = second & 0x80 != 0
    payloadType = PayloadType(rawValue: second & 0x7F)
    sequenceNumber = SequenceNumber(rawValue: packet.loadUInt16(at: 2))
    timestamp = RTPTimestamp(rawValue: packet.loadUInt32(at: 4))
    ssrc = SSRC(rawValue: packet.loadUInt32(at: 8))
    csrcCount = Int(first & 0x0F)

    var offset = Self.fixedLength &+ csrcCount &* 4
    extensionProfile = 0
    extensionOffset = offset
    extensionLength = 0
    if first & 0x10 != 0 {
      guard count >= offset &+ 4 else { throw .truncated }
      extensionProfile = packet.loadUInt16(at: offset)
      extensionLength = Int(packet.loadUInt16(at: offset &+ 2)) &* 4
      extensionOffset = offset &+ 4
      offset = extensionOffset &+ extensionLength
    }
    guard offset <= count else { throw .truncated }
    headerLength = offset

    paddingLength = 0
    if first & 0x20 != 0 {
      // The last byte counts the padding, itself included: at least 1, at most all of the payload.
      guard count > offset else { throw .inconsistentLength }
      paddingLength = Int(packet.loadUInt8(at: count &- 1))
      guard paddingLength > 0, paddingLength <= count &- offset else { throw .inconsistentLength }
    }
    payloadLength = count &- offset &- paddingLength
  }

  /// Where the payload lies in the packet.
  @inlinable
  public var payloadRange: Range<Int> {
    unsafe Range(uncheckedBounds: (headerLength, headerLength &+ payloadLength))
  }

  /// Whether there is an extension block.
  @inlinable
  public var hasExtension: Bool { extensionOffset > Self.fixedLength &+ csrcCount &* 4 }

  /// The contributing source at `index`, which must be below `csrcCount`.
  @inlinable
  public func contributingSource(_ index: Int, in packet: RawSpan) -> SSRC {
    SSRC(rawValue: packet.loadUInt32(at: Self.fixedLength &+ index &* 4))
  }
}
