/// Delays in whole milliseconds, for percentiles.
struct DelayHistogram {
  /// Longer delays are counted here: 4 s is also where the tone sequence repeats.
  static let longest = 4000

  private var counts = [Int32](repeating: 0, count: longest + 1)
  private(set) var count = 0

  /// Counts a delay; negative ones (clocks a millisecond apart) count as none.
  mutating func add(milliseconds: Int) {
    counts[min(max(milliseconds, 0), Self.longest)] += 1
    count += 1
  }

  /// The delay that `percent` of all counted delays do not exceed; nil before the first.
  func percentile(_ percent: Int) -> Int? {
    guard count > 0 else { return nil }
    // The nearest-rank method: of 10 delays the 95th percentile is the 10th.
    let rank = max((count * percent + 99) / 100, 1)
    var sum = 0
    for (milliseconds, counted) in counts.enumerated() {
      sum += Int(counted)
      if sum >= rank { return milliseconds }
    }
    return Self.longest
  }
}
