import Wire

/// What came out of the path, and what had gone in for it.
struct Throughput {
  /// Feedback that was lost is filled in by so many even parts.
  private static let parts: Int64 = 8
  /// More than this times what was seen to arrive is not filled in: where reports are lost because a queue
  /// is full, much of what went into it was lost as well.
  private static let most = 1.5

  /// By the reporter's clock.
  private var arrived = RateMeter()
  /// The same packets, by when they were sent.
  private var offered = RateMeter()
  /// The last packet told of.
  private var last: (sentAt: MonotonicTime, arrivedAt: MonotonicTime)?

  /// What arrived in the last half second, in bit/s; nil before enough has.
  @inline(__always)
  var rate: Double? { arrived.rate() }
  /// What arrived just now. Where the path's queue is not empty this is what it carries.
  @inline(__always)
  var recentRate: Double? { arrived.rate(over: .milliseconds(150)) }
  /// At what rate the packets of the last half second were sent.
  @inline(__always)
  var offeredRate: Double? { offered.rate() }

  /// Counts a packet that arrived. `unreported` bytes sent before it were never told of, as the feedback
  /// about them was lost: so much of them is taken to have arrived, evenly since the packet before.
  mutating func add(
    bytes: Int, sentAt: MonotonicTime, arrivedAt: MonotonicTime, unreported: Int
  ) {
    if unreported > 0, let last, arrivedAt > last.arrivedAt,
      arrivedAt - last.arrivedAt < RateMeter.window
    {
      let likely = Self.most * (rate ?? 0) * (arrivedAt - last.arrivedAt).seconds / 8
      let share = min(unreported, Int(likely)) / Int(Self.parts)
      let way = (arrivedAt - last.arrivedAt).nanoseconds / Self.parts
      let step = (sentAt - last.sentAt).nanoseconds / Self.parts
      for part in 1...Self.parts {
        arrived.add(share, at: last.arrivedAt + TimeSpan(nanoseconds: way &* part))
        offered.add(share, at: last.sentAt + TimeSpan(nanoseconds: step &* part))
      }
    }
    arrived.add(bytes, at: arrivedAt)
    offered.add(bytes, at: sentAt)
    last = (sentAt, arrivedAt)
  }
}
