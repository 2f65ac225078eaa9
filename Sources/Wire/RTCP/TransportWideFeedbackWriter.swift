/// Writes transport-wide feedback from a table of arrival times; see `TransportWideFeedback` for the
/// format.
///
/// Runs of seven equal statuses or more become run chunks, everything else two-bit vectors: at most one
/// chunk more than the best packing, and no lookahead beyond seven packets.
extension TransportWideFeedback {
  /// What was written.
  public struct Written: Hashable, Sendable, BitwiseCopyable {
    /// Bytes of the packet.
    public var length: Int
    /// How many packets it reports on: the next report starts after them.
    public var statusCount: Int
  }

  /// Writes feedback at `offset` on at most `count` packets from `base` on, and says how far it got; nil
  /// where not even one received packet fits or none was received.
  ///
  /// `arrival` gives the time a packet arrived by its distance from `base`, nil where it did not. It
  /// is called several times for each. Times count from the caller's clock's zero.
  public static func write(
    senderSSRC: SSRC, mediaSSRC: SSRC, feedbackCount: UInt8, base: SequenceNumber, count: Int,
    into bytes: inout MutableRawSpan, at offset: Int = 0, arrival: (Int) -> MonotonicTime?
  ) -> Written? {
    guard bytes.hasRoom(for: fixedLength, at: offset), count > 0 else { return nil }
    guard let first = firstArrival(count, arrival) else { return nil }
    let reference = first.nanoseconds / referenceUnit.nanoseconds
    let plan = plan(
      count: min(count, 0xFFFF), start: reference &* referenceUnit.nanoseconds,
      space: (bytes.byteCount &- offset) & ~3, arrival)
    guard plan.covered > 0 else { return nil }

    RTCPHeader.write(
      count: format, type: .transportFeedback, length: plan.length, into: &bytes, at: offset)
    bytes.storeUInt32(senderSSRC.rawValue, at: offset &+ 4)
    bytes.storeUInt32(mediaSSRC.rawValue, at: offset &+ 8)
    bytes.storeUInt16(base.rawValue, at: offset &+ 12)
    bytes.storeUInt16(UInt16(truncatingIfNeeded: plan.covered), at: offset &+ 14)
    bytes.storeUInt24(UInt32(truncatingIfNeeded: reference) & 0xFF_FFFF, at: offset &+ 16)
    bytes.storeUInt8(feedbackCount, at: offset &+ 19)

    var statuses = StatusReader(time: reference &* referenceUnit.nanoseconds)
    var chunk = offset &+ fixedLength
    var delta = chunk &+ plan.chunks &* 2
    var pending = ChunkBuilder()
    for index in 0..<plan.covered {
      guard let (status, units) = statuses.next(arrival(index)) else { return nil }
      if status == StatusChunk.smallDelta {
        bytes.storeUInt8(UInt8(truncatingIfNeeded: units), at: delta)
      } else if status == StatusChunk.largeDelta {
        bytes.storeUInt16(UInt16(truncatingIfNeeded: units), at: delta)
      }
      delta &+= Int(status)
      if let bits = pending.add(status) {
        bytes.storeUInt16(bits, at: chunk)
        chunk &+= 2
      }
    }
    while let bits = pending.flush() {
      bytes.storeUInt16(bits, at: chunk)
      chunk &+= 2
    }
    bytes.storeZeros(offset &+ plan.length &- delta, at: delta)
    return Written(length: plan.length, statusCount: plan.covered)
  }

  private static func firstArrival(
    _ count: Int, _ arrival: (Int) -> MonotonicTime?
  ) -> MonotonicTime? {
    for index in 0..<count {
      if let time = arrival(index) { return time }
    }
    return nil
  }

  /// How much fits: packets covered, chunks and the packet's length in bytes.
  private struct Plan: BitwiseCopyable {
    var covered = 0
    var chunks = 0
    var length = 0
  }

  private static func plan(
    count: Int, start: Int64, space: Int, _ arrival: (Int) -> MonotonicTime?
  ) -> Plan {
    var statuses = StatusReader(time: start)
    var pending = ChunkBuilder()
    var chunks = 0
    var deltas = 0
    var best = Plan()
    for index in 0..<count {
      // A gap of more than 8 s between arrivals does not fit a delta: the report ends before it.
      guard let (status, _) = statuses.next(arrival(index)) else { break }
      if pending.add(status) != nil { chunks &+= 1 }
      deltas &+= Int(status)
      let total = chunks &+ pending.chunksIfFlushed
      let length = (fixedLength &+ total &* 2 &+ deltas &+ 3) & ~3
      guard length <= space else { break }
      best = Plan(covered: index &+ 1, chunks: total, length: length)
    }
    return best
  }
}

/// Turns arrival times into statuses and deltas.
private struct StatusReader: BitwiseCopyable {
  /// The time of the packet received before, as the peer will add it up: rounding does not accumulate.
  var time: Int64

  /// The status of a packet and its delta; nil where the delta does not fit 16 bits.
  mutating func next(_ arrival: MonotonicTime?) -> (status: UInt8, units: Int64)? {
    guard let arrival else { return (StatusChunk.notReceived, 0) }
    let unit = TransportWideFeedback.deltaUnit.nanoseconds
    let units = (arrival.nanoseconds &- time) / unit
    guard (-0x8000...0x7FFF).contains(units) else { return nil }
    time &+= units &* unit
    return (units >= 0 && units <= 0xFF ? StatusChunk.smallDelta : StatusChunk.largeDelta, units)
  }
}

/// Packs statuses into chunks.
private struct ChunkBuilder: BitwiseCopyable {
  /// Statuses of the vector being filled, two bits each, the first one uppermost.
  private var vector: UInt16 = 0
  /// How many statuses are held: up to 7, or more while they are all equal.
  private var count = 0
  private var isRun = true
  private var last: UInt8 = 0

  /// Takes a status; returns a chunk where one is complete.
  mutating func add(_ status: UInt8) -> UInt16? {
    if count >= 7 {
      // Only a run holds seven or more.
      if status == last && count < 0x1FFF {
        count &+= 1
        return nil
      }
      let chunk = run
      begin(status)
      return chunk
    }
    if count == 0 {
      begin(status)
      return nil
    }
    isRun = isRun && status == last
    vector |= UInt16(status) << UInt16(truncatingIfNeeded: 12 &- 2 &* count)
    count &+= 1
    guard count == 7, !isRun else { return nil }
    let chunk = 0xC000 | vector
    count = 0
    return chunk
  }

  /// The last chunk, if anything is held.
  mutating func flush() -> UInt16? {
    guard count > 0 else { return nil }
    let chunk = isRun ? run : 0xC000 | vector
    count = 0
    return chunk
  }

  /// How many chunks `flush` would give.
  var chunksIfFlushed: Int { count > 0 ? 1 : 0 }

  private var run: UInt16 { UInt16(last) << 13 | UInt16(truncatingIfNeeded: count) }

  private mutating func begin(_ status: UInt8) {
    vector = UInt16(status) << 12
    count = 1
    isRun = true
    last = status
  }
}
