import Glibc
import Transport
import Wire

/// Notices that the certificate's files were replaced, as whoever renews certificates does, and loads
/// them. Ones that cannot be used are left alone: what is in use goes on being used.
struct CertificateWatch {
  /// How often the files are looked at.
  static let interval = TimeSpan.seconds(5)

  /// What tells one version of a file from another.
  private struct Version: Equatable {
    var seconds: Int
    var nanoseconds: Int
    var inode: UInt
    var size: Int

    init?(of path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
      inode = UInt(status.st_ino)
      size = Int(status.st_size)
    }
  }

  private let certificateFile: String
  private let privateKeyFile: String
  private var versions: [Version?]
  private var next: MonotonicTime

  /// A watch over the files that are in use now.
  init(_ options: FrontOptions, now: MonotonicTime) {
    certificateFile = options.certificateFile
    privateKeyFile = options.privateKeyFile
    versions = [Version(of: certificateFile), Version(of: privateKeyFile)]
    next = now + Self.interval
  }

  /// What looking at the files came to.
  enum Finding {
    case unchanged
    case replaced(TLSIdentity)
    case unusable(TLSError)
  }

  /// Looks, if it is time to.
  mutating func check(now: MonotonicTime) -> Finding {
    guard now >= next else { return .unchanged }
    next = now + Self.interval
    let found = [Version(of: certificateFile), Version(of: privateKeyFile)]
    guard found != versions, !found.contains(nil) else { return .unchanged }
    versions = found
    do {
      return .replaced(
        try TLSIdentity(certificateFile: certificateFile, privateKeyFile: privateKeyFile))
    } catch {
      // Perhaps only one of both has been written yet; the other changes the versions again.
      return .unusable(error)
    }
  }
}
