import Glibc

/// A file opened with the C library's buffering; closed with its last reference.
struct BinaryFile: ~Copyable {
  private let stream: UnsafeMutablePointer<FILE>
  private let path: String

  /// Opens `path` in a mode of `fopen`.
  init(path: String, mode: String) throws(MediaError) {
    guard let stream = fopen(path, mode) else { throw .file(path: path, code: errno) }
    self.stream = stream
    self.path = path
  }

  deinit { fclose(stream) }

  /// Writes all bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws(MediaError) {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return }
    guard fwrite(start, 1, bytes.count, stream) == bytes.count else {
      throw .file(path: path, code: errno)
    }
  }

  /// Writes all bytes.
  func write(_ bytes: [UInt8]) throws(MediaError) {
    let written = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, stream) }
    guard written == bytes.count else { throw .file(path: path, code: errno) }
  }

  /// Reads up to `count` bytes; fewer at the end of the file.
  func read(count: Int) throws(MediaError) -> [UInt8] {
    let path = path
    let stream = stream
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
      length = fread(buffer.baseAddress, 1, count, stream)
      failed = length < count && ferror(stream) != 0
    }
    if failed { throw .file(path: path, code: errno) }
    return bytes
  }

  /// Reads exactly as many bytes as `bytes` holds; false at the end of the file.
  func read(into bytes: UnsafeMutableRawBufferPointer) -> Bool {
    fread(bytes.baseAddress, 1, bytes.count, stream) == bytes.count
  }

  /// Moves to `offset` bytes from the start.
  func seek(to offset: Int) throws(MediaError) {
    guard fseek(stream, offset, SEEK_SET) == 0 else { throw .file(path: path, code: errno) }
  }

  /// Hands what is buffered to the system, so that a full disk shows now and not at the close.
  func flush() throws(MediaError) {
    guard fflush(stream) == 0 else { throw .file(path: path, code: errno) }
  }
}
