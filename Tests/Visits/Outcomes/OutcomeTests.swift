import Testing
import Visits

@Suite struct OutcomeTests {
  typealias E = GrantExample
  static let start = Example.start
  static let rules = OutcomeRules()

  static func visit(
    _ state: VisitState, form: VisitForm = .screen, mode: MediaMode = .video
  ) -> Visit {
    var visit = Example.visit
    visit.state = state
    visit.form = form
    visit.mediaMode = mode
    return visit
  }

  /// A ledger from what happened at which second.
  static func ledger(
    _ events: [(Int64, LedgerKind, PersonID?, LedgerCause)], attempt: Int? = nil
  ) -> [LedgerEntry] {
    events.enumerated().map { index, event in
      LedgerEntry(
        sequence: Int64(index + 1), visit: Example.visit.id,
        at: start.adding(milliseconds: event.0 * 1000), kind: event.1, participant: event.2,
        cause: event.3, attempt: event.1 == .mediaConnected ? attempt : nil)
    }
  }

  static let karen = Example.visit.citizenID
  static let anne = Example.visit.workerID

  static func held(answer: Int64 = 5, heard: Int64 = 7, end: Int64 = 1807)
    -> [(Int64, LedgerKind, PersonID?, LedgerCause)]
  {
    [
      (-60, .booked, anne, .requested), (-2, .mediaConnected, anne, .audio),
      (0, .rung, anne, .requested), (answer, .answered, karen, .requested),
      (heard, .mediaConnected, karen, .video), (heard, .mediaConnected, karen, .audio),
      (end, .ended, karen, .hungUp),
    ]
  }

  static func outcome(
    _ visit: Visit, _ ledger: [LedgerEntry], firstTry: Bool? = nil
  ) -> VisitOutcome? {
    rules.outcome(
      of: visit, facts: CallFacts(of: visit, ledger: ledger), firstTry: firstTry, at: start)
  }

  @Test func aVisitHeldAtTheFirstTryFillsItselfIn() throws {
    let outcome = try #require(Self.outcome(Self.visit(.ended), Self.ledger(Self.held())))
    #expect(outcome.kind == .heldFirstTry && outcome.deliveredMinutes == 30)
    #expect(outcome.recordedBy == nil && outcome.mediaMode == .video)
  }

  @Test(arguments: [(30, 1), (89, 1), (90, 2), (1829, 30), (1830, 31)])
  func theLengthIsTheTimeBothWereThere(seconds: Int64, minutes: Int) {
    let ledger = Self.ledger(Self.held(heard: 7, end: 7 + seconds))
    #expect(Self.outcome(Self.visit(.ended), ledger)?.deliveredMinutes == minutes)
  }

