/// A goodbye, packet type 203 (RFC 3550 §6.6): these sources have ended.
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |V=2|P|    SC   |   PT=BYE=203  |             length            |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                           SSRC/CSRC …                         |
///     +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
///     |     length    |               reason for leaving            ...
public struct Goodbye: Hashable, Sendable {
  /// How many sources leave, 0 ... 31.
  public let sourceCount: Int
  /// Where the reason's text lies in the packet, if one is given.
  public let reasonRange: Range<Int>?

  /// Parses one packet of a compound.
  public init(parsing packet: RawSpan) throws(ParseError) {
    let header = try RTCPHeader.content(of: packet, type: .goodbye, atLeast: RTCPHeader.length)
    sourceCount = Int(header.count)
    let end = RTCPHeader.length &+ sourceCount &* 4
    guard end <= header.contentEnd else { throw .inconsistentLength }
    guard end < header.contentEnd else {
      reasonRange = nil
      return
    }
    let length = Int(packet.loadUInt8(at: end))
    guard end &+ 1 &+ length <= header.contentEnd else { throw .inconsistentLength }
    reasonRange = (end &+ 1)..<(end &+ 1 &+ length)
  }

  /// The source at `index`, which must be below `sourceCount`.
  public func source(_ index: Int, in packet: RawSpan) -> SSRC {
    SSRC(rawValue: packet.loadUInt32(at: RTCPHeader.length &+ index &* 4))
  }

  /// Writes a goodbye of `sources`, at most 31, at `offset` and returns its length in bytes; nil where
  /// it does not fit.
  public static func write(
    sources: Span<SSRC>, into bytes: inout MutableRawSpan, at offset: Int = 0
  ) -> Int? {
    let length = RTCPHeader.length &+ sources.count &* 4
    guard sources.count <= 31, bytes.hasRoom(for: length, at: offset) else { return nil }
    RTCPHeader.write(
      count: UInt8(truncatingIfNeeded: sources.count), type: .goodbye, length: length, into: &bytes,
      at: offset)
    for index in 0..<sources.count {
      bytes.storeUInt32(sources[index].rawValue, at: offset &+ 4 &+ index &* 4)
    }
    return length
  }
}
