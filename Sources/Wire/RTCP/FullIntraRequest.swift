/// A full intra request, payload-specific feedback format 4 (RFC 5104 §4.3.1): a keyframe is needed,
/// once per command sequence number.
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                              SSRC                             |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     | Seq nr.       |    Reserved                                   |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///
/// The streams asked of stand in the entries; the header's media source is 0.
public struct FullIntraRequest: Hashable, Sendable, BitwiseCopyable {
  /// The feedback message type.
  public static let format: UInt8 = 4

  /// One request.
  public struct Entry: Hashable, Sendable, BitwiseCopyable {
    /// The stream that needs a keyframe.
    public var ssrc: SSRC
    /// Counts the requests, modulo 256; a repetition of a request has the same number.
    public var commandSequence: UInt8

    /// A request to `ssrc`.
    public init(ssrc: SSRC, commandSequence: UInt8) {
      self.ssrc = ssrc
      self.commandSequence = commandSequence
    }
  }

  /// Who asks.
  public let senderSSRC: SSRC
  /// How many requests there are, at least 1.
  public let entryCount: Int

  private static let fixedLength = 12

  /// Parses one packet of a compound.
  public init(parsing packet: RawSpan) throws(ParseError) {
    let header = try RTCPHeader.content(
      of: packet, type: .payloadFeedback, format: Self.format, atLeast: Self.fixedLength &+ 8)
    let entries = header.contentEnd &- Self.fixedLength
    guard entries & 7 == 0 else { throw .inconsistentLength }
    senderSSRC = SSRC(rawValue: packet.loadUInt32(at: 4))
    entryCount = entries >> 3
  }

  /// The request at `index`, which must be below `entryCount`.
  public func entry(_ index: Int, in packet: RawSpan) -> Entry {
    let offset = Self.fixedLength &+ index &* 8
    return Entry(
      ssrc: SSRC(rawValue: packet.loadUInt32(at: offset)),
      commandSequence: packet.loadUInt8(at: offset &+ 4))
  }

  /// Writes one request at `offset` and returns its length in bytes; nil where it does not fit.
  public static func write(
    senderSSRC: SSRC, entry: Entry, into bytes: inout MutableRawSpan, at offset: Int = 0
  ) -> Int? {
    let length = fixedLength &+ 8
    guard bytes.hasRoom(for: length, at: offset) else { return nil }
    RTCPHeader.write(
      count: format, type: .payloadFeedback, length: length, into: &bytes, at: offset)
    bytes.storeUInt32(senderSSRC.rawValue, at: offset &+ 4)
    bytes.storeUInt32(0, at: offset &+ 8)
    bytes.storeUInt32(entry.ssrc.rawValue, at: offset &+ 12)
    bytes.storeUInt8(entry.commandSequence, at: offset &+ 16)
    bytes.storeUInt24(0, at: offset &+ 17)
    return length
  }
}
