import CLinux
import Glibc
import Wire

/// The machine's own addresses, for candidates where the operator names none.
enum InterfaceAddresses {
  /// More than any machine we run on has.
  private static let limit: Int32 = 32

  /// Addresses of interfaces that are up, IPv4 first since every network at a citizen's home has
  /// it, and the loopback last, for a client on this very machine.
  static func all(port: UInt16, onlyIPv4: Bool) -> [SocketAddress] {
    let found = list(loopback: false, port: port) + list(loopback: true, port: port)
    return found.filter(\.isIPv4) + (onlyIPv4 ? [] : found.filter { !$0.isIPv4 })
  }

  private static func list(loopback: Bool, port: UInt16) -> [SocketAddress] {
    var found = [clinux_datagram](repeating: clinux_datagram(), count: Int(limit))
    let count = clinux_interface_addresses(&found, limit, loopback ? 1 : 0)
    return found.prefix(Int(count)).map { SocketAddress(high: $0.high, low: $0.low, port: port) }
  }
}

extension SocketAddress {
  /// Whether this is `0.0.0.0` or `::`, which bind all addresses and reach none.
  var isWildcard: Bool { high == 0 && (low == 0 || (isIPv4 && ipv4 == 0)) }
}
