/// A receiver report, packet type 201 (RFC 3550 §6.4.2).
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |V=2|P|    RC   |   PT=RR=201   |             length            |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                     SSRC of packet sender                     |
///     +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
///     |                         report blocks                         |
public struct ReceiverReport: Equatable, Sendable {
  /// Who reports.
  public var ssrc: SSRC
  /// What it receives.
  public var blocks: ReportBlocks

  private static let fixedLength = 8

  /// A receiver report; without blocks it only opens a compound.
  public init(ssrc: SSRC, blocks: ReportBlocks = ReportBlocks()) {
    self.ssrc = ssrc
    self.blocks = blocks
  }

  /// Parses one packet of a compound. Profile-specific extensions after the blocks are skipped.
  public init(parsing packet: RawSpan) throws(ParseError) {
    let header = try RTCPHeader.content(
      of: packet, type: .receiverReport, atLeast: Self.fixedLength)
    let count = Int(header.count)
    guard header.contentEnd >= Self.fixedLength &+ count &* ReportBlock.length else {
      throw .inconsistentLength
    }
    ssrc = SSRC(rawValue: packet.loadUInt32(at: 4))
    blocks = ReportBlocks(packet, at: Self.fixedLength, count: count)
  }

  /// Writes the report at `offset` and returns its length in bytes; nil where it does not fit.
  public func write(into bytes: inout MutableRawSpan, at offset: Int = 0) -> Int? {
    let length = Self.fixedLength &+ blocks.length
    guard bytes.hasRoom(for: length, at: offset) else { return nil }
    RTCPHeader.write(
      count: UInt8(truncatingIfNeeded: blocks.count), type: .receiverReport, length: length,
      into: &bytes, at: offset)
    bytes.storeUInt32(ssrc.rawValue, at: offset &+ 4)
    blocks.write(into: &bytes, at: offset &+ Self.fixedLength)
    return length
  }
}
