import Wire

/// What one client may do for a while: send to and hear from some of its worker's media addresses.
///
/// There is no relayed socket behind it. All it can reach is what `peers` says, and that is handed to
/// the worker as frames on a stream, so nothing else on the machine or its network can be reached by
/// whatever it names.
public struct TURNAllocation: Sendable {
  /// A channel and whom it leads to.
  private struct Binding {
    var channel: TURNChannel
    var peer: SocketAddress
    var expires: MonotonicTime
  }

  /// Who made it.
  public let user: TURNUserName
  /// The family its peers must have.
  let family: STUNFamily
  /// When it ends.
  var expires: MonotonicTime
  private let peers: [SocketAddress]
  private var permissions: [SocketAddress: MonotonicTime] = [:]
  private var bindings: [Binding] = []

  /// An allocation that may reach `peers`, and nobody before it is told to.
  init(user: TURNUserName, family: STUNFamily, peers: [SocketAddress], expires: MonotonicTime) {
    self.user = user
    self.family = family
    self.peers = peers
    self.expires = expires
  }

  /// Why a peer cannot be reached, as an error code; nil where it can. Unlike RFC 8656 §9, where
  /// permissions are for addresses, the port counts too.
  func refusal(of peer: TURNPeer) -> UInt16? {
    let isMapped = peer.family == .ipv6 && peer.address.isIPv4
    guard !isMapped, peers.contains(peer.address) else { return 403 }
    return peer.family == family ? nil : 443
  }

  /// Allows a peer to send until `expires`.
  mutating func permit(_ peer: SocketAddress, until expires: MonotonicTime) {
    permissions[peer] = expires
  }

  /// Whether a peer may send, and be sent to.
  func isPermitted(_ peer: SocketAddress, at now: MonotonicTime) -> Bool {
    permissions[peer].map { now < $0 } ?? false
  }

  /// Binds a channel, or prolongs its binding; false where either of both is bound to another
  /// (§12.2).
  mutating func bind(
    _ channel: TURNChannel, to peer: SocketAddress, until expires: MonotonicTime,
    now: MonotonicTime
  ) -> Bool {
    bindings.removeAll { $0.expires <= now }
    for index in bindings.indices
    where bindings[index].channel == channel || bindings[index].peer == peer {
      guard bindings[index].channel == channel, bindings[index].peer == peer else { return false }
      bindings[index].expires = expires
      return true
    }
    // No more of them than peers, since each has its own.
    bindings.append(Binding(channel: channel, peer: peer, expires: expires))
    return true
  }

  /// Whom a channel leads to.
  func peer(on channel: TURNChannel, at now: MonotonicTime) -> SocketAddress? {
    bindings.first { $0.channel == channel && now < $0.expires }?.peer
  }

  /// The channel that leads to a peer.
  func channel(to peer: SocketAddress, at now: MonotonicTime) -> TURNChannel? {
    bindings.first { $0.peer == peer && now < $0.expires }?.channel
  }
}
