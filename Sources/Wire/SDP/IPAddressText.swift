// Textual IP addresses: RFC 4291 §2.2 in, RFC 5952 out.

extension SocketAddress {
  /// Reads an IPv4 or IPv6 address without port, brackets or zone; nil where it is none.
  public init?(ip text: some StringProtocol, port: UInt16) {
    let text = Substring(text)
    if let ipv4 = Self.parseIPv4(text) {
      self.init(ipv4: ipv4, port: port)
    } else if let (high, low) = Self.parseIPv6(text) {
      self.init(high: high, low: low, port: port)
    } else {
      return nil
    }
  }

  /// The whole address without its port. Personal data: not for logs.
  public var addressText: String {
    guard !isIPv4 else {
      return "\(ipv4 >> 24).\(ipv4 >> 16 & 0xFF).\(ipv4 >> 8 & 0xFF).\(ipv4 & 0xFF)"
    }
    let groups = (0..<8).map { index in
      UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(48 - 16 * (index & 3)))
    }
    // The longest run of two zero groups or more, the first one of several, becomes "::".
    var longest = 0..<0
    var index = 0
    while index < 8 {
      var end = index
      while end < 8 && groups[end] == 0 { end += 1 }
      if end - index >= 2 && end - index > longest.count { longest = index..<end }
      index = max(end, index + 1)
    }
    let hex = groups.map { String($0, radix: 16) }
    guard !longest.isEmpty else { return hex.joined(separator: ":") }
    return hex[..<longest.lowerBound].joined(separator: ":") + "::"
      + hex[longest.upperBound...].joined(separator: ":")
  }

  /// The whole address with its port: `192.0.2.1:5000`, `[2001:db8::1]:5000`. Not for logs.
  public var text: String {
    isIPv4 ? "\(addressText):\(port)" : "[\(addressText)]:\(port)"
  }

  private static func parseIPv4(_ text: Substring) -> UInt32? {
    guard text.utf8.count <= 15 else { return nil }
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var value: UInt32 = 0
    for part in parts {
      // A leading zero could mean octal to others: refused.
      guard let byte = ASCII.decimal(Substring(part), as: UInt8.self),
        part.count == 1 || part.first != UInt8(ascii: "0")
      else { return nil }
      value = value << 8 | UInt32(byte)
    }
    return value
  }

  private static func parseIPv6(_ text: Substring) -> (UInt64, UInt64)? {
    guard text.utf8.count <= 45 else { return nil }
    let groups: [UInt16]
    if let gap = doubleColon(text) {
      // "::" stands for one zero group or more. Its halves may be empty, and it occurs once.
      let (before, after) = (text[..<gap], text[gap...].dropFirst(2))
      guard doubleColon(after) == nil,
        let head = before.isEmpty ? [] : parseGroups(before, endsAddress: false),
        let tail = after.isEmpty ? [] : parseGroups(after, endsAddress: true),
        head.count + tail.count <= 7
      else { return nil }
      groups = head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail
    } else {
      guard let all = parseGroups(text, endsAddress: true), all.count == 8 else { return nil }
      groups = all
    }
    let high = groups[..<4].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
    let low = groups[4...].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
    return (high, low)
  }

  /// Where the first "::" begins.
  private static func doubleColon(_ text: Substring) -> Substring.Index? {
    let colon = UInt8(ascii: ":")
    return zip(text.utf8.indices, text.utf8.indices.dropFirst()).first {
      text.utf8[$0.0] == colon && text.utf8[$0.1] == colon
    }?.0
  }

  /// Groups of hexadecimal digits between colons; the last may be an IPv4 address where it ends the
  /// whole address.
  private static func parseGroups(_ text: Substring, endsAddress: Bool) -> [UInt16]? {
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    var groups: [UInt16] = []
    for (index, part) in parts.enumerated() {
      if endsAddress, index == parts.count - 1, let ipv4 = parseIPv4(Substring(part)) {
        groups += [UInt16(truncatingIfNeeded: ipv4 >> 16), UInt16(truncatingIfNeeded: ipv4)]
        continue
      }
      guard (1...4).contains(part.count) else { return nil }
      var value: UInt16 = 0
      for byte in part {
        guard let digit = ASCII.hexValue(byte) else { return nil }
        value = value << 4 | UInt16(digit)
      }
      groups.append(value)
    }
    return groups
  }
}
