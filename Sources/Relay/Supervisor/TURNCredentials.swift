import Glibc
import Transport
import Wire

/// Makes the credentials that answers carry: one TURN server, for one session, for a while.
struct TURNCredentials {
  /// The realm of our TURN server.
  static let realm = "besoeg"
  /// The least bytes of a secret.
  static let leastSecret = 32
  /// How long a name lets its holder begin. Who has begun in time may go on, so this need only cover
  /// reconnecting within one visit.
  static let lifetimeSeconds: Int64 = 6 * 3_600

  private let secret: [UInt8]
  private let url: String

  /// Credentials for the front of `configuration`; nil where the secret can neither be read nor made.
  init?(_ configuration: FrontConfiguration) {
    guard let secret = Self.secret(at: configuration.secretFile) else { return nil }
    self.secret = secret
    url = "turns:\(configuration.authority(omitting: nil))?transport=tcp"
  }

  /// The servers of `session` on `worker`, issued at `seconds` since 1970.
  func servers(worker: Int, session: String, at seconds: Int64) -> [ICEServer] {
    let user = TURNUserName(
      expires: seconds + Self.lifetimeSeconds, worker: WorkerTag(worker: worker).worker,
      session: session)
    return [
      ICEServer(
        urls: [url], username: user.text, credential: user.password(under: secret),
        expires: user.expires)
    ]
  }

  /// The secret in a file, made where there is none: hexadecimal digits of 256 random bits, readable
  /// by its owner alone from the first byte on.
  static func secret(at path: String) -> [UInt8]? {
    if let secret = SmallFile.read(path) { return secret.count >= leastSecret ? secret : nil }
    var generator = SystemRandomNumberGenerator()
    let words = (0..<4).map { _ in String(generator.next() as UInt64, radix: 16) }
    let text = words.map { String(repeating: "0", count: 16 - $0.utf8.count) + $0 }.joined()
    return SmallFile.write(Array(text.utf8), to: path) ? Array(text.utf8) : nil
  }
}

extension SmallFile {
  /// Creates or replaces a file that only its owner can read, whole or not at all.
  static func write(_ bytes: [UInt8], to path: String) -> Bool {
    let temporary = path + ".new"
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written)
      }
      guard count > 0 else { return false }
      written += count
    }
    return fsync(descriptor) == 0 && rename(temporary, path) == 0
  }
}
