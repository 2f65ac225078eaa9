public import MediaEngine

/// What a call sends, and what it keeps of what it receives.
public struct CallSetup: Sendable {
  /// The sound and picture to send.
  public var media: MediaConfiguration
  /// A WAVE file for the other party's sound; nil keeps nothing. There is no recording unless
  /// somebody asks for it here, and then only of synthetic media in tests.
  public var saveAudio: String?

  /// A call that sends `media`.
  public init(media: MediaConfiguration, saveAudio: String? = nil) {
    self.media = media
    self.saveAudio = saveAudio
  }
}
