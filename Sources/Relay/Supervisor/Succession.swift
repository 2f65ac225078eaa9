import Wire

/// Which of two worker processes takes new rooms, as a value like `WorkerState`.
///
/// Every worker has a place for a successor: of another release or with other settings, or because it
/// was told to end. The successor is started beside it; when it serves, it takes the new rooms, the
/// old one's calls are moved (`Migration`), and the old one ends when it is empty. A successor that
/// does not come up costs nothing: the old one goes on.
///
///     looking ──both found──▶ steady ──outdated, leaving──▶ preparing ──serves──▶ moving
///                               ▲                               │ old one died      │ empty
///                               └───────────────────────────────┴───────────────────┘
struct Succession {
  /// One of the two as it is now.
  struct View: Equatable {
    /// Whether it is known to be there, or not to be.
    var isFound: Bool
    /// Whether it answers.
    var isServing: Bool
    /// Whether it should be replaced.
    var isOutdated: Bool
    /// Sessions on it.
    var sessions: Int
  }

  /// What the shell must do, about the first or the second process.
  enum Action: Equatable {
    /// Have it there.
    case want(Int)
    /// Move the calls of one to the other.
    case move(from: Int, to: Int)
    /// Have it end.
    case release(Int)
  }

  /// Where the pair is.
  enum Phase: Equatable {
    /// What there is, is being looked for.
    case looking
    case steady
    /// The successor is being started.
    case preparing
    /// The old one is being emptied.
    case moving
  }

  /// Where it is.
  private(set) var phase = Phase.looking
  /// The process that new rooms go to, 0 or 1.
  private(set) var active = 0

  /// Looks at both.
  mutating func advance(_ first: View, _ second: View) -> [Action] {
    let views = [first, second]
    switch phase {
    case .looking:
      guard first.isFound, second.isFound else { return [] }
      active = Self.better(first, second)
      let other = 1 - active
      guard views[other].isServing else {
        phase = .steady
        return [.want(active)]
      }
      phase = .moving
      return [.want(active), .move(from: other, to: active)]
    case .steady:
      guard views[active].isServing, views[active].isOutdated else { return [] }
      phase = .preparing
      return [.want(1 - active)]
    case .preparing:
      let other = 1 - active
      guard views[other].isServing else { return [] }
      let old = active
      active = other
      phase = .moving
      return [.move(from: old, to: other)]
    case .moving:
      let old = 1 - active
      // One that died has taken its calls with it, and they have been told.
      guard views[old].sessions == 0 else { return [] }
      phase = .steady
      return [.release(old)]
    }
  }

  /// Which one to keep: the one that answers, then the one that is up to date, then the one with more
  /// to lose.
  private static func better(_ first: View, _ second: View) -> Int {
    func rank(_ view: View) -> (Int, Int, Int) {
      (view.isServing ? 1 : 0, view.isOutdated ? 0 : 1, view.sessions)
    }
    return rank(second) > rank(first) ? 1 : 0
  }
}
