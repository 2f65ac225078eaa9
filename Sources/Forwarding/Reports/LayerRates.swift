import Wire

/// What one incoming picture takes, temporal layer by temporal layer.
struct LayerRates: BitwiseCopyable {
  /// How long bytes are counted before they become a rate.
  static let window = TimeSpan.milliseconds(500)
  /// A picture without a packet for this long takes nothing.
  static let staleAfter = TimeSpan.milliseconds(2000)

  private var bytes = InlineArray<4, Int64>(repeating: 0)
  private var rates = InlineArray<4, Int64>(repeating: 0)
  private var startedAt: MonotonicTime?
  private var latestAt = MonotonicTime.zero

  /// Takes note of a packet of a temporal layer (0 ... 3).
  mutating func note(_ count: Int, temporal: UInt8, now: MonotonicTime) {
    latestAt = now
    guard let startedAt else {
      self.startedAt = now
      bytes[Int(temporal & 3)] &+= Int64(count)
      return
    }
    let elapsed = now - startedAt
    if elapsed >= Self.window {
      for layer in 0..<4 {
        let sample = bytes[layer] &* 8_000 / max(1, elapsed.nanoseconds / 1_000_000)
        // Rises at once, so that nothing is promised room it will not have; falls by halves.
        rates[layer] = sample > rates[layer] ? sample : (rates[layer] &+ sample) / 2
        bytes[layer] = 0
      }
      self.startedAt = now
    }
    bytes[Int(temporal & 3)] &+= Int64(count)
  }

  /// What the layers up to `temporal` take in bit/s; 0 where nothing is known or comes.
  func rate(upTo temporal: Int, now: MonotonicTime) -> Int {
    guard now - latestAt < Self.staleAfter else { return 0 }
    var sum: Int64 = 0
    for layer in 0..<4 where layer <= temporal { sum &+= rates[layer] }
    return Int(sum)
  }
}
