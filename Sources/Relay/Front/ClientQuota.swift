import Wire

/// How many connections each client may have: by IPv4 address, and by IPv6 network of 64 bits, since
/// one household has a whole one.
struct ClientQuota {
  /// What clients are told apart by.
  private struct Client: Hashable {
    var high: UInt64
    var low: UInt64

    init(_ address: SocketAddress) {
      high = address.high
      low = address.isIPv4 ? address.low : 0
    }
  }

  /// The most connections of one client. A town hall behind one address has many people's pages.
  let limit: Int
  private var counts: [Client: Int] = [:]

  /// A quota of `limit` connections for each client.
  init(limit: Int) { self.limit = limit }

  /// Counts one more; false where there are too many.
  mutating func enter(_ address: SocketAddress) -> Bool {
    let client = Client(address)
    let count = counts[client] ?? 0
    guard count < limit else { return false }
    counts[client] = count + 1
    return true
  }

  /// Counts one less.
  mutating func leave(_ address: SocketAddress) {
    let client = Client(address)
    guard let count = counts[client] else { return }
    counts[client] = count > 1 ? count - 1 : nil
  }
}
