import Testing
import Visits

@Suite struct GrantTasksTests {
  typealias E = GrantExample
  static let policy = GrantPolicy()

  static func due(_ grant: Grant, _ kind: GrantTask.Kind) -> LocalDate? {
    policy.openTasks(of: grant, firstHeld: grant.start).first { $0.kind == kind }?.due
  }

  /// H6: "skriftlig status hver 2,5 og 5 måned".
  @Test func an82bCourseIsDueAStatusAfterTwoAndAHalfAndFiveMonths() throws {
    let grant = try E.grant(start: "2026-01-05")
    #expect(Self.due(grant, .status("status-1")) == E.day("2026-03-20"))
    #expect(Self.due(grant, .status("status-2")) == E.day("2026-06-05"))
    #expect(Self.due(try E.grant(.section85), .status("status-1")) == nil)
    // A course of three months ends before the second.
    let short = try E.grant(end: "2026-04-04")
    #expect(Self.due(short, .status("status-1")) == E.day("2026-03-20"))
    #expect(Self.due(short, .status("status-2")) == nil)
  }

  @Test func aStatusIsAskedForInTimeAndUntilItIsWritten() throws {
    let grant = try E.grant(start: "2026-01-05")
    func asked(_ grant: Grant, on day: String) -> Bool {
      Self.policy.tasks(of: grant, firstHeld: grant.start, on: E.day(day))
        .contains { $0.kind == .status("status-1") }
    }
    #expect(!asked(grant, on: "2026-03-12"))
    #expect(asked(grant, on: "2026-03-13") && asked(grant, on: "2026-06-01"))
    let written = try E.apply(
      .writeStatus(milestone: "status-1", text: "Det går fremad."), to: grant, by: Example.worker)
    #expect(!asked(written, on: "2026-06-01"))
    #expect(written.statuses.first?.text == "Det går fremad.")
    #expect(
      E.refusal {
        _ = try E.apply(.writeStatus(milestone: "status-9", text: "x"), to: grant)
      } == .noSuchStatus)
  }

  @Test func endingFirstContactAndPendingDecisionsAreShown() throws {
    let grant = try E.grant(start: "2026-01-05")
    let start = Self.policy.tasks(of: grant, firstHeld: nil, on: E.day("2026-01-05"))
    #expect(start.map(\.kind) == [.firstContact] && start.first?.due == E.day("2026-01-19"))
    let end = Self.policy.tasks(of: grant, firstHeld: grant.start, on: E.day("2026-06-06"))
    #expect(end.contains { $0.kind == .ending && $0.due == E.day("2026-07-04") })
    let open = try E.apply(
      .propose(GrantTerms(forms: [.group]), from: E.day("2026-02-01"), reason: "Klar"),
      to: try E.grant(.section85))
    let tasks = Self.policy.tasks(of: open, firstHeld: open.start, on: E.day("2026-01-05"))
    #expect(tasks.map(\.kind) == [.decision])
    let closed = try E.apply(.close(on: E.day("2026-02-01"), reason: .citizensWish), to: grant)
    #expect(Self.policy.openTasks(of: closed, firstHeld: nil).isEmpty)
  }

  @Test func aTaskKeepsItsKeyHoweverOftenItIsComputed() throws {
    let grant = try E.grant()
    let keys = Self.policy.openTasks(of: grant, firstHeld: nil).map(\.key)
    #expect(keys == Self.policy.openTasks(of: grant, firstHeld: nil).map(\.key))
    #expect(Set(keys).count == keys.count && keys.count == 4)
  }

  /// A12: "komme tilbage når som helst".
  @Test func aFormerCourseIsTakenUpAgainAsItWas() throws {
    let terms = GrantTerms(forms: [.screen, .physical], weeklyMinutes: 75)
    let closed = try E.apply(
      .close(on: E.day("2026-03-01"), reason: .purposeReached),
      to: try E.grant(cap: 10, terms: terms))
    let rules = GrantRules()
    #expect(rules.reentry(from: [closed], on: E.day("2026-03-01")) == nil)
    #expect(rules.reentry(from: [closed], on: E.day("2026-03-02"))?.former == closed.id)
    #expect(rules.reentry(from: [closed], on: E.day("2027-03-01")) != nil)
    #expect(rules.reentry(from: [closed], on: E.day("2027-03-02")) == nil)
    let again = try rules.reenter(
      GrantID(rawValue: "g2"), as: E.karen, born: E.birth, from: [closed],
      start: E.day("2026-09-01"), reference: "J-3", by: E.caseWorker,
      at: E.time("2026-08-30", hour: 9))
    #expect(again.grant.terms(on: E.day("2026-09-01")) == terms)
    #expect(again.grant.end == E.day("2027-02-28") && again.grant.visitCap == 10)
    #expect(again.entries.map(\.kind) == [.reentered])
    #expect(
      E.refusal {
        _ = try rules.reenter(
          GrantID(rawValue: "g2"), as: E.karen, born: E.birth, from: [closed],
          start: E.day("2028-09-01"), reference: nil, by: E.caseWorker,
          at: E.time("2028-08-30", hour: 9))
      } == .noWayBack)
  }

  /// A13.
  @Test func aPackageBringsItsMixAndItsMinutes() throws {
    let package = SupportPackage(
      id: PackageID(rawValue: "2"), name: "Moderat", fewestMinutes: 180, mostMinutes: 360,
      usualMinutes: 200,
      mix: [
        .init(.physical, percent: 34), .init(.screen, percent: 33), .init(.group, percent: 33),
      ])
    #expect(package.terms(under: .section85).forms == [.physical, .screen, .group])
    #expect(package.terms(under: .section82b).forms == [.physical, .screen])
    for basis in LegalBasis.allCases {
      let parts = package.minutes(of: 200, under: basis)
      #expect(parts.reduce(0) { $0 + $1.1 } == 200)
    }
    #expect(package.minutes(of: 200, under: .section82b).map(\.1) == [134, 66])
    var policy = GrantPolicy()
    policy.packages = [package]
    var request = E.request(.section85)
    request.package = package.id
    func grant(_ request: GrantRequest) throws -> Grant {
      try GrantRules(policy: policy).grant(
        request, to: E.karen, born: E.birth, existing: [], by: E.caseWorker, at: E.now
      ).grant
    }
    #expect(try grant(request).terms.first?.terms.weeklyMinutes == 200)
    request.terms = GrantTerms(forms: [.screen], weeklyMinutes: 100)
    #expect(
      E.refusal { _ = try grant(request) }
        == .outsidePackage("Moderat", fewest: 180, most: 360))
    request.package = PackageID(rawValue: "9")
    #expect(E.refusal { _ = try grant(request) } == .noSuchPackage(PackageID(rawValue: "9")))
  }

  /// A14: granted, booked, delivered; a week begins on Monday and has its day of a clock change.
  @Test func minutesAreCountedByWeek() throws {
    let grant = try E.grant(
      start: "2026-03-25", terms: GrantTerms(forms: [.screen], weeklyMinutes: 60))
    let accounts = MinutesAccount.weeks(
      of: grant,
      visits: [
        E.visit("2026-03-26", minutes: 30, state: .ended, delivered: 41),
        E.visit("2026-03-29", minutes: 45),
        E.visit("2026-03-30", minutes: 20), E.visit("2026-03-31", minutes: 25, state: .cancelled),
      ], from: E.day("2026-03-18"), through: E.day("2026-04-01"))
    #expect(
      accounts == [
        MinutesAccount(monday: E.day("2026-03-16"), granted: 0),
        MinutesAccount(monday: E.day("2026-03-23"), granted: 60, booked: 75, delivered: 41),
        MinutesAccount(monday: E.day("2026-03-30"), granted: 60, booked: 20),
      ])
  }

  /// A11.
  @Test func citizensAreToldHowToAppeal() {
    #expect(Notice.appeal(.section85).danish.contains("4 uger"))
    #expect(Notice.appeal(.section82b).danish.contains("ikke klages"))
  }
}
