public import Wire

/// Somebody else's download: a flow that takes all it can get, as TCP does.
///
/// Additive increase, multiplicative decrease (RFC 5681): a window that doubles each round trip until
/// the first loss, then grows by one segment a round trip, and is halved at each loss. It fills the
/// queue before the narrowest place to the brim, over and over: what it does to a call's delay
/// is exactly what the call has to live with.
public struct GreedyFlow {
  /// A full segment, in bytes of IP payload less the header that links count by themselves.
  private static let segment = 1_460
  /// The most on the way at once: 256 KiB, an old default for a receiver's buffer.
  private static let widestWindow = 180.0

  /// Segments that arrived, in bytes.
  public private(set) var deliveredBytes = 0

  private struct Segment {
    /// When its acknowledgement, or the news of its loss, is back.
    var knownAt: MonotonicTime
    var isLost: Bool
  }

  private let link: EmulatedNetwork.LinkID
  private let returnTime: TimeSpan
  private var window = 10.0
  private var threshold = GreedyFlow.widestWindow
  private var onTheWay: [Segment] = []
  private var oldest = 0
  /// Losses before this time belong to the window that was halved already.
  private var recoversUntil = MonotonicTime.zero
  private var lastKnown = MonotonicTime.zero

  /// A flow over `link` whose acknowledgements take `returnTime`.
  public init(over link: EmulatedNetwork.LinkID, returnTime: TimeSpan) {
    self.link = link
    self.returnTime = returnTime
  }

  /// When it next has something to do; before it has begun, at once.
  public var nextWake: MonotonicTime {
    oldest < onTheWay.count ? onTheWay[oldest].knownAt : .zero
  }

  /// Takes the news that are back by `now`, and sends as much as the window then allows.
  public mutating func advance(to now: MonotonicTime, over network: inout EmulatedNetwork) {
    while oldest < onTheWay.count, onTheWay[oldest].knownAt <= now {
      note(onTheWay[oldest], at: now)
      oldest += 1
    }
    if oldest > 1_024 {
      onTheWay.removeFirst(oldest)
      oldest = 0
    }
    while onTheWay.count - oldest < Int(window) { send(at: now, over: &network) }
  }

  private mutating func note(_ segment: Segment, at now: MonotonicTime) {
    if segment.isLost {
      guard now >= recoversUntil else { return }
      threshold = max(window / 2, 2)
      window = threshold
      recoversUntil = lastKnown
    } else {
      deliveredBytes += Self.segment
      window = min(window + (window < threshold ? 1 : 1 / window), Self.widestWindow)
    }
  }

  private mutating func send(at now: MonotonicTime, over network: inout EmulatedNetwork) {
    // A loss is told by the segments behind it, which take about as long as those before it.
    let silence = network.waiting(on: link, at: now) + network.conditions(of: link).delay
    let fate = network.admit(bytes: Self.segment, over: link, at: now)
    let known =
      switch fate {
      case .once(let arrival), .twice(let arrival): arrival + returnTime
      case .lost: now + silence + returnTime + .milliseconds(20)
      }
    lastKnown = max(lastKnown, known)
    onTheWay.append(Segment(knownAt: lastKnown, isLost: fate == .lost))
  }
}
