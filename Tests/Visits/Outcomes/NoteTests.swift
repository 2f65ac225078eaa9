import Testing
import Visits

@Suite struct NoteTests {
  typealias E = GrantExample
  static let now = Example.start.adding(minutes: 35)
  static let karen = Example.visit.citizenID

  static func goal(_ id: String, _ state: Goal.State = .active, of citizen: PersonID = karen)
    -> Goal
  {
    Goal(
      id: GoalID(rawValue: id), citizen: citizen, wording: "Mål \(id)", state: state,
      createdAt: Example.start, closedAt: state == .active ? nil : Example.start.adding(minutes: -1)
    )
  }

  static func write(
    _ draft: NoteDraft, goals: [Goal], previous: VisitNote? = nil,
    by initiator: Initiator = Example.worker
  ) throws -> NoteChange {
    let outcome = VisitOutcome(
      visit: Example.visit.id, citizen: karen, worker: Example.visit.workerID,
      kind: .movedToPhone, deliveredMinutes: 22, mediaMode: .phone, recordedAt: now)
    return try NoteRules().write(
      draft, on: Example.visit, outcome: outcome, goals: goals, previous: previous,
      by: initiator, at: now)
  }

  /// H5: "max 3".
  @Test func atMostThreeGoalsAreWorkedOn() throws {
    func add(_ goals: [Goal], reference: String? = nil) -> Refusal? {
      E.refusal {
        _ = try GoalRules().add(
          "Ringe til banken selv", as: GoalID(rawValue: "n"), of: Self.karen,
          reference: reference, to: goals, by: Example.worker, at: Self.now)
      }
    }
    let others = [Self.goal("x", of: PersonID(rawValue: "ole")), Self.goal("m", .met)]
    let two = [Self.goal("1"), Self.goal("2")]
    #expect(add(two + others) == nil)
    #expect(add(two + others + [Self.goal("3")]) == .tooManyGoals(most: 3))
    var known = Self.goal("1")
    known.reference = "FFB-1"
    #expect(add([known], reference: "FFB-1") == .goalKnown("Mål 1"))
  }

  /// H4, H10: time and mode fill themselves in.
  @Test func aNoteIsAFewTaps() throws {
    let change = try Self.write(
      NoteDraft(
        progress: [GoalProgress(GoalID(rawValue: "1"), .forward)], nextStep: "Ring til banken"),
      goals: [Self.goal("1")])
    #expect(change.note.minutes == 22 && change.note.mediaMode == .phone)
    #expect(change.note.nextStep == "Ring til banken" && change.notices.isEmpty)
    let corrected = try Self.write(
      NoteDraft(text: "Rettet"), goals: [Self.goal("1")], previous: change.note)
    #expect(corrected.note.revision == 2)
  }

  /// H4, H12: a goal is closed together with the citizen, never by a tap.
  @Test func aGoalThatLooksMetIsAskedAbout() throws {
    let goals = [Self.goal("1"), Self.goal("2")]
    let one = try Self.write(
      NoteDraft(progress: [GoalProgress(GoalID(rawValue: "1"), .met)]), goals: goals)
    #expect(one.notices == [.goalLooksMet("Mål 1")])
    let both = try Self.write(
      NoteDraft(
        progress: ["1", "2"].map { GoalProgress(GoalID(rawValue: $0), .met) }), goals: goals)
    #expect(both.notices.last == .purposeLooksReached && both.notices.count == 3)
  }

  @Test func notesThatDoNotFitAreRefused() {
    func refusal(_ draft: NoteDraft, by: Initiator = Example.worker) -> Refusal? {
      let goals = [
        Self.goal("1"), Self.goal("m", .met), Self.goal("x", of: PersonID(rawValue: "ole")),
      ]
      return E.refusal { _ = try Self.write(draft, goals: goals, by: by) }
    }
    func on(_ ids: String...) -> NoteDraft {
      NoteDraft(progress: ids.map { GoalProgress(GoalID(rawValue: $0), .same) })
    }
    #expect(refusal(NoteDraft(text: "  ")) == .noteIsEmpty)
    #expect(refusal(on("x")) == .noSuchGoal)
    #expect(refusal(on("1", "1")) == .noSuchGoal)
    #expect(refusal(on("m")) == .goalNotActive("Mål m"))
    #expect(refusal(on("1", "2", "3", "4")) == .tooManyGoals(most: 3))
    #expect(
      refusal(NoteDraft(text: String(repeating: "a", count: 1001))) == .textTooLong(longest: 1000))
    #expect(refusal(on("1"), by: Example.otherWorker) == .notYourVisit)
    #expect(refusal(on("1"), by: Example.operations) == .notYourVisit)
  }

  // MARK: Scales

  static let scale = ScoreScale(
    id: ScoreScaleID(rawValue: "egen"), title: "Min uge",
    items: [
      .init(id: "a", prompt: "Søvn", low: "dårlig", high: "god"),
      .init(id: "b", prompt: "Overblik", low: "intet", high: "godt"),
    ], moment: .beginning, daysBetween: 14, fallPercent: 20)

  static func answer(_ date: String, _ marks: [Int?]) -> ScoreAnswer {
    ScoreAnswer(
      scale: scale.id, citizen: karen, visit: Example.visit.id, at: E.time(date, hour: 9),
      marks: marks)
  }

  /// H8: "med et par ugers mellemrum", skippable, last time's marks and the falling curve.
  @Test func aScaleComesInItsRhythmAndNobodyHasToAnswer() throws {
    let rules = ScoreRules()
    let skipped = Self.answer("2026-02-02", [])
    #expect(rules.isDue(Self.scale, answers: [], on: E.day("2026-02-02")))
    #expect(skipped.isSkipped && skipped.mean == nil)
    #expect(!rules.isDue(Self.scale, answers: [skipped], on: E.day("2026-02-15")))
    #expect(rules.isDue(Self.scale, answers: [skipped], on: E.day("2026-02-16")))
    let answers = [
      Self.answer("2026-03-02", [40, nil]), Self.answer("2026-02-02", [60, 60]), skipped,
    ]
    #expect(rules.curve(Self.scale, answers: answers).map(\.mean) == [60, 40])
    #expect(rules.isReasonToTalk(Self.scale, answers: answers))
    let steady = [Self.answer("2026-03-02", [41, nil]), Self.answer("2026-02-02", [60, 60])]
    #expect(!rules.isReasonToTalk(Self.scale, answers: steady))
  }

  @Test func marksMustLieOnTheLine() throws {
    func record(_ marks: [Int?], by: Initiator = Example.citizen) throws -> ScoreAnswer {
      try ScoreRules().record(marks, on: Self.scale, in: Example.visit, by: by, at: Self.now)
    }
    #expect(try record([0, 100]).mean == 50)
    #expect(try record([nil, nil], by: Example.worker).isSkipped)
    #expect(E.refusal { _ = try record([1]) } == .marksDoNotFit)
    #expect(E.refusal { _ = try record([-1, 5]) } == .markOutOfRange(lowest: 0, highest: 100))
    #expect(E.refusal { _ = try record([1, 5], by: Example.otherCitizen) } == .notYourVisit)
  }
}
