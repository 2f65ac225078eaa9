import CLinux
import Glibc
import Wire

/// One bound UDP socket, which it owns, read and written in batches.
struct MediaSocket: ~Copyable {
  /// The most datagrams one call sends.
  static let batch = Int(CLINUX_SEND)
  /// Room for 100 ms of 300 visits' media at the kernel's doorstep; the kernel clamps it to
  /// `net.core.rmem_max` and `wmem_max`.
  private static let bufferBytes: Int32 = 8 << 20

  /// The socket, for epoll.
  let descriptor: Int32
  /// The port it is bound to.
  let port: UInt16
  private let family: Int32
  /// Whether the kernel takes runs to one peer as one send; given up at its first refusal.
  private var canSegment = true

  /// Binds `address`; throws the errno of the call that failed.
  init(binding address: SocketAddress) throws(SystemError) {
    let family = address.isIPv4 ? AF_INET : AF_INET6
    let opened = clinux_udp_socket(
      family, address.high, address.low, address.port, Self.bufferBytes)
    guard opened >= 0 else { throw SystemError(number: -opened) }
    self.family = family
    descriptor = opened
    clinux_udp_gather(opened)
    port = UInt16(truncatingIfNeeded: clinux_local_port(opened))
  }

  deinit { close(descriptor) }

  /// Receives what has arrived into `inbox`; returns how many messages.
  mutating func receive(into inbox: borrowing MediaInbox) -> Int {
    // A refused earlier send (an ICMP error) is reported by the next call on the socket, whichever
    // that is, and concerns nobody here: consent tells whether a path works.
    inbox.receive(from: descriptor)
  }

  /// Sends `datagrams` in order; returns how many the kernel refused.
  ///
  /// A full send buffer drops the rest: media that waits here would be late at its receiver, and
  /// what must arrive is sent again by those who know.
  mutating func send(_ datagrams: UnsafeMutableBufferPointer<clinux_datagram>) -> Int {
    var next = 0
    var refused = 0
    while next < datagrams.count {
      let left = Int32(datagrams.count - next)
      let result = Int(
        clinux_send(
          descriptor, family, datagrams.baseAddress! + next, left, canSegment ? 1 : 0))
      if result > 0 {
        next += result
      } else if -result == Int(EINTR) {
        continue
      } else if -result == Int(EAGAIN) {
        return refused + Int(left)
      } else if canSegment, -result == Int(EIO) || -result == Int(EINVAL) {
        canSegment = false
      } else {
        // This one's address is unreachable or forbidden; the others' are not.
        refused += 1
        next += 1
      }
    }
    return refused
  }
}

/// A system call's refusal.
struct SystemError: Error, Equatable {
  /// The `errno`.
  var number: Int32
}
