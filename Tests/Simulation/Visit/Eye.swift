import MediaEngine
import ModelCodecs
import Synchronization
public import Wire

/// What one participant sees of another.
public struct Eye: Sendable {
  /// A picture this old is no longer a moving one.
  public static let stillAfter = TimeSpan.milliseconds(500)

  /// Pictures shown.
  public private(set) var shown = 0
  /// The width of the last one.
  public private(set) var width = 0
  /// When the first one was shown.
  public private(set) var firstShown: MonotonicTime?
  /// When the last one was shown.
  public private(set) var lastShown: MonotonicTime?
  /// How long before it was shown the last one was captured.
  public private(set) var lastAge = TimeSpan.zero
  /// The time that a still picture stood, in all, not counting the one that stands now.
  private var still = TimeSpan.zero
  /// Pictures of the last whole second and of the one that runs.
  private var second = (number: Int64(0), count: 0, before: 0)

  mutating func take(width: Int, age: TimeSpan, at now: MonotonicTime) {
    shown += 1
    self.width = width
    lastAge = age
    if firstShown == nil { firstShown = now }
    if let lastShown { still = still + Self.standing(from: lastShown, to: now) }
    lastShown = now
    turn(to: now)
    second.count += 1
  }

  /// The share of the time from the first picture to `now` in which it moved, 0 ... 1.
  public func movingShare(until now: MonotonicTime) -> Double {
    guard let firstShown, let lastShown, now > firstShown else { return 0 }
    let stood = still + Self.standing(from: lastShown, to: now)
    return 1 - stood.seconds / (now - firstShown).seconds
  }

  /// Pictures shown in the last whole second.
  mutating func framesPerSecond(at now: MonotonicTime) -> Int {
    turn(to: now)
    return second.before
  }

  private mutating func turn(to now: MonotonicTime) {
    let number = now.nanoseconds / 1_000_000_000
    guard number != second.number else { return }
    second = (number, 0, number == second.number + 1 ? second.count : 0)
  }

  private static func standing(from: MonotonicTime, to: MonotonicTime) -> TimeSpan {
    max(to - from - stillAfter, .zero)
  }
}

/// A model decoder that an eye looks at.
final class WatchedPictureDecoder: PictureDecoder {
  private let decoder = ModelPictureDecoder()
  private let clock: SimulatedClock
  private let wallClock: WallClock
  private let screens: Screens
  private let slot: Int

  init(clock: SimulatedClock, wallClock: WallClock, screens: Screens) {
    self.clock = clock
    self.wallClock = wallClock
    self.screens = screens
    slot = screens.add()
  }

  func decode(_ frame: UnsafeRawBufferPointer, show: (DecodedPicture) -> Void) -> Bool {
    decoder.decode(frame) { picture in
      screens.take(slot: slot, width: picture.width, age: age(of: picture), at: clock.now)
      show(picture)
    }
  }

  /// The time of its capture is drawn into it, in milliseconds modulo 2^24.
  private func age(of picture: DecodedPicture) -> TimeSpan {
    guard let code = picture.code else { return .zero }
    let now = UInt32(truncatingIfNeeded: wallClock.milliseconds(at: clock.now))
    return .milliseconds(Int64((now &- code.clock) & 0xFF_FFFF))
  }
}

/// Where a participant's pictures appear, by slot. Decoders are made by `Sendable` closures, one per
/// slot in order, hence the lock; it is never waited for.
final class Screens: Sendable {
  private let eyes = Mutex<[Eye]>([])

  func add() -> Int {
    eyes.withLock {
      $0.append(Eye())
      return $0.count - 1
    }
  }

  func take(slot: Int, width: Int, age: TimeSpan, at now: MonotonicTime) {
    eyes.withLock { $0[slot].take(width: width, age: age, at: now) }
  }

  func eye(_ slot: Int) -> Eye { eyes.withLock { slot < $0.count ? $0[slot] : Eye() } }

  func framesPerSecond(slot: Int, at now: MonotonicTime) -> Int {
    eyes.withLock { slot < $0.count ? $0[slot].framesPerSecond(at: now) : 0 }
  }
}
