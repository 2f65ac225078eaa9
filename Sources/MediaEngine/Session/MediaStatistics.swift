public import Congestion

/// Figures of one received slot since the session began, named as in the W3C WebRTC statistics.
///
/// Counters are cumulative, also over a rejoin of the same session.
public struct SlotStatistics: Sendable, Equatable {
  /// The slot's number, from 0.
  public var slot = 0
  /// RTP packets received, sound and picture, without retransmissions.
  public var packetsReceived: Int64 = 0
  /// RTP packets that never came, sound and picture (RFC 3550 §6.4.1); may shrink when late ones do.
  public var packetsLost: Int64 = 0
  /// RTP payload and header bytes received, sound and picture.
  public var bytesReceived: Int64 = 0
  /// The larger of sound's and picture's interarrival jitter in milliseconds (RFC 3550 §6.4.1).
  public var jitterMs = 0.0
  /// Sound samples that had to be invented (48 kHz); the silence of DTX is not among them.
  public var concealedSamples: Int64 = 0
  /// Those of `concealedSamples` that were plain silence.
  public var silentConcealedSamples: Int64 = 0
  /// Sound samples given to the listener (48 kHz).
  public var totalSamples: Int64 = 0
  /// Sound samples that Opus' in-band FEC restored (48 kHz); not concealed.
  public var correctedSamples: Int64 = 0
  /// Sound samples skipped to shorten the delay.
  public var removedSamplesForAcceleration: Int64 = 0
  /// Sound samples inserted to lengthen the delay.
  public var insertedSamplesForDeceleration: Int64 = 0
  /// The jitter buffer's present target delay in milliseconds.
  public var jitterBufferTargetMs = 0.0
  /// The sound's present level, 0 ... 1 of full scale.
  public var audioLevel = 0.0
  /// Pictures decoded.
  public var framesDecoded: Int64 = 0
  /// Pictures given up because a packet never came.
  public var framesDropped: Int64 = 0
  /// Pictures decoded in the last second.
  public var framesPerSecond = 0.0
  /// Freezes: gaps of at least max(3·average, average + 150 ms).
  public var freezeCount: Int64 = 0
  /// The freezes' summed length in milliseconds.
  public var totalFreezesDurationMs: Int64 = 0
  /// The longest freeze in milliseconds.
  public var longestFreezeMs: Int64 = 0
  /// For how long the sender held the picture on purpose, in milliseconds; not among the freezes.
  public var totalHeldDurationMs: Int64 = 0
  /// Whether the sender holds the picture now: sound comes and no picture, and the last one stands.
  public var isPictureHeld = false
  /// The last decoded picture's width; 0 before the first.
  public var frameWidth = 0
  /// The last decoded picture's height; 0 before the first.
  public var frameHeight = 0
  /// From the session's start to the first decoded sound, in milliseconds.
  public var firstSoundMs: Int64?
  /// From the session's start to the first decoded picture, in milliseconds.
  public var firstPictureMs: Int64?
  /// Sound packets that came as copies inside later ones (RED).
  public var copiedPacketsReceived: Int64 = 0
  /// Negative acknowledgements sent, in packets asked for.
  public var packetsAskedFor: Int64 = 0
  /// Retransmitted packets received.
  public var retransmittedPacketsReceived: Int64 = 0
  /// Key frames asked for (PLI).
  public var keyFrameRequests: Int64 = 0

  /// Figures of slot `slot` before anything was received.
  public init(slot: Int = 0) { self.slot = slot }
}

