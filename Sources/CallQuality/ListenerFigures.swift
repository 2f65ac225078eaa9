/// What is known of one participant as a listener: what its own client measured, and what the relay
/// saw, used where the client said nothing.
struct ListenerFigures {
  /// Delay that no round trip shows, one way in milliseconds: a 20 ms Opus frame, 6.5 ms of Opus
  /// look-ahead (RFC 6716 §2), and two sound-card buffers of about 20 ms.
  static let fixedDelay = 66.5
  /// A jitter buffer holds about twice the jitter.
  static let bufferedJitters = 2.0

  let client: ListenerTotals
  let relay: ListenerTotals

  /// The figures of one participant, from samples in the order of their times.
  init(of participant: String, in samples: [QualitySample]) {
    let own = samples.filter { $0.participant == participant }
    client = ListenerTotals(own.filter(\.source.isClient))
    relay = ListenerTotals(own.filter { !$0.source.isClient })
  }

  /// The round trip between participant and relay in milliseconds.
  var roundTrip: Double? { client.roundTrip.value ?? relay.roundTrip.value }

  /// The estimated opinion of the sound, `other` being who was listened to. Nil when no sound is
  /// known to have come.
  func opinionScore(hearing other: ListenerFigures?) -> Double? {
    let concealment = client.concealedPercent
    guard client.heardSound || concealment != nil || (relay.received.total ?? 0) > 0 else {
      return nil
    }
    let ownTrip = roundTrip ?? other?.roundTrip ?? 0
    let otherTrip = other?.roundTrip ?? ownTrip
    let jitter = client.jitter.value ?? relay.jitter.value ?? 0
    let delay = (ownTrip + otherTrip) / 2 + Self.bufferedJitters * jitter + Self.fixedDelay
    // What had to be made up is what the ear misses, after retransmission and FEC; loss on the way
    // is the next best guess.
    let loss = concealment ?? client.lossPercent ?? relay.lossPercent ?? 0
    return EModel.opinionScore(rating: EModel.rating(delayMilliseconds: delay, lossPercent: loss))
  }

  /// Writes the figures into a participant's part of the verdict.
  func fill(_ quality: inout ParticipantQuality, hearing other: ListenerFigures?) {
    quality.mos = opinionScore(hearing: other)
    quality.firstPictureMs = client.firstPicture
    quality.framesDecoded = client.frames.total.map { Int($0) }
    quality.lossPercent = client.lossPercent ?? relay.lossPercent
    quality.freezeCount = client.freezes.total.map { Int($0) }
    quality.longestFreezeMs = client.longestFreeze
    quality.concealedPercent = client.concealedPercent
    quality.srtpProfile = client.srtpProfile ?? relay.srtpProfile
  }
}
