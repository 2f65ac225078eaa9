public import MediaEngine

/// A picture encoder that codes nothing: frames of the size that bitrate and frame rate ask for, key
/// frames a few times larger, which begin like VP8 (RFC 6386 §9.1) and carry the proof's code.
///
///     frame tag (3) | start code, width, height (7, key frames) | code (8) | number (4) | base (4) | layer (1) | …
///
/// `number` counts the encoder's frames and `base` names the frame that this one refers to, so that the
/// decoder knows what a real one would: a frame whose base was never decoded cannot be shown.
public final class ModelPictureEncoder: PictureEncoder {
  /// What a key frame takes beside a mean one, as libvpx is told.
  private static let keyFactor = 4
  private static let leastBytes = 40

  private let settings: PictureEncoderSettings
  private var bitrate: Int
  private var framesPerSecond: Int
  private var number: UInt32 = 0
  private var lastBase: UInt32 = 0
  /// What a key frame took too much; the frames after it are smaller, as under constant bitrate.
  private var debt = 0
  private var bytes = [UInt8](repeating: 0xA5, count: 65_536)

  /// An encoder of pictures of one size.
  public init(_ settings: PictureEncoderSettings) {
    self.settings = settings
    bitrate = settings.bitrate
    framesPerSecond = settings.framesPerSecond
  }

  /// No: none are drawn for it.
  public var readsPixels: Bool { false }

  /// Aims at another bitrate in bit/s and another frame rate.
  public func setRate(bitrate: Int, framesPerSecond: Int) {
    self.bitrate = bitrate
    self.framesPerSecond = max(framesPerSecond, 1)
  }

  /// Writes a frame of the bitrate's size.
  public func encode(
    _ frame: SourceFrame, keyFrame: Bool,
    deliver: (UnsafeRawBufferPointer, EncodedFrame) -> Void
  ) throws(MediaError) {
    let isKey = keyFrame || number == 0
    number += 1
    let mean = max(bitrate / 8 / framesPerSecond, Self.leastBytes)
    var length = isKey ? mean * Self.keyFactor : mean
    if isKey {
      debt += length - mean
    } else if debt > 0 {
      let repaid = min(debt, length / 3)
      debt -= repaid
      length -= repaid
    }
    length = min(max(length, Self.leastBytes), bytes.count)
    write(frame, isKey: isKey)
    if isKey || frame.temporalLayer == 0 { lastBase = number }
    bytes.withUnsafeBytes { all in
      deliver(
        UnsafeRawBufferPointer(rebasing: all[..<length]), EncodedFrame(isKeyFrame: isKey))
    }
  }

  private func write(_ frame: SourceFrame, isKey: Bool) {
    // The first partition's size is nobody's business here; bit 4 shows the frame.
    bytes[0] = isKey ? 0x10 : 0x11
    bytes[1] = 0
    bytes[2] = 0
    var at = 3
    if isKey {
      let header: [UInt8] = [
        0x9D, 0x01, 0x2A, UInt8(settings.width & 0xFF), UInt8(settings.width >> 8),
        UInt8(settings.height & 0xFF), UInt8(settings.height >> 8),
      ]
      for byte in header {
        bytes[at] = byte
        at += 1
      }
    }
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes[at] = UInt8(truncatingIfNeeded: frame.code.bits >> UInt64(shift))
      at += 1
    }
    for value in [number, lastBase] {
      for shift in stride(from: 24, through: 0, by: -8) {
        bytes[at] = UInt8(truncatingIfNeeded: value >> UInt32(shift))
        at += 1
      }
    }
    bytes[at] = isKey ? 0 : frame.temporalLayer
  }
}

/// A picture decoder that shows what a real one could decode.
public final class ModelPictureDecoder: PictureDecoder {
  /// Pictures shown.
  public private(set) var shown: Int64 = 0
  /// Frames that referred to one which was never decoded.
  public private(set) var undecodable: Int64 = 0

  private var size = (width: 0, height: 0)
  /// The last decoded frame that others refer to.
  private var reference: UInt32?

  /// A decoder before its first key frame.
  public init() {}

  /// Shows a frame whose reference was decoded.
  public func decode(_ frame: UnsafeRawBufferPointer, show: (DecodedPicture) -> Void) -> Bool {
    guard frame.count >= 40 else { return false }
    let isKey = frame[0] & 1 == 0
    var at = 3
    if isKey {
      guard frame[3] == 0x9D, frame[4] == 0x01, frame[5] == 0x2A else { return false }
      size = (
        (Int(frame[7]) << 8 | Int(frame[6])) & 0x3FFF, (Int(frame[9]) << 8 | Int(frame[8])) & 0x3FFF
      )
      at = 10
    }
    guard let code = CounterCode(bits: Self.integer(frame, at: at, bytes: 8)) else { return false }
    let number = UInt32(truncatingIfNeeded: Self.integer(frame, at: at + 8, bytes: 4))
    let base = UInt32(truncatingIfNeeded: Self.integer(frame, at: at + 12, bytes: 4))
    guard isKey || base == reference else {
      undecodable += 1
      return false
    }
    // Nobody refers to a frame of the upper layer.
    if frame[at + 16] == 0 { reference = number }
    shown += 1
    show(DecodedPicture(width: size.width, height: size.height, code: code))
    return true
  }

  private static func integer(_ frame: UnsafeRawBufferPointer, at: Int, bytes: Int) -> UInt64 {
    var value: UInt64 = 0
    for i in 0..<bytes { value = value << 8 | UInt64(frame[at + i]) }
    return value
  }
}
