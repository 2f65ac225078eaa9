import Testing

@testable import Visits

/// A citizen picks a time in days and hours that her worker opens (B19).
@Suite struct PickWindowTests {
  static let monday = LocalDate(year: 2026, month: 11, day: 23)!
  static let now = LocalDateTime(monday.adding(days: -3), .midnight).utc

  static func clock(_ hour: Int, _ minute: Int = 0) -> LocalTime {
    LocalTime(wrapping: hour * 60 + minute)
  }

  static func window(
    days: Int = 5, weekdays: WeekdaySet = .workdays, from: Int = 9, to: Int = 12
  ) -> PickWindow {
    PickWindow(
      first: monday, last: monday.adding(days: days - 1), weekdays: weekdays, from: clock(from),
      to: clock(to))
  }

  static func at(_ day: Int, _ hour: Int, _ minute: Int = 0) -> UTCMilliseconds {
    LocalDateTime(monday.adding(days: day), clock(hour, minute)).utc
  }

  static let visit = Visit(
    id: VisitID(rawValue: "v"), tenant: Example.tenant, citizenID: Example.visit.citizenID,
    workerID: Example.visit.workerID, start: now, durationMinutes: 30)

  static func open(
    _ window: PickWindow = window(), mode: SchedulingMode = .citizenPicks,
    by initiator: Initiator = Example.worker
  ) throws -> TimeProposal {
    try TimeProposal.open(
      id: TimeProposalID(rawValue: "p"), visit: visit, window: window, mode: mode, name: "Karen",
      by: initiator, at: now)
  }

  @Test func onlyWhoPicksByAgreementIsGivenAWindow() throws {
    for mode in [SchedulingMode.workerSets, .workerProposes] {
      #expect(throws: Refusal.citizenDoesNotPick(name: "Karen")) { try Self.open(mode: mode) }
    }
    #expect(throws: Refusal.onlyStaffBooks) { try Self.open(by: Example.citizen) }
    #expect(try Self.open().state == .open)
  }

  @Test func aWindowWithoutRoomOrTooLongIsRefused() {
    let small = Refusal.pickWindowTooSmall(minutes: 30)
    for window in [
      Self.window(from: 12, to: 9), Self.window(from: 9, to: 9), Self.window(days: 0),
      Self.window(weekdays: .weekend), Self.window(weekdays: []),
      PickWindow(
        first: Self.monday, last: Self.monday, from: Self.clock(9), to: Self.clock(9, 29)),
    ] {
      #expect(throws: small) { try Self.open(window) }
    }
    #expect(throws: Refusal.pickWindowTooLong(days: 31)) { try Self.open(Self.window(days: 32)) }
    #expect(throws: Never.self) { try Self.open(Self.window(days: 31)) }
    let past = PickWindow(
      first: Self.monday.adding(days: -10), last: Self.monday.adding(days: -4),
      from: Self.clock(9), to: Self.clock(12))
    #expect(throws: Refusal.startsInThePast) { try Self.open(past) }
  }

  @Test func theVisitLiesWithinDaysAndHoursAsAWhole() {
    let window = Self.window()
    func fits(_ start: UTCMilliseconds) -> Bool {
      window.contains(TimeWindow(start: start, minutes: 30))
    }
    #expect(fits(Self.at(0, 9)))
    #expect(fits(Self.at(4, 11, 30)))
    #expect(!fits(Self.at(0, 8, 45)))
    #expect(!fits(Self.at(0, 11, 45)))
    #expect(!fits(Self.at(5, 9)), "Saturday")
    #expect(!fits(Self.at(7, 9)), "the week after")
  }

  @Test func sixTimesAtMostAreShownSpreadOverThreeDays() {
    let window = Self.window()
    let starts = (0..<5).flatMap { day in
      (0..<11).map { Self.at(day, 9).adding(minutes: 15 * $0) }
    }
    #expect(
      window.shown(of: starts) { _ in true }
        == [0, 1, 2].flatMap { [Self.at($0, 9), Self.at($0, 11, 30)] })
    #expect(
      window.shown(of: starts) { LocalDate($0) != Self.monday }.first == Self.at(1, 9),
      "a day that may not be booked is passed over")
    let oneDay = window.shown(of: Array(starts.prefix(11))) { _ in true }
    #expect(oneDay.count == 6 && oneDay.first == starts[0] && oneDay.last == starts[10])
    #expect(window.shown(of: Array(starts.prefix(2))) { _ in true } == Array(starts.prefix(2)))
    #expect(window.shown(of: starts) { _ in false }.isEmpty)
  }

  @Test func anEvenFreeTimeOfTheWindowIsPickedAndNoOther() throws {
    let proposal = try Self.open()
    let (start, free) = (Self.at(1, 10), TimeWindows())
    let (chosen, visit) = try proposal.choosing(
      start, busy: free, by: Example.citizen, at: Self.now)
    #expect(chosen.state == .chosen && chosen.chosen == start && visit.start == start)
    for wrong in [Self.at(1, 8), Self.at(1, 10, 7), Self.at(6, 10)] {
      #expect(throws: Refusal.notAmongProposed) {
        try proposal.choosing(wrong, busy: free, by: Example.citizen, at: Self.now)
      }
    }
    let busy = TimeWindows([TimeWindow(start: start, minutes: 5)])
    #expect(throws: Refusal.proposedTimeTaken) {
      try proposal.choosing(start, busy: busy, by: Example.citizen, at: Self.now)
    }
    #expect(throws: Refusal.notYourVisit) {
      try proposal.choosing(start, busy: free, by: Example.worker, at: Self.now)
    }
  }

  @Test func aWindowLapsesWhenItsLastDayIsOver() throws {
    let proposal = try Self.open()
    #expect(proposal.lapsing(at: Self.at(4, 23)).state == .open)
    #expect(proposal.lapsing(at: Self.at(5, 0)).state == .lapsed)
    #expect(proposal.lapsed.lapsed.state == .lapsed)
  }

  @Test func whatAPersonCanDoThemselvesIsWhatWouldNotBeRefused() {
    var visit = Self.visit
    visit.start = Self.at(0, 9)
    func ways(
      _ visit: Visit, _ allowed: Set<ConversionTarget> = Set(ConversionTarget.allCases),
      by initiator: Initiator = Example.citizen, at now: UTCMilliseconds = Self.now
    ) -> VisitWays {
      VisitWays(of: visit, allowed: allowed, by: initiator, at: now)
    }
    #expect(ways(visit).conversions == [.phone, .audio])
    #expect(ways(visit).canCancel)
    #expect(ways(visit, [.phone]).conversions == [.phone])
    #expect(!ways(visit, at: visit.start).canCancel, "it should have begun")
    var home = visit
    home.form = .physical
    #expect(ways(home).conversions == [.phone, .audio, .video])
    #expect(ways(home, []).conversions.isEmpty)
    var over = visit
    over.state = .ended
    #expect(ways(over) == ways(over, []) && !ways(over).canCancel)
    #expect(ways(visit, by: Example.otherCitizen) == ways(over))
    var meeting = visit
    meeting.form = .group
    #expect(ways(meeting).conversions.isEmpty && !ways(meeting).canCancel)
  }
}
