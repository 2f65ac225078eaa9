/// How far a goal came in one visit, one tap each (H4: under a minute).
public enum ProgressStep: String, Codable, Sendable, Hashable, CaseIterable {
  /// Harder than before.
  case back
  /// As before.
  case same
  /// A step on.
  case forward
  /// The goal looks reached.
  case met
}

/// How far one goal came.
public struct GoalProgress: Hashable, Sendable, Codable {
  /// The goal.
  public var goal: GoalID
  /// How far.
  public var step: ProgressStep

  /// Progress.
  public init(_ goal: GoalID, _ step: ProgressStep) {
    self.goal = goal
    self.step = step
  }
}

/// What a support worker writes after a visit; all else is filled in (H10).
public struct NoteDraft: Hashable, Sendable {
  /// The goals that were worked on.
  public var progress: [GoalProgress]
  /// What happens until next time (D7).
  public var nextStep: String?
  /// Anything else.
  public var text: String?

  /// A draft.
  public init(progress: [GoalProgress] = [], nextStep: String? = nil, text: String? = nil) {
    self.progress = progress
    self.nextStep = nextStep
    self.text = text
  }
}

/// The note of a visit (H4).
public struct VisitNote: Hashable, Sendable, Codable {
  /// The visit.
  public var visit: VisitID
  /// Whom it is about.
  public var citizen: PersonID
  /// Who wrote it.
  public var author: PersonID
  /// When.
  public var at: UTCMilliseconds
  /// How the goals came on.
  public var progress: [GoalProgress]
  /// What happens until next time.
  public var nextStep: String?
  /// Anything else.
  public var text: String?
  /// How it was held.
  public var form: VisitForm
  /// What carried it.
  public var mediaMode: MediaMode
  /// How long it took, in minutes.
  public var minutes: Int
  /// 1 for the first, one more with each correction. Earlier ones are kept.
  public var revision: Int

  /// A note.
  public init(
    visit: VisitID, citizen: PersonID, author: PersonID, at: UTCMilliseconds,
    progress: [GoalProgress], nextStep: String?, text: String?, form: VisitForm,
    mediaMode: MediaMode, minutes: Int, revision: Int = 1
  ) {
    self.visit = visit
    self.citizen = citizen
    self.author = author
    self.at = at
    self.progress = progress
    self.nextStep = nextStep
    self.text = text
    self.form = form
    self.mediaMode = mediaMode
    self.minutes = minutes
    self.revision = revision
  }
}

/// What writing a note does.
public struct NoteChange: Hashable, Sendable {
  /// The note.
  public var note: VisitNote
  /// What the writer is asked then, as whether a goal is met.
  public var notices: [Notice]
}

/// Notes after visits.
public struct NoteRules: Sendable {
  /// The longest free text, in characters: a note, not a report.
  public static let longestText = 1000
  /// The longest next step, in characters: it is shown on the citizen's screen.
  public static let longestNextStep = 200

  /// Rules.
  public init() {}

  /// The note that `draft` becomes, or throws.
  ///
  /// - Parameters:
  ///   - outcome: What became of the visit, from which time and mode are filled in.
  ///   - goals: The citizen's goals.
  ///   - previous: The note so far, which this corrects.
  public func write(
    _ draft: NoteDraft, on visit: Visit, outcome: VisitOutcome?, goals: [Goal],
    previous: VisitNote?, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> NoteChange {
    try OutcomeRules.requireWorker(initiator, of: visit)
    guard visit.start <= now else { throw .outcomeTooEarly }
    guard draft.progress.count <= GoalRules.mostActive else {
      throw .tooManyGoals(most: GoalRules.mostActive)
    }
    var seen: Set<GoalID> = []
    for progress in draft.progress {
      guard seen.insert(progress.goal).inserted,
        let goal = goals.first(where: { $0.id == progress.goal && $0.citizen == visit.citizenID })
      else { throw .noSuchGoal }
      // A correction may name a goal that was closed after the visit.
      guard goal.state == .active || goal.closedAt.map({ $0 >= visit.start }) ?? false else {
        throw .goalNotActive(goal.wording)
      }
    }
    let nextStep = try OutcomeRules.note(draft.nextStep, longest: Self.longestNextStep)
    let text = try OutcomeRules.note(draft.text, longest: Self.longestText)
    guard !draft.progress.isEmpty || nextStep != nil || text != nil else { throw .noteIsEmpty }
    let note = VisitNote(
      visit: visit.id, citizen: visit.citizenID, author: initiator.person ?? visit.workerID,
      at: now, progress: draft.progress, nextStep: nextStep, text: text, form: visit.form,
      mediaMode: outcome?.mediaMode ?? visit.mediaMode,
      minutes: outcome?.deliveredMinutes ?? visit.durationMinutes,
      revision: (previous?.revision ?? 0) + 1)
    return NoteChange(note: note, notices: notices(draft.progress, goals: goals, of: visit))
  }

  /// Whether a goal is met is agreed with the citizen, so it is asked and not done (H4, H12).
  private func notices(
    _ progress: [GoalProgress], goals: [Goal], of visit: Visit
  ) -> [Notice] {
    let met = Set(progress.filter { $0.step == .met }.map(\.goal))
    let active = goals.filter { $0.citizen == visit.citizenID && $0.state == .active }
    var notices = active.filter { met.contains($0.id) }.map { Notice.goalLooksMet($0.wording) }
    if !active.isEmpty, active.allSatisfy({ met.contains($0.id) }) {
      notices.append(.purposeLooksReached)
    }
    return notices
  }
}
