import Wire

/// Tells loss that we cause from loss that the path has anyway, by trying.
///
/// A radio link loses packets at any rate; a queue too short to show in the delay loses what exceeds
/// the path. So when more is lost than the path is known to lose, we send clearly less for a moment. If
/// the loss falls, it was ours and the rate stays down. If it does not, it is the path's own: the rate
/// goes back up, and so much loss is from now on taken for granted.
struct LossControl {
  /// A window of packets is judged when it has so many and is so old.
  private static let windowPackets = 20
  private static let window = TimeSpan.milliseconds(500)
  private static let longestWindow = TimeSpan.seconds(2)
  /// So much more than usual is no chance, beyond the usual spread.
  private static let margin = 0.03
  /// A trial needs so many windows of excess in a row; where packets are lost in bursts, one burst
  /// fills a window, and it takes more of them.
  private static let excessWindowsNeeded = (usual: 2, bursty: 4)
  /// From runs of this mean length on, losses are bursts.
  private static let burst = 2.5
  /// Loss that is acted on at once, unless it is a burst.
  private static let heavy = 0.4
  /// A fall of the loss by fewer standard deviations than this may be chance.
  private static let doubtful = 2.0
  /// How far we go down to try, as part of what the path carries.
  private static let trial = 0.75
  private static let trialPackets = 80
  private static let trialTime = TimeSpan.milliseconds(800)
  private static let longestTrial = TimeSpan.seconds(3)
  /// So little is not worth trying with, in bit/s: what a path loses of it, it loses anyway.
  private static let leastTrial = 150_000.0
  /// Loss that comes back so soon at no higher rate was not ours after all.
  private static let doubt = TimeSpan.seconds(10)
  /// More is never taken for granted: beyond it there is no call to hold.
  private static let mostInherent = 0.6

  /// What feedback shows about a judgement.
  enum Verdict: BitwiseCopyable {
    case none
    /// The path carries this much, in bit/s; send somewhat less.
    case congestion(carried: Double)
  }

  /// What else is known when a window is judged.
  struct Circumstances: BitwiseCopyable {
    /// What we sent lately and what the path carried of it, in bit/s.
    var sent: Double
    var carried: Double
    /// Whether the path's queue is long: then the delay decides, and nothing is learned here.
    var isQueued: Bool
    /// Whether another flow fills the queue: then loss alone decides.
    var isCompeting: Bool
    var responseTime: TimeSpan
  }

  private struct Trial: BitwiseCopyable {
    var effectiveAt: MonotonicTime
    var lossBefore: Double
    var sentBefore: Double
    var carriedBefore: Double
    var received = 0
    var lost = 0
  }

  private var received = 0
  private var lost = 0
  private var windowStart: MonotonicTime?
  private var excessWindows = 0
  private var excessLoss = 0.0
  private var spread = 0.02
  private var runs = LossRuns()
  private var current: Trial?
  /// When loss was last found to be ours, and what the path was found to carry.
  private var blamed: (at: MonotonicTime, rate: Double)?
  private var ignoredBefore = MonotonicTime.zero
  /// What the path loses anyway, 0 ... 0.6.
  private(set) var inherent = 0.0
  /// Everything lost, smoothed over some seconds, 0 ... 1.
  private(set) var fraction = 0.0
  /// While trying: no more than this, in bit/s.
  private(set) var ceiling: Double?

  /// Counts a packet that arrived; `late` where it was told as lost before.
  mutating func didArrive(sentAt: MonotonicTime, late: Bool) {
    guard sentAt >= ignoredBefore else { return }
    received &+= 1
    if late { lost &-= 1 } else { runs.didArrive() }
    countTrial(sentAt, received: 1, lost: late ? -1 : 0)
  }

  /// Counts a packet that was told as lost.
  mutating func didLose(sentAt: MonotonicTime) {
    guard sentAt >= ignoredBefore else { return }
    lost &+= 1
    runs.didLose()
    countTrial(sentAt, received: 0, lost: 1)
  }

  private mutating func countTrial(_ sentAt: MonotonicTime, received: Int, lost: Int) {
    guard let effectiveAt = current?.effectiveAt, sentAt >= effectiveAt else { return }
    current?.received &+= received
    current?.lost &+= lost
  }

