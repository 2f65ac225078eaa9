import Glibc

/// Keeps a second control process off a data directory: two would fight over the relay workers.
///
/// Held until the process ends, however it ends; the workers it spawns do not inherit it.
public struct DirectoryLock: ~Copyable, Sendable {
  private let descriptor: Int32

  /// Takes the lock, or throws where another process holds it.
  public init(directory: String) throws {
    let path = "\(directory)/serve.lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw PrivateFileError(path: path, code: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      if code == EWOULDBLOCK { throw DirectoryLockError(directory: directory) }
      throw PrivateFileError(path: path, code: code)
    }
  }

  deinit { close(descriptor) }
}

/// Another process serves from this directory.
public struct DirectoryLockError: Error, CustomStringConvertible {
  /// The directory.
  public var directory: String

  /// What is wrong, for the log.
  public var description: String { "another besoegd serve runs on \(directory)" }
}
