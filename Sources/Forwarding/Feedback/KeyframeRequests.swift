import Wire

/// When to ask one source for a keyframe: at once when somebody needs one, but never twice within
/// half a second, and again until it comes.
///
/// A keyframe is ten times an ordinary picture; a room of receivers that each ask for one on the
/// same lost packet would drown the sender (mediasoup#990, and every relay before it).
struct KeyframeRequests: BitwiseCopyable {
  /// The least time between two requests to one source.
  static let interval = TimeSpan.milliseconds(500)
  /// The most time between two requests while nothing comes.
  static let longestInterval = TimeSpan.milliseconds(2000)

  private var isWanted = false
  private var lastSentAt: MonotonicTime?
  private var unanswered: Int64 = 0

  /// Says that somebody needs a keyframe.
  mutating func want() { isWanted = true }

  /// Says that a keyframe began to arrive.
  mutating func keyframeArrived() {
    isWanted = false
    unanswered = 0
  }

  /// Forgets what was asked of a source that is gone; the throttle stays.
  mutating func reset() {
    isWanted = false
    unanswered = 0
  }

  /// When a request is due; nil while none is wanted.
  var dueAt: MonotonicTime? {
    guard isWanted else { return nil }
    guard let lastSentAt else { return .zero }
    let backoff = min(Self.interval * max(1, unanswered / 4), Self.longestInterval)
    return lastSentAt + backoff
  }

  /// Whether to send a request now; if so it counts as sent.
  mutating func shouldSend(now: MonotonicTime) -> Bool {
    guard let dueAt, now >= dueAt else { return false }
    lastSentAt = now
    unanswered += 1
    return true
  }
}
