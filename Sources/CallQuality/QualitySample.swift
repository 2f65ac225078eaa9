/// Who measured.
public enum SampleSource: String, Codable, Sendable, Hashable, CaseIterable {
  /// The relay, from the packets it forwards. Used where no client said anything.
  case relay
  /// Our native client, from what it decoded and played.
  case native
  /// A browser's `getStats`.
  case browser

  /// Whether this is what the participant's own ears and eyes got.
  public var isClient: Bool { self != .relay }
}

/// What one participant received, as measured every 5 s.
///
/// All is about the *incoming* direction: `packetsLost` of Karen's sample are packets Karen missed.
/// Its JSON form is the store's own; how clients write samples, and times as text, is the service's
/// business.
@dynamicMemberLookup
public struct QualitySample: Codable, Sendable, Hashable {
  /// The participant's person id.
  public var participant: String
  /// Who measured.
  public var source: SampleSource
  /// When: UTC milliseconds since 1970.
  public var at: Int64
  /// What was measured.
  public var figures = QualityFigures()

  /// A sample measured `milliseconds` after the beginning of 1970, of which only the given parts are
  /// known.
  public init(
    participant: String, source: SampleSource, at milliseconds: Int64, attempt: Int? = nil
  ) {
    self.participant = participant
    self.source = source
    at = milliseconds
    figures.attempt = attempt
  }

  /// One of the figures.
  public subscript<Figure>(
    dynamicMember figure: WritableKeyPath<QualityFigures, Figure>
  ) -> Figure {
    get { figures[keyPath: figure] }
    set { figures[keyPath: figure] = newValue }
  }

  /// The sample with every figure within what can be true.
  public var clamped: QualitySample {
    var sample = self
    sample.figures = figures.clamped
    return sample
  }
}

/// The figures of one sample, each where it is known.
///
/// Names and meanings follow W3C webrtc-stats; counters are cumulative since the session began.
public struct QualityFigures: Codable, Sendable, Hashable {
  /// The time since the previous sample in milliseconds.
  public var intervalMs: Int?
  /// RTP packets received.
  public var packetsReceived: Int?
  /// RTP packets lost; may be negative after duplication (RFC 3550 §6.4.1).
  public var packetsLost: Int?
  /// Interarrival jitter of sound in milliseconds.
  public var jitterMs: Double?
  /// Round trip between the participant and the relay in milliseconds.
  public var roundTripMs: Double?
  /// Samples of sound that were made up because the real ones were missing.
  public var concealedSamples: Int?
  /// Samples of sound played.
  public var totalSamples: Int?
  /// Frames of picture decoded.
  public var framesDecoded: Int?
  /// Frames per second now.
  public var framesPerSecond: Double?
  /// Freezes: gaps between frames of at least max(3 × average, average + 150 ms).
  public var freezeCount: Int?
  /// The freezes' total length in milliseconds.
  public var totalFreezesDurationMs: Double?
  /// The longest freeze in milliseconds, where measured.
  public var longestFreezeMs: Double?
  /// The picture's width in pixels.
  public var frameWidth: Int?
  /// The picture's height in pixels.
  public var frameHeight: Int?
  /// The sound's level, 0 ... 1.
  public var audioLevel: Double?
  /// Milliseconds from the participant's own answer or join to the first sound decoded.
  public var firstSoundMs: Double?
  /// Milliseconds from the participant's own answer or join to the first picture decoded.
  public var firstPictureMs: Double?
  /// The SRTP protection profile.
  public var srtpProfile: String?
  /// Bytes received.
  public var bytesReceived: Int?
  /// Which attempt at joining this is, from 1.
  public var attempt: Int?
  /// What carries the participant's packets: `udp`, `tcp` or `tls`.
  public var path: String?
  /// How often the participant's own address changed since the call began; never which it was.
  public var addressChanges: Int?

  /// Figures of which none is known.
  public init() {}
}

extension QualityFigures {
  /// The figures, each within what can be true: they come from a client, and one that is broken or
  /// lying must not spoil a sum or fill the disk.
  var clamped: QualityFigures {
    var figures = self
    for counter in [
      \QualityFigures.packetsReceived, \.concealedSamples, \.totalSamples, \.framesDecoded,
      \.freezeCount, \.bytesReceived,
    ] {
      figures[keyPath: counter] = Self.clamp(self[keyPath: counter], 0, Self.largestCounter)
    }
    figures.packetsLost = Self.clamp(packetsLost, -Self.largestCounter, Self.largestCounter)
    figures.intervalMs = Self.clamp(intervalMs, 0, 86_400_000)
    figures.frameWidth = Self.clamp(frameWidth, 0, 65_535)
    figures.frameHeight = Self.clamp(frameHeight, 0, 65_535)
    figures.attempt = Self.clamp(attempt, 1, 1_000_000)
    for span in [
      \QualityFigures.jitterMs, \.roundTripMs, \.totalFreezesDurationMs, \.longestFreezeMs,
      \.firstSoundMs, \.firstPictureMs,
    ] {
      figures[keyPath: span] = Self.clamp(self[keyPath: span], 0, 86_400_000)
    }
    figures.framesPerSecond = Self.clamp(framesPerSecond, 0, 1000)
    figures.audioLevel = Self.clamp(audioLevel, 0, 1)
    figures.srtpProfile = srtpProfile.map { String($0.prefix(64)) }
    figures.path = path.map { String($0.prefix(8)) }
    figures.addressChanges = Self.clamp(addressChanges, 0, 1_000_000)
    return figures
  }

  /// A year of 48 kHz sound, or of 300 Mbit/s in bytes: no session's counter passes it.
  private static let largestCounter = 1_000_000_000_000_000

  private static func clamp<T: Comparable>(_ value: T?, _ low: T, _ high: T) -> T? {
    value.map { min(max($0, low), high) }
  }
}
