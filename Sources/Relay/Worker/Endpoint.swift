public import Wire

extension SocketAddress {
  /// An address with its port as people write it: `192.0.2.1:443`, `[2001:db8::1]:443` (RFC 3986
  /// §3.2.2). nil for anything else, and for port 0.
  public init?(endpoint text: String) {
    guard let colon = text.lastIndex(of: ":"),
      let port = UInt16(text[text.index(after: colon)...]), port != 0
    else { return nil }
    var host = text[..<colon]
    if host.first == "[", host.last == "]" {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    self.init(ip: host, port: port)
  }

  /// The same address, `number` ports on.
  func offset(by number: Int) -> SocketAddress {
    SocketAddress(high: high, low: low, port: port &+ UInt16(truncatingIfNeeded: number))
  }
}
