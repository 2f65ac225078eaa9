import COpus

/// An Opus decoder to 48 kHz mono with concealment and in-band FEC (RFC 6716).
final class OpusDecoder: SoundDecoder {
  private let state: OpaquePointer

  /// The most samples one packet can hold: 120 ms (RFC 6716 §3.2.5).
  static let maximumSamples = 5760

  /// A decoder before its first packet.
  init() throws(MediaError) {
    var code: Int32 = OPUS_OK
    guard let state = opus_decoder_create(48_000, 1, &code) else {
      throw .codec(.opus, code: code)
    }
    self.state = state
  }

  deinit { opus_decoder_destroy(state) }

  /// Decodes a packet; returns the samples written, or nil where the packet is not valid Opus.
  /// `samples` must have room for `maximumSamples`.
  func decode(
    _ packet: UnsafePointer<UInt8>, length: Int, into samples: UnsafeMutablePointer<Int16>
  ) -> Int? {
    let count = opus_decode(
      state, packet, Int32(length), samples, Int32(Self.maximumSamples), 0)
    return count > 0 ? Int(count) : nil
  }

  /// Restores the `count` samples *before* a packet from the FEC data inside it. Where it holds
  /// none, libopus conceals instead: ask `hasCorrection` first.
  func decodeCorrection(
    in packet: UnsafePointer<UInt8>, length: Int, count: Int,
    into samples: UnsafeMutablePointer<Int16>
  ) -> Int? {
    let restored = opus_decode(state, packet, Int32(length), samples, Int32(count), 1)
    return restored > 0 ? Int(restored) : nil
  }

  /// Invents `count` samples, a multiple of 120 (2.5 ms): concealment after speech, comfort noise
  /// after a DTX packet.
  func conceal(count: Int, into samples: UnsafeMutablePointer<Int16>) -> Int? {
    let invented = opus_decode(state, nil, 0, samples, Int32(count), 0)
    return invented > 0 ? Int(invented) : nil
  }
}
