import CLinux
import Glibc
import Wire

/// What the front and its supervisor say to each other over a Unix socket: the front a hello of sixteen
/// bytes once, then each side single bytes.
enum FrontProtocol {
  /// Bytes of the hello.
  static let helloLength = 16
  private static let magic = Array("besoegF1".utf8)

  /// To the front: are you there? From it: yes.
  static let ping = UInt8(ascii: "p")
  /// To the front: listen no more, and end when your last connection has. From it: done so.
  static let retire = UInt8(ascii: "r")
  /// To the front: end now.
  static let stop = UInt8(ascii: "s")

  /// The hello of a front with the settings that `digest` stands for.
  static func hello(digest: UInt64) -> [UInt8] {
    magic + (0..<8).map { UInt8(truncatingIfNeeded: digest >> UInt64(56 - 8 * $0)) }
  }

  /// The digest in a hello; nil where it is none of this release's.
  static func digest(in hello: [UInt8]) -> UInt64? {
    guard hello.count == helloLength, hello.starts(with: magic) else { return nil }
    return hello[8...].reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// The front's end of its control socket: at most one connection, the latest.
struct FrontControl: ~Copyable {
  /// The listening socket; -1 once retired.
  private(set) var listener: Int32
  /// The connection; -1 while there is none.
  private(set) var connection: Int32 = -1
  /// Whether the last one who called could not be accepted for want of descriptors.
  private(set) var isExhausted = false
  private let path: String
  private let digest: UInt64

  /// Listens on `path` with mode 0600.
  init(path: String, digest: UInt64) throws(SystemError) {
    let opened = clinux_unix_listen(path)
    guard opened >= 0 else { throw SystemError(number: -opened) }
    listener = opened
    self.path = path
    self.digest = digest
  }

  deinit {
    if connection >= 0 { close(connection) }
    // A successor may have put its own socket there.
    if listener >= 0 {
      close(listener)
      unlink(path)
    }
  }

  /// Accepts whoever waits, if it is our own user or root; true where there is a new connection.
  mutating func accept() -> Bool {
    var isNew = false
    while listener >= 0 {
      let accepted = clinux_accept(listener)
      isExhausted = RestingListener.isExhausted(accepted)
      guard accepted >= 0 else { break }
      var process: Int32 = 0
      var user: UInt32 = 0
      guard clinux_peer(accepted, &process, &user) == 0, user == getuid() || user == 0 else {
        close(accepted)
        continue
      }
      if connection >= 0 { close(connection) }
      connection = accepted
      say(FrontProtocol.hello(digest: digest))
      isNew = true
    }
    return isNew
  }

  /// What the supervisor asked; empty where it said nothing, nil where it is gone.
  mutating func receive() -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(connection, &bytes, bytes.count)
    if count > 0 { return Array(bytes[..<count]) }
    if count < 0, errno == EAGAIN || errno == EINTR { return [] }
    close(connection)
    connection = -1
    return nil
  }

  /// Says something; a supervisor that does not read is no supervisor.
  func say(_ bytes: [UInt8]) {
    _ = bytes.withUnsafeBytes {
      send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
  }

  /// Listens no more. The path is given up first, so that a successor's is not taken away.
  mutating func retire() {
    guard listener >= 0 else { return }
    unlink(path)
    close(listener)
    listener = -1
  }

  private func close(_ descriptor: Int32) { Glibc.close(descriptor) }
}
