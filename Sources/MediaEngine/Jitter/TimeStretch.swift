import Glibc

/// Shortens or lengthens queued speech by one pitch period without changing its pitch.
///
/// The period is where the speech resembles itself most; one is cross-faded into the next (to
/// shorten) or repeated with a cross-fade (to lengthen). In near silence any 5 ms will do.
enum TimeStretch {
  /// Pitch periods looked for: 2.5 ms (400 Hz) to 10 ms (100 Hz) at 48 kHz.
  private static let shortest = 120
  private static let longest = 480
  /// Samples that must be queued: two of the longest periods.
  static let neededSamples = 2 * longest

  /// How alike two periods must be, 0 ... 1, for a cross-fade that nobody hears.
  private static let likeness = 0.8
  /// -55 dBFS as a mean square: below it there is nothing to hear.
  private static let silentPower = 3_395.0

  /// Removes a period from the front; returns how many samples that was, 0 where it would be heard
  /// and `force` is off.
  static func shorten(_ queue: inout SampleQueue, force: Bool) -> Int {
    guard queue.count >= neededSamples, let period = period(queue.samples, force: force) else {
      return 0
    }
    let samples = queue.samples
    // The fade ends on the second period; the first one's place is then taken off the front.
    var i = 0
    while i < period {
      let blended =
        (Int(samples[i]) * (period - i) + Int(samples[i + period]) * i) / period
      samples[i + period] = Int16(truncatingIfNeeded: blended)
      i += 1
    }
    queue.remove(period)
    return period
  }

  /// Repeats a period near the front; returns how many samples that was, 0 where it would be heard
  /// and `force` is off.
  static func lengthen(_ queue: inout SampleQueue, force: Bool) -> Int {
    guard queue.count >= neededSamples, let period = period(queue.samples, force: force) else {
      return 0
    }
    let old = queue.count
    _ = queue.prepareTail()
    let samples = queue.samples
    memmove(samples + 2 * period, samples + period, (old - period) * 2)
    // Now [first][gap][second ...]: the gap fades from what followed the first period into the
    // first period itself, whose end the second one continues.
    var i = 0
    while i < period {
      let follows = Int(samples[2 * period + i])
      let blended = (follows * (period - i) + Int(samples[i]) * i) / period
      samples[period + i] = Int16(truncatingIfNeeded: blended)
      i += 1
    }
    queue.commit(period)
    return period
  }

  /// The lag at which the front resembles itself most, by normalised correlation at 12 kHz.
  private static func period(_ samples: UnsafePointer<Int16>, force: Bool) -> Int? {
    let window = longest / 4
    var energy = 0.0
    var i = 0
    while i < window {
      let sample = Double(samples[4 * i])
      energy += sample * sample
      i += 1
    }
    if energy < silentPower * Double(window) { return 240 }

    var best = 0.0
    var bestLag = 0
    var lag = shortest / 4
    while lag <= longest / 4 {
      var product = 0.0
      var lagged = 0.0
      i = 0
      while i < window {
        let later = Double(samples[4 * (i + lag)])
        product += Double(samples[4 * i]) * later
        lagged += later * later
        i += 1
      }
      let likeness = product > 0 ? product / (energy * max(lagged, 1)).squareRoot() : 0
      if likeness > best {
        best = likeness
        bestLag = lag * 4
      }
      lag += 1
    }
    if best >= likeness { return bestLag }
    return force ? max(bestLag, shortest) : nil
  }
}
