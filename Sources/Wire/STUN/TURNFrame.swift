/// What comes next on a TURN connection over a stream, told by its first four bytes: a STUN message,
/// or channel data (RFC 8656 §12.4, §12.5).
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |         Channel Number        |            Length             |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                       Application Data, padded to 4 bytes on a stream
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
public enum TURNFrame: Hashable, Sendable, BitwiseCopyable {
  /// A STUN message of so many bytes.
  case message(length: Int)
  /// Data on a channel: so many bytes after the header of four, and so many in all with padding.
  case channelData(TURNChannel, count: Int, length: Int)

  /// Bytes before a channel's data.
  public static let channelHeaderLength = 4
  /// The longest frame taken, in bytes: a datagram of 2048 in a Send indication with every attribute.
  public static let longest = 2_048 + 512

  /// Bytes of the whole frame on the stream.
  public var length: Int {
    switch self {
    case .message(let length), .channelData(_, _, let length): length
    }
  }

  /// Reads the first bytes of a frame; nil where four have not come. The frame itself may not have
  /// come whole. An error cannot be recovered from: nothing says where the next frame begins.
  public init?(startOf bytes: RawSpan) throws(ParseError) {
    guard bytes.byteCount >= 4 else { return nil }
    let first = bytes.loadUInt16(at: 0)
    let count = Int(bytes.loadUInt16(at: 2))
    if let channel = TURNChannel(rawValue: first) {
      let length = Self.channelHeaderLength &+ ((count &+ 3) & ~3)
      guard length <= Self.longest else { throw .tooMany }
      self = .channelData(channel, count: count, length: length)
    } else {
      guard first < 0x4000, count & 3 == 0 else { throw .notThisFormat }
      let length = STUNMessage.headerLength &+ count
      guard length <= Self.longest else { throw .tooMany }
      self = .message(length: length)
    }
  }

  /// Writes `data` as channel data, padded as streams want it; returns the frame's length, nil where
  /// there is no room for it.
  public static func write(
    _ data: RawSpan, on channel: TURNChannel, into bytes: inout MutableRawSpan, at offset: Int = 0
  ) -> Int? {
    let padded = (data.byteCount &+ 3) & ~3
    let length = channelHeaderLength &+ padded
    guard data.byteCount <= 0xFFFF, bytes.hasRoom(for: length, at: offset) else { return nil }
    bytes.storeUInt16(channel.rawValue, at: offset)
    bytes.storeUInt16(UInt16(truncatingIfNeeded: data.byteCount), at: offset &+ 2)
    bytes.storeBytes(data, at: offset &+ channelHeaderLength)
    bytes.storeZeros(
      padded &- data.byteCount, at: offset &+ channelHeaderLength &+ data.byteCount)
    return length
  }
}
