public import MediaEngine

/// A sound encoder that looks at no sample: packets of the size that the bitrate asks for, which begin
/// like Opus' SILK mode (RFC 6716 §3.1, §4.2.3) so that relay and receiver see their correction data.
///
/// It talks in spells: while the source is silent it behaves as libopus does with DTX, one packet of
/// one byte every 400 ms.
public final class ModelSoundEncoder: SoundEncoder {
  /// 20 ms of SILK in wide band, one frame: configuration 9, mono, code 0.
  static let toc: UInt8 = 9 << 3
  private static let refreshFrames = 20

  private var bitrate: Int
  private var expectedLoss = 0.10
  private var silentFrames = 0
  private var hadSound = false

  /// An encoder of `bitrate` bit/s.
  public init(bitrate: Int) { self.bitrate = bitrate }

  /// Aims at another bitrate, in bit/s.
  public func setBitrate(_ bitrate: Int) { self.bitrate = bitrate }

  /// Writes correction data from one per cent of expected loss on.
  public func expectLoss(_ share: Double) { expectedLoss = share }

  /// Writes a packet of the bitrate's size.
  public func encode(
    _ samples: UnsafePointer<Int16>, into bytes: UnsafeMutablePointer<UInt8>, capacity: Int
  ) throws(MediaError) -> Int {
    bytes[0] = Self.toc
    // libopus takes ten frames of silence to believe in it.
    silentFrames = isSilent(samples) ? silentFrames + 1 : 0
    if silentFrames > 10 {
      hadSound = false
      return (silentFrames - 11) % Self.refreshFrames == 0 ? 2 : 1
    }
    // Bitrate over 50 frames and 8 bits; correction data come out of the same budget.
    let length = min(max(bitrate / 400, 12), capacity)
    // V: voice; L: correction data for the frame before, where there was sound to correct.
    bytes[1] = 0x80 | (hadSound && expectedLoss >= 0.01 ? 0x40 : 0)
    (bytes + 2).update(repeating: 0x5A, count: length - 2)
    hadSound = true
    return length
  }

  /// Every sixteenth sample will do.
  private func isSilent(_ samples: UnsafePointer<Int16>) -> Bool {
    var i = 0
    while i < 960 {
      if samples[i] != 0 { return false }
      i += 16
    }
    return true
  }
}

/// A sound decoder that fills in silence and remembers what it was asked for.
public final class ModelSoundDecoder: SoundDecoder {
  /// Frames decoded from packets of their own.
  public private(set) var decoded: Int64 = 0
  /// Frames restored from the packet after them.
  public private(set) var corrected: Int64 = 0
  /// Calls for invented sound.
  public private(set) var concealments: Int64 = 0

  /// A decoder before its first packet.
  public init() {}

  /// Fills in 20 ms of silence for any packet of the model's.
  public func decode(
    _ packet: UnsafePointer<UInt8>, length: Int, into samples: UnsafeMutablePointer<Int16>
  ) -> Int? {
    guard packet[0] == ModelSoundEncoder.toc else { return nil }
    decoded += 1
    samples.update(repeating: 0, count: 960)
    return 960
  }

  /// Fills in silence, counted as restored.
  public func decodeCorrection(
    in packet: UnsafePointer<UInt8>, length: Int, count: Int,
    into samples: UnsafeMutablePointer<Int16>
  ) -> Int? {
    corrected += 1
    samples.update(repeating: 0, count: count)
    return count
  }

  /// Fills in silence, counted as invented.
  public func conceal(count: Int, into samples: UnsafeMutablePointer<Int16>) -> Int? {
    concealments += 1
    samples.update(repeating: 0, count: count)
    return count
  }
}

/// Sound for a model to send.
public enum ModelSound {
  /// A second of speech without a pause: no discontinuous transmission, a packet every 20 ms. About
  /// -20 dBFS, so that the relay hears a speaker.
  public static let speech = WaveFile(
    samples: (0..<48_000).map { Int16($0 % 240 < 120 ? 3_000 : -3_000) })
}
