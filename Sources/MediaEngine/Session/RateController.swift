import Congestion
import Wire

/// How much the picture may take of the network, and what size and rate that buys.
///
/// Sound is never touched. What the path carries comes from the congestion controller, or, where the
/// other end gives no transport-wide feedback, from reported loss; the relay's estimate of what the
/// receiver can take (REMB) is a ceiling on both. `PictureLadder` turns what is left into a level.
struct RateController {
  /// Of the room that is left, so much is aimed at, in per cent: encoders miss their aim.
  private static let aim = 95
  /// At `fewer-frames` and below, pictures come at this share of the full rate: 12 of 20 a second.
  private static let slowShare = (3, 5)

  private let ceiling: Int
  private let floor: Int
  private let fullRate: Int
  private var ladder: PictureLadder
  /// What reported loss allows, where nothing better is known.
  private var allowed: Int
  /// What the receiver can take in all, if the relay says so.
  private var receiverLimit: Int?
  private var lastDecrease: MonotonicTime?
  private var lastReport: MonotonicTime?
  /// Bit/s that the picture may take now.
  private var room: Int
  /// The share of it that retransmissions need.
  private var loss = 0.0

  init(configuration: MediaConfiguration, now: MonotonicTime) {
    ladder = PictureLadder(now: now)
    ceiling = configuration.videoBitrate
    floor = min(configuration.minimumVideoBitrate, configuration.videoBitrate)
    fullRate = configuration.framesPerSecond
    allowed = configuration.videoBitrate
    room = configuration.videoBitrate
  }

  /// What is shown.
  var level: PictureLevel { ladder.level }

  /// Whether the picture is sent at half its width and height.
  var isHalfSize: Bool { level <= .smaller }

  /// The picture's bitrate in bit/s.
  var bitrate: Int {
    let share = Double(room) * (1 - min(loss, 0.5)) * Double(Self.aim) / 100
    return max(min(Int(share), ceiling), min(floor, PictureLevel.smaller.floor))
  }

  /// Pictures per second; 0 while none are sent.
  var framesPerSecond: Int {
    guard level.isMoving else { return 0 }
    guard level < .full else { return max(fullRate, 1) }
    return max(fullRate * Self.slowShare.0 / Self.slowShare.1, 1)
  }

  /// Takes what the path carries in all (nil where nobody says), and what of that is not the
  /// picture's, in bit/s. Of what the receiver can take, only the `sound` itself is not: copies of it that
  /// our path needs go no further than the relay. Returns the step on the ladder, where one is taken.
  mutating func update(
    estimate: Int?, loss: Double, others: Int, sound: Int, at now: MonotonicTime
  ) -> PictureChange? {
    let own = estimate.map { $0 - others } ?? allowed
    let theirs = receiverLimit.map { $0 - sound } ?? .max
    self.loss = estimate == nil ? 0 : loss
    room = max(min(own, theirs), 0)
    let before = ladder.level
    guard ladder.note(room: room, at: now) != nil else { return nil }
    let cause: PictureChange.Cause =
      ladder.level > before ? .recovered : theirs < own ? .receiverNetwork : .senderNetwork
    return PictureChange(level: ladder.level, cause: cause, time: now)
  }

  /// Whether there is room for a second copy of every other picture.
  var hasRoomForCopies: Bool { room >= bitrate * 2 }

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
      let seconds = min((now - (lastReport ?? now)).seconds, 1)
      allowed = min(Int(Double(allowed) * (1 + 0.08 * seconds)), ceiling)
    }
    lastReport = now
  }

  /// Takes the relay's estimate of what the receiver can take in all, in bit/s.
  mutating func note(receiverLimit total: Int) { receiverLimit = total }

  /// What the receiver can take in all, in bit/s; nil where the relay has not said.
  var limit: Int? { receiverLimit }

  /// Starts over on another path.
  mutating func restart() {
    receiverLimit = nil
    allowed = ceiling
    room = ceiling
    loss = 0
    lastDecrease = nil
    lastReport = nil
  }
}
