/// A payload of several encodings: the newest and copies of earlier ones (RED, RFC 2198 §3).
///
///      0                   1                    2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3  4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |F|   block PT  |  timestamp offset         |   block length    |  redundant, F = 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |F|   block PT  |                                                  primary, F = 0
///     +-+-+-+-+-+-+-+-+
///
/// Then the blocks' data in the same order; the primary's reach to the end.
public struct RedundantAudio: Hashable, Sendable, BitwiseCopyable {
  /// The most redundant blocks taken or written. Chromium sends one or two.
  public static let maximumRedundant = 9
  /// The largest timestamp offset: 14 bits.
  public static let maximumTimestampOffset = 0x3FFF
  /// The most bytes of a redundant block: 10 bits.
  public static let maximumBlockLength = 0x3FF

  /// One encoding.
  public struct Block: Hashable, Sendable, BitwiseCopyable {
    /// Its payload type.
    public var payloadType: PayloadType
    /// How many clock units it is older than the packet's timestamp; 0 for the primary.
    public var timestampOffset: Int
    /// Offset of its data in the payload.
    public var offset: Int
    /// Bytes of its data.
    public var length: Int

    /// A block.
    public init(payloadType: PayloadType, timestampOffset: Int, offset: Int, length: Int) {
      self.payloadType = payloadType
      self.timestampOffset = timestampOffset
      self.offset = offset
      self.length = length
    }

    /// Where its data lie in the payload.
    public var range: Range<Int> { offset..<(offset &+ length) }
  }

  /// How many redundant blocks there are, 0 ... `maximumRedundant`.
  public let redundantCount: Int
  /// The newest encoding.
  public let primary: Block
  private let dataOffset: Int

  /// Parses a payload and validates all of its blocks.
  public init(parsing payload: RawSpan) throws(ParseError) {
    var offset = 0
    var redundant = 0
    var dataLength = 0
    while true {
      guard offset < payload.byteCount else { throw .truncated }
      guard payload.loadUInt8(at: offset) & 0x80 != 0 else { break }
      guard offset &+ 4 <= payload.byteCount else { throw .truncated }
      guard redundant < Self.maximumRedundant else { throw .tooMany }
      dataLength &+= Int(payload.loadUInt16(at: offset &+ 2) & 0x3FF)
      redundant &+= 1
      offset &+= 4
    }
    redundantCount = redundant
    dataOffset = offset &+ 1
    let start = dataOffset &+ dataLength
    guard start <= payload.byteCount else { throw .inconsistentLength }
    primary = Block(
      payloadType: PayloadType(rawValue: payload.loadUInt8(at: offset)), timestampOffset: 0,
      offset: start, length: payload.byteCount &- start)
  }

  /// Calls `body` with each redundant block, the oldest first as they stand.
  public func forEachRedundant(in payload: RawSpan, _ body: (Block) -> Void) {
    var data = dataOffset
    for index in 0..<redundantCount {
      let header = index &* 4
      guard header &+ 4 <= payload.byteCount else { return }
      let word = payload.loadUInt32(at: header)
      let block = Block(
        payloadType: PayloadType(rawValue: UInt8(truncatingIfNeeded: word >> 24) & 0x7F),
        timestampOffset: Int(word >> 10 & 0x3FFF), offset: data, length: Int(word & 0x3FF))
      guard block.offset &+ block.length <= payload.byteCount else { return }
      body(block)
      data &+= block.length
    }
  }

  /// Bytes of a redundant block's header.
  public static let redundantHeaderLength = 4

  /// Writes the header of a redundant block at `offset`; false where the block is too long or too old
  /// to be one.
  public static func writeRedundantHeader(
    payloadType: PayloadType, timestampOffset: Int, length: Int, into payload: inout MutableRawSpan,
    at offset: Int
  ) -> Bool {
    guard (0...maximumTimestampOffset).contains(timestampOffset),
      (0...maximumBlockLength).contains(length),
      payload.hasRoom(for: redundantHeaderLength, at: offset)
    else { return false }
    let word =
      0x8000_0000 | UInt32(payloadType.rawValue & 0x7F) << 24 | UInt32(timestampOffset) << 10
      | UInt32(length)
    payload.storeUInt32(word, at: offset)
    return true
  }

  /// Writes a payload at `offset` and returns its length in bytes; nil where it does not fit, a
  /// redundant block is too long or too old, or there are too many.
  ///
  /// `redundant` are blocks of `source`, the oldest first; `primary` is one, too.
  public static func write(
    primary: Block, redundant: Span<Block>, of source: RawSpan, into payload: inout MutableRawSpan,
    at offset: Int = 0
  ) -> Int? {
    guard redundant.count <= maximumRedundant else { return nil }
    var dataLength = primary.length
    for index in 0..<redundant.count {
      let block = redundant[index]
      guard (0...maximumTimestampOffset).contains(block.timestampOffset),
        (0...maximumBlockLength).contains(block.length)
      else { return nil }
      dataLength &+= block.length
    }
    let headersLength = redundant.count &* 4 &+ 1
    guard payload.hasRoom(for: headersLength &+ dataLength, at: offset) else { return nil }
    var header = offset
    var data = offset &+ headersLength
    for index in 0..<redundant.count {
      let block = redundant[index]
      guard
        writeRedundantHeader(
          payloadType: block.payloadType, timestampOffset: block.timestampOffset,
          length: block.length, into: &payload, at: header)
      else { return nil }
      payload.storeBytes(source.extracting(block.range), at: data)
      header &+= 4
      data &+= block.length
    }
    payload.storeUInt8(primary.payloadType.rawValue & 0x7F, at: header)
    payload.storeBytes(source.extracting(primary.range), at: data)
    return headersLength &+ dataLength
  }
}
