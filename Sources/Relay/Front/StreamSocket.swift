import CLinux
import Glibc

/// One non-blocking stream socket in an epoll set, which it owns.
final class StreamSocket {
  /// The descriptor; -1 once closed or given away.
  private(set) var descriptor: Int32
  private let epoll: Int32
  private let tag: UInt64
  private var events: UInt32

  /// Takes over `descriptor` and watches it for `events` under `tag`.
  init(_ descriptor: Int32, epoll: Int32, tag: UInt64, events: UInt32) {
    self.descriptor = descriptor
    self.epoll = epoll
    self.tag = tag
    self.events = events
    clinux_epoll_add(epoll, descriptor, events, tag)
  }

  deinit { close() }

  /// Watches for other events from now on.
  func watch(read: Bool, write: Bool) {
    let wanted = (read ? clinux_epollin() : 0) | (write ? clinux_epollout() : 0)
    guard descriptor >= 0, wanted != events else { return }
    events = wanted
    clinux_epoll_change(epoll, descriptor, wanted, tag)
  }

  /// Closes it.
  func close() {
    guard descriptor >= 0 else { return }
    clinux_epoll_remove(epoll, descriptor)
    Glibc.close(descriptor)
    descriptor = -1
  }

  /// Reads what has come, at most `buffer`'s size; with `leaving` the bytes stay where they are.
  func receive(into buffer: UnsafeMutableRawBufferPointer, leaving: Bool = false) -> SocketResult {
    guard descriptor >= 0, !buffer.isEmpty else { return .bytes(0) }
    while true {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, leaving ? Int32(MSG_PEEK) : 0)
      if count > 0 { return .bytes(count) }
      if count == 0 { return .end }
      if errno == EINTR { continue }
      return errno == EAGAIN ? .bytes(0) : .broken
    }
  }

  /// Writes as much as it takes.
  func send(_ bytes: UnsafeRawBufferPointer) -> SocketResult {
    guard descriptor >= 0 else { return .broken }
    var sent = 0
    while sent < bytes.count {
      let count = Glibc.send(
        descriptor, bytes.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      if count > 0 {
        sent += count
      } else if errno == EINTR {
        continue
      } else if errno == EAGAIN {
        break
      } else {
        return .broken
      }
    }
    return .bytes(sent)
  }

  /// Writes what waits in `queue`; false where the socket is broken.
  func flush(_ queue: inout ByteQueue) -> Bool {
    var isWhole = true
    queue.drain { bytes in
      guard case .bytes(let count) = send(bytes) else {
        isWhole = false
        return 0
      }
      return count
    }
    return isWhole
  }
}
