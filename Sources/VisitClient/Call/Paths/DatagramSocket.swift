import CLinux
import Glibc
import Wire

/// A non-blocking UDP socket on a port of the system's choosing, for both IP families where the
/// machine has both. It is bound to no address, so that it goes on when the machine changes network.
final class DatagramSocket {
  /// What to poll.
  let descriptor: Int32
  private let family: Int32

  /// Room for a second of video: the thread may be kept waiting.
  private static let bufferBytes: Int32 = 1 << 20

  /// Opens a socket; nil where the machine gives none.
  init?() {
    let dual = clinux_udp_socket(AF_INET6, 0, 0, 0, Self.bufferBytes)
    // Machines without IPv6 refuse the family.
    let mapped: UInt64 = 0x0000_FFFF_0000_0000
    let opened = dual >= 0 ? dual : clinux_udp_socket(AF_INET, 0, mapped, 0, Self.bufferBytes)
    guard opened >= 0 else { return nil }
    descriptor = opened
    family = dual >= 0 ? AF_INET6 : AF_INET
  }

  deinit { close(descriptor) }

  /// The next datagram and where it came from; nil when there is none now.
  func receive(
    into buffer: UnsafeMutableRawBufferPointer
  ) -> (length: Int, source: SocketAddress)? {
    var datagram = clinux_datagram()
    datagram.bytes = buffer.baseAddress
    datagram.capacity = UInt32(buffer.count)
    guard clinux_receive(descriptor, &datagram, 1) == 1 else { return nil }
    let source = SocketAddress(high: datagram.high, low: datagram.low, port: datagram.port)
    return (Int(datagram.length), source)
  }

  /// Sends a datagram; returns false where the machine has no way to its destination now. A full
  /// buffer loses it, as the network may; retransmission is for the layers above.
  func send(_ bytes: UnsafeRawBufferPointer, to destination: SocketAddress) -> Bool {
    var datagram = clinux_datagram()
    datagram.bytes = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
    datagram.length = UInt32(bytes.count)
    datagram.high = destination.high
    datagram.low = destination.low
    datagram.port = destination.port
    switch -clinux_send(descriptor, family, &datagram, 1, 0) {
    case ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, ENETDOWN, EINVAL: return false
    default: return true
    }
  }
}
