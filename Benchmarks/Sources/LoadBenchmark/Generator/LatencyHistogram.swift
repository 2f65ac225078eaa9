/// Delays in nanoseconds in buckets that are 1/32 of their value wide, from 1 µs to 17 s.
struct LatencyHistogram: Sendable {
  private static let fraction = 5
  private static let octaves = 24
  private var counts = [UInt32](repeating: 0, count: (octaves + 1) << fraction)
  private(set) var total = 0

  /// Counts one delay; a negative one, where clocks disagree by less than they can tell, is none.
  mutating func add(_ nanoseconds: Int64) {
    let microseconds = UInt64(max(0, nanoseconds)) / 1_000
    let magnitude = max(0, 63 - (microseconds | 1).leadingZeroBitCount - Self.fraction)
    let bucket = magnitude << Self.fraction + Int(microseconds >> UInt64(magnitude))
    counts[min(bucket, counts.count - 1)] &+= 1
    total += 1
  }

  /// The delay that a share of all does not exceed, in milliseconds; nil where there are none.
  func milliseconds(at share: Double) -> Double? {
    guard total > 0 else { return nil }
    let rank = max(1, Int((share * Double(total)).rounded(.up)))
    var seen = 0
    for bucket in counts.indices {
      seen += Int(counts[bucket])
      if seen >= rank { return Double(Self.upperBound(of: bucket)) / 1_000 }
    }
    return nil
  }

  /// The largest delay in a bucket, in microseconds.
  private static func upperBound(of bucket: Int) -> Int {
    // Every octave but the first begins half-way through its row.
    let magnitude = max(0, bucket >> fraction - 1)
    return ((bucket - magnitude << fraction + 1) << magnitude) - 1
  }
}
