import Glibc

/// Files that hold a secret: readable by their owner alone, from the first byte on.
enum PrivateFile {
  /// Creates or replaces `path` with `text`, whole or not at all.
  static func write(_ text: String, to path: String) throws {
    let temporary = "\(path).new"
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw PrivateFileError(path: path, code: errno) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written)
      }
      guard count > 0 else { throw PrivateFileError(path: path, code: errno) }
      written += count
    }
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
      throw PrivateFileError(path: path, code: errno)
    }
  }
}

/// A secret could not be written.
struct PrivateFileError: Error, CustomStringConvertible {
  var path: String
  /// The system's error number.
  var code: Int32

  var description: String { "\(path): \(String(cString: strerror(code)))" }
}
