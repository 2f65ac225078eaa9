import Glibc

/// Finds the bursts of a `ToneSequence` in played-out sound.
///
/// Works on blocks of 10 ms (480 samples at 48 kHz): decimates them to 12 kHz, measures the power at
/// each pitch by Goertzel's recurrence, and calls the block a pitch when that pitch holds most of
/// its energy. A burst is at least 80 ms of one pitch with gaps of at most 30 ms.
struct ToneDetector {
  /// A burst as heard.
  struct Burst: Equatable {
    /// The index of its pitch in `ToneSequence.frequencies`.
    var pitch: Int
    /// The number of the block, counted from the first one, in which it began.
    var firstBlock: Int64
  }

  /// Samples in a block: 10 ms.
  static let blockSamples = 480

  /// Blocks of one pitch that make a burst.
  private static let leastBlocks = 8
  /// Blocks without the pitch after which a burst is over.
  private static let longestGap = 3
  /// The share of a block's energy that its pitch must hold. A pure tone holds nearly all; in white
  /// noise each of the eight holds about 2 %.
  private static let leastShare = 0.5
  /// -50 dBFS as a mean square: what is softer is not a burst.
  private static let leastPower = 10_737.0

  private var window: [Double]
  private let coefficients: [Double]
  private var block: Int64 = 0
  private var pitch = -1
  private var first: Int64 = 0
  private var last: Int64 = 0
  private var blocks = 0
  private var reported = false

  /// A detector before its first block.
  init() {
    window = [Double](repeating: 0, count: Self.blockSamples / 4)
    coefficients = ToneSequence.frequencies.map { 2 * cos(2 * Double.pi * $0 / 12_000) }
  }

  /// Takes the next 10 ms; returns a burst once enough of it was heard.
  mutating func take(_ samples: UnsafePointer<Int16>) -> Burst? {
    defer { block += 1 }
    let found = dominantPitch(samples)
    if found >= 0, found == pitch, block - last <= Int64(Self.longestGap) + 1 {
      last = block
      blocks += 1
    } else if found >= 0 {
      // Another pitch: the one before is over. (A stray block inside a burst ends it early; the
      // burst was then too short to trust.)
      pitch = found
      first = block
      last = block
      blocks = 1
      reported = false
    } else if pitch >= 0, block - last > Int64(Self.longestGap) {
      pitch = -1
    }
    guard pitch >= 0, !reported, blocks >= Self.leastBlocks else { return nil }
    reported = true
    return Burst(pitch: pitch, firstBlock: first)
  }

  /// The pitch that holds most of a block's energy, or -1.
  private mutating func dominantPitch(_ samples: UnsafePointer<Int16>) -> Int {
    let count = Self.blockSamples / 4
    return window.withUnsafeMutableBufferPointer { window -> Int in
      var energy = 0.0
      var i = 0
      while i < count {
        // The sum of four neighbours is a crude low pass, and enough below 3 kHz.
        let s = samples + i * 4
        let mean = Double(Int(s[0]) + Int(s[1]) + Int(s[2]) + Int(s[3])) * 0.25
        window[i] = mean
        energy += mean * mean
        i += 1
      }
      guard energy >= Self.leastPower * Double(count) else { return -1 }

      var best = -1
      var bestPower = 0.0
      var index = 0
      while index < 8 {
        let coefficient = coefficients[index]
        var a = 0.0
        var b = 0.0
        i = 0
        while i < count {
          let next = window[i] + coefficient * a - b
          b = a
          a = next
          i += 1
        }
        let power = a * a + b * b - coefficient * a * b
        if power > bestPower {
          bestPower = power
          best = index
        }
        index += 1
      }
      // A sine of amplitude A over N samples has energy N·A²/2 and Goertzel power (N·A/2)², so
      // power / (energy · N/2) is 1 for a pure tone at the pitch.
      return bestPower >= Self.leastShare * energy * Double(count) / 2 ? best : -1
    }
  }
}
