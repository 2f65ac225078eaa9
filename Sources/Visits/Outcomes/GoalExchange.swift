/// A citizen's goals as they are exchanged with the municipality's journal (A16; VUM 2.0, FFB): this
/// is no second register of goals, so what the journal names is the journal's.
public struct GoalExchange: Hashable, Sendable, Codable {
  /// The form this is written in.
  public static let currentFormat = "besoeg-goals-1"

  /// One goal.
  public struct Entry: Hashable, Sendable, Codable {
    /// The goal's name in the journal; nil for one that was agreed on here and is not there yet.
    public var reference: String?
    /// The goal, in the citizen's words.
    public var wording: String
    /// Where it is.
    public var state: Goal.State
    /// When it was agreed on; nil in a file that does not know.
    public var createdAt: UTCMilliseconds?
    /// When it was met or stopped.
    public var closedAt: UTCMilliseconds?

    /// An entry.
    public init(
      reference: String? = nil, wording: String, state: Goal.State = .active,
      createdAt: UTCMilliseconds? = nil, closedAt: UTCMilliseconds? = nil
    ) {
      self.reference = reference
      self.wording = wording
      self.state = state
      self.createdAt = createdAt
      self.closedAt = closedAt
    }
  }

  /// `currentFormat`.
  public var format: String
  /// The goals.
  public var goals: [Entry]

  /// An exchange of these entries.
  public init(goals: [Entry]) {
    format = Self.currentFormat
    self.goals = goals
  }

  /// All of a citizen's goals.
  public init(_ goals: [Goal]) {
    self.init(
      goals: goals.map {
        Entry(
          reference: $0.reference, wording: $0.wording, state: $0.state, createdAt: $0.createdAt,
          closedAt: $0.closedAt)
      })
  }
}

extension GoalRules {
  /// The most goals of one exchange.
  public static let mostExchanged = 100

  /// The goals that an exchange changes or adds, or throws; taking the same one in again changes
  /// nothing.
  ///
  /// A goal is known by its reference. One without a reference here that has the same words as one
  /// of the journal's gets its reference, so that it does not become two. What the journal does not
  /// mention stays as it is. `newID` names those that are added.
  public func taken(
    _ exchange: GoalExchange, of citizen: PersonID, into goals: [Goal], by initiator: Initiator,
    at now: UTCMilliseconds, newID: () -> GoalID
  ) throws(Refusal) -> [Goal] {
    try requireStaffWithGoals(initiator)
    guard exchange.format == GoalExchange.currentFormat else { throw .goalsUnreadable }
    guard exchange.goals.count <= Self.mostExchanged else { throw .goalsUnreadable }
    var all = goals.filter { $0.citizen == citizen }
    var seen: Set<String> = []
    for entry in exchange.goals {
      guard let wording = try OutcomeRules.note(entry.wording, longest: Self.longestWording) else {
        throw .goalNeedsWords
      }
      if let reference = entry.reference, !seen.insert(reference).inserted {
        throw .goalKnown(wording)
      }
      let index =
        all.firstIndex { entry.reference != nil && $0.reference == entry.reference }
        ?? all.firstIndex {
          $0.wording == wording && ($0.reference == nil || entry.reference == nil)
        }
      var goal =
        index.map { all[$0] }
        ?? Goal(
          id: newID(), citizen: citizen, wording: wording, createdAt: entry.createdAt ?? now)
      goal.reference = entry.reference ?? goal.reference
      goal.wording = wording
      if goal.state != entry.state {
        goal.state = entry.state
        goal.closedAt = entry.state == .active ? nil : entry.closedAt ?? now
      }
      if let index { all[index] = goal } else { all.append(goal) }
    }
    guard all.count(where: { $0.state == .active }) <= Self.mostActive else {
      throw .tooManyGoals(most: Self.mostActive)
    }
    let known = Set(goals)
    return all.filter { !known.contains($0) }
  }
}

extension Refusal {
  /// No exchange of goals that this release reads.
  public static let goalsUnreadable = Refusal(
    "goals-unreadable", .invalid,
    da: "Filen er ikke en liste af mål, som kan læses her. Hent den igen fra journalen.",
    en: "The file is no list of goals that can be read here. Fetch it from the journal again.")
}
