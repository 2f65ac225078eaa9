import Wire

/// The rate of a stream of packets over the last half second, or less of it.
struct RateMeter {
  /// A power of two.
  private static let count: Int64 = 32
  private static let width = TimeSpan.milliseconds(16)
  /// The longest window.
  static let window = width * count
  /// Less than this of a window gives no rate.
  private static let shortest = TimeSpan.milliseconds(75)
  /// A time so far back is another setting of the clock.
  private static let farBack: Int64 = 1_000

  /// Half a word each, as so many calls' meters share the caches.
  private var buckets = InlineArray<32, Int32>(repeating: 0)
  /// All of them together.
  private var total = 0
  /// The newest bucket, counted from the clock's start.
  private var newest: Int64 = 0
  private var firstAt: MonotonicTime?
  private var latest = MonotonicTime.zero

  /// Counts bytes at a time. Times may come somewhat out of order.
  mutating func add(_ bytes: Int, at time: MonotonicTime) {
    let bucket = bucket(of: time)
    // Most packets come in the bucket of the one before.
    if bucket != newest || firstAt == nil { advance(to: time, bucket) }
    latest = max(latest, time)
    guard bucket <= newest, newest &- bucket < Self.count else { return }
    buckets[row(bucket)] &+= Int32(truncatingIfNeeded: bytes)
    total &+= bytes
  }

  /// Moves the window on to a time. After a pause it starts with that: a silence is not a rate.
  mutating func advance(to time: MonotonicTime) { advance(to: time, bucket(of: time)) }

  private mutating func advance(to time: MonotonicTime, _ bucket: Int64) {
    if firstAt == nil || bucket > newest &+ Self.count || bucket < newest &- Self.farBack {
      buckets = InlineArray(repeating: 0)
      total = 0
      firstAt = time
      latest = time
      newest = bucket
      return
    }
    while newest < bucket {
      newest &+= 1
      total &-= Int(buckets[row(newest)])
      buckets[row(newest)] = 0
    }
    latest = max(latest, time)
  }

  /// The rate in bit/s over the last half second; nil before enough was seen.
  @inline(__always)
  func rate() -> Double? { rate(of: total, over: Self.count) }

  /// The rate in bit/s over the last `span`, half a second at most; nil before enough was seen.
  @inline(__always)
  func rate(over span: TimeSpan) -> Double? {
    let wanted = min(Self.count, max(1, span.nanoseconds / Self.width.nanoseconds))
    // Through a span, or the whole array would be copied for each bucket.
    let buckets = buckets.span
    var bytes = 0
    var bucket = newest
    while bucket > newest &- wanted {
      bytes &+= Int(buckets[row(bucket)])
      bucket &-= 1
    }
    return rate(of: bytes, over: wanted)
  }

  @inline(__always)
  private func rate(of bytes: Int, over wanted: Int64) -> Double? {
    guard let firstAt else { return nil }
    let oldest = MonotonicTime(nanoseconds: (newest &- wanted &+ 1) &* Self.width.nanoseconds)
    let elapsed = latest - max(oldest, firstAt)
    guard elapsed >= Self.shortest else { return nil }
    return Double(bytes) * 8 / elapsed.seconds
  }

  private func bucket(of time: MonotonicTime) -> Int64 {
    // Rounded down also before the clock's start.
    let width = Self.width.nanoseconds
    return time.nanoseconds >= 0
      ? time.nanoseconds / width : (time.nanoseconds &- width &+ 1) / width
  }

  private func row(_ bucket: Int64) -> Int { Int(bucket & (Self.count - 1)) }
}