  /// Judges what was counted, where there is enough of it.
  mutating func update(_ seen: Circumstances, at now: MonotonicTime) -> Verdict {
    let start = windowStart ?? now
    windowStart = start
    let count = received &+ lost
    let isFull = count >= Self.windowPackets && now - start >= Self.window
    var verdict = Verdict.none
    if isFull || now - start >= Self.longestWindow {
      if count > 0 { verdict = judge(share(received, lost), of: count, seen, now) }
      received = 0
      lost = 0
      windowStart = now
    }
    if current != nil { verdict = conclude(seen, now) }
    return verdict
  }

  private mutating func judge(
    _ loss: Double, of count: Int, _ seen: Circumstances, _ now: MonotonicTime
  ) -> Verdict {
    fraction += 0.25 * (loss - fraction)
    guard current == nil else { return .none }
    let excess = loss - inherent
    // What chance alone does to so few packets, two standard deviations of it.
    let chance = 2 * runs.deviation(of: max(inherent, 0.01), in: count)
    guard excess > Self.margin + max(2 * spread, chance) else {
      excessWindows = 0
      excessLoss = 0
      spread += 0.1 * (abs(excess) - spread)
      if excess < 0 {
        inherent += 0.08 * excess
      } else if !seen.isQueued {
        inherent += 0.05 * excess
      }
      return .none
    }
    excessWindows += 1
    excessLoss += loss
    if seen.isCompeting || seen.isQueued {
      // With a full queue no trial is needed. Delay control has acted unless somebody competes.
      guard seen.isCompeting, excessWindows >= 2 else { return .none }
      excessWindows = 0
      excessLoss = 0
      return .congestion(carried: seen.carried)
    }
    let isBursty = runs.meanLength >= Self.burst
    let needed = isBursty ? Self.excessWindowsNeeded.bursty : Self.excessWindowsNeeded.usual
    guard excessWindows >= needed || excess > Self.heavy && !isBursty else { return .none }
    let before = excessLoss / Double(excessWindows)
    excessWindows = 0
    excessLoss = 0
    let target = Self.trial * seen.carried
    let wasMistaken = blamed.map { now - $0.at < Self.doubt && seen.sent < 1.05 * $0.rate } ?? false
    guard target >= Self.leastTrial, !wasMistaken else {
      accept(before, spread: abs(before - inherent) / 2)
      return .none
    }
    ceiling = target
    current = Trial(
      effectiveAt: now + .milliseconds(100), lossBefore: before, sentBefore: seen.sent,
      carriedBefore: seen.carried)
    return .none
  }

  private mutating func conclude(_ seen: Circumstances, _ now: MonotonicTime) -> Verdict {
    guard let trial = current else { return .none }
    let age = now - trial.effectiveAt - seen.responseTime
    let count = trial.received &+ trial.lost
    guard age >= Self.trialTime && count >= Self.trialPackets || age >= Self.longestTrial
    else { return .none }
    current = nil
    ceiling = nil
    received = 0
    lost = 0
    windowStart = now
    let after = share(trial.received, trial.lost)
    // It was tried because the loss was high: by chance alone it would be lower now.
    let doubt = Self.doubtful * runs.deviation(of: (after + trial.lossBefore) / 2, in: count)
    let hasFallen =
      after - inherent < 0.5 * (trial.lossBefore - inherent) && trial.lossBefore - after > doubt
    // Sound alone cannot be sent more slowly, and then nothing was tried.
    if hasFallen, count > 0, seen.sent < 0.9 * trial.sentBefore {
      blamed = (now, trial.carriedBefore)
      return .congestion(carried: trial.carriedBefore)
    }
    accept((after + trial.lossBefore) / 2, spread: abs(after - trial.lossBefore) / 2)
    return .none
  }

  /// So much is the path's own.
  private mutating func accept(_ loss: Double, spread: Double) {
    inherent = min(Self.mostInherent, loss)
    self.spread = max(self.spread, spread)
  }

  /// What was sent before `time` went into an outage and says nothing about the path.
  mutating func ignore(before time: MonotonicTime) {
    ignoredBefore = time
    received = 0
    lost = 0
    windowStart = nil
    excessWindows = 0
    excessLoss = 0
    current = nil
    ceiling = nil
  }

  /// Forgets the path.
  mutating func restart(at now: MonotonicTime) {
    ignore(before: now)
    inherent = 0
    spread = 0.02
    runs = LossRuns()
    blamed = nil
  }

  private func share(_ received: Int, _ lost: Int) -> Double {
    let lost = max(0, lost)
    let count = received &+ lost
    return count > 0 ? min(1, Double(lost) / Double(count)) : 0
  }
}
