public import MediaEngine

extension MediaConfiguration {
  /// What a kiosk sends, with a person who talks without a pause.
  public static func visit(source: UInt8) -> MediaConfiguration {
    MediaConfiguration(audio: .speech(continuousSpeech), video: .counter(source: source))
  }

  /// What a kiosk sends with a person who listens.
  public static func listener(source: UInt8) -> MediaConfiguration {
    MediaConfiguration(audio: .silence, video: .counter(source: source))
  }

  /// Loud enough that the relay hears a speaker: about -20 dBFS.
  private static let continuousSpeech = WaveFile(
    samples: (0..<960).map { $0 % 240 < 120 ? 3_000 : -3_000 })
}
