import CLinux
import Glibc
import Wire

/// A listening socket in an epoll set, which rests while the process is out of descriptors or memory:
/// a connection that cannot be accepted would wake the loop without end.
struct RestingListener: BitwiseCopyable {
  /// How long it rests. Whoever waits is still there then: the kernel's backlog keeps them.
  static let rest = TimeSpan.milliseconds(200)

  private let descriptor: Int32
  private let epoll: Int32
  private let tag: UInt64
  private var resumesAt: MonotonicTime?

  /// Watches `descriptor` under `tag`.
  init(_ descriptor: Int32, epoll: Int32, tag: UInt64) {
    self.descriptor = descriptor
    self.epoll = epoll
    self.tag = tag
    clinux_epoll_add(epoll, descriptor, clinux_epollin(), tag)
  }

  /// Whether what accept returned means that there is no room for anybody now.
  static func isExhausted(_ result: Int32) -> Bool {
    [EMFILE, ENFILE, ENOMEM, ENOBUFS].contains(-result)
  }

  /// Whether it rests.
  var isResting: Bool { resumesAt != nil }

  /// When it wants to be told the time; nil while it listens.
  var nextWake: MonotonicTime? { resumesAt }

  /// Stops looking for connections for a while.
  mutating func pause(at now: MonotonicTime) {
    resumesAt = now + Self.rest
    clinux_epoll_change(epoll, descriptor, 0, tag)
  }

  /// The socket is about to be closed; its number may be another's soon.
  mutating func stop() { resumesAt = nil }

  /// Looks again once it has rested.
  mutating func advance(to now: MonotonicTime) {
    guard let resumesAt, now >= resumesAt else { return }
    self.resumesAt = nil
    clinux_epoll_change(epoll, descriptor, clinux_epollin(), tag)
  }
}
