/// Whether a citizen was offered screen visits, and what came of it (F2, F3).
///
/// They are a choice: nobody is pressed, a no needs no defence, and what began can be stopped at any
/// time. What is asked for is that the offer is made, or why it was not.
public struct ScreenTrial: Hashable, Sendable, Codable {
  /// Where it is.
  public enum State: String, Codable, Sendable, Hashable, CaseIterable {
    /// Offered; the citizen thinks it over.
    case offered
    /// The citizen wants to.
    case accepted
    /// The citizen does not want to.
    case declined
    /// The team has good reasons not to offer it now.
    case notOffered
    /// Begun and stopped.
    case stopped
  }

  /// One step of it; the steps are kept.
  public struct Step: Hashable, Sendable, Codable {
    /// Where it went.
    public var state: State
    /// Why, where somebody said so.
    public var reason: String?
    /// Who recorded it.
    public var by: PersonID?
    /// When.
    public var at: UTCMilliseconds

    /// A step.
    public init(state: State, reason: String?, by: PersonID?, at: UTCMilliseconds) {
      self.state = state
      self.reason = reason
      self.by = by
      self.at = at
    }
  }

  /// Whole months after a course's first day within which it is tried ("de første 3 måneder").
  public static let months = 3

  /// The steps so far, in order.
  public var steps: [Step]

  /// A trial.
  public init(steps: [Step] = []) {
    self.steps = steps
  }

  /// Where it is; nil before anything was said.
  public var state: State? { steps.last?.state }

  /// The trial with another step, or throws. That the team does not offer it takes a reason; a
  /// citizen's no does not. Said again, it changes nothing.
  public func record(
    _ state: State, reason: String?, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> ScreenTrial {
    switch initiator.role {
    case .supportWorker, .teamLead, nil: break
    case .citizen:
      guard state == .accepted || state == .declined || state == .stopped else {
        throw .answerIsYours
      }
    case .caseWorker, .operations, .administrator: throw .offerIsTheTeams
    }
    if state == .notOffered, try GrantRules.optional(reason) == nil { throw .reasonMissing }
    let step = Step(
      state: state, reason: try GrantRules.optional(reason), by: initiator.person, at: now)
    if let last = steps.last, last.state == step.state, last.reason == step.reason { return self }
    var trial = self
    trial.steps.append(step)
    return trial
  }

  /// The day by which it must be tried, declined or reasoned away; nil once it is, or where the
  /// grant ends before.
  ///
  /// - Parameter firstScreenVisit: The day of the first visit that was held on screen.
  public func due(for grant: Grant, firstScreenVisit: LocalDate?) -> LocalDate? {
    let due = grant.start.adding(months: Self.months)
    guard firstScreenVisit == nil, grant.closing == nil, grant.covers(due) else { return nil }
    switch state {
    case .declined, .notOffered, .stopped: return nil
    case .offered, .accepted, nil: return due
    }
  }
}
