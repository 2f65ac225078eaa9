public import Wire

/// An address at which the relay can be reached over UDP.
public struct RemoteCandidate: Sendable, Equatable {
  /// The address.
  public var address: SocketAddress
  /// The candidate's priority (RFC 8445 §5.1.2); higher is better.
  public var priority: UInt32

  /// A reachable address.
  public init(address: SocketAddress, priority: UInt32) {
    self.address = address
    self.priority = priority
  }
}
