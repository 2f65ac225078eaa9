/// What a participant sends as sound.
public enum AudioSource: Sendable {
  /// Digital silence; with DTX almost nothing is sent.
  case silence
  /// The proof's tone sequence, aligned to the wall clock, so that a receiver can measure
  /// mouth-to-ear delay (see `ToneSequence`).
  case tones
  /// Recorded speech, repeated from the start when it ends.
  case speech(WaveFile)
}
