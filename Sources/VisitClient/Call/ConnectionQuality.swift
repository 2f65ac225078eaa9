public import MediaEngine

/// How good a connection is, in words that a person can use.
public enum ConnectionQuality: String, Sendable, Codable, CaseIterable {
  /// Too little heard to say.
  case unknown
  /// Nothing to notice.
  case good
  /// Noticeable now and then.
  case fair
  /// Hard to talk.
  case poor
  /// Nothing comes from the other party, though our own path is up.
  case silent
}

/// Judges a connection from what each interval added to the statistics.
///
/// Limits as other systems use them per window: loss under 3 % and invented sound under 2 % is good,
/// up to 10 % and 5 % fair. A worse word is shown at once, a better one after two better intervals,
/// so that the words do not flicker.
public struct QualityMeter: Sendable, Equatable {
  /// The present judgement.
  public private(set) var quality = ConnectionQuality.unknown
  private var before: SlotStatistics?
  private var betterIntervals = 0

  /// Fewer packets than this in an interval say nothing.
  private static let fewestPackets: Int64 = 20

  /// A meter that has seen nothing.
  public init() {}

  /// Takes the statistics at the end of an interval of some seconds.
  public mutating func update(_ statistics: MediaStatistics) {
    let now = statistics.received
    defer { before = now }
    guard let before else { return }
    let packets = now.packetsReceived - before.packetsReceived
    let lost = max(now.packetsLost - before.packetsLost, 0)
    let samples = now.totalSamples - before.totalSamples
    // As the statistics of browsers do: DTX silence is not a fault.
    let invented = max(
      (now.concealedSamples - now.silentConcealedSamples)
        - (before.concealedSamples - before.silentConcealedSamples), 0)
    guard packets >= Self.fewestPackets else { return judge(packets + lost == 0 ? .silent : .fair) }
    let loss = Double(lost) / Double(packets + lost)
    let concealment = samples > 0 ? Double(invented) / Double(samples) : 0
    let froze = now.totalFreezesDurationMs - before.totalFreezesDurationMs
    let roundTrip = statistics.roundTripMs ?? 0
    if loss > 0.10 || concealment > 0.05 || froze > 1000 || roundTrip > 800 {
      judge(.poor)
    } else if loss > 0.03 || concealment > 0.02 || froze > 0 || roundTrip > 400 {
      judge(.fair)
    } else {
      judge(.good)
    }
  }

  private mutating func judge(_ new: ConnectionQuality) {
    let order: [ConnectionQuality] = [.unknown, .silent, .poor, .fair, .good]
    let isBetter = (order.firstIndex(of: new) ?? 0) > (order.firstIndex(of: quality) ?? 0)
    guard isBetter && quality != .unknown && quality != .silent else {
      quality = new
      betterIntervals = 0
      return
    }
    betterIntervals += 1
    if betterIntervals >= 2 {
      quality = new
      betterIntervals = 0
    }
  }
}
