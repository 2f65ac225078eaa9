/// Where a session gets its encoders and decoders: libopus and libvpx, unless a simulation puts models
/// in their place that cost next to nothing.
public struct MediaCodecs: Sendable {
  /// Makes a sound encoder of a bitrate in bit/s.
  public var soundEncoder: @Sendable (Int) throws(MediaError) -> any SoundEncoder
  /// Makes a sound decoder.
  public var soundDecoder: @Sendable () throws(MediaError) -> any SoundDecoder
  /// Makes a picture encoder.
  public var pictureEncoder:
    @Sendable (PictureEncoderSettings) throws(MediaError) -> any PictureEncoder
  /// Makes a picture decoder.
  public var pictureDecoder: @Sendable () throws(MediaError) -> any PictureDecoder

  /// Codecs of given makers.
  public init(
    soundEncoder: @escaping @Sendable (Int) throws(MediaError) -> any SoundEncoder,
    soundDecoder: @escaping @Sendable () throws(MediaError) -> any SoundDecoder,
    pictureEncoder:
      @escaping @Sendable (PictureEncoderSettings) throws(MediaError) -> any PictureEncoder,
    pictureDecoder: @escaping @Sendable () throws(MediaError) -> any PictureDecoder
  ) {
    self.soundEncoder = soundEncoder
    self.soundDecoder = soundDecoder
    self.pictureEncoder = pictureEncoder
    self.pictureDecoder = pictureDecoder
  }

  /// Opus through libopus, VP8 through libvpx.
  public static let libraries = MediaCodecs(
    soundEncoder: { bitrate throws(MediaError) in try OpusEncoder(bitrate: bitrate) },
    soundDecoder: { () throws(MediaError) in try OpusDecoder() },
    pictureEncoder: { settings throws(MediaError) in try VP8Encoder(settings) },
    pictureDecoder: { () throws(MediaError) in try VP8Decoder() })
}
