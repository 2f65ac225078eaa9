public import Wire

/// Bounds the estimate while a queue stands that does not drain.
///
/// On a path that hardly carries the sound, the sound alone keeps the queue full: pictures pause in
/// vain, and a controller that sees a queue of constant length sees no growth. The path then carries no
/// more than what arrives; a little less is aimed at until the queue is gone, and the bound is let up
/// slowly, faster once there has been no queue for a while.
public struct StandingQueue: Sendable, BitwiseCopyable {
  /// A queue of so long …
  private static let long = TimeSpan.milliseconds(150)
  /// … or a picture that cannot leave, for so long, stands.
  private static let patience = TimeSpan.milliseconds(1_500)
  /// Where the sound fills the path by itself, in bit/s, and a queue was seen lately, the next one is
  /// seen sooner, and the bound is let up by no more than this: the queue must not come again and again.
  private static let narrow = (path: 100_000.0, growth: 0.015)
  private static let sooner = (
    long: TimeSpan.milliseconds(80), patience: TimeSpan.milliseconds(400)
  )
  private static let memory = TimeSpan.seconds(60)
  /// A queue that gets shorter by so much a second drains, and does not stand: little is sent then, and
  /// what arrives at its end says nothing of the path.
  private static let draining = -0.3
  /// Of what arrives, so much is aimed at.
  private static let share = 0.85
  /// Less than this is not what a path carries: feedback can get lost altogether.
  private static let least = 40_000.0
  /// There is no queue below this delay, and no doubt about it below this loss.
  private static let short = TimeSpan.milliseconds(60)
  private static let clearLoss = 0.05
  /// How much of itself the bound grows by in a second without a queue, at first and after a while
  /// without loss.
  private static let growth = (first: 0.06, calm: 0.30)
  private static let calm = TimeSpan.seconds(4)

  /// Making way for so long without the queue getting shorter than this part of what it was shows
  /// that another flow fills it …
  private static let vain = (usual: TimeSpan.seconds(6), narrow: TimeSpan.seconds(16))
  private static let emptied = 0.6
  /// … unless hardly more than sound ever arrived lately, which is forgotten in about this time: such a path
  /// is narrow, and its queue ours, however long it takes …
  private static let lately = TimeSpan.seconds(15)
  /// … and is believed for so long.
  private static let belief = TimeSpan.seconds(30)

  /// What may be sent in all, in bit/s; nil while nothing stands.
  public private(set) var bound: Double?
  private var standsSince: MonotonicTime?
  /// The delay last seen, and how fast it changes, in seconds per second, smoothed over half a second.
  private var lastDelay = TimeSpan.zero
  private var slope = 0.0
  private var calmSince: MonotonicTime?
  /// When making way began, and how long the queue was then.
  private var yielding: (since: MonotonicTime, delay: TimeSpan)?
  private var yieldsAgainAt = MonotonicTime.zero
  private var narrowUntil = MonotonicTime.zero
  private var last = MonotonicTime.zero
  /// The most that arrived in half a second, lately, in bit/s.
  private var most = 0.0

  /// When pictures last had to make way.
  private var stoodAt = MonotonicTime.zero

  /// The least pause between two probes of a path that hardly carries the sound: each is a queue
  /// before it.
  public static let probePause = TimeSpan.seconds(8)

  /// Whether the path was found to hardly carry the sound, not long ago.
  public func isNarrow(at now: MonotonicTime) -> Bool { now < narrowUntil }

  /// A path without such a queue.
  public init() {}

  /// Takes what is seen of the path: the controller's estimate, what arrives, the queue's delay, the
  /// loss, for how long pictures have been waiting to leave, and what a probe found last. True where
  /// making way has just turned out to be in vain.
  public mutating func update(
    estimate: Int, arrives: Int, delay: TimeSpan, loss: Double, wait: TimeSpan,
    found: FoundRate?, at now: MonotonicTime
  ) -> Bool {
    if let found { note(found, estimate: estimate) }
    let isNarrow = now < narrowUntil && Double(arrives) < Self.narrow.path
    let elapsed = min((now - last).seconds, 1)
    last = now
    most = max(Double(arrives), most * (1 - elapsed / Self.lately.seconds))
    if elapsed > 0 {
      slope += ((delay - lastDelay).seconds / elapsed - slope) * min(elapsed * 2, 1)
      lastDelay = delay
    }
    let isLong = delay > (isNarrow ? Self.sooner.long : Self.long)
    standsSince = isLong && slope > Self.draining ? standsSince ?? now : nil
    calmSince = delay < Self.short ? calmSince ?? now : nil
    guard now >= yieldsAgainAt else { return false }
    if let start = yielding, let standsSince,
      now - max(start.since, standsSince) > (isNarrow ? Self.vain.narrow : Self.vain.usual)
    {
      guard delay.seconds > start.delay.seconds * Self.emptied, most > Self.narrow.path else {
        // It takes its time, but it does get shorter, or it is ours.
        yielding = (now, delay)
        return false
      }
      yieldsAgainAt = now + Self.belief
      yielding = nil
      bound = nil
      return true
    }
    let patience = isNarrow ? Self.sooner.patience : Self.patience
    let stands = standsSince.map { now - $0 > patience } ?? false
    // Pictures wait for feedback, too, where it comes late: without delay or loss no queue stands.
    let isDoubtful = delay >= Self.short || loss >= Self.clearLoss
    if stands || (wait > Self.patience && isDoubtful && slope > Self.draining) {
      let carried = max(Double(arrives) * Self.share, Self.least)
      if bound == nil { yielding = (now, delay) }
      stoodAt = now
      bound = min(bound ?? carried, carried)
      if carried < Self.narrow.path { narrowUntil = now + Self.memory }
    } else if let before = bound, let calmSince {
      // Some paths always lose: there it takes longer, but the bound goes all the same.
      let isClear = loss < Self.clearLoss && now - calmSince > Self.calm
      let growth =
        isNarrow ? Self.narrow.growth : isClear ? Self.growth.calm : Self.growth.first
      let grown = before * (1 + growth * elapsed)
      bound = grown < Double(estimate) ? grown : nil
    }
    return false
  }

  /// Takes what a probe found. While nothing but sound is sent, what arrives does not tell a narrow path
  /// from a wide one that stood still for a moment; an answer that came since does.
  private mutating func note(_ found: FoundRate, estimate: Int) {
    guard found.at > stoodAt, Double(found.bitrate) > Self.narrow.path else { return }
    narrowUntil = .zero
    guard let before = bound else { return }
    let carried = max(before, Double(found.bitrate) * Self.share)
    bound = carried < Double(estimate) ? carried : nil
  }

  /// Forgets it: another path.
  public mutating func removeAll() { self = StandingQueue() }
}
