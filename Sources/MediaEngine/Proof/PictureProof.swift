/// Counts what the counters in decoded pictures prove.
struct PictureProof {
  /// Counters further ahead than this are another sender's or a new start, not missing pictures:
  /// at 15 pictures a second it is over two minutes.
  private static let longestGap: UInt16 = 2000

  private(set) var framesSeen = 0
  private(set) var framesMissing = 0
  private(set) var framesUnreadable = 0
  private(set) var restarts = 0
  private(set) var delays = DelayHistogram()
  private(set) var source: UInt8?
  private var last: UInt16?

  /// Takes what was read in a decoded picture, shown at `wallMs` (milliseconds since 1970).
  mutating func take(_ code: CounterCode?, shownAt wallMs: Int64) {
    guard let code else {
      framesUnreadable += 1
      return
    }
    defer {
      last = code.frame
      source = code.source
    }
    if let last, source == code.source {
      let step = code.frame &- last
      // The same counter again: a camera pipeline repeated the picture.
      if step == 0 { return }
      if step <= Self.longestGap {
        framesMissing += Int(step) - 1
      } else {
        restarts += 1
      }
    } else if last != nil {
      restarts += 1
    }
    framesSeen += 1
    if code.clock != CounterCode.noClock {
      let delay = (UInt32(truncatingIfNeeded: wallMs) &- code.clock) & 0xFF_FFFF
      // The upper half of the circle is a delay below zero: two clocks a little apart.
      delays.add(milliseconds: delay < 0x80_0000 ? Int(delay) : 0)
    }
  }
}
