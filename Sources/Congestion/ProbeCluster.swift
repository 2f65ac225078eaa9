public import Wire

/// A short run of packets sent faster than the estimate, to see whether the path carries more.
public struct ProbeCluster: Hashable, Sendable, BitwiseCopyable {
  /// Tells one probe's packets from another's.
  public struct ID: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    /// Counts the probes of a path from 1, around after 65535.
    public let rawValue: UInt16
    /// The probe with this number.
    public init(rawValue: UInt16) { self.rawValue = rawValue }
  }

  /// What its packets are tagged with.
  public let id: ID
  /// The rate to send at in bit/s, everything in the cluster counted.
  public let bitrate: Int
  /// At least this many bytes …
  public let minimumBytes: Int
  /// … in at least this many packets.
  public let minimumPackets: Int

  /// One small packet into an outage. Nothing is measured with it.
  static let knock = ProbeCluster(
    id: ID(rawValue: 0), bitrate: 10_000, minimumBytes: 50, minimumPackets: 1)
}

/// Spaces the packets of one probe. Media may carry it, padding fills what is left.
public struct ProbeSchedule: Sendable, BitwiseCopyable {
  /// A probe that could not be sent in this time measures nothing any more.
  private static let patience = TimeSpan.milliseconds(250)
  /// The largest padding packet in bytes.
  private static let largestPacket = 1_200

  /// The probe under way.
  public let cluster: ProbeCluster
  private let startedAt: MonotonicTime
  private var bytes = 0
  private var packets = 0

  /// A probe whose first packet is due at `now`.
  public init(_ cluster: ProbeCluster, now: MonotonicTime) {
    self.cluster = cluster
    startedAt = now
  }

  /// Notes that a packet tagged with the cluster's number left.
  public mutating func didSend(bytes: Int) {
    self.bytes &+= bytes
    packets &+= 1
  }

  /// When its next packet is due.
  public var nextSend: MonotonicTime {
    startedAt + .nanoseconds(of: bytes, at: cluster.bitrate)
  }

  /// Whether all of it has been sent.
  public var isComplete: Bool {
    bytes >= cluster.minimumBytes && packets >= cluster.minimumPackets
  }

  /// Whether it took so long that the rest is not worth sending.
  public func isStale(at now: MonotonicTime) -> Bool { now - startedAt > Self.patience }

  /// How large a padding packet should be now, in bytes.
  public var paddingBytes: Int {
    min(Self.largestPacket, max(50, cluster.minimumBytes / max(1, cluster.minimumPackets)))
  }
}

extension TimeSpan {
  /// How long `bytes` take at a rate in bit/s.
  static func nanoseconds(of bytes: Int, at bitrate: Int) -> TimeSpan {
    TimeSpan(nanoseconds: Int64(bytes) &* 8_000_000_000 / Int64(max(1, bitrate)))
  }
}
