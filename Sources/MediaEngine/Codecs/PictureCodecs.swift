/// One picture on its way into an encoder.
public struct SourceFrame {
  /// What the proof knows of it: its number, its time and who draws it.
  public var code: CounterCode
  /// When it is shown, in the 90 kHz of RTP since the stream's start.
  public var timestamp: Int64
  /// For how long it is shown, in the same unit.
  public var duration: UInt
  /// The layer it should be coded in (`TemporalPattern`): 0 is the base.
  public var temporalLayer: UInt8
  /// Its pixels, the planes in one allocation without gaps; nil for an encoder that does not read them.
  public var pixels: PictureView?
}

/// What an encoder says about a frame it made.
public struct EncodedFrame: Sendable {
  /// Whether it can be decoded by itself.
  public var isKeyFrame: Bool

  /// A frame.
  public init(isKeyFrame: Bool) { self.isKeyFrame = isKeyFrame }
}

/// One decoded picture, valid during the call that hands it out.
public struct DecodedPicture {
  /// The width in pixels.
  public var width: Int
  /// The height in pixels.
  public var height: Int
  /// The pixels; nil from a decoder that makes none.
  public var pixels: PictureView?
  /// The proof's code, from a decoder that knows it without reading pixels.
  public var code: CounterCode?

  /// A picture of `pixels`.
  public init(_ pixels: PictureView) {
    width = pixels.width
    height = pixels.height
    self.pixels = pixels
  }

  /// A picture without pixels.
  public init(width: Int, height: Int, code: CounterCode) {
    self.width = width
    self.height = height
    self.code = code
  }
}

/// What a picture encoder is made for.
public struct PictureEncoderSettings: Sendable, Equatable {
  /// The width in pixels.
  public var width: Int
  /// The height in pixels.
  public var height: Int
  /// The bitrate to aim at, in bit/s.
  public var bitrate: Int
  /// Pictures per second.
  public var framesPerSecond: Int
  /// 1, or 2 for a base of every other picture that can do without the rest (L1T2).
  public var temporalLayers: Int

  /// Settings of one encoder.
  public init(
    width: Int, height: Int, bitrate: Int, framesPerSecond: Int = 20, temporalLayers: Int = 1
  ) {
    self.width = width
    self.height = height
    self.bitrate = bitrate
    self.framesPerSecond = framesPerSecond
    self.temporalLayers = temporalLayers
  }
}

/// Turns pictures of one size into frames. One stream's state; used from the session's thread only.
public protocol PictureEncoder: AnyObject {
  /// Whether it looks at pixels; where it does not, none are drawn.
  var readsPixels: Bool { get }

  /// Aims at another bitrate in bit/s and another frame rate, from the next picture on.
  func setRate(bitrate: Int, framesPerSecond: Int)

  /// Encodes one picture and hands its bytes to `deliver`. They begin like VP8 (RFC 6386 §9.1),
  /// whatever follows: relay and receiver read the first bytes.
  func encode(
    _ frame: SourceFrame, keyFrame: Bool,
    deliver: (UnsafeRawBufferPointer, EncodedFrame) -> Void
  ) throws(MediaError)
}

/// Turns frames back into pictures. One stream's state; used from the session's thread only.
public protocol PictureDecoder: AnyObject {
  /// Decodes one frame and hands the picture to `show`; false where the frame cannot be decoded.
  func decode(_ frame: UnsafeRawBufferPointer, show: (DecodedPicture) -> Void) -> Bool
}
