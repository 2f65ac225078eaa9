import Foundation

/// The worker's next visit while one goes on, and what its citizen has been told of a delay (B17).
/// Never a reason to hang up: it says so twice and is then quiet. A pure value; time is given.
struct OverrunWatch: Sendable, Equatable {
  /// How long before the next visit the worker is reminded of it, in minutes.
  static let warnMinutes = 5.0
  /// What one press announces, in minutes.
  static let stepMinutes = 10
  /// The longest delay that is still one, in minutes; after that the visit is moved.
  static let longestMinutes = 60

  /// What is said of the next visit.
  enum Warning: Sendable, Equatable {
    /// It begins soon.
    case soon(Visit, minutes: Int)
    /// It should have begun.
    case late(Visit)
  }

  private let current: Visit
  private let me: String
  private(set) var next: Visit?
  /// The delay that the next citizen has been told of, in minutes.
  private var announced = 0
  private var saidSoon = false
  private var saidLate = false

  /// Watches over `current`, which `me` holds.
  init(during current: Visit, me: String) {
    self.current = current
    self.me = me
  }

  /// Takes the day's visits, as they are now.
  mutating func take(_ visits: [Visit]) {
    let later = visits.filter {
      $0.worker.id == me && $0.id != current.id && $0.state == .booked
        && $0.start >= current.start
    }
    let found = later.min { ($0.start, $0.id) < ($1.start, $1.id) }
    if found?.id != next?.id || found?.start != next?.start {
      (announced, saidSoon, saidLate) = (0, false, false)
    }
    next = found
  }

  /// What there is to say now; each thing once. A delay that was announced moves it.
  mutating func warning(at now: Date) -> Warning? {
    guard let next else { return nil }
    let left = next.start.addingTimeInterval(Double(announced) * 60).timeIntervalSince(now) / 60
    if left <= 0 {
      guard !saidLate else { return nil }
      (saidSoon, saidLate) = (true, true)
      return .late(next)
    }
    guard left <= Self.warnMinutes, !saidSoon else { return nil }
    saidSoon = true
    return .soon(next, minutes: max(1, Int(left.rounded(.up))))
  }

  /// What a press of the key announces: ten minutes more than before; nil where nobody is next or
  /// more would be no delay any longer.
  var nextAnnouncement: (visit: Visit, minutes: Int)? {
    guard let next, announced + Self.stepMinutes <= Self.longestMinutes else { return nil }
    return (next, announced + Self.stepMinutes)
  }

  /// The citizen was told.
  mutating func told(_ minutes: Int) {
    announced = max(announced, minutes)
    (saidSoon, saidLate) = (false, false)
  }
}
