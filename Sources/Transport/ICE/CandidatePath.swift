import Wire

/// Names a path: one of our sockets and one address of the peer's.
struct PathKey: Hashable, BitwiseCopyable {
  /// Our socket.
  var local: LocalPath
  /// The peer's address.
  var remote: SocketAddress
}

/// A check in flight.
struct SentCheck: BitwiseCopyable {
  /// Its transaction.
  var transaction: STUNTransactionID
  /// When it was sent.
  var at: MonotonicTime
}

/// One candidate pair (RFC 8445 §6.1.2) and what its checks have shown.
///
/// Every check is a transaction of its own, as RFC 7675 §5.1 asks for consent: a late answer still
/// counts, and a round trip is never measured against the wrong check.
struct CandidatePath: BitwiseCopyable {
  /// The path's two ends.
  let key: PathKey
  /// Milliseconds that the path's score is worse for, by its socket.
  var cost: UInt8
  /// Whether the address was named to us, rather than learned from a check.
  let isConfigured: Bool
  /// The ICE generation in which it last answered; nil while it never has, or has stopped.
  var validatedGeneration: UInt32?
  /// The peer nominated it before it had answered us (RFC 8445 §7.3.1.5).
  var isNominationPending = false
  /// When to check it next; nil while it is left alone.
  var nextCheck: MonotonicTime?
  /// The backoff while it does not answer.
  var interval: TimeSpan
  /// Checks since the last answer.
  var unanswered = 0
  /// When it was last checked.
  var lastChecked: MonotonicTime?
  /// When it last answered a check: consent (RFC 7675).
  var lastAnswered: MonotonicTime?
  /// When anything authenticated last came over it.
  var lastHeard: MonotonicTime
  /// Bytes of checks that it may still be sent while it is unproven.
  private var credit = 0
  /// Until when the answers it has been sent while unproven are accounted for; see `mayAnswer`.
  private var answeredUntil = MonotonicTime.zero
  /// Its round trip.
  var roundTrip = RoundTripEstimator()

  /// The checks in flight, a ring: at one check per 100 ms an answer may take 1.6 s.
  private var sent = InlineArray<16, SentCheck?>(repeating: nil)
  private var nextSlot = 0

  /// A path to be checked at `firstCheck`.
  init(
    key: PathKey, cost: UInt8, isConfigured: Bool, firstCheck: MonotonicTime, interval: TimeSpan,
    now: MonotonicTime
  ) {
    self.key = key
    self.cost = cost
    self.isConfigured = isConfigured
    self.interval = interval
    nextCheck = firstCheck
    lastHeard = now
  }

  /// Whether nothing shows that the peer is there but the source of its packets, which may be borrowed.
  var isUnproven: Bool { !isConfigured && lastAnswered == nil }

  /// Notes that `bytes` of authenticated packets came from its address.
  mutating func earn(_ bytes: Int) {
    if isUnproven { credit += bytes }
  }

  /// Whether a check of `bytes` may be sent; takes them from what has been earned.
  ///
  /// An unproven address gets no more bytes of checks than came from it (RFC 9000 §8.1 bounds QUIC
  /// likewise): with the answers, which are shorter than their requests, a replayed packet of the
  /// peer's sends whoever's address was borrowed less than twice its bytes, and then nothing.
  mutating func spend(_ bytes: Int) -> Bool {
    guard isUnproven else { return true }
    guard bytes <= credit else { return false }
    credit -= bytes
    return true
  }

  /// Between answers to an unproven address, on average: no peer checks one path more often for long
  /// (RFC 8445 §14.3 begins at 500 ms). As many as `answerBurst` holds may come at once.
  private static let answerInterval = TimeSpan.milliseconds(50)
  private static let answerBurst = TimeSpan.seconds(1)

  /// Whether a check that came from it is to be answered now.
  ///
  /// An unproven address gets twenty answers a second: a replayed check is no way to have the relay
  /// send to whose address was borrowed at the replayer's own rate.
  mutating func mayAnswer(at now: MonotonicTime) -> Bool {
    guard isUnproven else { return true }
    let next = max(answeredUntil, now) + Self.answerInterval
    guard next - now <= Self.answerBurst else { return false }
    answeredUntil = next
    return true
  }

  /// Remembers a check that is going out.
  mutating func noteSent(_ check: SentCheck) {
    sent[nextSlot] = check
    nextSlot = (nextSlot + 1) & 15
    unanswered += 1
    lastChecked = check.at
  }

  /// When the check with `transaction` was sent; forgets it. nil where there is none in flight.
  mutating func takeSent(_ transaction: STUNTransactionID) -> MonotonicTime? {
    for slot in 0..<16 {
      guard let check = sent[slot], check.transaction == transaction else { continue }
      sent[slot] = nil
      return check.at
    }
    return nil
  }

  /// Notes that a check sent at `sentAt` was answered now, in ICE generation `generation`; whether the
  /// peer had nominated it meanwhile.
  mutating func noteAnswered(
    sentAt: MonotonicTime, generation: UInt32, now: MonotonicTime
  ) -> Bool {
    roundTrip.add(now - sentAt)
    lastAnswered = now
    unanswered = 0
    validatedGeneration = generation
    defer { isNominationPending = false }
    return isNominationPending
  }

  /// Whether it should be checked when the peer checks it: it has not answered in this generation, or
  /// so long ago that consent is about to end, or has ended in an outage (RFC 7675).
  func needsCheck(generation: UInt32, consent: TimeSpan, now: MonotonicTime) -> Bool {
    guard validatedGeneration == generation, let lastAnswered else { return true }
    return (now - lastAnswered) * 2 >= consent
  }

  /// Takes it for dead: it must answer anew, and its round trip may be another then.
  mutating func giveUp() {
    validatedGeneration = nil
    roundTrip = RoundTripEstimator()
  }

  /// Whether it leads over a byte stream.
  var isStream: Bool { key.local.isStream }

  /// What choosing goes by, lower is better; nil before the first answer.
  var score: TimeSpan? {
    guard let smoothed = roundTrip.smoothed else { return nil }
    return smoothed + .milliseconds(Int64(cost))
  }
}
