import Testing
import Visits

@Suite struct ScreenTrialTests {
  typealias E = GrantExample

  static func record(
    _ state: ScreenTrial.State, _ reason: String? = nil, by initiator: Initiator = Example.worker
  ) throws -> ScreenTrial {
    try ScreenTrial().record(state, reason: reason, by: initiator, at: E.now)
  }

  /// F2: "i løbet af … første 3 måneder", "virkelig gode argumenter for" not to.
  @Test func itIsDueInTheFirstThreeMonthsUnlessThereIsAnAnswer() throws {
    let grant = try E.grant(start: "2026-01-05")
    let due = E.day("2026-04-05")
    #expect(ScreenTrial().due(for: grant, firstScreenVisit: nil) == due)
    #expect(try Self.record(.accepted).due(for: grant, firstScreenVisit: nil) == due)
    #expect(try Self.record(.accepted).due(for: grant, firstScreenVisit: grant.start) == nil)
    #expect(try Self.record(.declined).due(for: grant, firstScreenVisit: nil) == nil)
    #expect(E.refusal { _ = try Self.record(.notOffered, " ") } == .reasonMissing)
    let reasoned = try Self.record(.notOffered, "Har ingen skærm endnu")
    #expect(reasoned.due(for: grant, firstScreenVisit: nil) == nil)
    let short = try E.grant(end: "2026-04-04")
    #expect(ScreenTrial().due(for: short, firstScreenVisit: nil) == nil)
  }

  /// F3: "tilvalg og supplement"; it can be stopped at any time, without a reason, by the citizen.
  @Test func theCitizenChoosesAndMayStop() throws {
    let accepted = try Self.record(.accepted, by: Example.citizen)
    let stopped = try accepted.record(.stopped, reason: nil, by: Example.citizen, at: E.now)
    #expect(stopped.state == .stopped && stopped.steps.count == 2)
    #expect(try stopped.record(.stopped, reason: nil, by: Example.citizen, at: E.now) == stopped)
    #expect(
      E.refusal { _ = try Self.record(.offered, by: Example.citizen) } == .answerIsYours)
    #expect(
      E.refusal { _ = try Self.record(.declined, by: Example.operations) } == .offerIsTheTeams)
  }
}
