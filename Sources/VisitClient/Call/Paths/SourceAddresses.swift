import CLinux
import Wire

/// This machine's own addresses towards a server, by which a change of network is told from the many
/// things that change in a machine's routes and mean nothing.
struct SourceAddresses: Sendable, Equatable {
  /// What another look showed.
  enum Finding: Sendable, Equatable {
    case same
    /// There is no way there now.
    case gone
    /// There is a way there again, from the same address.
    case back
    /// The way there is from another address.
    case changed
  }

  private struct Way: Sendable, Equatable {
    var destination: SocketAddress
    var source: SocketAddress?
    var last: SocketAddress?
  }

  private var ways: [Way] = []

  /// The addresses towards `destinations` as `source` finds them now; one of each IP family tells.
  init(
    towards destinations: [SocketAddress],
    source: (SocketAddress) -> SocketAddress? = SourceAddresses.now
  ) {
    for isIPv4 in [true, false] {
      guard let destination = destinations.first(where: { $0.isIPv4 == isIPv4 }) else { continue }
      let source = source(destination)
      ways.append(Way(destination: destination, source: source, last: source))
    }
  }

  /// Looks again.
  mutating func look(source: (SocketAddress) -> SocketAddress? = SourceAddresses.now) -> Finding {
    var finding = Finding.same
    for index in ways.indices {
      let now = source(ways[index].destination)
      let way = ways[index]
      ways[index].source = now
      ways[index].last = now ?? way.last
      guard now != way.source else { continue }
      let news: Finding =
        now == nil ? .gone : (way.last == nil || now == way.last ? .back : .changed)
      // The best news counts: a machine that lost IPv6 and has a new IPv4 address has moved.
      if news.weight > finding.weight { finding = news }
    }
    return finding
  }

  /// The address this machine would send from to `destination` now; nil where there is no way.
  static func now(_ destination: SocketAddress) -> SocketAddress? {
    var (high, low): (UInt64, UInt64) = (0, 0)
    guard clinux_source_address(destination.high, destination.low, &high, &low) == 0 else {
      return nil
    }
    return SocketAddress(high: high, low: low, port: 0)
  }
}

extension SourceAddresses.Finding {
  fileprivate var weight: Int {
    switch self {
    case .same: 0
    case .gone: 1
    case .back: 2
    case .changed: 3
    }
  }
}
