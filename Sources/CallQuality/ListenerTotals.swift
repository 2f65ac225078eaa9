/// One participant's samples added up over a visit, from one kind of source.
///
/// Counters are cumulative per session and start again with the next: whenever one that can only
/// grow has shrunk, what was reached is put aside and counting goes on from there. Everything is
/// `Double`, because the figures come from clients and a sum must never overflow.
struct ListenerTotals {
  private(set) var sampleCount = 0
  private(set) var received = Counter()
  private(set) var lost = Counter()
  private(set) var concealed = Counter()
  private(set) var played = Counter()
  private(set) var frames = Counter()
  private(set) var freezes = Counter()
  private(set) var longestFreeze: Double?
  private(set) var firstSound: Double?
  private(set) var firstPicture: Double?
  private(set) var roundTrip = Mean()
  private(set) var jitter = Mean()
  private(set) var loudest = 0.0
  private(set) var highestAttempt = 1
  private(set) var srtpProfile: String?

  /// Adds up samples given in the order of their times.
  init(_ samples: some Sequence<QualitySample>) {
    for sample in samples { add(sample.clamped) }
  }

  private mutating func add(_ sample: QualitySample) {
    sampleCount += 1
    if received.hasShrunk(to: sample.packetsReceived) || played.hasShrunk(to: sample.totalSamples)
      || frames.hasShrunk(to: sample.framesDecoded)
    {
      received.beginSession()
      lost.beginSession()
      concealed.beginSession()
      played.beginSession()
      frames.beginSession()
      freezes.beginSession()
    }
    received.take(sample.packetsReceived)
    lost.take(sample.packetsLost)
    concealed.take(sample.concealedSamples)
    played.take(sample.totalSamples)
    frames.take(sample.framesDecoded)
    freezes.take(sample.freezeCount)
    roundTrip.take(sample.roundTripMs)
    jitter.take(sample.jitterMs)
    if let freeze = sample.longestFreezeMs { longestFreeze = max(longestFreeze ?? 0, freeze) }
    firstSound = firstSound ?? sample.firstSoundMs
    firstPicture = firstPicture ?? sample.firstPictureMs
    loudest = max(loudest, sample.audioLevel ?? 0)
    highestAttempt = max(highestAttempt, sample.attempt ?? 1)
    srtpProfile = sample.srtpProfile ?? srtpProfile
  }

  /// Packets lost in percent of those sent; nil before any came.
  var lossPercent: Double? {
    guard let received = received.total else { return nil }
    let lost = max(0, lost.total ?? 0)
    return received + lost > 0 ? 100 * lost / (received + lost) : nil
  }

  /// Sound made up in percent of that played; nil before any was.
  var concealedPercent: Double? {
    guard let played = played.total, played > 0, let concealed = concealed.total else { return nil }
    return min(100, max(0, 100 * concealed / played))
  }

  /// Whether real sound was decoded.
  var heardSound: Bool {
    if firstSound != nil || loudest > 0 { return true }
    guard let played = played.total else { return false }
    return played > (concealed.total ?? 0)
  }

  /// A cumulative counter over several sessions.
  struct Counter {
    private var earlier = 0.0
    private var current: Double?

    /// The sum over sessions; nil when it was never reported.
    var total: Double? { current.map { earlier + $0 } }

    func hasShrunk(to value: Int?) -> Bool {
      guard let current, let value else { return false }
      return Double(value) < current
    }

    mutating func take(_ value: Int?) {
      if let value { current = Double(value) }
    }

    mutating func beginSession() {
      guard let current else { return }
      earlier += current
      self.current = 0
    }
  }

  /// A mean of what was reported.
  struct Mean {
    private var sum = 0.0
    private var count = 0.0

    /// The mean; nil when nothing was reported.
    var value: Double? { count > 0 ? sum / count : nil }

    mutating func take(_ value: Double?) {
      guard let value else { return }
      sum += value
      count += 1
    }
  }
}
