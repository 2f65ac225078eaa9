public import Congestion
public import Wire

/// Figures of one kind of media in one direction since the participant joined.
public struct StreamStatistics: Hashable, Sendable, BitwiseCopyable {
  /// Packets that arrived from the participant, each once however it came, or that were sent to it
  /// in the first place.
  public var packets: UInt64 = 0
  /// Bytes of those packets' headers and payloads.
  public var bytes: UInt64 = 0
  /// Packets that have not arrived, after retransmission; outbound, as the participant's receiver
  /// reports say, which count what its slots' sources lost on their way to us as well.
  public var lost: Int64 = 0
  /// Interarrival jitter (RFC 3550 §6.4.1) in milliseconds at this moment; the worst slot's outbound.
  public var jitterMilliseconds: Double = 0
  /// Packets asked for again, by us inbound and by the participant outbound.
  public var nacked: UInt64 = 0
  /// Packets that were sent again.
  public var retransmitted: UInt64 = 0
  /// Lost packets of sound that came along with later ones (RED, RFC 2198), inbound.
  public var recovered: UInt64 = 0
  /// Keyframes asked for, by us inbound and by the participant outbound.
  public var keyframeRequests: UInt64 = 0

  /// No figures yet.
  public init() {}

  /// What was added since `earlier`. Jitter is this moment's.
  public func since(_ earlier: Self) -> Self {
    var change = self
    change.packets &-= earlier.packets
    change.bytes &-= earlier.bytes
    change.lost &-= earlier.lost
    change.nacked &-= earlier.nacked
    change.retransmitted &-= earlier.retransmitted
    change.recovered &-= earlier.recovered
    change.keyframeRequests &-= earlier.keyframeRequests
    return change
  }

  /// Adds another stream's figures; the worse jitter stands for both.
  mutating func add(_ other: Self) {
    packets &+= other.packets
    bytes &+= other.bytes
    lost &+= other.lost
    jitterMilliseconds = max(jitterMilliseconds, other.jitterMilliseconds)
    nacked &+= other.nacked
    retransmitted &+= other.retransmitted
    recovered &+= other.recovered
    keyframeRequests &+= other.keyframeRequests
  }
}

/// Figures of one participant since it joined.
public struct ParticipantStatistics: Hashable, Sendable, BitwiseCopyable {
  /// Sound from the participant.
  public var inboundAudio = StreamStatistics()
  /// Picture from the participant.
  public var inboundVideo = StreamStatistics()
  /// Sound to the participant, all slots.
  public var outboundAudio = StreamStatistics()
  /// Picture to the participant, all slots.
  public var outboundVideo = StreamStatistics()
  /// Packets that belonged to no negotiated stream or could not be read.
  public var discarded: UInt64 = 0
  /// What the path to the participant is thought to carry at this moment, in bit/s; nil where it gives
  /// no transport-wide feedback.
  public var estimatedBitrate: Int?
  /// How long packets to it wait in the path's queues at this moment; nil where not known.
  public var queueingDelay: TimeSpan?
  /// The least of the levels of the pictures sent to it at this moment; nil where there are none.
  public var pictureLevel: PictureLevel?

  /// No figures yet.
  public init() {}

  /// What was added since `earlier`.
  public func since(_ earlier: Self) -> Self {
    var change = self
    change.inboundAudio = inboundAudio.since(earlier.inboundAudio)
    change.inboundVideo = inboundVideo.since(earlier.inboundVideo)
    change.outboundAudio = outboundAudio.since(earlier.outboundAudio)
    change.outboundVideo = outboundVideo.since(earlier.outboundVideo)
    change.discarded &-= earlier.discarded
    return change
  }
}
