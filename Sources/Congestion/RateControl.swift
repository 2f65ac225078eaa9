import Wire

/// The estimate from delay: up while the delay stays, down when it grows (additive and multiplicative,
/// draft-ietf-rmcat-gcc-02 §5.5), never further up than what arrives makes believable.
struct RateControl {
  /// What is kept of what the path carried when it was found to carry no more.
  private static let backoff = 0.85
  /// Growth away from any known limit, per second.
  private static let growth = 0.08
  /// Growth near the limit last met, in bit/s per second: the same for all who share a path, so that
  /// they come to share it evenly.
  private static let nearGrowth = 20_000.0
  /// The estimate may exceed what arrives by this much, and no more: an application that sends
  /// little learns little.
  private static let headroom = 1.5
  private static let headroomBits = 10_000.0
  /// Within this part of it, the limit last met is near.
  private static let nearness = 0.25

  /// Beside a flow that fills the queue whatever we do, this much is held on to and no more is taken, in
  /// bit/s: sound and a modest picture.
  private static let competingShare = 150_000.0...300_000.0

  /// What one feedback packet showed.
  struct Observation: BitwiseCopyable {
    var signal: DelaySignal
    /// Whether the path's queue has not been empty lately, so that what arrives is what it carries.
    var isBusy: Bool
    /// What the path carried in the last half second, in bit/s.
    var carried: Double
    /// What it carried just now.
    var carriedNow: Double
    /// At what rate the same packets were sent.
    var offered: Double
    /// From a change of ours to its being felt.
    var responseTime: TimeSpan
  }

  private let bounds: ClosedRange<Double>
  /// In bit/s.
  private(set) var bitrate: Double
  /// What the path carried when it was last met full.
  private var limit: Double?
  private var updatedAt: MonotonicTime?
  private(set) var decreasedAt: MonotonicTime?

  init(_ configuration: CongestionConfiguration) {
    bounds = Double(configuration.minimumBitrate)...Double(configuration.maximumBitrate)
    bitrate = Double(configuration.startBitrate)
  }

  /// Learns from feedback. Where somebody else keeps the queue full, waiting for it to empty is in vain.
  mutating func update(_ seen: Observation, isCompeting: Bool, at now: MonotonicTime) {
    let before = bitrate
    defer { if isCompeting { hold(before) } }
    let elapsed = min(1, max(0, (now - (updatedAt ?? now)).seconds))
    updatedAt = now
    switch seen.signal {
    case .growing where bitrate > Self.competingShare.upperBound || !isCompeting:
      decrease(seen, at: now)
    // A queue drains: wait until it has.
    case .falling where !isCompeting: break
    case .steady, .falling, .growing: increase(seen, isCompeting: isCompeting, for: elapsed)
    }
  }

  private mutating func increase(
    _ seen: Observation, isCompeting: Bool, for elapsed: Double
  ) {
    var step = bitrate * Self.growth * elapsed
    if isCompeting { step = max(step, Self.nearGrowth * elapsed) }
    if let limit, !isCompeting {
      if bitrate > limit * (1 + Self.nearness) {
        self.limit = nil
      } else if bitrate > limit * (1 - Self.nearness) {
        step = min(step, Self.nearGrowth * elapsed, bitrate * Self.growth / 2 * elapsed)
      }
    }
    var ceiling = seen.carried * Self.headroom + Self.headroomBits
    if isCompeting { ceiling = min(ceiling, Self.competingShare.upperBound) }
    if bitrate < ceiling { set(min(bitrate + step, ceiling)) }
  }

  /// Goes below what the path carries now; once per response time.
  mutating func decrease(_ seen: Observation, at now: MonotonicTime) {
    // So little does not fill a path. Where all of it comes out, what fills it is somebody else's.
    let isAllCarried = max(seen.carried, seen.carriedNow) > 0.9 * seen.offered
    let before = bitrate
    defer { if isAllCarried { hold(before) } }
    let isFar = bitrate > 2 * seen.carriedNow
    if let decreasedAt, now - decreasedAt < seen.responseTime, !(isFar && seen.isBusy) { return }
    if seen.isBusy {
      limit = limit.map { $0 + 0.3 * (seen.carriedNow - $0) } ?? seen.carriedNow
      if let known = limit, abs(known - seen.carriedNow) > known * 0.5 { limit = seen.carriedNow }
      set(min(bitrate, Self.backoff * seen.carriedNow))
    } else {
      // The queue has only begun to build, or it is jitter; what arrives may be all that was sent.
      set(Self.backoff * bitrate)
    }
    decreasedAt = now
  }

  /// Beside a flow that fills the queue: does not fall below the share that is held on to.
  mutating func hold(_ before: Double) {
    set(max(bitrate, min(before, Self.competingShare.lowerBound)))
  }

  /// Takes back what was given up for a queue that is not ours, as far as it is a fair share.
  mutating func restore(_ before: Double) {
    set(max(bitrate, min(before, Self.competingShare.upperBound)))
  }

  /// Takes over what was found in another way: a probe, or loss.
  mutating func set(_ value: Double) {
    bitrate = min(max(value, bounds.lowerBound), bounds.upperBound)
  }

  /// The path was met full in another way, at `value`: keeps this share of it.
  mutating func meetLimit(
    _ value: Double, keeping share: Double = Self.backoff, at now: MonotonicTime
  ) {
    limit = value
    decreasedAt = now
    set(min(bitrate, share * value))
  }

  /// Forgets the limit: it was another path's, or the path has grown.
  mutating func forgetLimit() { limit = nil }
}
