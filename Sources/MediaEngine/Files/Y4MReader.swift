/// Reads the pictures of a YUV4MPEG2 file of 4:2:0 pictures, one by one.
public struct Y4MReader: ~Copyable {
  /// The pictures' width in pixels.
  public let width: Int
  /// The pictures' height in pixels.
  public let height: Int
  /// Pictures per second.
  public let framesPerSecond: Double

  private let file: BinaryFile
  private let picture: Picture
  private let path: String

  /// Opens a file and reads its header.
  public init(path: String) throws(MediaError) {
    let file = try BinaryFile(path: path, mode: "rb")
    let header = try Self.readLine(file, path: path)
    var width = 0
    var height = 0
    var rate = 0.0
    var words = header.split(separator: " ")[...]
    guard words.popFirst() == "YUV4MPEG2" else { throw .unsupportedFile(path: path) }
    for word in words {
      let value = word.dropFirst()
      switch word.first {
      case "W": width = Int(value) ?? 0
      case "H": height = Int(value) ?? 0
      case "F":
        let parts = value.split(separator: ":").compactMap { Double($0) }
        if parts.count == 2, parts[1] > 0 { rate = parts[0] / parts[1] }
      case "C" where !value.hasPrefix("420"), "C" where value.hasPrefix("420p1"):
        throw .unsupportedFile(path: path)
      default: break
      }
    }
    guard (2...8192).contains(width), (2...8192).contains(height), rate > 0 else {
      throw .unsupportedFile(path: path)
    }
    self.file = file
    self.path = path
    self.width = width
    self.height = height
    framesPerSecond = rate
    picture = Picture(width: width, height: height)
  }

  /// Reads the next picture and hands it to `body`; false at the end of the file.
  public mutating func next(_ body: (PictureView) -> Void) throws(MediaError) -> Bool {
    let line = try Self.readLine(file, path: path)
    if line.isEmpty { return false }
    guard line.hasPrefix("FRAME") else { throw .unsupportedFile(path: path) }
    guard file.read(into: picture.bytes) else { return false }
    body(picture.view)
    return true
  }

  /// A line without its end; empty at the end of the file.
  private static func readLine(
    _ file: borrowing BinaryFile, path: String
  ) throws(MediaError) -> String {
    var line: [UInt8] = []
    while true {
      let byte = try file.read(count: 1)
      guard let byte = byte.first else { break }
      if byte == UInt8(ascii: "\n") { break }
      line.append(byte)
      if line.count > 256 { throw .unsupportedFile(path: path) }
    }
    return String(decoding: line, as: UTF8.self)
  }
}
