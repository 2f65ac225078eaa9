import Wire

/// A host name or an IP address as it stands in certificates and in ServerName.
struct TLSName {
  /// The name without brackets or a final dot.
  let text: String
  /// Whether it is an IP address.
  let isAddress: Bool

  /// The longest host name in bytes (RFC 1035 §2.3.4).
  private static let longest = 253

  /// Takes letters, digits, hyphens and dots, or an IP address; nil for anything else.
  init?(_ name: String) {
    if SocketAddress(ip: name, port: 0) != nil {
      text = name
      isAddress = true
      return
    }
    var labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    if labels.count > 1, labels.last?.isEmpty == true { labels.removeLast() }
    guard name.utf8.count <= Self.longest, labels.allSatisfy(Self.isLabel) else { return nil }
    text = labels.map { String(Substring($0)) }.joined(separator: ".")
    isAddress = false
  }

  private static func isLabel(_ label: Substring.UTF8View) -> Bool {
    (1...63).contains(label.count) && label.first != UInt8(ascii: "-")
      && label.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}
