import Wire

/// What the path's delay does.
enum DelaySignal: BitwiseCopyable {
  /// It stays.
  case steady
  /// It grows: more goes in than comes out.
  case growing
  /// It falls: a queue drains.
  case falling
}

/// Fits a line to the last groups' delays and compares its slope with a threshold that adapts to the
/// path (libwebrtc's trendline filter; threshold: draft-ietf-rmcat-gcc-02 §5.4).
///
/// The threshold rises where the delay sways by itself, as on mobile networks or beside a flow that
/// fills the queue, and sinks where it does not, so that a small rise is seen early.
struct DelayTrend {
  private static let window = 20
  private static let smoothing = 0.9
  private static let gain = 4.0
  private static let mostSteps = 60
  /// How long the slope must be over the threshold, in ms.
  private static let patience = 10.0

  /// Time of sending and smoothed delay of the last groups, in ms since the first.
  private var times = InlineArray<20, Double>(repeating: 0)
  private var delays = InlineArray<20, Double>(repeating: 0)
  private var steps = 0
  private var origin: MonotonicTime?
  private var delay = 0.0
  private var smoothed = 0.0
  private var threshold = 12.5
  private var timeOver: Double?
  private var stepsOver = 0
  private var previousSlope = 0.0
  private var updatedAt: MonotonicTime?
  /// What the delay does now.
  private(set) var signal = DelaySignal.steady

  /// Takes the next group.
  mutating func add(_ step: PacketGroups.Step) {
    let start = origin ?? step.sentAt
    origin = start
    delay += step.delayGrowth.milliseconds
    smoothed = Self.smoothing * smoothed + (1 - Self.smoothing) * delay
    let row = steps % Self.window
    times[row] = (step.sentAt - start).milliseconds
    delays[row] = smoothed
    steps += 1
    guard steps >= Self.window else { return }
    judge(slope(), step)
  }

  /// Forgets the path, but not how much its delay sways.
  mutating func restart() {
    steps = 0
    origin = nil
    delay = 0
    smoothed = 0
    timeOver = nil
    stepsOver = 0
    previousSlope = 0
    signal = .steady
  }

  /// Least squares over the window: ms of delay per ms. Inlined, or the window would be copied for the
  /// call.
  @inline(__always)
  private func slope() -> Double {
    let times = times.span
    let delays = delays.span
    var meanTime = 0.0
    var meanDelay = 0.0
    for row in 0..<Self.window {
      meanTime += times[row]
      meanDelay += delays[row]
    }
    meanTime /= Double(Self.window)
    meanDelay /= Double(Self.window)
    var above = 0.0
    var below = 0.0
    for row in 0..<Self.window {
      let time = times[row] - meanTime
      above += time * (delays[row] - meanDelay)
      below += time * time
    }
    return below > 0 ? above / below : previousSlope
  }

  private mutating func judge(_ slope: Double, _ step: PacketGroups.Step) {
    let scaled = slope * Double(min(steps, Self.mostSteps)) * Self.gain
    let elapsed = step.sent.milliseconds
    if scaled > threshold {
      timeOver = (timeOver ?? -elapsed / 2) + elapsed
      stepsOver += 1
      if let time = timeOver, time > Self.patience, stepsOver > 1, slope >= previousSlope {
        timeOver = 0
        stepsOver = 0
        signal = .growing
      }
    } else {
      timeOver = nil
      stepsOver = 0
      signal = scaled < -threshold ? .falling : .steady
    }
    previousSlope = slope
    adapt(scaled, step.sentAt)
  }

  private mutating func adapt(_ scaled: Double, _ now: MonotonicTime) {
    let size = abs(scaled)
    let elapsed = min(100, max(0, (now - (updatedAt ?? now)).milliseconds))
    updatedAt = now
    // A sudden change is not the path's swaying.
    guard size <= threshold + 15 else { return }
    let factor = size < threshold ? 0.039 : 0.0087
    threshold = min(600, max(6, threshold + factor * (size - threshold) * elapsed))
  }
}
