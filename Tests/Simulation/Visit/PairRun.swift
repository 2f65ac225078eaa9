import MediaEngine
public import NetworkSimulation
import Relay
public import Wire

/// A two-party visit behind a scenario: the citizen wherever the scenario puts it, the support worker in an
/// office unless said.
public final class PairRun {
  /// Everything.
  public let visit: SimulatedVisit
  /// In the office, as a rule.
  public let worker: Party
  /// Behind the scenario.
  public let citizen: Party
  /// When both were let in and the scenario began.
  public let start: MonotonicTime
  /// Looked at every 100 ms.
  public internal(set) var watch: StepWatch

  /// Lets both in; from then on the scenario happens to the citizen.
  public init(_ scenario: Scenario, worker access: AccessConditions = .office) throws {
    visit = try SimulatedVisit(seed: scenario.seed)
    worker = try visit.add("worker", access: access)
    citizen = try visit.add("citizen", access: scenario.opening, framing: scenario.framing)
    try visit.join(worker)
    try visit.join(citizen)
    start = visit.now
    watch = StepWatch(scenario, start: start)
    visit.tell(scenario, to: citizen)
    visit.look = { [unowned self] _ in watch.look(at: self) }
  }

  /// Lets virtual time pass.
  public func run(for span: TimeSpan) { visit.run(for: span) }

  /// Both of them.
  public var both: [Party] { [worker, citizen] }

  /// The share of speech, in percent, that the worse off did not hear: by its ear (every moment without
  /// a voice) or by its jitter buffer's own count of concealed samples, whichever is more.
  public var missedPercent: Double {
    both.map { party in
      let heard = party.ears[0].missedShare(until: visit.now)
      let figures = party.statistics.received
      let concealed = Double(figures.concealedSamples) / Double(max(figures.totalSamples, 1))
      return max(heard, concealed) * 100
    }.max() ?? 100
  }

  /// The share of the time, in percent, that the worse off's picture was frozen, as the W3C's
  /// statistics define a freeze.
  public var freezePercent: Double {
    both.map { party in
      let frozen = Double(party.statistics.received.totalFreezesDurationMs)
      guard let first = party.eye().firstShown, let last = party.eye().lastShown else { return 100 }
      // A picture that never came back is no gap between two.
      let tail = max((visit.now - last - Eye.stillAfter).milliseconds, 0)
      return (frozen + tail) / max((visit.now - first).milliseconds, 1) * 100
    }.max() ?? 100
  }

  /// The share of the time, in percent, in which the worse off saw a moving picture.
  public var movingPercent: Double {
    (both.map { $0.eye().movingShare(until: visit.now) }.min() ?? 0) * 100
  }

  /// The share of pictures, in percent, that the worse off saw within 80 ms of their sound.
  public var inStepPercent: Double {
    (both.map { $0.skews[0].share(within: .milliseconds(80)) }.min() ?? 0) * 100
  }

  /// The longest time without a voice for either, in seconds.
  public var longestGap: Double {
    both.map { party in
      guard let last = party.ears[0].lastHeard else { return Double.infinity }
      return max(party.ears[0].longestGap, visit.now - last - .milliseconds(20)).seconds
    }.max() ?? .infinity
  }

  /// The mouth-to-ear delay that 95 % of what the worse off heard stayed within, in milliseconds.
  public var mouthToEar: Double {
    both.map { $0.ears[0].delay(percentile: 0.95)?.milliseconds ?? .infinity }.max() ?? .infinity
  }

  /// From a participant's wish to join to the first voice it heard of the other, in seconds; the slower.
  public var firstSound: Double {
    both.map { $0.statistics.received.firstSoundMs.map { Double($0) / 1_000 } ?? .infinity }.max()
      ?? .infinity
  }

  /// Paths and sessions that ended.
  public var disconnects: Double {
    let closed = visit.relayEvents.count { if case .closed = $0 { true } else { false } }
    return Double(closed + both.reduce(0) { $0 + $1.disconnects })
  }

  /// Requests to the service after both were let in.
  public var signalling: Double { Double(both.reduce(0) { $0 + $1.signallingCount }) }
}
