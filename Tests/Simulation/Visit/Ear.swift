public import Wire

/// What one participant hears of another, block by block of 10 ms. Everybody talks without a pause, so
/// every block without a voice is one that was missed.
public struct Ear: Sendable {
  private static let block = TimeSpan.milliseconds(10)

  /// Blocks with a voice in them.
  public private(set) var heardBlocks = 0
  /// When the first and the last voice was heard.
  public private(set) var firstHeard: MonotonicTime?
  /// When the last voice was heard.
  public private(set) var lastHeard: MonotonicTime?
  /// How long before it was heard the last voice was spoken.
  public private(set) var lastAge: TimeSpan?
  /// The longest time without a voice, after the first.
  public private(set) var longestGap = TimeSpan.zero
  /// Mouth to ear: how many blocks were so old, in steps of 10 ms; the last one holds all above.
  private var ages = [Int](repeating: 0, count: 1_001)
  private var timed = 0

  /// Notes a block as it is heard.
  mutating func take(_ samples: UnsafeBufferPointer<Int16>, at now: MonotonicTime) {
    guard !samples.isEmpty else { return }
    let sample = samples[samples.count / 2]
    guard sample != 0 else { return }
    heardBlocks += 1
    if firstHeard == nil { firstHeard = now }
    if let lastHeard { longestGap = max(longestGap, now - lastHeard - Self.block) }
    lastHeard = now
    guard let age = SpokenTime.age(of: sample, heardAt: now) else { return }
    lastAge = age
    ages[min(Int(age.nanoseconds / Self.block.nanoseconds), ages.count - 1)] += 1
    timed += 1
  }

  /// The share of the time from the first voice to `now` in which none was heard, 0 ... 1.
  public func missedShare(until now: MonotonicTime) -> Double {
    guard let firstHeard else { return 1 }
    let blocks = Double((now - firstHeard).nanoseconds) / Double(Self.block.nanoseconds)
    return blocks < 1 ? 0 : max(0, 1 - Double(heardBlocks) / blocks)
  }

  /// The mouth-to-ear delay that a share of all blocks stays within.
  public func delay(percentile share: Double) -> TimeSpan? {
    guard timed > 0 else { return nil }
    var left = Int(Double(timed) * share)
    for (index, count) in ages.enumerated() {
      left -= count
      if left < 0 { return Self.block * Int64(index) }
    }
    return Self.block * Int64(ages.count - 1)
  }
}
