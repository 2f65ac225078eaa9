/// Turns captured sound into packets. One stream's state; used from the session's thread only.
public protocol SoundEncoder: AnyObject {
  /// Aims at another bitrate, in bit/s, from the next frame on.
  func setBitrate(_ bitrate: Int)

  /// Prepares for a share of lost packets, 0 ... 1: writes forward error correction where it is worth it.
  func expectLoss(_ share: Double)

  /// Encodes 960 samples (20 ms of 48 kHz mono) and returns how many bytes it wrote. One or two bytes
  /// mean discontinuous transmission: the decoder can do without the packet.
  ///
  /// Packets begin like Opus (RFC 6716 §3.1), whatever follows: the relay reads the first bytes.
  func encode(
    _ samples: UnsafePointer<Int16>, into bytes: UnsafeMutablePointer<UInt8>, capacity: Int
  ) throws(MediaError) -> Int
}

/// Turns packets back into 48 kHz mono. One stream's state; used from the session's thread only.
public protocol SoundDecoder: AnyObject {
  /// Decodes a packet; returns the samples written, at most 5760, or nil where it is not valid.
  func decode(
    _ packet: UnsafePointer<UInt8>, length: Int, into samples: UnsafeMutablePointer<Int16>
  ) -> Int?

  /// Whether a packet carries error correction data for the frame before it.
  func hasCorrection(_ packet: UnsafePointer<UInt8>, length: Int) -> Bool

  /// Restores the `count` samples *before* a packet from the correction data inside it.
  func decodeCorrection(
    in packet: UnsafePointer<UInt8>, length: Int, count: Int,
    into samples: UnsafeMutablePointer<Int16>
  ) -> Int?

  /// Invents `count` samples, a multiple of 120 (2.5 ms): concealment after sound, comfort noise after
  /// a packet of discontinuous transmission.
  func conceal(count: Int, into samples: UnsafeMutablePointer<Int16>) -> Int?
}

extension SoundDecoder {
  /// Reads it from the Opus bits (`OpusPacket.hasCorrection`).
  public func hasCorrection(_ packet: UnsafePointer<UInt8>, length: Int) -> Bool {
    OpusPacket.hasCorrection(packet, length: length)
  }
}
