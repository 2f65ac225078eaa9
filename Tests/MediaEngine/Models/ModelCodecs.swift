public import MediaEngine

extension MediaCodecs {
  /// Codecs that cost next to nothing, for simulations of hours: packets of the right sizes and with the
  /// right first bytes, the semantics of loss, and no signal processing.
  ///
  /// The picture's encoder draws no pixels; its frames carry the proof's code all the same, so that
  /// `ReceiverProof` counts them. The sound's decoder plays silence: turn `measuresProof` off.
  public static let models = MediaCodecs(
    soundEncoder: { bitrate throws(MediaError) in ModelSoundEncoder(bitrate: bitrate) },
    soundDecoder: { () throws(MediaError) in ModelSoundDecoder() },
    pictureEncoder: { settings throws(MediaError) in ModelPictureEncoder(settings) },
    pictureDecoder: { () throws(MediaError) in ModelPictureDecoder() })
}
