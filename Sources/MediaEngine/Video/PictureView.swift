/// A borrowed 4:2:0 picture; valid only during the call that hands it out.
public struct PictureView {
  /// The width in pixels.
  public var width: Int
  /// The height in pixels.
  public var height: Int
  /// The luma plane.
  public var y: UnsafePointer<UInt8>
  /// The blue-difference plane, half as wide and half as high, rounded up.
  public var u: UnsafePointer<UInt8>
  /// The red-difference plane, half as wide and half as high, rounded up.
  public var v: UnsafePointer<UInt8>
  /// Bytes from one luma row to the next.
  public var yStride: Int
  /// Bytes from one blue-difference row to the next.
  public var uStride: Int
  /// Bytes from one red-difference row to the next.
  public var vStride: Int

  /// The chroma planes' width.
  public var chromaWidth: Int { (width + 1) / 2 }
  /// The chroma planes' height.
  public var chromaHeight: Int { (height + 1) / 2 }
}
