public import Wire

/// How much of a picture a path has room for, best first by its raw value.
public enum PictureLevel: UInt8, Hashable, Comparable, Sendable, BitwiseCopyable, CaseIterable {
  /// Nothing but sound: there is not even room for a still picture now and then.
  case soundOnly
  /// The last picture stands still.
  case held
  /// A smaller picture.
  case smaller
  /// The full size at fewer frames a second.
  case fewerFrames
  /// All of it.
  case full

  /// Whether a level is less of a picture than another.
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// Whether pictures are sent at all.
  public var isMoving: Bool { self >= .smaller }

  /// The fewest bits a second that make the level worth having, after sound has had its share. At
  /// 30 kbit/s a keyframe now and then still gets through; at 70 a small face moves its lips.
  public var floor: Int {
    switch self {
    case .full: 250_000
    case .fewerFrames: 130_000
    case .smaller: 70_000
    case .held: 30_000
    case .soundOnly: 0
    }
  }

  /// The best level whose floor `bitrate` reaches.
  public static func affordable(at bitrate: Int) -> Self {
    for level in allCases.reversed() where bitrate >= level.floor { return level }
    return .soundOnly
  }
}

/// How much of a picture is sent, by the room there is for it: down at once, up step by step once
/// there has been room for a while, with some to spare (`StepHysteresis`).
public struct PictureLadder: Sendable, BitwiseCopyable {
  /// What a step up needs over the level's floor, in per cent.
  public static let margin = 15

  private var steps: StepHysteresis

  /// A ladder that starts at `level`.
  public init(level: PictureLevel = .full, now: MonotonicTime) {
    steps = StepHysteresis(step: level.rawValue, now: now)
  }

  /// Where the picture is.
  public var level: PictureLevel { PictureLevel(rawValue: steps.step) ?? .soundOnly }

  /// Takes what there is for the picture now, in bit/s; the new level where it changes.
  ///
  /// Call it at least a few times a second: a step up happens in a call.
  public mutating func note(room bitrate: Int, at now: MonotonicTime) -> PictureLevel? {
    let comfortable = PictureLevel.affordable(at: bitrate * 100 / (100 + Self.margin))
    let hasChanged = steps.note(
      affordable: PictureLevel.affordable(at: bitrate).rawValue,
      comfortable: comfortable.rawValue, room: bitrate, at: now)
    return hasChanged ? level : nil
  }
}
