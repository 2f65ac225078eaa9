public import MediaEngine

/// What a participant without camera and microphone sends, as named on the command line.
public enum SourceOption: Sendable, Equatable {
  /// The proof's tone sequence and counter picture.
  case tones
  /// Recorded speech and the counter picture.
  case speech(file: String)
  /// No sound, and the counter picture.
  case silence

  /// `tones`, `silence`, or `speech:FILE`; nil for anything else.
  public init?(_ text: String) {
    switch text {
    case "tones": self = .tones
    case "silence": self = .silence
    default:
      guard text.hasPrefix("speech:"), text.count > "speech:".count else { return nil }
      self = .speech(file: String(text.dropFirst("speech:".count)))
    }
  }

  /// The media to send; `source` tells senders apart in a receiver's proof.
  public func media(
    source: UInt8, hasPicture: Bool, texts: Texts
  ) throws -> MediaConfiguration {
    let audio: AudioSource
    switch self {
    case .tones: audio = .tones
    case .silence: audio = .silence
    case .speech(let file):
      do {
        audio = .speech(try WaveFile(path: file))
      } catch {
        throw ProgramFailure(texts[.soundFileUnreadable, ["file": file]])
      }
    }
    return MediaConfiguration(audio: audio, video: hasPicture ? .counter(source: source) : .none)
  }
}
