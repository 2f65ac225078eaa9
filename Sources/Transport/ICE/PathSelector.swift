import Wire

/// When the selected path is left for another: because it has fallen silent, or for a better one.
///
/// The client decides (RFC 8445 §8.1.1) and nominates; the relay follows, and acts for itself only
/// where its selected path is silent or of an earlier ICE generation.
struct PathSelector {
  private let role: TransportRole
  private let timers: TransportTimers
  /// Whether the selected path has gone quiet, so that all paths are being checked.
  private(set) var isDoubting = false
  /// When the path was last changed; nil before the first change of it.
  private var movedAt: MonotonicTime?

  /// Media must have stopped on the selected path for so long before media on another means a move;
  /// a reordered packet is never so late.
  private static let movedAfter = TimeSpan.milliseconds(250)
  /// A doubted path has so long to answer, beyond its round trip, and at most so long in all.
  private static let margin = TimeSpan.milliseconds(100)
  private static let longestPatience = TimeSpan.milliseconds(300)
  /// A round trip longer than this is a full queue, which drops packets many at a time: no silence there is
  /// told from an end before a check could be answered, and the other paths most likely lead through it, too.
  /// (A stream's may be but a lost packet sent again and again: there is no better reason to leave it.)
  private static let fullQueue = TimeSpan.seconds(1)

  /// A selector for `role` that goes by `timers`.
  init(role: TransportRole, timers: TransportTimers) {
    self.role = role
    self.timers = timers
  }

  /// Notes that something authenticated came over the selected path.
  mutating func noteHeard() { isDoubting = false }

  /// Notes that another path is selected now; `isFirst` where there was none before in this session.
  mutating func noteSelected(isFirst: Bool, now: MonotonicTime) {
    isDoubting = false
    if !isFirst { movedAt = now }
  }

  /// When the selected path begins to be doubted, or has been for long enough; nil where both are past.
  func nextTurn(about selected: borrowing CandidatePath, now: MonotonicTime) -> MonotonicTime? {
    guard isDoubting else { return selected.lastHeard + timers.doubtAfter }
    let loss = loss(of: selected)
    return loss > now ? loss : nil
  }

  /// Whether a doubt begins now.
  mutating func beginsToDoubt(_ selected: CandidatePath, now: MonotonicTime) -> Bool {
    guard !isDoubting, now - selected.lastHeard >= timers.doubtAfter else { return false }
    isDoubting = true
    return true
  }

  /// When the selected path, once doubted, has had its chance.
  private func loss(of selected: borrowing CandidatePath) -> MonotonicTime {
    let roundTrip = selected.roundTrip.smoothed ?? .zero
    let answer = roundTrip + Self.margin
    let isStream = selected.isStream
    let isQueued = roundTrip > Self.fullQueue && !isStream
    let patience = isQueued ? answer : min(answer, Self.longestPatience)
    return selected.lastHeard + timers.doubtAfter + patience
  }

  /// Whether media that comes over another path shows that the peer has left the selected one.
  func isDeserted(_ selected: CandidatePath, now: MonotonicTime) -> Bool {
    now - selected.lastHeard >= Self.movedAfter
  }

  /// Which of `paths` to change to now; nil: stay.
  func wanted(
    insteadOf selected: CandidatePath?, among paths: [CandidatePath], generation: UInt32,
    now: MonotonicTime
  ) -> Int? {
    guard let selected else {
      return PathChoice.better(than: nil, among: paths, generation: generation)
    }
    if isDoubting, now >= loss(of: selected),
      let refuge = PathChoice.refuge(from: selected, among: paths)
    {
      return refuge
    }
    if selected.validatedGeneration == generation {
      guard role == .client, !isDoubting else { return nil }
      if let movedAt, now - movedAt < PathChoice.leastStay { return nil }
    }
    let better = PathChoice.better(than: selected, among: paths, generation: generation)
    // Nobody needs to hurry to a better path: it is taken at an answer of its own, not at an answer
    // of another's while it may be dead already.
    return better.flatMap { paths[$0].lastAnswered == now ? $0 : nil }
  }
}
