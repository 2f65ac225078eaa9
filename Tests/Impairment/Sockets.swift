import CLinux
import Glibc
import Wire

/// The few calls a proxy makes, on descriptors that never block.
enum Sockets {
  /// A UDP socket bound to `address`.
  static func bindDatagram(_ address: SocketAddress) throws -> Int32 {
    let descriptor = clinux_udp_socket(
      address.isIPv4 ? AF_INET : AF_INET6, address.high, address.low, address.port, 1 << 20)
    guard descriptor >= 0 else { throw ProxyError.call("bind \(address.text)", -descriptor) }
    return descriptor
  }

  /// A TCP socket that listens on `address`.
  static func listen(_ address: SocketAddress) throws -> Int32 {
    let descriptor = makeStream(for: address)
    guard descriptor >= 0 else { throw ProxyError.call("socket", errno) }
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    let result = withAddress(address) { bind(descriptor, $0, $1) }
    guard result == 0, Glibc.listen(descriptor, 64) == 0 else {
      throw ProxyError.call("listen on \(address.text)", errno)
    }
    return descriptor
  }

  /// A TCP connection to `address`, under way; nil where it cannot even begin.
  static func connect(to address: SocketAddress) -> Int32? {
    let descriptor = makeStream(for: address)
    guard descriptor >= 0 else { return nil }
    sendAtOnce(descriptor)
    let result = withAddress(address) { Glibc.connect(descriptor, $0, $1) }
    guard result == 0 || errno == EINPROGRESS else {
      close(descriptor)
      return nil
    }
    return descriptor
  }

  /// The next connection of a listening socket; nil where there is none.
  static func accept(_ listener: Int32) -> Int32? {
    let descriptor = clinux_accept(listener)
    guard descriptor >= 0 else { return nil }
    sendAtOnce(descriptor)
    return descriptor
  }

  /// Writes what the kernel takes; how much that was, nil where the connection is over.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int? {
    let count = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR || errno == ENOTCONN || errno == EINPROGRESS ? 0 : nil
  }

  private static func makeStream(for address: SocketAddress) -> Int32 {
    socket(
      address.isIPv4 ? AF_INET : AF_INET6,
      Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
  }

  /// The emulator decides when bytes leave; Nagle's algorithm would have a say of its own.
  private static func sendAtOnce(_ descriptor: Int32) {
    var one: Int32 = 1
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func withAddress(
    _ address: SocketAddress, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var storage = clinux_address()
    let length = clinux_to_sockaddr(
      address.isIPv4 ? AF_INET : AF_INET6, address.high, address.low, address.port, &storage)
    return withUnsafeBytes(of: &storage) { bytes in
      guard let base = bytes.baseAddress else { return -1 }
      return body(base.assumingMemoryBound(to: sockaddr.self), length)
    }
  }
}

/// Why the proxy could not start.
enum ProxyError: Error, CustomStringConvertible {
  /// A system call failed with this `errno`.
  case call(String, Int32)

  var description: String {
    switch self {
    case .call(let what, let number): "\(what): \(String(cString: strerror(number)))"
    }
  }
}
