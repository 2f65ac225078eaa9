import COpus

/// An Opus encoder for speech: 48 kHz mono, 20 ms frames, in-band FEC and DTX (RFC 6716, RFC 7587).
final class OpusEncoder: SoundEncoder {
  private let state: OpaquePointer

  /// Samples in a frame: 20 ms.
  static let frameSamples = 960
  /// The most bytes a 20 ms frame may take (RFC 6716 §3.2.1).
  static let maximumBytes = 1275

  /// An encoder that takes `bitrate` bit/s.
  init(bitrate: Int) throws(MediaError) {
    var code: Int32 = OPUS_OK
    guard let state = opus_encoder_create(48_000, 1, OPUS_APPLICATION_VOIP, &code) else {
      throw .codec(.opus, code: code)
    }
    // Complexity 5 halves the encoder's cost of 10 at a difference nobody hears in speech.
    let settings = [
      besoeg_opus_set_bitrate(state, Int32(bitrate)),
      besoeg_opus_set_complexity(state, 5),
      besoeg_opus_set_voice(state),
      besoeg_opus_set_inband_fec(state, 1),
      // FEC data are only written where loss is expected.
      besoeg_opus_set_expected_loss(state, 10),
      besoeg_opus_set_dtx(state, 1),
    ]
    for code in settings where code != OPUS_OK {
      opus_encoder_destroy(state)
      throw .codec(.opus, code: code)
    }
    self.state = state
  }

  deinit { opus_encoder_destroy(state) }

  /// Aims at another bitrate, in bit/s.
  func setBitrate(_ bitrate: Int) { _ = besoeg_opus_set_bitrate(state, Int32(bitrate)) }

  /// Prepares for a share of lost packets, 0 ... 1.
  func expectLoss(_ share: Double) {
    _ = besoeg_opus_set_expected_loss(state, Int32(min(max(share, 0), 1) * 100))
  }

  /// Encodes `frameSamples` samples and returns how many bytes it wrote. One or two bytes mean DTX:
  /// the decoder can do without the packet.
  func encode(
    _ samples: UnsafePointer<Int16>, into bytes: UnsafeMutablePointer<UInt8>, capacity: Int
  ) throws(MediaError) -> Int {
    let length = opus_encode(state, samples, Int32(Self.frameSamples), bytes, Int32(capacity))
    if length < 0 { throw .codec(.opus, code: length) }
    return Int(length)
  }
}
