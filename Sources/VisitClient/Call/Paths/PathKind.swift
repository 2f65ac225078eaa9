import Wire

/// How a path gets to the relay.
public enum PathKind: String, Sendable, Codable, CaseIterable {
  /// Datagrams: the best there is for speech.
  case udp
  /// The same packets on a TCP connection (RFC 6544, RFC 4571), where UDP does not get through.
  case tcp
  /// … inside TLS, where only what looks like the web gets through.
  case tls
}

/// Where one socket or connection of a call leads.
enum PathTarget: Hashable, Sendable {
  /// Every UDP address of the relay's, from one socket.
  case datagrams
  /// A TCP address of the relay's.
  case tcp(SocketAddress)
  /// An address of the server that takes TLS on the relay's behalf.
  case tls(SocketAddress)

  var kind: PathKind {
    switch self {
    case .datagrams: .udp
    case .tcp: .tcp
    case .tls: .tls
    }
  }
}

/// What carries a call now and how often its way had to change, without any address.
public struct PathReport: Sendable, Equatable {
  /// The kind of path that media takes; nil while there is none.
  public var kind: PathKind?
  /// How often this machine's own address towards the relay changed during the call.
  public var addressChanges = 0
  /// How often media moved to another socket or connection of ours.
  public var moves = 0

  /// A call that has not begun.
  public init() {}
}
