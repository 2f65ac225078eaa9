import Wire

/// What arrived of one incoming stream: order, duplicates, loss and jitter (RFC 3550 appendix A).
///
/// Sequence numbers are extended to 64 bits starting in the second cycle, so that packets from
/// before the first one received still have a number of their own.
struct ReceptionWindow: BitwiseCopyable {
  /// How far behind the newest packet a late one is still recognised as new or as a duplicate.
  static let span: UInt64 = 1024
  /// RFC 3550 appendix A.1: a jump larger than this is a restart of the sender, once a second packet
  /// confirms it.
  private static let maximumDropout: Int64 = 3000

  /// What a packet is to the stream.
  enum Arrival: BitwiseCopyable, Equatable {
    /// Not seen before; its extended sequence number.
    case new(UInt64)
    /// Seen before.
    case duplicate
    /// Too old to tell, or the first packet of what may be a restart.
    case outside
    /// The sender started over; the extended number counts on from a fresh start.
    case restarted(UInt64)
  }

  private var seen = InlineArray<16, UInt64>(repeating: 0)
  private var base: UInt64 = 0
  private var suspect: UInt16?
  private var expectedAtReport: UInt64 = 0
  private var receivedAtReport: UInt64 = 0
  private var lastTransit: Int64?
  private var lostBeforeRestart: Int64 = 0
  /// The highest extended sequence number received.
  private(set) var highest: UInt64 = 0
  /// Whether anything was received.
  private(set) var hasStarted = false
  /// Packets of this run received, duplicates not counted.
  private(set) var received: UInt64 = 0
  /// Interarrival jitter in units of the RTP clock, times 16 (RFC 3550 appendix A.8).
  private(set) var scaledJitter: UInt64 = 0

  /// Takes note of a packet. A retransmission never makes the stream start over: it may be of a run
  /// that has ended.
  mutating func accept(_ sequence: UInt16, isRetransmission: Bool = false) -> Arrival {
    guard hasStarted else {
      guard !isRetransmission else { return .outside }
      restart(at: sequence)
      return .new(highest)
    }
    let distance = Int64(Int16(bitPattern: sequence &- UInt16(truncatingIfNeeded: highest)))
    let extended = UInt64(bitPattern: Int64(bitPattern: highest) &+ distance)
    if distance > 0 && distance <= Self.maximumDropout {
      suspect = nil
      clear(after: highest, through: extended)
      highest = extended
      mark(extended)
      return .new(extended)
    }
    if distance <= 0 && distance > -Int64(Self.span) {
      guard !isMarked(extended) else { return .duplicate }
      // A packet from before the first one widens what was expected.
      if extended < base { base = extended }
      mark(extended)
      return .new(extended)
    }
    guard !isRetransmission else { return .outside }
    // Far away: one stray packet must not move the stream, two in a row are a restart.
    if suspect == sequence {
      restart(at: sequence)
      return .restarted(highest)
    }
    suspect = sequence &+ 1
    return .outside
  }

  /// Whether the packet with this extended number arrived; only asked within `span`.
  func hasReceived(_ extended: UInt64) -> Bool {
    extended <= highest && highest &- extended < Self.span && isMarked(extended)
  }

  /// Updates the jitter from a packet's RTP timestamp and its arrival, both in the stream's clock.
  mutating func measureJitter(timestamp: UInt32, arrival: UInt32) {
    let transit = Int64(Int32(bitPattern: arrival &- timestamp))
    if let lastTransit {
      let difference = Int64(Int32(truncatingIfNeeded: transit &- lastTransit)).magnitude
      // A clock that jumps (a source that changed device) is no jitter: ten seconds at 90 kHz.
      if difference < 900_000 {
        scaledJitter = scaledJitter &+ difference &- ((scaledJitter &+ 8) >> 4)
      }
    }
    lastTransit = transit
  }

  /// Packets of this run that should have arrived but have not.
  var cumulativeLost: Int64 {
    guard hasStarted else { return 0 }
    return Int64(bitPattern: highest &- base &+ 1 &- received)
  }

  /// Packets of all runs that should have arrived but have not.
  var totalLost: Int64 { lostBeforeRestart &+ cumulativeLost }

  /// Starts over with the next packet (another SSRC), keeping the totals.
  mutating func reset() {
    lostBeforeRestart = totalLost
    hasStarted = false
  }

  /// The fraction lost since the last report, in 1/256 (RFC 3550 §6.4.1), and starts a new interval.
  mutating func takeFractionLost() -> UInt8 {
    guard hasStarted else { return 0 }
    let expected = highest &- base &+ 1
    let expectedNow = Int64(bitPattern: expected &- expectedAtReport)
    let receivedNow = Int64(bitPattern: received &- receivedAtReport)
    expectedAtReport = expected
    receivedAtReport = received
    let lost = expectedNow &- receivedNow
    guard expectedNow > 0, lost > 0 else { return 0 }
    return UInt8(truncatingIfNeeded: min(255, (lost << 8) / expectedNow))
  }

  private mutating func restart(at sequence: UInt16) {
    lostBeforeRestart = totalLost
    seen = InlineArray<16, UInt64>(repeating: 0)
    highest = 0x1_0000 | UInt64(sequence)
    base = highest
    received = 0
    expectedAtReport = 0
    receivedAtReport = 0
    lastTransit = nil
    suspect = nil
    hasStarted = true
    mark(highest)
  }

  private mutating func mark(_ extended: UInt64) {
    seen[Int((extended >> 6) & 15)] |= 1 << (extended & 63)
    received &+= 1
  }

  private func isMarked(_ extended: UInt64) -> Bool {
    seen[Int((extended >> 6) & 15)] & (1 << (extended & 63)) != 0
  }

  private mutating func clear(after old: UInt64, through new: UInt64) {
    if new &- old >= Self.span {
      seen = InlineArray<16, UInt64>(repeating: 0)
      return
    }
    var number = old &+ 1
    while number <= new {
      seen[Int((number >> 6) & 15)] &= ~(1 << (number & 63))
      number &+= 1
    }
  }
}
