import Wire

/// How many earlier packets each sound packet repeats (RED, RFC 2198), by the loss on the way.
///
/// In-band error correction restores one packet in a row; what is lost in bursts needs copies that are
/// further apart. Each costs the bitrate of the sound once more, so there are none on a good line.
struct RedundancyDepth {
  /// From this loss on, so many packets are repeated.
  private static let steps: [(loss: Double, depth: Int)] = [(0.12, 4), (0.08, 2), (0.03, 1)]
  /// A step is left once the loss has stayed under this share of its threshold …
  private static let releaseShare = 0.6
  /// … for this long.
  private static let calm = TimeSpan.seconds(8)

  /// Packets to repeat, 0 ... 4.
  private(set) var depth = 0
  private var lastAbove = MonotonicTime.zero

  /// Takes the smoothed loss, 0 ... 1.
  mutating func note(loss: Double, at now: MonotonicTime) {
    let wanted = Self.depth(for: loss)
    if wanted > depth { depth = wanted }
    if wanted == depth || Self.depth(for: loss / Self.releaseShare) >= depth { lastAbove = now }
    guard depth > 0, now - lastAbove >= Self.calm else { return }
    // One step at a time: the next one has to be earned as well.
    depth = Self.steps.first { $0.depth < depth }?.depth ?? 0
    lastAbove = now
  }

  private static func depth(for loss: Double) -> Int {
    steps.first { loss >= $0.loss }?.depth ?? 0
  }
}
