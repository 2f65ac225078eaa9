import Wire

/// The candidates that an answer names: the relay's own addresses, every one a host's.
///
/// UDP before TCP, and either in the operator's order: a lost segment of TCP's holds up all that come
/// after it, so it is for those whom UDP does not reach.
enum RelayCandidates {
  /// Type preferences (RFC 8445 §5.1.2.2, RFC 6544 §4.2).
  private static let udpPreference: UInt32 = 126
  private static let tcpPreference: UInt32 = 90
  /// Direction preference of a passive host candidate (RFC 6544 §4.2), above 13 bits of order.
  private static let passive: UInt32 = 4

  /// Candidates at `udp`, and passive ones (RFC 6544 §4.5) at `tcp`, as many as a section takes.
  static func list(udp: [SocketAddress], tcp: [SocketAddress]) -> [ICECandidate] {
    let limit = MediaSection.maximumCandidates
    // A machine of many addresses must not push out what its operator wants behind a firewall.
    let passives = tcp.prefix(limit / 2)
    var found = udp.prefix(limit - passives.count).enumerated().map { index, address in
      candidate(
        "udp", number: index, priority: udpPreference << 24 | UInt32(65_535 - index) << 8 | 255,
        at: address)
    }
    for (index, address) in passives.enumerated() {
      let order = passive << 13 | UInt32(8_191 - index)
      var passive = candidate(
        "tcp", number: found.count, priority: tcpPreference << 24 | order << 8 | 255, at: address)
      passive.extensions = [SDPAttribute(name: "tcptype", value: "passive")]
      found.append(passive)
    }
    return found
  }

  private static func candidate(
    _ transport: String, number: Int, priority: UInt32, at address: SocketAddress
  ) -> ICECandidate {
    ICECandidate(
      foundation: String(number + 1), component: 1, transport: transport, priority: priority,
      address: address)
  }
}
