/// A picture loss indication, payload-specific feedback format 1 (RFC 4585 §6.3.1): a keyframe is
/// needed. It has no parameters besides the two sources.
public struct PictureLossIndication: Hashable, Sendable, BitwiseCopyable {
  /// The feedback message type.
  public static let format: UInt8 = 1

  /// Who asks.
  public var senderSSRC: SSRC
  /// The stream that needs a keyframe.
  public var mediaSSRC: SSRC

  private static let length = 12

  /// A picture loss indication.
  public init(senderSSRC: SSRC, mediaSSRC: SSRC) {
    self.senderSSRC = senderSSRC
    self.mediaSSRC = mediaSSRC
  }

  /// Parses one packet of a compound.
  public init(parsing packet: RawSpan) throws(ParseError) {
    let header = try RTCPHeader.content(
      of: packet, type: .payloadFeedback, format: Self.format, atLeast: Self.length)
    guard header.contentEnd == Self.length else { throw .inconsistentLength }
    senderSSRC = SSRC(rawValue: packet.loadUInt32(at: 4))
    mediaSSRC = SSRC(rawValue: packet.loadUInt32(at: 8))
  }

  /// Writes the packet at `offset` and returns its length in bytes; nil where it does not fit.
  public func write(into bytes: inout MutableRawSpan, at offset: Int = 0) -> Int? {
    guard bytes.hasRoom(for: Self.length, at: offset) else { return nil }
    RTCPHeader.write(
      count: Self.format, type: .payloadFeedback, length: Self.length, into: &bytes, at: offset)
    bytes.storeUInt32(senderSSRC.rawValue, at: offset &+ 4)
    bytes.storeUInt32(mediaSSRC.rawValue, at: offset &+ 8)
    return Self.length
  }
}
