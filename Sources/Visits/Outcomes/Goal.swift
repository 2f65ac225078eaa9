/// Names a goal.
public struct GoalID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Something a citizen works towards, in the citizen's own words (H5).
public struct Goal: Hashable, Sendable, Codable {
  /// Where a goal is.
  public enum State: String, Codable, Sendable, Hashable, CaseIterable {
    /// Worked on.
    case active
    /// Reached.
    case met
    /// Given up or replaced.
    case stopped
  }

  /// The goal's id.
  public var id: GoalID
  /// Whose it is.
  public var citizen: PersonID
  /// What it says.
  public var wording: String
  /// Its name in the municipality's journal, where it comes from there (VUM 2.0, FFB; A16): this is
  /// no second register of goals.
  public var reference: String?
  /// Where it is.
  public var state: State
  /// When it was agreed on.
  public var createdAt: UTCMilliseconds
  /// When it was met or stopped.
  public var closedAt: UTCMilliseconds?

  /// A goal.
  public init(
    id: GoalID, citizen: PersonID, wording: String, reference: String? = nil,
    state: State = .active, createdAt: UTCMilliseconds, closedAt: UTCMilliseconds? = nil
  ) {
    self.id = id
    self.citizen = citizen
    self.wording = wording
    self.reference = reference
    self.state = state
    self.createdAt = createdAt
    self.closedAt = closedAt
  }
}

/// A citizen's goals: few, and in the citizen's words (H5).
public struct GoalRules: Sendable {
  /// The most goals worked on at a time.
  public static let mostActive = 3
  /// The longest wording, in characters.
  public static let longestWording = 300

  /// Rules.
  public init() {}

  /// A new goal among a citizen's `goals`, or throws.
  public func add(
    _ wording: String, as id: GoalID, of citizen: PersonID, reference: String? = nil,
    to goals: some Sequence<Goal>, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> Goal {
    try requireStaffWithGoals(initiator)
    guard let wording = try OutcomeRules.note(wording, longest: Self.longestWording) else {
      throw .goalNeedsWords
    }
    var active = 0
    for goal in goals where goal.citizen == citizen {
      if goal.state == .active { active += 1 }
      if let reference, goal.reference == reference { throw .goalKnown(goal.wording) }
    }
    guard active < Self.mostActive else { throw .tooManyGoals(most: Self.mostActive) }
    return Goal(
      id: id, citizen: citizen, wording: wording, reference: reference, createdAt: now)
  }

  /// The goal met or stopped, or throws.
  public func close(
    _ goal: Goal, as state: Goal.State, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> Goal {
    try requireStaffWithGoals(initiator)
    guard state != .active, goal.state == .active else { throw .goalNotActive(goal.wording) }
    var goal = goal
    goal.state = state
    goal.closedAt = now
    return goal
  }

  func requireStaffWithGoals(_ initiator: Initiator) throws(Refusal) {
    switch initiator.role {
    case .supportWorker, .teamLead, .caseWorker, nil: return
    case .citizen, .operations, .administrator: throw .goalsAreAgreed
    }
  }
}
