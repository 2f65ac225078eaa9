public import Wire

/// A network's story: a name, a seed, how it begins, and what changes when.
///
/// The same value drives the simulation in virtual time, the quality program's table and the proxy
/// that a real browser is put behind. It tells of one person's access, the citizen's; the other party
/// sits in an office.
public struct Scenario: Sendable {
  /// Something that happens to the access.
  public enum Event: Hashable, Sendable {
    /// From now on it is like this.
    case become(AccessConditions)
    /// Nothing gets through, either way.
    case cut
    /// Nothing gets through from the citizen; what is sent to it arrives.
    case cutUp
    /// Nothing gets through to the citizen.
    case cutDown
    /// What was cut gets through again.
    case heal
    /// The router gives the same socket another outer address, and the citizen's end knows nothing.
    case rebind
    /// The device leaves one network for another: the old address is dead at once, the device knows
    /// it, and the new access is like this.
    case move(AccessConditions)
  }

  /// An event and when.
  public struct Step: Hashable, Sendable {
    /// Since the start, or since the start of a round where the story repeats.
    public var at: TimeSpan
    /// What happens.
    public var event: Event

    /// An event at a time.
    public init(_ at: TimeSpan, _ event: Event) {
      self.at = at
      self.event = event
    }
  }

  /// Its name, for command lines and tables.
  public var name: String
  /// What it is, in a line.
  public var summary: String
  /// What its chances follow from.
  public var seed: UInt64
  /// How the access is at the start.
  public var opening: AccessConditions
  /// What happens, in order.
  public var steps: [Step]
  /// After how long the steps come again; nil where they come once.
  public var period: TimeSpan?
  /// How the citizen's client puts packets on a stream with TLS: a browser has only TURN for that.
  public var framing = StreamFraming.length

  /// A story.
  public init(
    _ name: String, _ summary: String, seed: UInt64, opening: AccessConditions,
    steps: [Step] = [], repeatsEvery period: TimeSpan? = nil
  ) {
    self.name = name
    self.summary = summary
    self.seed = seed
    self.opening = opening
    self.steps = steps
    self.period = period
  }

  /// The same story with other chances: what holds for one seed may be luck.
  public func reseeded(by shift: UInt64) -> Scenario {
    var other = self
    other.seed = seed &+ shift &* 1_000
    return other
  }
}

/// A scenario being told: which of its events are due.
public struct Timeline: Sendable {
  private let steps: [Scenario.Step]
  private let period: TimeSpan?
  private let start: MonotonicTime
  private var next = 0
  private var round: Int64 = 0

  /// The story of `scenario`, from `start` on.
  public init(_ scenario: Scenario, start: MonotonicTime) {
    steps = scenario.steps
    period = scenario.period
    self.start = start
  }

  /// When the next event is due; nil where there is none any more.
  public var nextWake: MonotonicTime? {
    guard next < steps.count else { return nil }
    return start + (period ?? .zero) * round + steps[next].at
  }

  /// The next event that is due at `now`.
  public mutating func takeDue(at now: MonotonicTime) -> Scenario.Event? {
    guard let due = nextWake, due <= now else { return nil }
    defer {
      next += 1
      if next == steps.count, period != nil {
        next = 0
        round += 1
      }
    }
    return steps[next].event
  }
}
