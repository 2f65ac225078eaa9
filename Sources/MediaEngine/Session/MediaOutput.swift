public import Wire

/// Where received sound and picture go besides the measurements. Called during `poll`.
public struct MediaOutput {
  /// Played-out sound of a slot: 480 samples of 48 kHz mono PCM16, and when they are heard.
  public var sound: ((Int, UnsafeBufferPointer<Int16>, MonotonicTime) -> Void)?
  /// A decoded picture of a slot, valid during the call, and when it is seen.
  public var picture: ((Int, PictureView, MonotonicTime) -> Void)?
  /// A step on the ladder of the picture that we send, with its cause: for the screen and the ledger.
  public var pictureLevel: ((PictureChange) -> Void)?

  /// Measurements only.
  public init() {}
}
