import Glibc

/// Counts what played-out sound proves: energy, and the tone sequence if there is one.
struct SoundProof {
  /// -50 dBFS as a mean square: what is louder is audible.
  private static let audiblePower = 10_737.0

  private(set) var tonesHeard = 0
  private(set) var tonesExpected = 0
  private(set) var delays = DelayHistogram()
  private(set) var audibleBlocks = 0
  private(set) var longestSilenceMs = 0
  private(set) var firstAudibleAt: Int64?
  /// The last 10 ms' level, 0 ... 1 of full scale.
  private(set) var level = 0.0

  private var lastAudibleAt: Int64?
  private var detector = ToneDetector()
  private var squares = 0.0
  private var blocks: Int64 = 0
  private var lastBurst: (pitch: Int, wallMs: Int64)?
  private var rising = 0
  private var falling = 0
  /// The first burst's delay, kept until the second one tells whether the sequence is clocked.
  private var undecidedDelay: Int?

  /// Takes 10 ms of sound (480 samples) that is heard from `wallMs` (milliseconds since 1970) on.
  mutating func take(_ samples: UnsafePointer<Int16>, heardAt wallMs: Int64) {
    let power = Self.meanSquare(samples)
    squares += power
    blocks += 1
    level = min(power.squareRoot() / 32_768, 1)
    if power >= Self.audiblePower {
      audibleBlocks += 1
      if firstAudibleAt == nil { firstAudibleAt = wallMs }
      if let lastAudibleAt {
        longestSilenceMs = max(longestSilenceMs, Int(clamping: wallMs - lastAudibleAt - 10))
      }
      lastAudibleAt = wallMs
    }
    if let burst = detector.take(samples) {
      // Blocks follow one another every 10 ms; this one is number `blocks - 1`.
      note(burst, startedAt: wallMs - 10 * (blocks - 1 - burst.firstBlock))
    }
  }

  /// The level of all sound taken, in dB of full scale; nil for pure silence.
  var energyDbfs: Double? {
    guard blocks > 0, squares > 0 else { return nil }
    return 10 * log10(squares / Double(blocks) / (32_768 * 32_768))
  }

  private mutating func note(_ burst: ToneDetector.Burst, startedAt wallMs: Int64) {
    tonesHeard += 1
    let cycle = Int64(ToneSequence.cycleMs)
    let due = Int64(burst.pitch * ToneSequence.periodMs)
    let delay = Int(((wallMs - due) % cycle + cycle) % cycle)
    guard let last = lastBurst else {
      tonesExpected = 1
      undecidedDelay = delay
      lastBurst = (burst.pitch, wallMs)
      return
    }
    // How many bursts further on this one is follows from the time, which may have been stretched a
    // little by the jitter buffer; that the pitch fits follows from the number.
    let period = Int64(ToneSequence.periodMs)
    let steps = max(Int((wallMs - last.wallMs + period / 2) / period), 1)
    tonesExpected += steps
    lastBurst = (burst.pitch, wallMs)
    if (last.pitch + steps) % 8 == burst.pitch {
      rising += 1
      // Four bursts on (or eight), up and down are the same pitch: such a step decides nothing.
      if rising > falling, steps < 4 {
        if let first = undecidedDelay { delays.add(milliseconds: first) }
        delays.add(milliseconds: delay)
      }
      undecidedDelay = nil
    } else if (last.pitch - steps % 8 + 8) % 8 == burst.pitch {
      falling += 1
      undecidedDelay = nil
    } else {
      // Not in its place: the sequence jumped, or it was not a burst at all.
      tonesHeard -= 1
      undecidedDelay = nil
    }
  }

  private static func meanSquare(_ samples: UnsafePointer<Int16>) -> Double {
    var sum = 0
    var i = 0
    while i < ToneDetector.blockSamples {
      let sample = Int(samples[i])
      sum &+= sample &* sample
      i += 1
    }
    return Double(sum) / Double(ToneDetector.blockSamples)
  }
}
