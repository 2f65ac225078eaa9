/// Datagrams on a byte stream (RFC 4571 §2): each has its length before it.
///
///      0                   1
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
///     +-------------------------------+-----------
///     |            LENGTH             |  packet …
///     +-------------------------------+-----------
///
/// ICE over TCP carries STUN, DTLS and SRTP alike in such frames (RFC 6544 §3).
public enum StreamFrame {
  /// Bytes before each packet.
  public static let headerLength = 2
  /// The longest packet we take from a stream, in bytes: what `SecureTransport` takes as a datagram.
  public static let longestPacket = 2_048

  /// Writes the header of a packet of `length` bytes at `offset`; false where there is no room for
  /// header and packet, or where no peer of ours would take so long a packet.
  @inlinable
  public static func writeHeader(
    length: Int, into bytes: inout MutableRawSpan, at offset: Int = 0
  ) -> Bool {
    guard length >= 0, length <= longestPacket,
      bytes.hasRoom(for: headerLength + length, at: offset)
    else { return false }
    bytes.storeUInt16(UInt16(truncatingIfNeeded: length), at: offset)
    return true
  }
}

/// Why a byte stream can no longer be told apart into packets. There is nothing to do but close it.
public enum FramingError: Error, Hashable, Sendable, BitwiseCopyable {
  /// A frame is announced that is longer than `StreamFrame.longestPacket`: no peer of ours sends it,
  /// and waiting for it would hold its bytes.
  case tooLong
}
