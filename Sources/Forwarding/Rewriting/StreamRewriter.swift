import Wire

/// Makes one continuous outgoing stream of the sources that take turns in a slot.
///
/// While a source lasts, sequence numbers, timestamps, picture ids and TL0PICIDX are moved by
/// constants, so gaps and disorder reach the receiver as they are and a retransmission request can
/// be mapped back. At a switch the constants change so that the stream goes on where it was:
///
///     source A:  4711 4712 4713
///     source B:                  88 89  91        (90 lost)
///     outgoing:   900  901  902 903 904 906
///
/// Packets from before the switch are not mapped: their numbers belong to the earlier source. Packets
/// may also be left out of a source, and those after them move up (`LeftOut`). No outgoing number is
/// ever given twice, which SRTP's nonces depend on.
struct StreamRewriter: BitwiseCopyable {
  /// Which run of which incoming stream: unique in the room, never reused. 0 means none.
  typealias SourceRun = UInt32

  /// An incoming packet's numbers.
  struct Numbers: BitwiseCopyable, Equatable {
    /// The extended sequence number.
    var sequence: UInt64
    /// The RTP timestamp.
    var timestamp: UInt32
    /// The VP8 picture id, where there is one.
    var pictureID: UInt16 = 0
    /// The VP8 TL0PICIDX, where there is one.
    var temporalBase: UInt8 = 0
  }

  /// How far behind the newest outgoing packet a late one is still sent: SRTP senders keep a window
  /// of what they sealed, and receivers have long moved on.
  static let lateLimit: UInt64 = 1000

  private let clockRate: Int64
  private var leftOut = LeftOut()
  private var timestampDelta: UInt32 = 0
  private var temporalDelta: UInt8 = 0
  private var newestOfSource: UInt64 = 0
  private var newest: Numbers
  private var newestAt: MonotonicTime?
  /// The run being forwarded.
  private(set) var source: SourceRun = 0

  /// A rewriter whose first packet gets the numbers in `first`; its sequence number must be below
  /// 2^15, so that a receiver that misses the first packets cannot guess the rollover counter wrong
  /// (RFC 3711 §3.3.1).
  init(clockRate: Int, first: Numbers) {
    assert(first.sequence < 0x8000)
    self.clockRate = Int64(clockRate)
    newest = first
    // The first packet is "the next after" the newest.
    newest.sequence = first.sequence &+ Self.cycle &- 1
    newest.pictureID = first.pictureID &- 1
    newest.temporalBase = first.temporalBase &- 1
  }

  /// Notes where what a packet in order needs of it lies.
  mutating func note(in places: inout MemoryPlaces) {
    leftOut.note(in: &places)
    places.add(&timestampDelta)
    places.add(&newest)
    places.add(&source)
  }

  /// Outgoing numbers start in the second cycle, so that none is ever below zero.
  private static let cycle: UInt64 = 0x1_0000

  /// The highest outgoing sequence number given, extended; meaningful once something was sent.
  var highestSequence: UInt64 { newest.sequence }

  /// The newest outgoing timestamp given.
  var newestTimestamp: UInt32 { newest.timestamp }

  /// The highest outgoing picture id given.
  var newestPictureID: UInt16 { newest.pictureID }

  /// What a source's timestamps are moved by.
  var timestampOffset: UInt32 { timestampDelta }

  /// Whether packets of this run are being forwarded.
  func isForwarding(_ run: SourceRun) -> Bool { source == run && run != 0 }

  /// Takes a new source from its packet `first` on.
  ///
  /// `aligned` is the packet's timestamp in the present source's clock, where the two are layers of
  /// one picture and that is known: better than the time of arrival, which varies with the path.
  mutating func begin(
    _ run: SourceRun, at first: Numbers, aligned: UInt32? = nil, now: MonotonicTime
  ) {
    source = run
    newestOfSource = first.sequence &- 1
    leftOut.begin(
      at: first.sequence, sequenceDelta: newest.sequence &+ 1 &- first.sequence,
      pictureDelta: newest.pictureID &+ 1 &- first.pictureID)
    temporalDelta = newest.temporalBase &+ 1 &- first.temporalBase
    var timestamp = newest.timestamp
    if let newestAt {
      // The stream's clock ran on while nothing was sent; at least one tick makes a new frame.
      var elapsed = max(0, (now - newestAt).nanoseconds / 1000) &* clockRate / 1_000_000
      if let aligned {
        let exact = Int64(Int32(bitPattern: aligned &+ timestampDelta &- newest.timestamp))
        // A second off is no clock to trust.
        if (exact &- elapsed).magnitude < UInt64(clockRate) { elapsed = exact }
      }
      timestamp = timestamp &+ UInt32(truncatingIfNeeded: max(1, elapsed))
    }
    timestampDelta = timestamp &- first.timestamp
  }

  /// Whether a packet of the present source is newer than all before it, sent or left out.
  func isNewest(_ packet: Numbers) -> Bool { packet.sequence > newestOfSource }

  /// Leaves out a packet of the present source that is newer than all before it.
  mutating func leaveOut(_ packet: Numbers) {
    guard packet.sequence > newestOfSource else { return }
    newestOfSource = packet.sequence
    leftOut.leaveOut(packet.sequence, timestamp: packet.timestamp)
  }

  /// Leaves the present source; the next one goes on from the newest packet.
  mutating func end() { source = 0 }

  /// The outgoing numbers of a packet of the present source, or nil where it is from before the
  /// switch, of a picture left out or too late to send.
  mutating func map(_ packet: Numbers, now: MonotonicTime) -> Numbers? {
    guard let mapped = mapped(packet) else { return nil }
    if packet.sequence > newestOfSource {
      newestOfSource = packet.sequence
      leftOut.keep()
    }
    if mapped.sequence > newest.sequence {
      if Int32(bitPattern: mapped.timestamp &- newest.timestamp) > 0 || newestAt == nil {
        newest.timestamp = mapped.timestamp
        newestAt = now
      }
      newest.sequence = mapped.sequence
    } else if newest.sequence &- mapped.sequence > Self.lateLimit {
      return nil
    }
    if Int16(bitPattern: (mapped.pictureID &- newest.pictureID) << 1) > 0 {
      newest.pictureID = mapped.pictureID
    }
    if Int8(bitPattern: mapped.temporalBase &- newest.temporalBase) > 0 {
      newest.temporalBase = mapped.temporalBase
    }
    return mapped
  }

  /// The outgoing numbers of a packet of the present source that was sent before. Inlined and mutating,
  /// or the whole rewriter would be copied for the call.
  @inline(__always)
  mutating func mapped(_ packet: Numbers) -> Numbers? {
    guard let run = leftOut.run(of: packet.sequence) else { return nil }
    return Numbers(
      sequence: packet.sequence &+ run.sequenceDelta, timestamp: packet.timestamp &+ timestampDelta,
      pictureID: packet.pictureID &+ run.pictureDelta,
      temporalBase: packet.temporalBase &+ temporalDelta)
  }

  /// The source's extended sequence number behind an outgoing 16-bit one, or nil where that was
  /// never sent or belongs to an earlier source.
  func sourceSequence(of outgoing: UInt16) -> UInt64? {
    let distance = UInt64(UInt16(truncatingIfNeeded: newest.sequence) &- outgoing)
    guard source != 0, distance < 0x8000 else { return nil }
    let extended = newest.sequence &- distance
    return leftOut.run(ofOutgoing: extended).map { extended &- $0.sequenceDelta }
  }
}
