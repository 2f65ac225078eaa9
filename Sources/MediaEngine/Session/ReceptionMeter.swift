import Wire

/// One stream's reception figures for reports: RFC 3550 §6.4.1, with the algorithms of its
/// appendices A.3 (loss) and A.8 (jitter).
struct ReceptionMeter {
  /// Packets received, duplicates too.
  private(set) var received: Int64 = 0
  /// Header and payload bytes received.
  private(set) var bytes: Int64 = 0
  private var first: Int64?
  private var highest: Int64 = 0
  private var expectedBefore: Int64 = 0
  private var receivedBefore: Int64 = 0
  private let clockRate: Int64
  private var transit: Int64?
  /// Sixteen times the jitter, in media clock units.
  private var jitter16: Int64 = 0

  init(clockRate: Int64) { self.clockRate = clockRate }

  /// Notes a packet with an extended sequence number and an RTP timestamp.
  mutating func note(
    _ sequence: Int64, timestamp: RTPTimestamp, length: Int, at now: MonotonicTime
  ) {
    received += 1
    bytes += Int64(length)
    guard let first else {
      first = sequence
      highest = sequence
      return
    }
    if sequence < first { self.first = sequence }
    // Only packets in order: a retransmission's transit says nothing about the path's jitter.
    guard sequence > highest else { return }
    highest = sequence
    let arrival = now.nanoseconds / 1000 &* clockRate / 1_000_000
    let difference = Int32(
      truncatingIfNeeded: arrival &- Int64(timestamp.rawValue) &- (transit ?? 0))
    if transit != nil {
      jitter16 += Int64(difference.magnitude) - (jitter16 + 8) >> 4
    }
    transit = arrival &- Int64(timestamp.rawValue)
  }

  /// Whether anything came.
  var hasReceived: Bool { first != nil }

  /// The highest sequence number with its cycles, as reports carry it.
  var extendedHighest: UInt32 { UInt32(truncatingIfNeeded: highest) }

  /// Packets that never came; late duplicates can make it negative.
  var lost: Int64 {
    guard let first else { return 0 }
    return highest - first + 1 - received
  }

  /// The interarrival jitter in media clock units.
  var jitter: UInt32 { UInt32(truncatingIfNeeded: jitter16 >> 4) }

  /// The interarrival jitter in milliseconds.
  var jitterMs: Double { Double(jitter16) / 16 * 1000 / Double(clockRate) }

  /// The share of packets lost since the last call, in 256ths.
  mutating func takeFractionLost() -> UInt8 {
    guard let first else { return 0 }
    let expected = highest - first + 1
    let due = expected - expectedBefore
    let lost = due - (received - receivedBefore)
    expectedBefore = expected
    receivedBefore = received
    guard due > 0, lost > 0 else { return 0 }
    return UInt8(clamping: lost * 256 / due)
  }
}
