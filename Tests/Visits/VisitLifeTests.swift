import Testing
import Visits

/// Every command in every state: what the visit becomes and what the ledger says, or which refusal.
@Suite struct VisitLifeTests {
  enum Outcome: Equatable {
    case becomes(VisitState, LedgerKind, String)
    case unchanged
    case refused(String)
  }

  struct Case: CustomTestStringConvertible {
    var command: String
    var state: VisitState
    var outcome: Outcome
    var testDescription: String { "\(command) in \(state.rawValue)" }
  }

  static let now = UTCMilliseconds(rawValue: 1_795_000_000_000)

  static func visit(_ state: VisitState) -> Visit {
    var visit = Example.visit
    visit.state = state
    if state == .ringing { visit.ringExpiresAt = now }
    if state == .active || state == .ended { visit.answeredDevice = Example.screen }
    return visit
  }

  static let cases: [Case] =
    all(
      "ring", booked: .becomes(.ringing, .rung, "requested"), ringing: .unchanged,
      active: .becomes(.active, .rung, "again"), ended: .refused("visit-over"),
      cancelled: .refused("visit-cancelled"), missed: .becomes(.ringing, .rung, "again"))
    + all(
      "answer", booked: .refused("not-ringing"),
      ringing: .becomes(.active, .answered, "requested"), active: .unchanged,
      ended: .refused("visit-over"), cancelled: .refused("visit-cancelled"),
      missed: .refused("ring-over"))
    + all(
      "decline", booked: .refused("not-ringing"),
      ringing: .becomes(.missed, .declined, "requested"),
      active: .refused("visit-in-progress"), ended: .refused("visit-over"),
      cancelled: .refused("visit-cancelled"), missed: .unchanged)
    + all(
      "expire", booked: .unchanged, ringing: .becomes(.missed, .missed, "timeout"),
      active: .unchanged, ended: .unchanged, cancelled: .unchanged, missed: .unchanged)
    + all(
      "worker hangs up", booked: .refused("not-in-progress"),
      ringing: .becomes(.missed, .missed, "caller-gave-up"),
      active: .becomes(.ended, .ended, "hung-up"), ended: .unchanged, cancelled: .unchanged,
      missed: .unchanged)
    + all(
      "citizen hangs up", booked: .refused("not-in-progress"),
      ringing: .becomes(.missed, .declined, "requested"),
      active: .becomes(.ended, .ended, "hung-up"), ended: .unchanged, cancelled: .unchanged,
      missed: .unchanged)
    + all(
      "cancel", booked: .becomes(.cancelled, .cancelled, "requested"),
      ringing: .becomes(.cancelled, .cancelled, "requested"),
      active: .refused("visit-in-progress"), ended: .refused("visit-over"),
      cancelled: .unchanged, missed: .becomes(.cancelled, .cancelled, "requested"))
    + all(
      "report held", booked: .becomes(.ended, .ended, "reported"),
      ringing: .refused("visit-in-progress"), active: .refused("visit-in-progress"),
      ended: .unchanged, cancelled: .refused("visit-was-cancelled"),
      missed: .becomes(.ended, .ended, "reported"))
    + all(
      "end", booked: .unchanged, ringing: .unchanged,
      active: .becomes(.ended, .ended, "abandoned"), ended: .unchanged, cancelled: .unchanged,
      missed: .unchanged)
    + all(
      "move", booked: .becomes(.booked, .moved, "requested"),
      ringing: .refused("visit-in-progress"), active: .refused("visit-in-progress"),
      ended: .refused("visit-over"), cancelled: .refused("visit-cancelled"),
      missed: .becomes(.booked, .moved, "requested"))

  static func all(
    _ command: String, booked: Outcome, ringing: Outcome, active: Outcome, ended: Outcome,
    cancelled: Outcome, missed: Outcome
  ) -> [Case] {
    [
      (VisitState.booked, booked), (.ringing, ringing), (.active, active), (.ended, ended),
      (.cancelled, cancelled), (.missed, missed),
    ].map { Case(command: command, state: $0.0, outcome: $0.1) }
  }

  static func run(_ command: String, on visit: Visit) throws -> VisitChange {
    func apply(_ command: VisitCommand, _ initiator: Initiator) throws -> VisitChange {
      try Example.apply(command, to: visit, by: initiator, at: now)
    }
    switch command {
    case "ring": return try apply(.ring, Example.worker)
    case "answer": return try apply(.answer, Example.citizen)
    case "decline": return try apply(.decline(reason: nil), Example.citizen)
    case "expire": return try apply(.expireRing, .system)
    case "worker hangs up": return try apply(.hangUp(reason: nil), Example.worker)
    case "citizen hangs up": return try apply(.hangUp(reason: nil), Example.citizen)
    case "cancel": return try apply(.cancel(reason: nil), Example.worker)
    case "report held": return try apply(.reportHeld, Example.worker)
    case "end": return try apply(.end(.abandoned), .system)
    default:
      return try apply(
        .move(start: now.adding(minutes: 60), durationMinutes: nil), Example.worker)
    }
  }

  @Test(arguments: cases)
  func commandDoesWhatTheStateAllows(_ example: Case) throws {
    let visit = Self.visit(example.state)
    let outcome: Outcome
    do {
      let change = try Self.run(example.command, on: visit)
      if let entry = change.entries.first {
        #expect(change.entries.count == 1)
        #expect(entry.at == Self.now)
        outcome = .becomes(change.visit.state, entry.kind, entry.cause.rawValue)
      } else {
        #expect(change.visit == visit, "without a ledger entry nothing may change")
        outcome = .unchanged
      }
    } catch let refusal as Refusal {
      #expect(!refusal.danish.isEmpty && !refusal.english.isEmpty)
      outcome = .refused(refusal.code)
    }
    #expect(outcome == example.outcome)
  }

