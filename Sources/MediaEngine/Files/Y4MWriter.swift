/// Writes pictures to a YUV4MPEG2 file (4:2:0), which most players and Chromium's fake camera read.
public struct Y4MWriter: ~Copyable {
  private let file: BinaryFile
  private let width: Int
  private let height: Int

  /// Creates or replaces the file for pictures of one size at a fixed rate.
  public init(path: String, width: Int, height: Int, framesPerSecond: Int) throws(MediaError) {
    let file = try BinaryFile(path: path, mode: "wb")
    let header = "YUV4MPEG2 W\(width) H\(height) F\(framesPerSecond):1 Ip A1:1 C420jpeg\n"
    try file.write(Array(header.utf8))
    self.file = file
    self.width = width
    self.height = height
  }

  /// Appends a picture. One of another size is skipped: the format has no way to say so, and
  /// scaling it would falsify the record.
  public mutating func append(_ picture: PictureView) throws(MediaError) {
    guard picture.width == width, picture.height == height else { return }
    try file.write(Array("FRAME\n".utf8))
    try append(picture.y, width: width, height: height, stride: picture.yStride)
    try append(
      picture.u, width: picture.chromaWidth, height: picture.chromaHeight, stride: picture.uStride)
    try append(
      picture.v, width: picture.chromaWidth, height: picture.chromaHeight, stride: picture.vStride)
  }

  /// Closes the file, with an error where not everything could be written.
  public consuming func finish() throws(MediaError) { try file.flush() }

  private func append(
    _ plane: UnsafePointer<UInt8>, width: Int, height: Int, stride: Int
  ) throws(MediaError) {
    for row in 0..<height {
      try file.write(UnsafeRawBufferPointer(start: plane + row * stride, count: width))
    }
  }
}
