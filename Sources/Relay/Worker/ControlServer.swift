import CLinux
import Glibc
import Wire

/// The worker's end of the control channel: a listening Unix socket and at most one connection, the
/// latest, since a control process that connects has taken over from the one before.
struct ControlServer: ~Copyable {
  /// The listening socket, for epoll.
  let listener: Int32
  /// The channel, while a control process is there.
  var connection: ControlConnection?
  /// Whether the last one who called could not be accepted for want of descriptors.
  private(set) var isExhausted = false
  private let path: String

  /// Listens on `path` with mode 0600.
  init(path: String) throws(SystemError) {
    let opened = clinux_unix_listen(path)
    guard opened >= 0 else { throw SystemError(number: -opened) }
    self.path = path
    listener = opened
  }

  deinit {
    close(listener)
    unlink(path)
  }

  /// Accepts whoever waits, if it is our own user or root; returns whether there is a new channel.
  mutating func accept() -> Bool {
    var isNew = false
    while true {
      let accepted = clinux_accept(listener)
      isExhausted = RestingListener.isExhausted(accepted)
      guard accepted >= 0 else { return isNew }
      var process: Int32 = 0
      var user: UInt32 = 0
      guard clinux_peer(accepted, &process, &user) == 0, user == getuid() || user == 0 else {
        close(accepted)
        continue
      }
      // Closing the descriptor of an earlier connection also takes it out of the epoll set.
      connection = ControlConnection(descriptor: accepted)
      isNew = true
    }
  }

  private func close(_ descriptor: Int32) { Glibc.close(descriptor) }
}
