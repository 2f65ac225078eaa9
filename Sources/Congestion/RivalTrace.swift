import Wire

/// Finds the mark that another flow leaves in a queue: it gets shorter although we send as before.
///
/// A transfer that fills a queue gives way when it is full, and the queue falls by a good part of itself
/// at once (RFC 5681 §3.1). A queue of ours gets shorter only by what we send less than the path carries:
///
///     queue   ⟋|  ⟋|  ⟋|   another flow's: it falls by itself
///           ⟋  |⟋  |⟋
///
struct RivalTrace: BitwiseCopyable {
  /// A smaller fall is jitter.
  private static let margin = TimeSpan.milliseconds(80)
  /// What we carry the blame for is counted so many times: rates are known only roughly.
  private static let doubt = 1.5
  /// The most the path carried of ours before a longer queue is forgotten by this share each time.
  private static let forgetting = 0.02

  /// The queue that the latest fall is measured from: the last one that was longer than we can have left it.
  private var peak: TimeSpan?
  /// By how much it may have become shorter since then because of us.
  private var ours = TimeSpan.zero
  /// What the path carried of ours at most while the queue grew, lately, in bit/s: all it can, where the
  /// queue is ours.
  private var carried = 0.0
  private var last: MonotonicTime?

  /// Takes the queue's length, or any figure that is longer by as much all the time, what the path carries
  /// of ours, and at what rate that was sent, in bit/s; true where the queue has fallen by more than we
  /// can have caused.
  mutating func note(
    queue: TimeSpan, offered: Double, carried arrives: Double, at now: MonotonicTime
  ) -> Bool {
    let elapsed = min(max(now - (last ?? now), .zero), .seconds(1))
    last = now
    guard let peak, queue < peak - ours else {
      carried = max(arrives, carried - Self.forgetting * (carried - arrives))
      start(from: queue)
      return false
    }
    let less = max(0, 1 - offered / max(carried, 1))
    ours = ours + TimeSpan(nanoseconds: Int64(Double(elapsed.nanoseconds) * less * Self.doubt))
    guard peak - queue > Self.margin + ours else { return false }
    start(from: queue)
    return true
  }

  private mutating func start(from queue: TimeSpan) {
    peak = queue
    ours = .zero
  }
}
