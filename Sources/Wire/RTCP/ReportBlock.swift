/// What a receiver reports of one source (RFC 3550 §6.4.1).
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
///     |                 SSRC of the source reported on                |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     | fraction lost |       cumulative number of packets lost       |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |           extended highest sequence number received           |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                      interarrival jitter                      |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                         last SR (LSR)                         |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                   delay since last SR (DLSR)                  |
///     +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
public struct ReportBlock: Hashable, Sendable, BitwiseCopyable {
  /// Bytes of one block.
  public static let length = 24

  /// The source reported on.
  public var ssrc: SSRC
  /// Packets lost since the last report, in 1/256 of those expected.
  public var fractionLost: UInt8
  /// Packets lost since the beginning, -2^23 ... 2^23-1; duplicates can make it negative.
  public var cumulativeLost: Int32
  /// The low 32 bits of the highest extended sequence number received.
  public var highestSequence: UInt32
  /// Interarrival jitter in units of the stream's RTP clock.
  public var jitter: UInt32
  /// `NTPTime.middle32` of the last sender report received; 0 where there was none.
  public var lastSenderReport: UInt32
  /// Time since that report arrived, in 1/65536 s.
  public var delaySinceLastSenderReport: UInt32

  /// A block on `ssrc`.
  public init(
    ssrc: SSRC, fractionLost: UInt8 = 0, cumulativeLost: Int32 = 0, highestSequence: UInt32 = 0,
    jitter: UInt32 = 0, lastSenderReport: UInt32 = 0, delaySinceLastSenderReport: UInt32 = 0
  ) {
    self.ssrc = ssrc
    self.fractionLost = fractionLost
    self.cumulativeLost = cumulativeLost
    self.highestSequence = highestSequence
    self.jitter = jitter
    self.lastSenderReport = lastSenderReport
    self.delaySinceLastSenderReport = delaySinceLastSenderReport
  }

  /// Reads the block at `offset`, whose 24 bytes must lie within `bytes`.
  init(_ bytes: RawSpan, at offset: Int) {
    ssrc = SSRC(rawValue: bytes.loadUInt32(at: offset))
    fractionLost = bytes.loadUInt8(at: offset &+ 4)
    // Sign-extends 24 bits.
    cumulativeLost = Int32(bitPattern: bytes.loadUInt24(at: offset &+ 5) << 8) >> 8
    highestSequence = bytes.loadUInt32(at: offset &+ 8)
    jitter = bytes.loadUInt32(at: offset &+ 12)
    lastSenderReport = bytes.loadUInt32(at: offset &+ 16)
    delaySinceLastSenderReport = bytes.loadUInt32(at: offset &+ 20)
  }

  /// Writes the block at `offset`, where there must be room.
  func write(into bytes: inout MutableRawSpan, at offset: Int) {
    let lost = min(max(cumulativeLost, -0x80_0000), 0x7F_FFFF)
    bytes.storeUInt32(ssrc.rawValue, at: offset)
    bytes.storeUInt8(fractionLost, at: offset &+ 4)
    bytes.storeUInt24(UInt32(bitPattern: lost), at: offset &+ 5)
    bytes.storeUInt32(highestSequence, at: offset &+ 8)
    bytes.storeUInt32(jitter, at: offset &+ 12)
    bytes.storeUInt32(lastSenderReport, at: offset &+ 16)
    bytes.storeUInt32(delaySinceLastSenderReport, at: offset &+ 20)
  }
}

/// The report blocks of one report, at most 31, held in place.
public struct ReportBlocks: Sendable {
  /// The most blocks one report holds: its count field has five bits.
  public static let maximumCount = 31

  private var blocks: InlineArray<31, ReportBlock>
  /// How many there are.
  public private(set) var count: Int

  /// No blocks.
  public init() {
    blocks = InlineArray(repeating: ReportBlock(ssrc: SSRC(rawValue: 0)))
    count = 0
  }

  /// Whether there are none.
  public var isEmpty: Bool { count == 0 }

  /// Adds a block; false where there are 31 already.
  @discardableResult
  public mutating func append(_ block: ReportBlock) -> Bool {
    guard count < Self.maximumCount else { return false }
    blocks[count] = block
    count &+= 1
    return true
  }

  /// The block at `index`, which must be below `count`.
  public subscript(index: Int) -> ReportBlock {
    precondition(index >= 0 && index < count, "no such report block")
    return blocks[index]
  }

  /// The block on `ssrc`, if there is one.
  public func block(on ssrc: SSRC) -> ReportBlock? {
    for index in 0..<count where blocks[index].ssrc == ssrc { return blocks[index] }
    return nil
  }

  /// Bytes of all blocks.
  var length: Int { count &* ReportBlock.length }

  /// Reads `count` blocks from `offset` on; they must lie within `bytes`.
  init(_ bytes: RawSpan, at offset: Int, count: Int) {
    self.init()
    for index in 0..<count {
      append(ReportBlock(bytes, at: offset &+ index &* ReportBlock.length))
    }
  }

  /// Writes all blocks from `offset` on, where there must be room.
  func write(into bytes: inout MutableRawSpan, at offset: Int) {
    for index in 0..<count {
      blocks[index].write(into: &bytes, at: offset &+ index &* ReportBlock.length)
    }
  }
}

extension ReportBlocks: Equatable {
  /// Whether both hold the same blocks in the same order.
  public static func == (a: Self, b: Self) -> Bool {
    guard a.count == b.count else { return false }
    for index in 0..<a.count where a.blocks[index] != b.blocks[index] { return false }
    return true
  }
}
