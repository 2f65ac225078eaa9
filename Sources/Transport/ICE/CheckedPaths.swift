import Wire

/// The paths there are, and when each of them is checked: brings `CandidatePairs` and `CheckSchedule`
/// together. What a check's outcome means for the path in use is others' to say.
struct CheckedPaths: ~Copyable {
  /// The paths.
  var pairs: CandidatePairs
  private var schedule: CheckSchedule

  /// No paths; those to come are checked by `timers`, with jitter from `seed`.
  init(timers: TransportTimers, seed: UInt64) {
    pairs = CandidatePairs(firstInterval: timers.firstCheck)
    schedule = CheckSchedule(timers: timers, seed: seed)
  }

  /// When the next check is due.
  var nextCheck: MonotonicTime? {
    var earliest: MonotonicTime?
    // By index: a path is half a kilobyte, and this is asked after every datagram.
    for index in 0..<pairs.table.paths.count {
      guard let check = pairs.table.paths[index].nextCheck else { continue }
      earliest = earliest.map { min($0, check) } ?? check
    }
    return earliest
  }

  /// A path whose check is due, from `first` on.
  func nextDue(from first: Int, now: MonotonicTime) -> Int? {
    for index in first..<max(first, pairs.table.paths.count) {
      if let due = pairs.table.paths[index].nextCheck, due <= now { return index }
    }
    return nil
  }

  /// Checks the path soon, because of what came over it.
  mutating func trigger(_ index: Int, now: MonotonicTime) {
    pairs.table.update(index) { schedule.trigger(&$0, now: now) }
  }

  /// Checks every path now.
  mutating func checkAll(now: MonotonicTime) {
    for index in pairs.table.paths.indices {
      pairs.table.update(index) { schedule.restart(&$0, now: now) }
    }
  }

  /// Whether a check of `length` bytes may be sent over the path; where it may not, it waits until more
  /// is heard from there.
  mutating func mayCheck(_ index: Int, length: Int?) -> Bool {
    var isAllowed = false
    pairs.table.update(index) { path in
      isAllowed = path.spend(length ?? 0) && length != nil
      if !isAllowed { path.nextCheck = nil }
    }
    return isAllowed
  }

  /// Whether a check that came over the path may be answered.
  mutating func mayAnswer(_ index: Int, now: MonotonicTime) -> Bool {
    var isAllowed = false
    pairs.table.update(index) { isAllowed = $0.mayAnswer(at: now) }
    return isAllowed
  }

  /// Notes that a check has gone out over the path.
  mutating func noteSent(
    _ check: SentCheck, over index: Int, _ standing: CheckSchedule.Standing, now: MonotonicTime
  ) {
    pairs.table.update(index) { path in
      path.noteSent(check)
      schedule.noteChecked(&path, standing, now: now)
    }
  }

  /// When the check with `transaction` was sent over the path; nil where there is none in flight.
  mutating func takeSent(
    _ transaction: STUNTransactionID, over index: Int
  ) -> MonotonicTime? {
    var sentAt: MonotonicTime?
    pairs.table.update(index) { sentAt = $0.takeSent(transaction) }
    return sentAt
  }

  /// Notes that the check sent at `sentAt` was answered; whether the peer had nominated the path
  /// meanwhile.
  mutating func noteAnswered(
    _ index: Int, sentAt: MonotonicTime, generation: UInt32, now: MonotonicTime
  ) -> Bool {
    var isNominated = false
    pairs.table.update(index) {
      isNominated = $0.noteAnswered(sentAt: sentAt, generation: generation, now: now)
    }
    return isNominated
  }

  /// Says when a path that has answered is checked next.
  mutating func settle(
    _ index: Int, _ standing: CheckSchedule.Standing, now: MonotonicTime
  ) {
    pairs.table.update(index) { schedule.noteAnswered(&$0, standing, now: now) }
  }
}