/// Figures of everything sent.
public struct SentStatistics: Sendable, Equatable {
  /// RTP packets sent, sound and picture, with retransmissions.
  public var packetsSent: Int64 = 0
  /// RTP bytes sent.
  public var bytesSent: Int64 = 0
  /// Pictures encoded.
  public var framesEncoded: Int64 = 0
  /// Key frames encoded.
  public var keyFramesEncoded: Int64 = 0
  /// Packets sent again because they were asked for.
  public var retransmittedPacketsSent: Int64 = 0
  /// Key frame requests received (PLI and FIR).
  public var keyFrameRequestsReceived: Int64 = 0
  /// The picture's present target bitrate in bit/s; 0 while it is held.
  public var videoBitrate = 0
  /// The picture's present target rate in pictures per second.
  public var framesPerSecond = 0
  /// The worst loss the other end last reported, 0 ... 1.
  public var reportedLoss = 0.0
  /// What is shown of us, by the room there is for it.
  public var pictureLevel = PictureLevel.full
  /// What the path carries in all in bit/s; nil where the other end gives no feedback.
  public var estimate: Int?
  /// The share of everything we send that is lost, smoothed, 0 ... 1; 0 where nobody says.
  public var pathLoss = 0.0
  /// How long our packets wait on the path beyond what the way itself takes, in milliseconds.
  public var queueingDelayMs = 0.0
  /// What arrived of ours in the last half second, in bit/s.
  public var acknowledged = 0
  /// The sound's present target bitrate in bit/s.
  public var audioBitrate = 0
  /// How many earlier packets each sound packet repeats (RED).
  public var redundancy = 0
  /// Bytes of padding sent to find out what the path carries.
  public var probeBytesSent: Int64 = 0

  /// Nothing sent.
  public init() {}
}

/// Everything a session can say about itself now.
public struct MediaStatistics: Sendable, Equatable {
  /// What was sent.
  public var sent = SentStatistics()
  /// What each slot received, in slot order.
  public var slots: [SlotStatistics] = []
  /// The round-trip time in milliseconds from reception reports (RFC 3550 §6.4.1); nil before one.
  public var roundTripMs: Double?

  /// Nothing sent or received.
  public init() {}

  /// All slots as one: sums of the counters, the worst of the rest. What a two-party visit needs.
  public var received: SlotStatistics {
    slots.reduce(into: SlotStatistics()) { $0.merge($1) }
  }
}

extension SlotStatistics {
  /// Adds another slot's figures: counters are summed, the worst (or the earliest) is kept.
  mutating func merge(_ other: SlotStatistics) {
    packetsReceived += other.packetsReceived
    packetsLost += other.packetsLost
    bytesReceived += other.bytesReceived
    jitterMs = max(jitterMs, other.jitterMs)
    concealedSamples += other.concealedSamples
    silentConcealedSamples += other.silentConcealedSamples
    totalSamples += other.totalSamples
    correctedSamples += other.correctedSamples
    removedSamplesForAcceleration += other.removedSamplesForAcceleration
    insertedSamplesForDeceleration += other.insertedSamplesForDeceleration
    jitterBufferTargetMs = max(jitterBufferTargetMs, other.jitterBufferTargetMs)
    audioLevel = max(audioLevel, other.audioLevel)
    framesDecoded += other.framesDecoded
    framesDropped += other.framesDropped
    framesPerSecond = max(framesPerSecond, other.framesPerSecond)
    freezeCount += other.freezeCount
    totalFreezesDurationMs += other.totalFreezesDurationMs
    longestFreezeMs = max(longestFreezeMs, other.longestFreezeMs)
    if other.frameWidth > frameWidth {
      frameWidth = other.frameWidth
      frameHeight = other.frameHeight
    }
    firstSoundMs = earliest(firstSoundMs, other.firstSoundMs)
    firstPictureMs = earliest(firstPictureMs, other.firstPictureMs)
    totalHeldDurationMs += other.totalHeldDurationMs
    isPictureHeld = isPictureHeld || other.isPictureHeld
    copiedPacketsReceived += other.copiedPacketsReceived
    packetsAskedFor += other.packetsAskedFor
    retransmittedPacketsReceived += other.retransmittedPacketsReceived
    keyFrameRequests += other.keyFrameRequests
  }
}

/// The smaller of two values that may be absent.
func earliest(_ a: Int64?, _ b: Int64?) -> Int64? {
  guard let a else { return b }
  guard let b else { return a }
  return min(a, b)
}
