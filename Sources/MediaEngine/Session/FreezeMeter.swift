import Wire

/// Freezes as the W3C WebRTC statistics define them (`freezeCount`): a gap between two shown
/// pictures of at least max(3·average, average + 150 ms), the average being that of the last 30 gaps.
struct FreezeMeter {
  private static let window = 30

  private(set) var count: Int64 = 0
  private(set) var total = TimeSpan.zero
  private(set) var longest = TimeSpan.zero
  /// The summed length of pictures held on purpose: the sender sent sound and no picture.
  private(set) var held = TimeSpan.zero
  private var gaps: [TimeSpan] = []
  private var oldest = 0
  private var sum = TimeSpan.zero
  private var last: MonotonicTime?

  /// Notes a picture shown at `now`, the first one after the sender had `held` the one before for some
  /// of the time.
  mutating func note(at now: MonotonicTime, held pause: TimeSpan = .zero) {
    defer { last = now }
    guard let last else { return }
    held = held + pause
    // The rest of a gap in which the picture stood still on purpose is no rhythm of its own.
    let gap = now - last - pause
    guard pause == .zero || gap > .zero else { return }
    if gaps.count > 1 {
      // Worked example: at 15 pictures a second the average is 67 ms, so 217 ms is a freeze.
      let average = TimeSpan(nanoseconds: sum.nanoseconds / Int64(gaps.count))
      if gap >= max(average * 3, average + .milliseconds(150)) {
        count += 1
        total = total + gap
        longest = max(longest, gap)
      }
    }
    sum = sum + gap
    if gaps.count < Self.window {
      gaps.append(gap)
    } else {
      sum = sum - gaps[oldest]
      gaps[oldest] = gap
      oldest = (oldest + 1) % Self.window
    }
  }
}
