import Congestion
import Wire

/// Where the picture in one slot is: how much of it its receiver gets, with hysteresis.
struct SlotLadder: BitwiseCopyable {
  /// A sender that keeps sending this much more than there is room for, in per cent …
  static let excess = 130
  /// … for this long does not let itself be steered, and its picture is held.
  static let obedience = TimeSpan.seconds(3)

  /// Estimates waver by a fifth around what a path carries. A level is chosen by their mean over this
  /// time …
  static let smoothing = TimeSpan.seconds(3)
  /// … but less room than this part of the mean, in per cent, is believed at once.
  static let steepFall = 70

  /// Of two: by the bits there are, since the sender can be steered to them.
  private var ladder: PictureLadder
  /// In groups: by what of the sender's layers fits.
  private var choices: StepHysteresis
  private var excessSince: MonotonicTime?
  private var mean: (room: Double, at: MonotonicTime)?
  /// Whose picture it is; below 0 where nobody's.
  private(set) var source: Int8 = -1
  /// Where the picture is.
  private(set) var level = PictureLevel.full
  /// What it has been given, in bit/s; nil where nothing speaks of a limit.
  var granted: Int?

  /// A ladder that starts at the top.
  init(now: MonotonicTime) {
    ladder = PictureLadder(now: now)
    choices = StepHysteresis(step: UInt8(StepHysteresis.count - 1), now: now)
  }

  /// Starts over where the slot has another's picture now.
  mutating func follow(_ source: Int, now: MonotonicTime) {
    guard Int(self.source) != source else { return }
    self = SlotLadder(now: now)
    self.source = Int8(truncatingIfNeeded: source)
  }

  /// Takes the room for the picture of a sender that sends `rate` bit/s and can be steered. True where
  /// the level changes.
  mutating func note(room: Int?, rate: Int, now: MonotonicTime) -> Bool {
    granted = room
    let available = smooth(room ?? .max / 200, now: now)
    if rate > available / 100 * Self.excess {
      excessSince = excessSince ?? now
    } else {
      excessSince = nil
    }
    let isDisobeyed = excessSince.map { now - $0 >= Self.obedience } ?? false
    let most = isDisobeyed ? min(available, PictureLevel.smaller.floor - 1) : available
    guard let level = ladder.note(room: most, at: now) else { return false }
    self.level = level
    return true
  }

  private mutating func smooth(_ room: Int, now: MonotonicTime) -> Int {
    var value = Double(room)
    if let mean, value < 2 * mean.room, value * 100 > mean.room * Double(Self.steepFall) {
      let weight = min(1, (now - mean.at).seconds / Self.smoothing.seconds)
      value = mean.room + (value - mean.room) * weight
    }
    mean = (value, now)
    return Int(value)
  }

  /// Takes what of the sender's layers fits, what fits with room to spare, and the room there is; the
  /// choice to make.
  mutating func note(
    affordable: LayerChoice, comfortable: LayerChoice, room: Int, now: MonotonicTime
  ) -> LayerChoice {
    _ = choices.note(
      affordable: affordable.rawValue, comfortable: comfortable.rawValue, room: room, at: now)
    return LayerChoice(rawValue: min(choices.step, affordable.rawValue))
  }

  /// Sets the level of a picture whose layers were chosen. True where it changes.
  mutating func setLevel(_ level: PictureLevel) -> Bool {
    defer { self.level = level }
    return self.level != level
  }
}

/// A spatial layer with all or the fewest of its temporal layers, or nothing: ordered by how much of
/// the picture it is.
struct LayerChoice: RawRepresentable, BitwiseCopyable, Equatable {
  /// 0 is nothing; from 1 on two for each spatial layer.
  var rawValue: UInt8

  /// No picture.
  static let none = LayerChoice(rawValue: 0)

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A spatial layer with all its temporal layers, or only its base.
  init(spatial: Int, isWhole: Bool) { rawValue = UInt8(1 + 2 * spatial + (isWhole ? 1 : 0)) }

  /// The spatial layer; below 0 for none.
  var spatial: Int { rawValue == 0 ? -1 : Int(rawValue - 1) / 2 }

  /// Whether all temporal layers are in it.
  var isWhole: Bool { rawValue != 0 && rawValue % 2 == 0 }
}
