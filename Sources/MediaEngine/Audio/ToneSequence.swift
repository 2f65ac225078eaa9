import Glibc

/// The proof's sound: a burst of 200 ms every 500 ms, eight pitches in turn.
///
/// Burst `k` starts at wall-clock millisecond `500·k` and has pitch `k mod 8`, so one burst alone
/// tells a receiver when it was made, modulo 4 s. A sequence that is *not* aligned to the wall clock
/// (a looped file) runs through the pitches downwards instead, so that a receiver never mistakes
/// its phase for a delay.
///
/// The pitches lie where speech does (400-3000 Hz), a ratio of 1.29 apart: no one is a harmonic of
/// another, noise suppressors let bursts of them through, and 100 Hz of resolution tells them apart.
struct ToneSequence {
  /// The pitches in Hz.
  static let frequencies: [Double] = [440, 568, 732, 945, 1219, 1572, 2028, 2617]
  /// From one burst to the next, in milliseconds.
  static let periodMs = 500
  /// A burst's length in milliseconds.
  static let burstMs = 200
  /// After this many milliseconds the sequence repeats.
  static let cycleMs = periodMs * 8

  /// Samples of 48 kHz in a millisecond.
  private static let samplesPerMs = 48
  /// -12 dBFS: loud and clear, with room for an automatic gain control to err.
  private static let amplitude = 8231.0

  /// One whole burst per pitch, one after the other. Made once: sines are the only costly part.
  private let bursts: [Int16]
  private let falling: Bool

  /// A sequence of rising pitches (aligned to the wall clock) or falling ones (a file).
  init(falling: Bool = false) {
    self.falling = falling
    let length = Self.burstMs * Self.samplesPerMs
    // Edges of 10 ms, so that a burst starts and ends without a click.
    let edge = 10 * Self.samplesPerMs
    var bursts = [Int16](repeating: 0, count: length * Self.frequencies.count)
    bursts.withUnsafeMutableBufferPointer { bursts in
      for (pitch, frequency) in Self.frequencies.enumerated() {
        let step = 2 * Double.pi * frequency / 48_000
        for i in 0..<length {
          let rim = min(i, length - 1 - i)
          let gain = rim < edge ? 0.5 - 0.5 * cos(Double.pi * Double(rim) / Double(edge)) : 1
          bursts[pitch * length + i] = Int16(Self.amplitude * gain * sin(step * Double(i)))
        }
      }
    }
    self.bursts = bursts
  }

  /// Writes `count` samples beginning at sample `start`, counted at 48 kHz since 1970.
  func write(_ samples: UnsafeMutablePointer<Int16>, count: Int, from start: Int64) {
    let period = Int64(Self.periodMs * Self.samplesPerMs)
    let length = Self.burstMs * Self.samplesPerMs
    var done = 0
    while done < count {
      let position = start + Int64(done)
      let burst = position / period
      let offset = Int(position % period)
      if offset < length {
        let run = min(count - done, length - offset)
        let step = Int(burst % 8)
        let pitch = falling ? 7 - step : step
        bursts.withUnsafeBufferPointer { bursts in
          // Both ranges were bounded above; a burst is never empty.
          _ = memcpy(samples + done, bursts.baseAddress! + pitch * length + offset, run * 2)
        }
        done += run
      } else {
        let run = min(count - done, Int(period) - offset)
        memset(samples + done, 0, run * 2)
        done += run
      }
    }
  }
}
