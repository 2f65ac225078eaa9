/// An extended report, packet type 207 (RFC 3611 §2), with the two blocks that let a receiver which
/// sends nothing measure its round trip: receiver reference time (§4.4) and DLRR (§4.5).
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |V=2|P|reserved |   PT=XR=207   |             length            |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                              SSRC                             |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |     BT=4      |   reserved    |       block length = 2        |
///     |              NTP timestamp, most significant word             |
///     |             NTP timestamp, least significant word             |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |     BT=5      |   reserved    |   block length = 3 × n        |
///     |  SSRC_1  |  last RR (LRR)  |  delay since last RR (DLRR)  …   |
///
/// Other blocks are skipped.
public struct ExtendedReport: Hashable, Sendable, BitwiseCopyable {
  /// One answer to a receiver's reference time.
  public struct ReferenceAnswer: Hashable, Sendable, BitwiseCopyable {
    /// The receiver answered.
    public var ssrc: SSRC
    /// `NTPTime.middle32` of its last reference time; 0 where there was none.
    public var lastReference: UInt32
    /// Time since that arrived, in 1/65536 s.
    public var delaySinceLastReference: UInt32

    /// An answer to `ssrc`.
    public init(ssrc: SSRC, lastReference: UInt32, delaySinceLastReference: UInt32) {
      self.ssrc = ssrc
      self.lastReference = lastReference
      self.delaySinceLastReference = delaySinceLastReference
    }
  }

  /// Who reports.
  public let ssrc: SSRC
  /// Its reference time, if it tells one.
  public private(set) var referenceTime: NTPTime?
  /// How many answers the DLRR block has, if there is one.
  public private(set) var answerCount: Int
  private var answersOffset: Int

  private static let fixedLength = 8
  private static let referenceTimeType: UInt8 = 4
  private static let answersType: UInt8 = 5

  /// Parses one packet of a compound and validates all of its blocks' lengths. Of several blocks of
  /// one type the first counts.
  public init(parsing packet: RawSpan) throws(ParseError) {
    let header = try RTCPHeader.content(
      of: packet, type: .extendedReport, atLeast: Self.fixedLength)
    ssrc = SSRC(rawValue: packet.loadUInt32(at: 4))
    answerCount = 0
    answersOffset = 0
    var offset = Self.fixedLength
    while offset < header.contentEnd {
      // Content is a whole number of words, so a block's header is there.
      let type = packet.loadUInt8(at: offset)
      let words = Int(packet.loadUInt16(at: offset &+ 2))
      guard offset &+ 4 &+ words &* 4 <= header.contentEnd else { throw .inconsistentLength }
      if type == Self.referenceTimeType {
        guard words == 2 else { throw .inconsistentLength }
        if referenceTime == nil {
          referenceTime = NTPTime(rawValue: packet.loadUInt64(at: offset &+ 4))
        }
      } else if type == Self.answersType {
        guard words % 3 == 0 else { throw .inconsistentLength }
        if answersOffset == 0 {
          answersOffset = offset &+ 4
          answerCount = words / 3
        }
      }
      offset &+= 4 &+ words &* 4
    }
  }

  /// The answer at `index`, which must be below `answerCount`.
  public func answer(_ index: Int, in packet: RawSpan) -> ReferenceAnswer {
    let offset = answersOffset &+ index &* 12
    return ReferenceAnswer(
      ssrc: SSRC(rawValue: packet.loadUInt32(at: offset)),
      lastReference: packet.loadUInt32(at: offset &+ 4),
      delaySinceLastReference: packet.loadUInt32(at: offset &+ 8))
  }

  /// Writes a report of the given blocks at `offset` and returns its length in bytes; nil where it does
  /// not fit.
  public static func write(
    ssrc: SSRC, referenceTime: NTPTime?, answers: Span<ReferenceAnswer>,
    into bytes: inout MutableRawSpan, at offset: Int = 0
  ) -> Int? {
    let referenceLength = referenceTime == nil ? 0 : 12
    let answersLength = answers.isEmpty ? 0 : 4 &+ answers.count &* 12
    let length = fixedLength &+ referenceLength &+ answersLength
    guard answers.count <= 1000, bytes.hasRoom(for: length, at: offset) else { return nil }
    RTCPHeader.write(count: 0, type: .extendedReport, length: length, into: &bytes, at: offset)
    bytes.storeUInt32(ssrc.rawValue, at: offset &+ 4)
    var next = offset &+ fixedLength
    if let referenceTime {
      bytes.storeUInt32(UInt32(referenceTimeType) << 24 | 2, at: next)
      bytes.storeUInt64(referenceTime.rawValue, at: next &+ 4)
      next &+= 12
    }
    if !answers.isEmpty {
      let words = UInt32(truncatingIfNeeded: answers.count &* 3)
      bytes.storeUInt32(UInt32(answersType) << 24 | words, at: next)
      next &+= 4
      for index in 0..<answers.count {
        let answer = answers[index]
        bytes.storeUInt32(answer.ssrc.rawValue, at: next)
        bytes.storeUInt32(answer.lastReference, at: next &+ 4)
        bytes.storeUInt32(answer.delaySinceLastReference, at: next &+ 8)
        next &+= 12
      }
    }
    return length
  }
}
