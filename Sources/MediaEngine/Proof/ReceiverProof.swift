/// What a receiver can prove that it saw and heard in one slot. Written as JSON by the caller.
///
/// Pictures are proven by the counter drawn into them (`CounterPicture`), sound by the tone
/// sequence (`ToneSequence`). Delays exist only where sender and receiver share a wall clock and the
/// sender drew it: a looped file carries none.
public struct ReceiverProof: Codable, Sendable, Equatable {
  /// The slot's number, from 0.
  public var slot = 0
  /// Who sent the last counted picture: the `source` of `VideoSource.counter`.
  public var source: Int?
  /// Pictures decoded, with or without a counter.
  public var framesDecoded = 0
  /// Distinct counters read.
  public var framesSeen = 0
  /// Counters that were skipped between the first and the last one read.
  public var framesMissing = 0
  /// Pictures in which no counter could be read.
  public var framesUnreadable = 0
  /// Times the counter began anew: a rejoin of the sender, or the loop of a file.
  public var counterRestarts = 0
  /// Freezes by the WebRTC statistics' rule.
  public var freezeCount = 0
  /// The longest freeze in milliseconds.
  public var longestFreezeMs = 0
  /// The freezes' summed length in milliseconds.
  public var totalFreezesDurationMs = 0
  /// Capture to decoded picture, median, in milliseconds.
  public var glassToGlassP50Ms: Int?
  /// Capture to decoded picture, 95th percentile, in milliseconds.
  public var glassToGlassP95Ms: Int?
  /// Tone bursts heard, each in its place in the sequence.
  public var tonesHeard = 0
  /// Tone bursts that were due from the first to the last one heard.
  public var tonesExpected = 0
  /// Capture to played-out sound, median, in milliseconds.
  public var mouthToEarP50Ms: Int?
  /// Capture to played-out sound, 95th percentile, in milliseconds.
  public var mouthToEarP95Ms: Int?
  /// How much later than the picture the sound is, in milliseconds; negative where it is earlier.
  /// EN 301 549 §6.5.4 allows 100 either way.
  public var soundAfterPictureMs: Int?
  /// RTP packets that never came, sound and picture.
  public var packetsLost: Int64 = 0
  /// Sound samples that had to be invented (48 kHz).
  public var concealedSamples: Int64 = 0
  /// Sound samples given to the listener (48 kHz).
  public var totalSamples: Int64 = 0
  /// Sound samples restored by in-band FEC (48 kHz).
  public var correctedSamples: Int64 = 0
  /// The level of all played-out sound in dB of full scale; nil while it has been pure silence.
  public var audioEnergyDbfs: Double?
  /// Milliseconds of played-out sound louder than -50 dBFS.
  public var audibleMs = 0
  /// The longest time between two audible blocks of 10 ms, in milliseconds: of a steady sound, the
  /// longest gap in it.
  public var longestSilenceMs = 0
  /// From the session's start to the first decoded sound, in milliseconds.
  public var firstSoundMs: Int?
  /// From the session's start to the first sound louder than -50 dBFS, in milliseconds.
  public var firstAudibleMs: Int?
  /// From the session's start to the first decoded picture, in milliseconds.
  public var firstPictureMs: Int?
  /// The last decoded picture's width in pixels.
  public var width = 0
  /// The last decoded picture's height in pixels.
  public var height = 0

  /// Nothing seen or heard in slot `slot`.
  public init(slot: Int = 0) { self.slot = slot }

  /// The share of invented sound, 0 ... 1.
  public var concealedShare: Double {
    totalSamples > 0 ? Double(concealedSamples) / Double(totalSamples) : 0
  }

  /// Whether picture was proven: counters read, from a decoded picture.
  public var provesPicture: Bool { framesSeen > 0 }

  /// Whether sound was proven: audible sound for at least a fifth of a second.
  public var provesSound: Bool { audibleMs >= 200 }
}
