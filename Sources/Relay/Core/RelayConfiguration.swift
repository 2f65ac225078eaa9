public import Wire

/// What a relay core needs to know beforehand.
public struct RelayConfiguration: Sendable {
  /// The UDP addresses that answers name as candidates, the preferred one first.
  public var candidates: [SocketAddress]
  /// Where TCP connections for media are taken, which answers name after the UDP addresses.
  public var tcpCandidates: [SocketAddress] = []
  /// The worker's number, which its sessions' user fragments begin with.
  public var worker = 0
  /// The most sessions held at once.
  public var maximumSessions = 2_048
  /// The most sessions that may be waiting for ICE and DTLS at once.
  /// Room for a whole lost worker's visits to come over at once.
  public var maximumHalfOpen = 512
  /// Our own sockets, numbered from 0.
  public var localPaths = 1
  /// The length of the interval of each `TransportSample`.
  public var sampleInterval = TimeSpan.seconds(5)
  /// The most packets waiting to be sent between two drains.
  public var outgoingCapacity = 2_048

  /// A configuration with these candidates and the usual limits.
  public init(candidates: [SocketAddress]) {
    self.candidates = candidates
  }
}

/// What time it is, on both clocks, read once per turn of the loop.
public struct TurnTime: Sendable, BitwiseCopyable {
  /// The clock that everything is timed with.
  public var now: MonotonicTime
  /// UTC in milliseconds since 1970; stamped on events and sender reports only.
  public var wallMilliseconds: Int64

  /// A turn at `now`.
  public init(now: MonotonicTime, wallMilliseconds: Int64) {
    self.now = now
    self.wallMilliseconds = wallMilliseconds
  }
}

/// Where session ids, ICE credentials and the rooms' seeds come from.
public enum RelayRandom: RandomNumberGenerator, Sendable {
  /// The system's generator, fit for secrets: the only one for people's calls.
  case system
  /// SplitMix64 from a seed, for simulations that must repeat exactly.
  case seeded(UInt64)

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    switch self {
    case .system:
      var generator = SystemRandomNumberGenerator()
      return generator.next()
    case .seeded(let state):
      let next = state &+ 0x9E37_79B9_7F4A_7C15
      self = .seeded(next)
      var mixed = (next ^ (next >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }
}
