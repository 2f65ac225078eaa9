import Testing
import Visits

/// Changes of a single visit on the day: another form, a delay, proposed times.
@Suite struct DayPlanTests {
  static let now = Example.start
  static let all = Set(ConversionTarget.allCases)

  static func visit(_ form: VisitForm, _ state: VisitState = .booked) -> Visit {
    var visit = Example.visit
    visit.form = form
    visit.state = state
    visit.start = now.adding(minutes: 60)
    return visit
  }

  static func convert(
    _ visit: Visit, to target: ConversionTarget = .video, allowed: Set<ConversionTarget> = all,
    by initiator: Initiator = Example.worker
  ) throws -> VisitChange {
    try VisitConversion.convert(visit, to: target, allowed: allowed, by: initiator, at: now)
  }

  @Test(arguments: [Example.worker, Example.citizen, Example.operations])
  func aPhysicalVisitBecomesAScreenVisitInOneStep(_ initiator: Initiator) throws {
    let change = try Self.convert(Self.visit(.physical), by: initiator)
    #expect(change.visit == Self.visit(.screen))
    #expect(change.entries.map(\.cause.rawValue) == ["converted-video"])
    #expect(try Self.convert(change.visit, by: initiator).entries.isEmpty)
  }

  @Test func conversionsStayWithinGrantStateAndParties() {
    #expect(throws: Refusal.conversionNotGranted) {
      try Self.convert(Self.visit(.physical), to: .phone, allowed: [.video])
    }
    #expect(throws: Refusal.onlyTwoPartyConverts) { try Self.convert(Self.visit(.group)) }
    #expect(throws: Refusal.visitInProgress) { try Self.convert(Self.visit(.physical, .active)) }
    #expect(throws: Refusal.visitOver) { try Self.convert(Self.visit(.physical, .ended)) }
    let caseWorker = Initiator.person(PersonID(rawValue: "sag"), role: .caseWorker, device: nil)
    #expect(throws: Refusal.bookingIsForTheTeam) {
      try Self.convert(Self.visit(.physical), by: caseWorker)
    }
    for stranger in [Example.otherCitizen, Example.otherWorker] {
      #expect(throws: Refusal.notYourVisit) {
        try Self.convert(Self.visit(.physical), by: stranger)
      }
    }
  }

  @Test func theWorkerIsRemindedOfTheNextCitizenAndTellsThemWithOnePress() throws {
    var current = Example.visit
    current.state = .active
    var next = Self.visit(.screen)
    next.id = VisitID(rawValue: "next")
    next.start = Self.now.adding(minutes: 30)
    func warning(_ minutes: Int, _ notices: [DelayNotice] = []) -> OverrunWarning? {
      Overrun.warning(
        during: current, among: [current, next], notices: notices,
        at: Self.now.adding(minutes: minutes))
    }
    #expect(warning(24) == nil)
    #expect(warning(25)?.minutesLeft == 5 && warning(42)?.minutesLeft == -12)
    let notice = try #require(
      try Overrun.announce(for: next, notices: [], by: Example.worker, at: Self.now))
    #expect(notice.minutes == 10 && warning(29, [notice])?.announcedMinutes == 10)
    let again = try Overrun.announce(for: next, notices: [notice], by: Example.worker, at: Self.now)
    #expect(again == nil, "told already")
    let more = try Overrun.announce(
      20, for: next, notices: [notice], by: Example.worker, at: Self.now)
    #expect(more?.minutes == 20)
    // Moved, it is on time again, and a new delay is new.
    next.start = Self.now.adding(minutes: 90)
    #expect(!notice.holds(for: next))
    #expect(warning(85, [notice])?.announcedMinutes == nil)
    let anew = try Overrun.announce(for: next, notices: [notice], by: Example.worker, at: Self.now)
    #expect(anew?.start == next.start)
    #expect(throws: Refusal.delayOutOfRange(longest: 60)) {
      try Overrun.announce(61, for: next, notices: [], by: Example.worker, at: Self.now)
    }
    #expect(throws: Refusal.notYourVisit) {
      try Overrun.announce(for: next, notices: [], by: Example.otherWorker, at: Self.now)
    }
  }

  static func offer(_ minutes: [Int], by initiator: Initiator = Example.worker) throws
    -> TimeProposal
  {
    try TimeProposal.offer(
      id: TimeProposalID(rawValue: "p"), visit: visit(.screen),
      starts: minutes.map { now.adding(minutes: $0) }, by: initiator, at: now)
  }

  @Test func twoOrThreeTimesAreProposedAndOneIsChosen() throws {
    for wrong in [[60], [60, 60], [60, 120, 180, 240]] {
      #expect(throws: Refusal.proposeTwoOrThree) { try Self.offer(wrong) }
    }
    #expect(throws: Refusal.startsInThePast) { try Self.offer([0, 60]) }
    #expect(throws: Refusal.onlyStaffBooks) { try Self.offer([60, 120], by: Example.citizen) }
    let proposal = try Self.offer([180, 60, 120])
    let start = Self.now.adding(minutes: 120)
    let free = TimeWindows()
    let (chosen, visit) = try proposal.choosing(
      start, busy: free, by: Example.citizen, at: Self.now)
    #expect(chosen.state == .chosen && visit.start == start)
    #expect(
      try chosen.choosing(start, busy: free, by: Example.citizen, at: Self.now).visit == visit)
    #expect(throws: Refusal.proposalClosed) {
      try chosen.choosing(proposal.starts[0], busy: free, by: Example.citizen, at: Self.now)
    }
    #expect(throws: Refusal.notYourVisit) {
      try proposal.choosing(start, busy: free, by: Example.worker, at: Self.now)
    }
  }

  @Test func aTimeTakenMeanwhileIsRefusedAndTheOthersStay() throws {
    let proposal = try Self.offer([60, 120])
    let busy = TimeWindows([TimeWindow(start: Self.now.adding(minutes: 80), minutes: 30)])
    #expect(proposal.openStarts(busy: busy, at: Self.now) == [Self.now.adding(minutes: 120)])
    #expect(throws: Refusal.proposedTimeTaken) {
      try proposal.choosing(proposal.starts[0], busy: busy, by: Example.citizen, at: Self.now)
    }
    #expect(throws: Refusal.notAmongProposed) {
      try proposal.choosing(
        Self.now.adding(minutes: 90), busy: busy, by: Example.citizen, at: Self.now)
    }
  }

  @Test func anUnansweredProposalLapsesInsteadOfLingering() throws {
    let proposal = try Self.offer([60, 120])
    #expect(proposal.lapsing(at: Self.now.adding(minutes: 119)).state == .open)
    #expect(proposal.lapsing(at: Self.now.adding(minutes: 120)).state == .lapsed)
    let declined = try proposal.declining(note: "hellere fredag", by: Example.citizen)
    #expect(declined.state == .declined && declined.note == "hellere fredag")
  }
}