  @Test func aSecondRingASecondJoinOrALongWaitIsARetry() {
    var rungTwice = Self.held(answer: 100, heard: 102)
    rungTwice.insert((45, .missed, Self.karen, .timeout), at: 3)
    rungTwice.insert((60, .rung, Self.anne, .again), at: 4)
    for ledger in [
      Self.ledger(rungTwice), Self.ledger(Self.held(), attempt: 2),
      Self.ledger(Self.held(answer: 5, heard: 26)),
    ] {
      #expect(Self.outcome(Self.visit(.ended), ledger)?.kind == .heldAfterRetries)
    }
    #expect(
      Self.outcome(Self.visit(.ended), Self.ledger(Self.held(heard: 25)))?.kind == .heldFirstTry)
    // Where the call's quality has been judged, that judgement counts.
    #expect(
      Self.outcome(Self.visit(.ended), Self.ledger(Self.held()), firstTry: false)?.kind
        == .heldAfterRetries)
  }

  @Test func answeredWithoutSoundIsATechnicalFailureAndNobodysFault() throws {
    let silent = Self.ledger([
      (0, .rung, Self.anne, .requested), (5, .answered, Self.karen, .requested),
      (60, .ended, Self.anne, .hungUp),
    ])
    let outcome = try #require(Self.outcome(Self.visit(.ended), silent))
    #expect(outcome.kind == .technicalFailure && outcome.deliveredMinutes == 0)
    #expect(NoShowRules().open(after: outcome, inARow: 0, at: Self.start) == nil)
    let short = Self.ledger(Self.held(heard: 7, end: 36))
    #expect(Self.outcome(Self.visit(.ended), short)?.kind == .technicalFailure)
  }

  @Test func aRingThatEndedSaysHow() {
    for (kind, cause, expected) in [
      (LedgerKind.missed, LedgerCause.timeout, NotAnsweredCause.rangOut),
      (.missed, .callerGaveUp, .callerGaveUp), (.declined, .requested, .declined),
    ] {
      let ledger = Self.ledger([
        (0, .rung, Self.anne, .requested), (45, kind, Self.karen, cause),
      ])
      let outcome = Self.outcome(Self.visit(.missed), ledger)
      #expect(outcome?.kind == .notAnswered && outcome?.notAnswered == expected)
    }
  }

  /// A cancelled visit is nobody's no-show, whoever called it off.
  @Test func whoCalledItOffIsTold() throws {
    for (person, expected) in [
      (Self.karen, Canceller.citizen), (Self.anne, .worker),
      (PersonID(rawValue: "d"), .municipality),
    ] {
      let ledger = Self.ledger([(0, .cancelled, person, .requested)])
      let outcome = try #require(Self.outcome(Self.visit(.cancelled), ledger))
      #expect(outcome.kind == .cancelled && outcome.cancelledBy == expected)
      #expect(NoShowRules().open(after: outcome, inARow: 5, at: Self.start) == nil)
    }
  }

  @Test func aGroupIsHeldWithoutTheMemberWhoStayedAway() {
    var group = Self.visit(.ended, form: .group)
    group.others = [PersonID(rawValue: "ole"), PersonID(rawValue: "ib")]
    #expect(Self.outcome(group, Self.ledger(Self.held()))?.kind.isHeld == true)
    let alone = Self.held().filter { $0.1 != .mediaConnected || $0.2 == Self.anne }
    #expect(Self.outcome(group, Self.ledger(alone))?.kind == .technicalFailure)
  }

  @Test func aPersonsWordIsNotTheEndOfACall() {
    let ledger = Self.ledger([
      (-60, .booked, Self.anne, .requested), (9, .ended, Self.anne, .reported),
    ])
    #expect(Self.outcome(Self.visit(.ended), ledger) == nil)
    let facts = CallFacts(of: Self.visit(.ended), ledger: ledger)
    #expect(facts.wasReported && facts.endedAt == nil)
  }

  @Test func whatTheSystemCannotKnowItDoesNotSay() {
    #expect(Self.outcome(Self.visit(.booked), []) == nil)
    #expect(Self.outcome(Self.visit(.ended, form: .physical), []) == nil)
    #expect(Self.outcome(Self.visit(.ended, mode: .phone), []) == nil)
  }

  static func record(
    _ report: OutcomeReport, _ visit: Visit, known: VisitOutcome? = nil,
    previous: VisitOutcome? = nil, by initiator: Initiator = Example.worker,
    at now: UTCMilliseconds = start.adding(minutes: 40)
  ) throws -> VisitOutcome {
    try rules.record(
      report, of: visit, known: known, previous: previous, by: initiator, at: now)
  }

  @Test func theWorkerSaysHowAPhysicalVisitWent() throws {
    let visit = Self.visit(.booked, form: .physical)
    let held = try Self.record(OutcomeReport(kind: .heldFirstTry), visit)
    #expect(held.deliveredMinutes == 30 && held.recordedBy == Self.anne && held.revision == 1)
    let corrected = try Self.record(
      OutcomeReport(kind: .notAnswered, note: " Ingen hjemme "), visit, previous: held)
    #expect(corrected.revision == 2 && corrected.notAnswered == .notThere)
    #expect(corrected.deliveredMinutes == 0 && corrected.note == "Ingen hjemme")
  }

  /// Finding 1: the phone is no error path.
  @Test func aVisitMovedToThePhoneIsHeld() throws {
    let phone = try Self.record(
      OutcomeReport(kind: .movedToPhone, deliveredMinutes: 25), Self.visit(.ended))
    #expect(phone.mediaMode == .phone && phone.deliveredMinutes == 25 && phone.kind.isHeld)
  }

  @Test func reportsThatDoNotFitAreRefused() {
    let held = OutcomeReport(kind: .heldFirstTry)
    func refusal(
      _ report: OutcomeReport, _ visit: Visit, by: Initiator = Example.worker,
      at now: UTCMilliseconds = Self.start.adding(minutes: 40)
    ) -> Refusal? {
      E.refusal { _ = try Self.record(report, visit, by: by, at: now) }
    }
    #expect(
      refusal(held, Self.visit(.booked), at: Self.start.adding(minutes: -1)) == .outcomeTooEarly)
    #expect(refusal(held, Self.visit(.active)) == .visitInProgress)
    #expect(refusal(held, Self.visit(.cancelled)) == .visitWasCancelled)
    #expect(refusal(held, Self.visit(.ended), by: Example.otherWorker) == .notYourVisit)
    #expect(refusal(held, Self.visit(.ended), by: Example.citizen) == .notYourVisit)
    #expect(refusal(OutcomeReport(kind: .cancelled), Self.visit(.booked)) == .cancelFirst)
    #expect(
      refusal(OutcomeReport(kind: .cancelled, cancelledBy: .citizen), Self.visit(.cancelled))
        == .cancellationIncomplete)
    #expect(
      refusal(OutcomeReport(kind: .heldFirstTry, deliveredMinutes: 1441), Self.visit(.ended))
        == .deliveredOutOfRange)
  }

  @Test func aVisitWithoutAnOutcomeBecomesAToDo() {
    let visit = Self.visit(.booked, form: .physical)
    #expect(!Self.rules.isMissing(for: visit, outcome: nil, at: visit.end.adding(minutes: 59)))
    #expect(Self.rules.isMissing(for: visit, outcome: nil, at: visit.end.adding(minutes: 60)))
  }
}
