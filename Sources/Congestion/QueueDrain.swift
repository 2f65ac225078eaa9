import Wire

/// Empties a queue that has become long, and finds out when it is not ours to empty.
///
/// Sending a little less than the path carries empties a queue of two seconds in ten. Speech cannot
/// wait that long: the picture pauses until what is on its way has come out. Where the queue stays long
/// although we have all but stopped, another flow fills it (any TCP transfer does), and yielding to
/// the delay would mean to starve: then only loss counts, until the queue is short again. As long as the
/// other flow shows itself (`RivalTrace`) that is not doubted; where it does not, it is tried again.
struct QueueDrain: BitwiseCopyable {
  /// A longer queue is drained …
  private static let long = TimeSpan.milliseconds(100)
  /// … until it is this short.
  private static let short = TimeSpan.milliseconds(40)
  /// The least time a queue has to empty.
  private static let patience = TimeSpan.milliseconds(300)
  /// Having sent less than this part of what the path carried counts as having stopped.
  private static let stopped = 0.6
  /// Having stopped, with more than this part of the queue still there, somebody else fills it.
  private static let leftByOthers = 0.25
  /// How long the queue must be short until the other flow is taken to be gone. One that has just given
  /// way takes a second or two to fill it again.
  private static let calm = TimeSpan.seconds(3)
  /// For so long another flow that has shown itself is believed in, and for so long after, a queue that
  /// comes back while we send no more than this, in bit/s, is known to be its.
  private static let proof = TimeSpan.seconds(60)
  private static let recent = TimeSpan.seconds(30)
  private static let modest = 400_000.0
  /// How long the path's shortest way is remembered for a sixth of: usually, while another flow is believed
  /// to keep the queue full, and while it is known to.
  private static let floorWidths = (
    usual: TimeSpan.seconds(5), believed: TimeSpan.seconds(15), known: TimeSpan.seconds(60)
  )
  /// After so long it is tried again whether the queue is ours; each time that it is not, twice as
  /// long, as every trial stops the picture …
  private static let belief = TimeSpan.seconds(20)
  private static let longestBelief = TimeSpan.seconds(160)
  /// … and so soon after is again.
  private static let again = TimeSpan.seconds(10)
  /// A path that carried less lately, in bit/s, may be one that the sound fills by itself. What comes out just
  /// now is no measure of that: where a packet takes an eighth of a second it sways too much.
  private static let soundAlone = 100_000.0
  private static let lately = TimeSpan.seconds(2)

  private enum State: BitwiseCopyable {
    case idle
    case draining(since: MonotonicTime, until: MonotonicTime, longest: TimeSpan, carried: Double)
    case competing(since: MonotonicTime, calmSince: MonotonicTime?)
  }

  /// What one feedback packet showed.
  struct Observation: BitwiseCopyable {
    /// How long packets wait.
    var queue: TimeSpan
    /// How long their way takes in all, by two clocks: what it was at its shortest can be forgotten.
    var way: TimeSpan
    /// How long one large packet takes at what the path carries: not a queue.
    var packetTime: TimeSpan
    /// What the path carried just now and in the last half second, and what we sent lately, in bit/s.
    var carried: Double
    var carriedLately: Double
    var sent: Double
    /// At what rate the packets that came out lately were sent.
    var offered: Double
    var bytesInFlight: Int
    var roundTrip: TimeSpan
  }

  private var state = State.idle
  private var believes = Self.belief
  private var believedUntil: MonotonicTime?
  private var trace = RivalTrace()
  /// The most that the path carried in half a second, in the last two to four of them, in bit/s.
  private var most = (current: 0.0, before: 0.0, since: MonotonicTime.zero)
  /// When another flow last showed itself.
  private var seenAt: MonotonicTime?
  /// What the path carried before the last drain, in bit/s, and when that one ended. A drain that
  /// follows soon finds us all but stopped, which says nothing about what the path carries.
  private var earlier: (carried: Double, endedAt: MonotonicTime)?

  /// Whether the queue is being emptied.
  var isDraining: Bool { if case .draining = state { true } else { false } }
  /// When the emptying began.
  var startedAt: MonotonicTime? {
    if case .draining(let since, _, _, _) = state { since } else { nil }
  }
  /// Whether another flow fills the queue.
  var isCompeting: Bool { if case .competing = state { true } else { false } }

