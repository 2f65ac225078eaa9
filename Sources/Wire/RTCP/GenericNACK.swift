/// A generic NACK, transport feedback format 1 (RFC 4585 §6.2.1): packets that did not arrive.
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |V=2|P|  FMT=1  |     PT=205    |             length            |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                     SSRC of packet sender                     |
///     |                      SSRC of media source                     |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |            PID                |             BLP               |
///
/// PID is a lost packet; bit i of BLP (from the least significant) says PID + i + 1 is lost as well.
public struct GenericNACK: Hashable, Sendable, BitwiseCopyable {
  /// The feedback message type.
  public static let format: UInt8 = 1

  /// Who asks.
  public let senderSSRC: SSRC
  /// The stream that packets are missing of.
  public let mediaSSRC: SSRC
  /// How many pairs of PID and BLP there are, at least 1.
  public let entryCount: Int

  private static let fixedLength = 12

  /// Parses one packet of a compound.
  public init(parsing packet: RawSpan) throws(ParseError) {
    let header = try RTCPHeader.content(
      of: packet, type: .transportFeedback, format: Self.format, atLeast: Self.fixedLength &+ 4)
    senderSSRC = SSRC(rawValue: packet.loadUInt32(at: 4))
    mediaSSRC = SSRC(rawValue: packet.loadUInt32(at: 8))
    entryCount = (header.contentEnd &- Self.fixedLength) >> 2
  }

  /// Calls `body` with each lost sequence number, in the packet's order: at most 17 per entry.
  public func forEachLost(in packet: RawSpan, _ body: (SequenceNumber) -> Void) {
    for index in 0..<entryCount {
      let offset = Self.fixedLength &+ index &* 4
      guard offset &+ 4 <= packet.byteCount else { return }
      var number = SequenceNumber(rawValue: packet.loadUInt16(at: offset))
      var mask = packet.loadUInt16(at: offset &+ 2)
      body(number)
      while mask != 0 {
        number = number.next
        if mask & 1 != 0 { body(number) }
        mask >>= 1
      }
    }
  }

  /// Writes a NACK of `lost`, which must be in ascending order to be packed well, at `offset` and
  /// returns its length in bytes; nil where it does not fit or nothing is lost.
  public static func write(
    senderSSRC: SSRC, mediaSSRC: SSRC, lost: Span<SequenceNumber>, into bytes: inout MutableRawSpan,
    at offset: Int = 0
  ) -> Int? {
    guard lost.count > 0, bytes.hasRoom(for: fixedLength, at: offset) else { return nil }
    var end = offset &+ fixedLength
    var index = 0
    while index < lost.count {
      let first = lost[index]
      var mask: UInt16 = 0
      index &+= 1
      while index < lost.count {
        let distance = Int(first.distance(to: lost[index]))
        guard (0...16).contains(distance) else { break }
        if distance > 0 { mask |= 1 << UInt16(truncatingIfNeeded: distance &- 1) }
        index &+= 1
      }
      guard bytes.hasRoom(for: 4, at: end) else { return nil }
      bytes.storeUInt16(first.rawValue, at: end)
      bytes.storeUInt16(mask, at: end &+ 2)
      end &+= 4
    }
    RTCPHeader.write(
      count: format, type: .transportFeedback, length: end &- offset, into: &bytes, at: offset)
    bytes.storeUInt32(senderSSRC.rawValue, at: offset &+ 4)
    bytes.storeUInt32(mediaSSRC.rawValue, at: offset &+ 8)
    return end &- offset
  }
}
