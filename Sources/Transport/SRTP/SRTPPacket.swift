/// The few fields that SRTP needs of a packet, read where they lie.
///
/// The full RTP header is parsed after authentication; this is only what must be trusted before.
enum SRTPPacket {
  /// An RTP fixed header's length in bytes.
  static let fixedHeader = 12
  /// An RTCP header's and sender SSRC's length in bytes.
  static let rtcpHeader = 8

  /// The length of an RTP header with CSRCs and extension (RFC 3550 §5.1, §5.3.1), which is what AEAD
  /// authenticates without encrypting; nil where it does not fit into `length`.
  ///
  ///      0                   1                   2                   3
  ///     |V=2|P|X|  CC   |M|     PT      |       sequence number         |
  ///     |          defined by profile   |           length              |   (where X is set)
  static func headerLength(_ packet: UnsafeRawPointer, length: Int) -> Int? {
    guard length >= fixedHeader else { return nil }
    let first = packet.load(as: UInt8.self)
    guard first >> 6 == 2 else { return nil }
    var end = fixedHeader + 4 * Int(first & 0x0F)
    if first & 0x10 != 0 {
      guard end + 4 <= length else { return nil }
      end += 4 + 4 * Int(uint16(packet, at: end + 2))
    }
    return end <= length ? end : nil
  }

  /// The RTP sequence number.
  static func sequence(_ packet: UnsafeRawPointer) -> UInt16 { uint16(packet, at: 2) }

  /// The RTP SSRC.
  static func ssrc(_ packet: UnsafeRawPointer) -> UInt32 { uint32(packet, at: 8) }

  /// The SSRC of an RTCP packet's sender.
  static func rtcpSSRC(_ packet: UnsafeRawPointer) -> UInt32 { uint32(packet, at: 4) }

  /// A big-endian load. The caller has checked the length.
  static func uint16(_ packet: UnsafeRawPointer, at offset: Int) -> UInt16 {
    UInt16(bigEndian: packet.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  /// A big-endian load. The caller has checked the length.
  static func uint32(_ packet: UnsafeRawPointer, at offset: Int) -> UInt32 {
    UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}

/// What became of a packet handed to SRTP.
enum SRTPResult: BitwiseCopyable {
  /// Done; the packet now has this many bytes.
  case done(length: Int)
  /// It is no packet of this kind, or too short to carry a tag.
  case malformed
  /// Its tag does not verify.
  case unauthenticated
  /// Its index was used before, or lies too far back to know.
  case replayed
  /// One SSRC more than a path may have.
  case tooManyStreams
}