  /// Learns from feedback; true where a drain has ended well just now.
  mutating func update(_ seen: Observation, at now: MonotonicTime) -> Bool {
    let long = Self.long + seen.packetTime
    let short = Self.short + seen.packetTime
    note(carried: seen.carriedLately, at: now)
    switch state {
    case .idle:
      guard seen.queue > long else { return false }
      if hasSeen(within: Self.recent, at: now), seen.sent < Self.modest {
        compete(at: now)
        return false
      }
      // Twice the time that all we have on its way takes: sound goes on meanwhile.
      let rest = TimeSpan.nanoseconds(
        of: 2 &* seen.bytesInFlight, at: Int(max(8_000, seen.carried)))
      state = .draining(
        since: now, until: now + min(.seconds(6), rest + seen.roundTrip + Self.patience),
        longest: seen.queue,
        carried: max(seen.carried, isRepeated(at: now) ? earlier?.carried ?? 0 : 0))
    case .draining(let begin, let end, let before, let carried):
      if seen.queue < short {
        state = .idle
        earlier = nil
        return true
      }
      // What was on its way when it began comes out first: the queue may grow yet.
      let longest = max(before, seen.queue)
      guard now >= end else {
        state = .draining(since: begin, until: end, longest: longest, carried: carried)
        return false
      }
      earlier = (carried, now)
      let isOthers =
        max(most.current, most.before) > Self.soundAlone
        && isInVain(seen, carried: carried, longest: longest)
      if isOthers { compete(at: now) } else { state = .idle }
    case .competing(let since, let calmSince):
      if trace.note(
        queue: seen.way, offered: seen.offered, carried: seen.carriedLately, at: now)
      {
        seenAt = now
      }
      let calm = seen.queue < short ? calmSince ?? now : nil
      let isDoubted = now - since > believes && !hasSeen(within: Self.proof, at: now)
      let isOver = now - (calm ?? now) > Self.calm || isDoubted
      state = isOver ? .idle : .competing(since: since, calmSince: calm)
      guard isOver else { return false }
      believedUntil = calm == nil ? now : nil
      // What comes out at this moment is too little to tell whether we have stopped: it sways with the
      // other flow.
      if calm == nil { earlier = (max(seen.carried, 2 * Self.soundAlone), now) }
    }
    return false
  }

  private mutating func note(carried: Double, at now: MonotonicTime) {
    if now - most.since > Self.lately { most = (0, most.current, now) }
    most.current = max(most.current, carried)
  }

  /// Whether a drain that is over has done nothing for the queue, so that it is not ours. Where there is
  /// room for little but sound it is, and takes its time (`StandingQueue`).
  private func isInVain(_ seen: Observation, carried: Double, longest: TimeSpan) -> Bool {
    let left = Double(seen.queue.nanoseconds) / Double(max(longest.nanoseconds, 1))
    // What we had on its way has come out by now. A TCP flow that has just met the queue's end keeps half
    // of it standing.
    if seen.sent < Self.stopped * carried { return left > Self.leftByOthers }
    // Sound alone cannot stop: there the queue is not ours if as much comes out as goes in.
    return left > 0.5 && (0.9...1.15).contains(seen.carried / max(1, seen.offered))
  }

  /// Whether a drain has just ended without a short queue.
  func isRepeated(at now: MonotonicTime) -> Bool {
    earlier.map { now - $0.endedAt < Self.again } ?? false
  }

  private func hasSeen(within span: TimeSpan, at now: MonotonicTime) -> Bool {
    seenAt.map { now - $0 < span } ?? false
  }

  /// The width of a sixth of the time for which the path's shortest way is remembered: behind a queue that
  /// is never empty it cannot be seen again.
  func floorWidth(at now: MonotonicTime) -> TimeSpan {
    if hasSeen(within: Self.proof, at: now) { return Self.floorWidths.known }
    return isCompeting ? Self.floorWidths.believed : Self.floorWidths.usual
  }

  /// Another flow fills the queue.
  mutating func compete(at now: MonotonicTime) {
    let isAgain = believedUntil.map { now - $0 < Self.again } ?? false
    believes = isAgain ? min(believes * 2, Self.longestBelief) : Self.belief
    trace = RivalTrace()
    state = .competing(since: now, calmSince: nil)
  }

  /// Starts over.
  mutating func restart() {
    state = .idle
    earlier = nil
    seenAt = nil
  }
}