  @Test func aRingEndsFortyFiveSecondsAfterItBegan() throws {
    let rung = try Example.apply(.ring, to: Example.visit, by: Example.worker, at: Self.now)
    #expect(rung.visit.ringExpiresAt == Self.now.adding(milliseconds: 45_000))
    let early = try Example.apply(
      .expireRing, to: rung.visit, by: .system, at: Self.now.adding(milliseconds: 44_999))
    #expect(early.entries.isEmpty && early.visit.state == .ringing)
    let due = try Example.apply(
      .expireRing, to: rung.visit, by: .system, at: Self.now.adding(milliseconds: 45_000))
    #expect(due.visit.state == .missed && due.visit.ringExpiresAt == nil)
  }

  @Test func ringingTwiceDoesNotLengthenTheRing() throws {
    let rung = try Example.apply(.ring, to: Example.visit, by: Example.worker, at: Self.now)
    let again = try Example.apply(
      .ring, to: rung.visit, by: Example.worker, at: Self.now.adding(milliseconds: 10_000))
    #expect(again.visit.ringExpiresAt == rung.visit.ringExpiresAt)
  }

  @Test func aButtonPressedInTheLastMomentStillAnswers() throws {
    let late = Self.now.adding(milliseconds: 46_000)
    let answered = try Example.apply(
      .answer, to: Self.visit(.ringing), by: Example.citizen, at: late)
    #expect(answered.visit.state == .active)
  }

  @Test func onlyOneDeviceTakesTheCall() throws {
    let other = Initiator.person(
      Example.visit.citizenID, role: .citizen, device: DeviceID(rawValue: "tablet"))
    let answered = try Example.apply(
      .answer, to: Self.visit(.ringing), by: Example.citizen, at: Self.now)
    #expect(answered.visit.answeredDevice == Example.screen)
    #expect(throws: Refusal.answeredElsewhere) {
      try Example.apply(.answer, to: answered.visit, by: other, at: Self.now)
    }
  }

  @Test func someoneWhoDroppedOutIsRungBackWithoutEndingTheVisit() throws {
    let rung = try Example.apply(.ring, to: Self.visit(.active), by: Example.worker, at: Self.now)
    #expect(rung.visit.state == .active && rung.visit.isBeingRung)
    let declined = try Example.apply(
      .decline(reason: nil), to: rung.visit, by: Example.citizen, at: Self.now)
    #expect(declined.visit.state == .active && !declined.visit.isBeingRung)
    let missed = try Example.apply(
      .expireRing, to: rung.visit, by: .system, at: Self.now.adding(minutes: 1))
    #expect(missed.visit.state == .active && missed.entries.first?.kind == .missed)
  }

  @Test func inAGroupACitizenLeavesAndTheWorkerEnds() throws {
    var group = Self.visit(.active)
    group.form = .group
    let left = try Example.apply(
      .hangUp(reason: nil), to: group, by: Example.citizen, at: Self.now)
    #expect(left.visit.state == .active && left.entries.first?.kind == .left)
    let ended = try Example.apply(.hangUp(reason: nil), to: group, by: Example.worker, at: Self.now)
    #expect(ended.visit.state == .ended)
  }

  @Test(arguments: VisitState.allCases)
  func factsAreRecordedInEveryState(_ state: VisitState) throws {
    let report = MediaReport(
      kind: .interrupted, participant: Example.visit.citizenID, cause: .workerLost,
      session: "s1", attempt: 2)
    let visit = Self.visit(state)
    let change = try Example.apply(
      .record(report, key: "s1/interrupted/1"), to: visit, by: .system, at: Self.now)
    #expect(change.visit == visit)
    let entry = try #require(change.entries.first)
    #expect(entry.kind == .interrupted && entry.cause == .workerLost && entry.session == "s1")
    #expect(entry.attempt == 2 && entry.key == "s1/interrupted/1")
  }

  @Test func onlyWhoeverVisitedSaysThatItWasHeldAndNotBeforeIt() throws {
    let early = Example.visit.start.adding(milliseconds: -1)
    #expect(throws: Refusal.outcomeTooEarly) {
      try Example.apply(.reportHeld, to: Example.visit, by: Example.worker, at: early)
    }
    for other in [Example.citizen, Example.otherWorker, Example.operations] {
      #expect(throws: Refusal.notYourVisit) {
        try Example.apply(.reportHeld, to: Example.visit, by: other, at: Self.now)
      }
    }
  }

  @Test func reasonsAreTrimmedAndBounded() throws {
    let change = try Example.apply(
      .cancel(reason: "  syg \n"), to: Example.visit, by: Example.worker, at: Self.now)
    #expect(change.entries.first?.note == "syg")
    let longest = String(repeating: "æ", count: 200)
    let accepted = try Example.apply(
      .cancel(reason: longest), to: Example.visit, by: Example.worker, at: Self.now)
    #expect(accepted.entries.first?.note == longest)
    #expect(throws: Refusal.noteTooLong(longest: 200)) {
      try Example.apply(
        .cancel(reason: longest + "æ"), to: Example.visit, by: Example.worker, at: Self.now)
    }
  }
}
