/// What a participant sends and how much of the network it may use.
public struct MediaConfiguration: Sendable {
  /// The sound to send.
  public var audio: AudioSource
  /// The picture to send.
  public var video: VideoSource
  /// The picture's width in pixels, a multiple of 4 (rounded down otherwise).
  public var width: Int
  /// The picture's height in pixels, a multiple of 4 and not more than the width.
  public var height: Int
  /// Pictures per second while the network carries them.
  public var framesPerSecond: Int
  /// The most the picture may take, in bit/s.
  public var videoBitrate: Int
  /// The least the picture is squeezed to before its frame rate is lowered, in bit/s.
  public var minimumVideoBitrate: Int
  /// What the sound may take, in bit/s.
  public var audioBitrate: Int
  /// Where encoders and decoders come from.
  public var codecs = MediaCodecs.libraries
  /// Whether played-out sound and shown pictures are searched for the proof's tones and counters. It
  /// costs more than everything else of a received stream together, so a simulation turns it off.
  public var measuresProof = true

  /// Sends `audio` and `video` with the defaults of a screen visit: 640x360 at 20 pictures a second
  /// (the least that EN 301 549 §6.5 allows) in 400 kbit/s, speech in 32 kbit/s: the least at which libopus 1.3 writes FEC data without
  /// giving up bandwidth.
  public init(audio: AudioSource, video: VideoSource) {
    self.audio = audio
    self.video = video
    self.width = 640
    self.height = 360
    self.framesPerSecond = 20
    self.videoBitrate = 400_000
    self.minimumVideoBitrate = 80_000
    self.audioBitrate = 32_000
  }
}
