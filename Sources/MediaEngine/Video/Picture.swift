import Glibc

/// An owned 4:2:0 picture (I420), its three planes in one allocation without gaps.
///
/// Pixels are reached through pointers: the engine must keep up with video in debug builds, where
/// every array subscript is a call.
final class Picture {
  let width: Int
  let height: Int
  let chromaWidth: Int
  let chromaHeight: Int
  /// All three planes, luma first.
  let bytes: UnsafeMutableRawBufferPointer

  /// A picture of indeterminate content; call `fill` or draw every pixel.
  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    chromaWidth = (width + 1) / 2
    chromaHeight = (height + 1) / 2
    bytes = .allocate(
      byteCount: width * height + 2 * chromaWidth * chromaHeight, alignment: 32)
  }

  deinit { bytes.deallocate() }

  /// The luma plane.
  var y: UnsafeMutablePointer<UInt8> { plane(at: 0) }
  /// The blue-difference plane.
  var u: UnsafeMutablePointer<UInt8> { plane(at: width * height) }
  /// The red-difference plane.
  var v: UnsafeMutablePointer<UInt8> { plane(at: width * height + chromaWidth * chromaHeight) }

  private func plane(at offset: Int) -> UnsafeMutablePointer<UInt8> {
    // The allocation is never empty: sizes are positive.
    (bytes.baseAddress! + offset).assumingMemoryBound(to: UInt8.self)
  }

  /// A view of the whole picture; valid while the picture lives.
  var view: PictureView {
    PictureView(
      width: width, height: height, y: UnsafePointer(y), u: UnsafePointer(u), v: UnsafePointer(v),
      yStride: width, uStride: chromaWidth, vStride: chromaWidth)
  }

  /// Gives every pixel one grey.
  func fill(luma: UInt8) {
    memset(y, Int32(luma), width * height)
    memset(u, 128, 2 * chromaWidth * chromaHeight)
  }

  /// Gives a rectangle of the luma plane one grey. The rectangle must lie inside the picture.
  func fill(luma: UInt8, x: Int, y top: Int, width columns: Int, height rows: Int) {
    var row = y + top * width + x
    for _ in 0..<rows {
      memset(row, Int32(luma), columns)
      row += width
    }
  }

  /// Gives a rectangle, in luma coordinates, one colour in the chroma planes.
  func fill(
    blue: UInt8, red: UInt8, x: Int, y top: Int, width columns: Int, height rows: Int
  ) {
    let start = (top / 2) * chromaWidth + x / 2
    for row in 0..<(rows / 2) {
      memset(u + start + row * chromaWidth, Int32(blue), columns / 2)
      memset(v + start + row * chromaWidth, Int32(red), columns / 2)
    }
  }
}
