/// Something that a grant asks of the team by a certain day.
public struct GrantTask: Hashable, Sendable, Codable {
  /// What is asked.
  public enum Kind: Hashable, Sendable, Codable {
    /// The written status of a milestone (H6).
    case status(GrantMilestone.ID)
    /// The course must be under way (B23).
    case firstContact
    /// The grant ends: decide with the citizen what comes then (A4).
    case ending
    /// A proposed change waits for the case worker (A10).
    case decision
  }

  /// The grant.
  public var grant: GrantID
  /// What is asked.
  public var kind: Kind
  /// The day it is due.
  public var due: LocalDate
  /// The day from which it is shown.
  public var shownFrom: LocalDate

  /// A task.
  public init(grant: GrantID, kind: Kind, due: LocalDate, shownFrom: LocalDate) {
    self.grant = grant
    self.kind = kind
    self.due = due
    self.shownFrom = shownFrom
  }

  /// The same for the same task however often it is computed, so that nobody is reminded twice.
  public var key: String {
    switch kind {
    case .status(let milestone): "\(grant):status:\(milestone)"
    case .firstContact: "\(grant):first-contact"
    case .ending: "\(grant):ending:\(due)"
    case .decision: "\(grant):decision:\(shownFrom)"
    }
  }
}

extension GrantPolicy {
  /// All that `grant` asks for and that is not done, due or not, in order of days.
  ///
  /// - Parameter firstHeld: The day of the first visit that was held; nil before it.
  public func openTasks(of grant: Grant, firstHeld: LocalDate?) -> [GrantTask] {
    guard grant.closing == nil else { return [] }
    var tasks: [GrantTask] = []
    func add(_ kind: GrantTask.Kind, due: LocalDate, notice days: Int) {
      tasks.append(
        GrantTask(grant: grant.id, kind: kind, due: due, shownFrom: due.adding(days: -days)))
    }
    if firstHeld == nil {
      add(
        .firstContact, due: grant.start.adding(days: firstContactDays), notice: firstContactDays)
    }
    if grant.basis == .section82b {
      for milestone in statusMilestones {
        let due = milestone.date(from: grant.start)
        let isWritten = grant.statuses.contains { $0.milestone == milestone.id }
        // A course that ends before the milestone never reaches it.
        if !isWritten, grant.covers(due) {
          add(.status(milestone.id), due: due, notice: statusNoticeDays)
        }
      }
    }
    if let end = grant.end { add(.ending, due: end, notice: endingNoticeDays) }
    if let proposal = grant.proposal {
      let proposed = LocalDate(proposal.at)
      tasks.append(
        GrantTask(
          grant: grant.id, kind: .decision, due: max(proposed, proposal.from),
          shownFrom: proposed))
    }
    return tasks.sorted { ($0.due, $0.key) < ($1.due, $1.key) }
  }

  /// Those of them to be shown on `day`.
  public func tasks(of grant: Grant, firstHeld: LocalDate?, on day: LocalDate) -> [GrantTask] {
    openTasks(of: grant, firstHeld: firstHeld).filter { $0.shownFrom <= day }
  }
}
