/// The start of a VP8 frame (RFC 6386 §9.1): a frame tag of three bytes and, in a keyframe, the start
/// code and the size.
///
///      0                   1                   2
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3      (bits from the least significant)
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |P| version |H|     size of the first partition   |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
public struct VP8FrameHeader: Hashable, Sendable, BitwiseCopyable {
  /// Whether the frame can be decoded by itself.
  public let isKeyframe: Bool
  /// Width in pixels; 0 where the frame is no keyframe.
  public let width: Int
  /// Height in pixels; 0 where the frame is no keyframe.
  public let height: Int

  /// Parses the first bytes of a frame: the payload of a packet that starts a picture, after the
  /// payload descriptor.
  @inlinable
  public init(parsing frame: RawSpan) throws(ParseError) {
    guard frame.byteCount >= 1 else { throw .truncated }
    isKeyframe = frame.loadUInt8(at: 0) & 1 == 0
    guard isKeyframe else {
      width = 0
      height = 0
      return
    }
    guard frame.byteCount >= 10 else { throw .truncated }
    guard frame.loadUInt24(at: 3) == 0x9D_012A else { throw .notThisFormat }
    // Little-endian; the upper two bits scale the display.
    width = Int(frame.loadUInt16(at: 6).byteSwapped & 0x3FFF)
    height = Int(frame.loadUInt16(at: 8).byteSwapped & 0x3FFF)
  }
}

extension VP8PayloadDescriptor {
  /// Whether an RTP payload, of which this is the descriptor, begins a keyframe. Looks at one bit only
  /// (RFC 7741 §4.3): forwarding must not depend on the rest of the payload.
  @inlinable
  public func startsKeyframe(in payload: RawSpan) -> Bool {
    startsPicture && length < payload.byteCount && payload.loadUInt8(at: length) & 1 == 0
  }
}
