/// A sender report, packet type 200 (RFC 3550 §6.4.1).
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |V=2|P|    RC   |   PT=SR=200   |             length            |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                         SSRC of sender                        |
///     +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
///     |              NTP timestamp, most significant word             |
///     |              NTP timestamp, least significant word            |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                         RTP timestamp                         |
///     |                     sender's packet count                     |
///     |                      sender's octet count                     |
///     +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
///     |                         report blocks                         |
public struct SenderReport: Equatable, Sendable {
  /// The stream reported on by its sender.
  public var ssrc: SSRC
  /// Wallclock time of the report.
  public var ntpTime: NTPTime
  /// The same instant in the stream's clock.
  public var rtpTimestamp: RTPTimestamp
  /// Packets sent so far, modulo 2^32.
  public var packetCount: UInt32
  /// Payload bytes sent so far, modulo 2^32.
  public var octetCount: UInt32
  /// What the sender itself receives.
  public var blocks: ReportBlocks

  private static let fixedLength = 28

  /// A sender report.
  public init(
    ssrc: SSRC, ntpTime: NTPTime, rtpTimestamp: RTPTimestamp, packetCount: UInt32,
    octetCount: UInt32, blocks: ReportBlocks = ReportBlocks()
  ) {
    self.ssrc = ssrc
    self.ntpTime = ntpTime
    self.rtpTimestamp = rtpTimestamp
    self.packetCount = packetCount
    self.octetCount = octetCount
    self.blocks = blocks
  }

  /// Parses one packet of a compound. Profile-specific extensions after the blocks are skipped.
  public init(parsing packet: RawSpan) throws(ParseError) {
    let header = try RTCPHeader.content(of: packet, type: .senderReport, atLeast: Self.fixedLength)
    let count = Int(header.count)
    guard header.contentEnd >= Self.fixedLength &+ count &* ReportBlock.length else {
      throw .inconsistentLength
    }
    ssrc = SSRC(rawValue: packet.loadUInt32(at: 4))
    ntpTime = NTPTime(rawValue: packet.loadUInt64(at: 8))
    rtpTimestamp = RTPTimestamp(rawValue: packet.loadUInt32(at: 16))
    packetCount = packet.loadUInt32(at: 20)
    octetCount = packet.loadUInt32(at: 24)
    blocks = ReportBlocks(packet, at: Self.fixedLength, count: count)
  }

  /// Writes the report at `offset` and returns its length in bytes; nil where it does not fit.
  public func write(into bytes: inout MutableRawSpan, at offset: Int = 0) -> Int? {
    let length = Self.fixedLength &+ blocks.length
    guard bytes.hasRoom(for: length, at: offset) else { return nil }
    RTCPHeader.write(
      count: UInt8(truncatingIfNeeded: blocks.count), type: .senderReport, length: length,
      into: &bytes, at: offset)
    bytes.storeUInt32(ssrc.rawValue, at: offset &+ 4)
    bytes.storeUInt64(ntpTime.rawValue, at: offset &+ 8)
    bytes.storeUInt32(rtpTimestamp.rawValue, at: offset &+ 16)
    bytes.storeUInt32(packetCount, at: offset &+ 20)
    bytes.storeUInt32(octetCount, at: offset &+ 24)
    blocks.write(into: &bytes, at: offset &+ Self.fixedLength)
    return length
  }
}
