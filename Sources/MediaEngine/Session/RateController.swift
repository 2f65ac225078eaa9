import Wire

/// How much the picture may take of the network, and what size and rate that buys.
///
/// Sound is never touched. The picture steps down on reported loss and on the relay's estimate
/// (REMB), and comes back by itself: first the bitrate falls, then the size, then the frame rate
/// (EN 301 549 §6.5: sign language and lips need the rate more than the detail), and below what shows
/// anything useful the picture is held until there is room again.
struct RateController {
  /// Under the first bitrate the picture is half as wide and high; over the second one whole again.
  private static let halveBelow = 150_000
  private static let restoreAbove = 220_000
  /// Each change of size costs a key frame, so there is at most one in this time.
  private static let sizePause = TimeSpan.seconds(4)
  /// Under this bitrate the frame rate is halved.
  private static let slowBelow = 100_000
  /// Under this estimate the picture is held, and above the second one it comes back.
  private static let holdBelow = 50_000
  private static let resumeAbove = 80_000

  private let ceiling: Int
  private let floor: Int
  private let fullRate: Int
  /// What loss allows.
  private var allowed: Int
  /// What the other end estimates, if it says so.
  private var estimate: Int?
  private var lastDecrease: MonotonicTime?
  private var lastIncrease: MonotonicTime?
  private var lastResize: MonotonicTime?
  /// Whether no picture is sent for now.
  private(set) var isHeld = false
  /// Whether the picture is sent at half its width and height.
  private(set) var isHalfSize = false

  init(configuration: MediaConfiguration) {
    ceiling = configuration.videoBitrate
    floor = min(configuration.minimumVideoBitrate, configuration.videoBitrate)
    fullRate = configuration.framesPerSecond
    allowed = configuration.videoBitrate
  }

  /// The picture's bitrate in bit/s.
  var bitrate: Int { max(min(allowed, estimate ?? ceiling, ceiling), floor) }

  /// Pictures per second; 0 while held.
  var framesPerSecond: Int {
    if isHeld { return 0 }
    return max(bitrate < Self.slowBelow ? fullRate / 2 : fullRate, 1)
  }

  /// Chooses the size for the next picture; true where it changed.
  mutating func chooseSize(at now: MonotonicTime) -> Bool {
    let isHalf = bitrate < (isHalfSize ? Self.restoreAbove : Self.halveBelow)
    guard isHalf != isHalfSize else { return false }
    if let lastResize, now - lastResize < Self.sizePause { return false }
    lastResize = now
    isHalfSize = isHalf
    return true
  }

  /// Takes the share of our picture packets that a report says were lost, 0 ... 1.
  ///
  /// The rule is the loss-based half of draft-ietf-rmcat-gcc-02 §6: over 10 % lost, fall by half the
  /// loss; under 2 %, rise by 8 % a second; between, stay.
  mutating func note(loss: Double, at now: MonotonicTime) {
    if loss > 0.10 {
      if let lastDecrease, now - lastDecrease < .milliseconds(500) { return }
      lastDecrease = now
      allowed = max(Int(Double(min(allowed, bitrate)) * (1 - 0.5 * loss)), floor)
    } else if loss < 0.02 {
      let seconds = min((now - (lastIncrease ?? now)).seconds, 1)
      allowed = min(Int(Double(allowed) * (1 + 0.08 * seconds)), ceiling)
    }
    lastIncrease = now
  }

  /// Takes the other end's estimate of what may be sent in all, in bit/s; the sound's share is
  /// `audio`.
  mutating func note(estimate total: Int, audio: Int) {
    let rest = max(total - audio, 0)
    estimate = rest
    if rest < Self.holdBelow {
      isHeld = true
    } else if rest > Self.resumeAbove {
      isHeld = false
    }
  }

  /// Starts over on another path.
  mutating func restart() {
    estimate = nil
    isHeld = false
    allowed = ceiling
    lastDecrease = nil
    lastIncrease = nil
  }
}
