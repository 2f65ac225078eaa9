/// Transport-wide feedback, transport feedback format 15
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1): when each packet arrived.
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |V=2|P|  FMT=15 |    PT=205     |           length              |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                     SSRC of packet sender                     |
///     |                      SSRC of media source                     |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |      base sequence number     |      packet status count      |
///     |                 reference time                | fb pkt. count |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |          packet chunk         |         packet chunk        …
///     |  recv delta   |  recv delta   |  zero padding               …
///
/// A chunk is a run (bit 15 clear: two bits of status, 13 of length) or a vector of 14 one-bit or 7
/// two-bit statuses. A status is "not received", "received, delta of one byte" or "received, delta of
/// two bytes"; deltas count 250 µs from the packet received before, the first from reference time.
public struct TransportWideFeedback: Hashable, Sendable, BitwiseCopyable {
  /// The feedback message type.
  public static let format: UInt8 = 15
  /// Unit of the deltas.
  public static let deltaUnit = TimeSpan.microseconds(250)
  /// Unit of the reference time.
  public static let referenceUnit = TimeSpan.milliseconds(64)

  /// One packet's fate.
  public struct Arrival: Hashable, Sendable, BitwiseCopyable {
    /// The packet's transport-wide sequence number.
    public var sequenceNumber: SequenceNumber
    /// When it arrived, since the reporter's clock was zero modulo 2^24 × 64 ms; nil where it did not.
    public var time: TimeSpan?

    /// An arrival.
    public init(sequenceNumber: SequenceNumber, time: TimeSpan?) {
      self.sequenceNumber = sequenceNumber
      self.time = time
    }
  }

  /// Who reports.
  public let senderSSRC: SSRC
  /// A stream of the transport reported on.
  public let mediaSSRC: SSRC
  /// The first packet reported on.
  public let baseSequenceNumber: SequenceNumber
  /// How many packets are reported on, 1 ... 65535.
  public let statusCount: Int
  /// The reference time in units of 64 ms, modulo 2^24.
  public let referenceTime: UInt32
  /// Counts the feedback packets, modulo 256.
  public let feedbackCount: UInt8
  private let deltasOffset: Int
  private let end: Int

  static let fixedLength = 20

  /// Parses one packet of a compound. Chunks and deltas must be all there: run lengths are added up
  /// against the status count, and the statuses against the bytes of deltas.
  public init(parsing packet: RawSpan) throws(ParseError) {
    let header = try RTCPHeader.content(
      of: packet, type: .transportFeedback, format: Self.format, atLeast: Self.fixedLength)
    senderSSRC = SSRC(rawValue: packet.loadUInt32(at: 4))
    mediaSSRC = SSRC(rawValue: packet.loadUInt32(at: 8))
    baseSequenceNumber = SequenceNumber(rawValue: packet.loadUInt16(at: 12))
    statusCount = Int(packet.loadUInt16(at: 14))
    referenceTime = packet.loadUInt24(at: 16)
    feedbackCount = packet.loadUInt8(at: 19)
    end = header.contentEnd
    guard statusCount > 0 else { throw .invalidField }

    var chunks = StatusChunks(offset: Self.fixedLength, remaining: statusCount)
    var deltaBytes = 0
    while chunks.remaining > 0 {
      guard chunks.offset &+ 2 <= end else { throw .inconsistentLength }
      let left = chunks.remaining
      let chunk = chunks.next(in: packet)
      if chunk.isRun {
        guard chunk.runLength > 0 else { throw .invalidField }
        guard chunk.runLength <= left else { throw .inconsistentLength }
      }
      // The statuses of a run are all alike: one look is enough.
      for index in 0..<(chunk.isRun ? 1 : chunk.count) {
        let status = chunk.status(index)
        guard status != StatusChunk.reserved else { throw .invalidField }
        deltaBytes &+= Int(status) &* (chunk.isRun ? chunk.runLength : 1)
      }
    }
    deltasOffset = chunks.offset
    guard deltasOffset &+ deltaBytes <= end else { throw .inconsistentLength }
  }

  /// Calls `body` with each packet reported on, in order of sequence numbers.
  public func forEach(in packet: RawSpan, _ body: (Arrival) -> Void) {
    guard end <= packet.byteCount else { return }
    var chunks = StatusChunks(offset: Self.fixedLength, remaining: statusCount)
    var number = baseSequenceNumber
    var time = Int64(referenceTime) &* Self.referenceUnit.nanoseconds
    var delta = deltasOffset
    while chunks.remaining > 0 {
      guard chunks.offset &+ 2 <= end else { return }
      let chunk = chunks.next(in: packet)
      for index in 0..<chunk.count {
        switch chunk.status(index) {
        case StatusChunk.smallDelta:
          guard delta < end else { return }
          time &+= Int64(packet.loadUInt8(at: delta)) &* Self.deltaUnit.nanoseconds
          delta &+= 1
          body(Arrival(sequenceNumber: number, time: TimeSpan(nanoseconds: time)))
        case StatusChunk.largeDelta:
          guard delta &+ 2 <= end else { return }
          let units = Int16(bitPattern: packet.loadUInt16(at: delta))
          time &+= Int64(units) &* Self.deltaUnit.nanoseconds
          delta &+= 2
          body(Arrival(sequenceNumber: number, time: TimeSpan(nanoseconds: time)))
        default:
          body(Arrival(sequenceNumber: number, time: nil))
        }
        number = number.next
      }
    }
  }
}

/// One packet status chunk: a run or a vector, as up to 8191 statuses.
struct StatusChunk: BitwiseCopyable {
  static let notReceived: UInt8 = 0
  static let smallDelta: UInt8 = 1
  static let largeDelta: UInt8 = 2
  static let reserved: UInt8 = 3

  let bits: UInt16
  /// How many of its statuses count: the last chunk may hold more than are left.
  let count: Int

  /// Whether this is a run: all statuses are alike.
  var isRun: Bool { bits & 0x8000 == 0 }

  /// The length of a run as it travels.
  var runLength: Int { Int(bits & 0x1FFF) }

  /// The status at `index`, which also is the number of bytes of its delta.
  func status(_ index: Int) -> UInt8 {
    if isRun { return UInt8(truncatingIfNeeded: bits >> 13) & 3 }
    if bits & 0x4000 == 0 {
      return UInt8(truncatingIfNeeded: bits >> UInt16(truncatingIfNeeded: 13 &- index)) & 1
    }
    return UInt8(truncatingIfNeeded: bits >> UInt16(truncatingIfNeeded: 12 &- 2 &* index)) & 3
  }
}

/// A reading of the chunks of one feedback packet.
struct StatusChunks: BitwiseCopyable {
  var offset: Int
  /// Statuses not read yet.
  var remaining: Int

  /// The next chunk; its two bytes must lie within `packet`.
  mutating func next(in packet: RawSpan) -> StatusChunk {
    let bits = packet.loadUInt16(at: offset)
    offset &+= 2
    let capacity =
      if bits & 0x8000 == 0 { Int(bits & 0x1FFF) } else { bits & 0x4000 == 0 ? 14 : 7 }
    let count = min(capacity, remaining)
    remaining &-= count
    return StatusChunk(bits: bits, count: count)
  }
}
