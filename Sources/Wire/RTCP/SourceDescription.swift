/// A source description, packet type 202 (RFC 3550 §6.5): chunks of an SSRC and its items.
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |V=2|P|    SC   |  PT=SDES=202  |             length            |
///     +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
///     |                          SSRC/CSRC_1                          |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |    CNAME=1    |     length    | user and domain name        ...
public struct SourceDescription: Hashable, Sendable, BitwiseCopyable {
  /// The item type of a canonical name.
  public static let canonicalName: UInt8 = 1

  /// One item of a chunk.
  public struct Item: Hashable, Sendable, BitwiseCopyable {
    /// The source described.
    public var ssrc: SSRC
    /// The item type: 1 is the canonical name.
    public var type: UInt8
    /// Offset of the text in the packet.
    public var offset: Int
    /// Bytes of text, 0 ... 255.
    public var length: Int

    /// Where the text lies in the packet.
    public var range: Range<Int> { offset..<(offset &+ length) }
  }

  /// How many chunks there are, 0 ... 31.
  public let chunkCount: Int
  private let end: Int

  /// Parses one packet of a compound and validates all of its chunks.
  public init(parsing packet: RawSpan) throws(ParseError) {
    let header = try RTCPHeader.content(
      of: packet, type: .sourceDescription, atLeast: RTCPHeader.length)
    chunkCount = Int(header.count)
    end = header.contentEnd
    try Self.walk(packet, chunkCount: chunkCount, end: end) { _ in }
  }

  /// Calls `body` with each item of each chunk.
  public func forEachItem(in packet: RawSpan, _ body: (Item) -> Void) {
    // Cannot fail for the packet that was parsed; for another, what is readable is read.
    try? Self.walk(
      packet, chunkCount: chunkCount, end: min(end, packet.byteCount), body)
  }

  /// The canonical name of `ssrc` in `packet`, if it is described. Allocates.
  public func canonicalName(of ssrc: SSRC, in packet: RawSpan) -> String? {
    var range: Range<Int>?
    forEachItem(in: packet) { item in
      if item.ssrc == ssrc, item.type == Self.canonicalName { range = item.range }
    }
    return range.map { packet.string($0) }
  }

  private static func walk(
    _ packet: RawSpan, chunkCount: Int, end: Int, _ body: (Item) -> Void
  ) throws(ParseError) {
    var offset = RTCPHeader.length
    for _ in 0..<chunkCount {
      guard offset &+ 4 <= end else { throw .truncated }
      let ssrc = SSRC(rawValue: packet.loadUInt32(at: offset))
      offset &+= 4
      while true {
        guard offset < end else { throw .truncated }
        let type = packet.loadUInt8(at: offset)
        if type == 0 {
          // The null that ends the list pads the chunk to a word boundary; it is at least one byte.
          offset = (offset &+ 4) & ~3
          break
        }
        guard offset &+ 2 <= end else { throw .truncated }
        let length = Int(packet.loadUInt8(at: offset &+ 1))
        guard offset &+ 2 &+ length <= end else { throw .inconsistentLength }
        body(Item(ssrc: ssrc, type: type, offset: offset &+ 2, length: length))
        offset &+= 2 &+ length
      }
    }
    guard offset <= end else { throw .truncated }
  }

  /// Writes a description of one source by its canonical name, at most 255 bytes of UTF-8, at `offset`
  /// and returns its length in bytes; nil where it does not fit.
  public static func write(
    ssrc: SSRC, canonicalName name: String, into bytes: inout MutableRawSpan, at offset: Int = 0
  ) -> Int? {
    let count = name.utf8.count
    guard count <= 255 else { return nil }
    // Header, SSRC, type, length, text, and at least one null.
    let used = 10 &+ count
    let length = (used &+ 4) & ~3
    guard bytes.hasRoom(for: length, at: offset) else { return nil }
    RTCPHeader.write(
      count: 1, type: .sourceDescription, length: length, into: &bytes, at: offset)
    bytes.storeUInt32(ssrc.rawValue, at: offset &+ 4)
    bytes.storeUInt8(canonicalName, at: offset &+ 8)
    bytes.storeUInt8(UInt8(truncatingIfNeeded: count), at: offset &+ 9)
    bytes.storeText(name, at: offset &+ 10)
    bytes.storeZeros(length &- used, at: offset &+ used)
    return length
  }
}
