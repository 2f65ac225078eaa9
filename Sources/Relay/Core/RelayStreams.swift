import Transport
public import Wire

/// Byte streams, which unlike addresses come to an end.
extension RelayCore {
  /// Whether `address` is a live session's: the stream that has this name has authenticated itself.
  public func knows(_ address: SocketAddress) -> Bool { routes.session(of: address) != nil }

  /// The byte stream named `address` is closed; its session goes on over whatever else it has.
  public mutating func streamClosed(_ address: SocketAddress, at time: TurnTime) {
    guard let session = routes.session(of: address) else { return }
    sessions[session].transport.removePath(.streams, to: address, now: time.now)
    settle(session, at: time)
  }
}
