import Transport

/// Hands out the numbers under which the transport knows our sockets and connections: 0 ... 15 for
/// sockets, 16 ... 199 for connections. A number is not used again while there are fresh ones, so
/// that a late packet of a closed one is never taken for its successor's.
struct PathNumbers: Sendable, Equatable {
  static let sockets: ClosedRange<UInt8> = 0...15
  static let streams: ClosedRange<UInt8> = 16...199

  private var nextSocket = sockets.lowerBound
  private var nextStream = streams.lowerBound

  /// A number that is not among `used`. There are always fewer of those than numbers.
  mutating func take(_ kind: PathKind, besides used: some Collection<LocalPath>) -> LocalPath {
    if kind == .udp {
      return Self.take(from: Self.sockets, next: &nextSocket, besides: used)
    }
    return Self.take(from: Self.streams, next: &nextStream, besides: used)
  }

  private static func take(
    from range: ClosedRange<UInt8>, next: inout UInt8, besides used: some Collection<LocalPath>
  ) -> LocalPath {
    for _ in range {
      let path = LocalPath(rawValue: next)
      next = next == range.upperBound ? range.lowerBound : next + 1
      if !used.contains(path) { return path }
    }
    return LocalPath(rawValue: range.upperBound)
  }
}
