/// What a datagram on a multiplexed port is, told by its first bytes (RFC 7983 §7, RFC 5761 §4).
///
///     0 ... 3     STUN
///     16 ... 19   ZRTP
///     20 ... 63   DTLS
///     64 ... 79   TURN channel data
///     128 ... 191 RTP or RTCP; RTCP where the second byte is 192 ... 223
public enum DatagramKind: UInt8, Sendable, BitwiseCopyable {
  /// STUN (RFC 8489).
  case stun
  /// ZRTP (RFC 6189), which this project does not speak.
  case zrtp
  /// DTLS (RFC 9147, RFC 6347).
  case dtls
  /// TURN channel data (RFC 8656).
  case turnChannel
  /// RTP or RTCP (RFC 3550), secured or not.
  case media
  /// None of these.
  case unknown

  /// The kind of a datagram that starts with `firstByte`.
  @inlinable
  public static func classify(firstByte: UInt8) -> Self {
    switch firstByte {
    case 128...191: .media
    case 20...63: .dtls
    case 0...3: .stun
    case 64...79: .turnChannel
    case 16...19: .zrtp
    default: .unknown
    }
  }

  /// The kind of `datagram`; an empty one is unknown.
  @inlinable
  public static func classify(_ datagram: RawSpan) -> Self {
    datagram.byteCount > 0 ? classify(firstByte: datagram.loadUInt8(at: 0)) : .unknown
  }

  /// Whether a datagram of kind `media` is RTCP: its packet type is in 192 ... 223 (RFC 5761 §4).
  @inlinable
  public static func isRTCP(_ datagram: RawSpan) -> Bool {
    datagram.byteCount >= 2 && datagram.loadUInt8(at: 1) & 0xE0 == 0xC0
  }
}
