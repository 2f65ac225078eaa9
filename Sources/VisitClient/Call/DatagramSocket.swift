import CLinux
import Glibc
import Wire

/// A non-blocking UDP socket on a port of the system's choosing, for both IP families where the
/// machine has both. It is bound to no address, so that it goes on when the machine changes network.
struct DatagramSocket: ~Copyable {
  private let descriptor: Int32
  private let family: Int32
  private let wake: Int32

  /// Room for a second of video: the thread may be kept waiting.
  private static let bufferBytes: Int32 = 1 << 20

  /// Opens a socket; `wake` is a descriptor that also ends `wait`.
  init?(wake: Int32) {
    let dual = clinux_udp_socket(AF_INET6, 0, 0, 0, Self.bufferBytes)
    // Machines without IPv6 refuse the family.
    let mapped: UInt64 = 0x0000_FFFF_0000_0000
    let opened = dual >= 0 ? dual : clinux_udp_socket(AF_INET, 0, mapped, 0, Self.bufferBytes)
    guard opened >= 0 else { return nil }
    descriptor = opened
    family = dual >= 0 ? AF_INET6 : AF_INET
    self.wake = wake
  }

  deinit { close(descriptor) }

  /// Waits for a datagram, for `wake`, or for `span`.
  borrowing func wait(_ span: TimeSpan) {
    var descriptors = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
    ]
    // Rounded up: waking early would only mean waiting again.
    let milliseconds = max(0, min((span.nanoseconds + 999_999) / 1_000_000, 1000))
    _ = poll(&descriptors, 2, Int32(milliseconds))
  }

  /// The next datagram and where it came from; nil when there is none now.
  borrowing func receive(
    into buffer: UnsafeMutableRawBufferPointer
  ) -> (length: Int, source: SocketAddress)? {
    var datagram = clinux_datagram()
    datagram.bytes = buffer.baseAddress
    datagram.capacity = UInt32(buffer.count)
    guard clinux_receive(descriptor, &datagram, 1) == 1 else { return nil }
    let source = SocketAddress(high: datagram.high, low: datagram.low, port: datagram.port)
    return (Int(datagram.length), source)
  }

  /// Sends a datagram. A full buffer or a missing route loses it, as the network may; retransmission
  /// is for the layers above.
  borrowing func send(_ bytes: UnsafeMutableRawBufferPointer, to destination: SocketAddress) {
    var datagram = clinux_datagram()
    datagram.bytes = bytes.baseAddress
    datagram.length = UInt32(bytes.count)
    datagram.high = destination.high
    datagram.low = destination.low
    datagram.port = destination.port
    _ = clinux_send(descriptor, family, &datagram, 1, 0)
  }
}
