import Wire

/// Who is speaking, from the audio levels that senders put in their packets (RFC 6464).
///
/// Levels are in -dBov: 0 is the loudest there is, 127 is silence. Loudness here is 127 minus that.
/// A person counts as speaking when the smoothed loudness passes an upper threshold, and stays so
/// until it has been below a lower one for a second: words have pauses, and a flickering ring
/// around a face is worse than a slow one.
struct SpeakerDetector: BitwiseCopyable {
  /// Smoothed loudness at which somebody starts to count as speaking: -50 dBov, above the noise of
  /// an ordinary room (40 ... 45 dB below speech at a headset).
  static let startLoudness: Float = 77
  /// Smoothed loudness below which somebody may stop to count as speaking: -60 dBov.
  static let stopLoudness: Float = 67
  /// How long the loudness must stay below `stopLoudness`: longer than a pause between sentences.
  static let hold = TimeSpan.milliseconds(1000)
  /// A speaker is only taken for the dominant one when this much louder (dB) than the present ...
  static let dominanceMargin: Float = 6
  /// ... for this long.
  static let dominanceTime = TimeSpan.milliseconds(600)
  /// Without a packet for this long a stream is silent; senders in DTX send every 400 ms.
  static let staleAfter = TimeSpan.milliseconds(1000)
  /// The level assumed of packets without the extension that carry sound: quiet speech.
  static let assumedLevel: UInt8 = 45

  /// How often `advance` wants to be called while somebody speaks.
  static let interval = TimeSpan.milliseconds(100)
  /// Payloads without the extension shorter than this (bytes) are silence: Opus speech at its lowest
  /// bitrate (6 kbit/s, 20 ms) takes 15.
  static let smallestSound = 12

  private struct Voice: BitwiseCopyable {
    var loudness: Float = 0
    var updatedAt = MonotonicTime.zero
    var lastLoudAt = MonotonicTime.zero
    var isSpeaking = false
    var hasSpoken = false
  }

  private var voices = InlineArray<20, Voice>(repeating: Voice())
  private var challenger: Int8 = -1
  private var challengedAt = MonotonicTime.zero
  /// Who is speaking loudest, with hysteresis; -1 while nobody speaks.
  private(set) var dominant: Int8 = -1
  /// The set of speakers, one bit per participant.
  private(set) var speaking: UInt32 = 0

  /// Takes note of a packet's level (0 ... 127 in -dBov). True where who is speaking changed.
  mutating func note(_ level: UInt8, of participant: Int, now: MonotonicTime) -> Bool {
    let loudness = Float(127 - (level & 0x7F))
    var voice = voices[participant]
    // Fast up, slow down: the first syllable counts, the gaps between syllables do not.
    let weight: Float = loudness > voice.loudness ? 0.4 : 0.1
    voice.loudness += (loudness - voice.loudness) * weight
    voice.updatedAt = now
    if voice.loudness >= Self.stopLoudness { voice.lastLoudAt = now }
    let starts = !voice.isSpeaking && voice.loudness >= Self.startLoudness
    if starts {
      voice.isSpeaking = true
      voice.hasSpoken = true
      speaking |= 1 << UInt32(participant)
    }
    voices[participant] = voice
    return starts ? settle(now: now) || true : false
  }

  /// Lets time pass: ends who fell silent and settles who is dominant. True where who is speaking
  /// changed.
  mutating func advance(to now: MonotonicTime) -> Bool {
    var changed = false
    for participant in 0..<20 where speaking & (1 << UInt32(participant)) != 0 {
      if now - voices[participant].updatedAt >= Self.staleAfter {
        voices[participant].loudness = 0
      }
      if now - voices[participant].lastLoudAt >= Self.hold {
        voices[participant].isSpeaking = false
        speaking &= ~(1 << UInt32(participant))
        changed = true
      }
    }
    return settle(now: now) || changed
  }

  /// Forgets a participant. True where who is speaking changed.
  mutating func remove(_ participant: Int, now: MonotonicTime) -> Bool {
    let wasSpeaking = voices[participant].isSpeaking
    voices[participant] = Voice()
    speaking &= ~(1 << UInt32(participant))
    return settle(now: now) || wasSpeaking
  }

  /// Whether the participant is speaking.
  func isSpeaking(_ participant: Int) -> Bool { speaking & (1 << UInt32(participant)) != 0 }

  /// The participant's smoothed loudness, 0 (silence) ... 127.
  func loudness(of participant: Int) -> Float { voices[participant].loudness }

  /// Whether `a` has a better claim to a place than `b`: speaking before silent, then the louder by
  /// a margin or, among the silent, who spoke last.
  func outranks(_ a: Int, _ b: Int) -> Bool {
    let first = voices[a]
    let second = voices[b]
    if first.isSpeaking != second.isSpeaking { return first.isSpeaking }
    if first.isSpeaking { return first.loudness > second.loudness + Self.dominanceMargin }
    if first.hasSpoken != second.hasSpoken { return first.hasSpoken }
    return first.hasSpoken && first.lastLoudAt > second.lastLoudAt
  }

  /// Moves dominance where it is due. True where it moved.
  private mutating func settle(now: MonotonicTime) -> Bool {
    var loudest: Int8 = -1
    for participant in 0..<20 where speaking & (1 << UInt32(participant)) != 0 {
      if loudest < 0 || voices[participant].loudness > voices[Int(loudest)].loudness {
        loudest = Int8(participant)
      }
    }
    guard loudest != dominant else {
      challenger = -1
      return false
    }
    if loudest < 0 || dominant < 0 || !isSpeaking(Int(dominant)) {
      dominant = loudest
      challenger = -1
      return true
    }
    guard
      voices[Int(loudest)].loudness > voices[Int(dominant)].loudness + Self.dominanceMargin
    else {
      challenger = -1
      return false
    }
    if challenger != loudest {
      challenger = loudest
      challengedAt = now
    }
    guard now - challengedAt >= Self.dominanceTime else { return false }
    dominant = loudest
    challenger = -1
    return true
  }
}
