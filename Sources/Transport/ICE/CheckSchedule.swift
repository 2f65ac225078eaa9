import Wire

/// When a path is checked next. Holds no time of its own.
struct CheckSchedule {
  /// What the schedule needs to know of a path besides its own record.
  struct Standing {
    /// Whether it is the selected one.
    var isSelected: Bool
    /// Whether the selected path has gone quiet, or there is none any more.
    var isDoubting: Bool
    /// Whether it has answered in the current ICE generation.
    var isValidated: Bool
    /// Whether any path has ever been selected.
    var hasConnected: Bool
  }

  /// Between the first checks of a client's paths (RFC 8445 §14.2 asks for at least 5 ms).
  static let pacing = TimeSpan.milliseconds(20)
  /// Checks to a learned path that does not answer, before it must be heard from again. One that never
  /// has answered gets fewer: it must earn each (`CandidatePath.spend`).
  private static let learnedChecks = 7
  /// Unanswered checks after which a path that is not selected counts as dead.
  private static let deadAfter = 6
  /// Unanswered checks after which a selected path in doubt is no longer checked in haste.
  private static let patience = 30

  private let timers: TransportTimers
  private var random: SeededGenerator

  /// A schedule by `timers`, jittered from `seed`.
  init(timers: TransportTimers, seed: UInt64) {
    self.timers = timers
    random = SeededGenerator(seed: seed)
  }

  /// Sets the next check of a path that has just been checked.
  mutating func noteChecked(
    _ path: inout CandidatePath, _ standing: Standing, now: MonotonicTime
  ) {
    guard standing.isValidated || standing.isSelected else {
      let isGivenUp = !path.isConfigured && path.unanswered >= Self.learnedChecks
      path.nextCheck = isGivenUp ? nil : now + path.interval
      path.interval = min(path.interval * 2, longestInterval(path, standing))
      return
    }
    if !standing.isSelected, path.unanswered >= Self.deadAfter { path.giveUp() }
    path.nextCheck = now + steadyInterval(path, standing)
  }

  /// Sets the next check of a path that has just answered.
  mutating func noteAnswered(
    _ path: inout CandidatePath, _ standing: Standing, now: MonotonicTime
  ) {
    path.interval = timers.firstCheck
    path.nextCheck = now + steadyInterval(path, standing)
  }

  /// Has a path checked now, from the start of its backoff.
  func restart(_ path: inout CandidatePath, now: MonotonicTime) {
    path.nextCheck = now
    path.interval = timers.firstCheck
    path.unanswered = 0
  }

  /// The most that the backoff of a path without answers grows to. While nothing works, every path
  /// that we were told of may be the one that comes back first.
  private func longestInterval(_ path: CandidatePath, _ standing: Standing) -> TimeSpan {
    guard standing.hasConnected, path.isConfigured else { return timers.slowCheck }
    return standing.isDoubting ? timers.outageCheck : timers.idleCheck
  }

  /// Has a path checked as soon as its backoff allows (RFC 8445 §7.3.1.4). The check leaves before our
  /// answer does, so the peer answers it before it sends anything that only a validated path may carry.
  ///
  /// A path that is being checked keeps its backoff: whoever sends a captured check over and over with
  /// a borrowed address has it answered, but gets no more than one check a second besides.
  func trigger(_ path: inout CandidatePath, now: MonotonicTime) {
    let due = path.lastChecked.map { max(now, $0 + path.interval) } ?? now
    path.nextCheck = path.nextCheck.map { min($0, due) } ?? due
  }

  /// Until the next check of a path that is selected or answers.
  private mutating func steadyInterval(_ path: CandidatePath, _ standing: Standing) -> TimeSpan {
    guard standing.isSelected else {
      if standing.isDoubting { return timers.outageCheck }
      if path.unanswered > 1 { return timers.slowCheck }
      // A path is known by a few answers; they are had at once.
      let isKnown = path.roundTrip.samples >= PathChoice.samplesNeeded
      return isKnown ? jittered(timers.idleCheck) : timers.outageCheck
    }
    if !standing.isDoubting, standing.isValidated { return jittered(timers.selectedCheck) }
    return path.unanswered > Self.patience ? timers.outageCheck : timers.doubtCheck
  }

  /// Between 0.8 and 1.2 of `span`, as RFC 7675 §5.1 asks.
  private mutating func jittered(_ span: TimeSpan) -> TimeSpan {
    let thousandths = Int64.random(in: 800...1_200, using: &random)
    return TimeSpan(nanoseconds: span.nanoseconds / 1_000 * thousandths)
  }
}
