import Foundation
import Testing
import Visits

@Suite struct OpeningTests {
  static func plan() throws -> OpeningPlan {
    try JSONDecoder().decode(OpeningPlan.self, from: Data(OpeningExample.json.utf8))
  }

  static func window(_ start: String, minutes: Int = 30) throws -> TimeWindow {
    TimeWindow(start: try LocalDateTime.at(start).utc, minutes: minutes)
  }

  static func refusal(
    _ start: String, minutes: Int = 30, team: TeamID = OpeningExample.disability,
    service: ServiceID = .visits, flags: Set<HoursFlag> = []
  ) throws -> Refusal? {
    let (plan, window) = (try plan(), try window(start, minutes: minutes))
    return calendarRefusal { () throws(Refusal) in
      try plan.check(window, team: team, service: service, flags: flags)
    }
  }

  @Test func theExampleIsWrittenAsItIsRead() throws {
    let plan = try Self.plan()
    let again = try JSONDecoder().decode(OpeningPlan.self, from: JSONEncoder().encode(plan))
    #expect(again == plan && plan.profiles.count == 9)
  }

  @Test func theTeamsHaveHoursOfTheirOwn() throws {
    // B5. 2026-11-23 is a Monday.
    let psychiatry = OpeningExample.psychiatry
    #expect(try Self.refusal("2026-11-23T16:30") == nil)
    #expect(
      try Self.refusal("2026-11-23T16:30", team: psychiatry)?.code == "outside-opening-hours")
    #expect(try Self.refusal("2026-11-23T15:00", team: psychiatry) == nil)
    #expect(try Self.refusal("2026-11-23T15:01", team: psychiatry) != nil)
    #expect(try Self.refusal("2026-11-23T07:59")?.code == "outside-opening-hours")
    #expect(
      try Self.refusal("2026-11-23T12:00", team: psychiatry, service: .groups)
        == .noOpeningHours)
    // B20: groups in the afternoon, on days of their own.
    #expect(try Self.refusal("2026-11-23T13:00", minutes: 120, service: .groups) == nil)
    #expect(try Self.refusal("2026-11-23T10:00", minutes: 120, service: .groups) != nil)
    #expect(try Self.refusal("2026-11-27T13:00", minutes: 120, service: .groups) != nil)
  }

  @Test func eveningsAndWeekendsNeedTheGrantsWord() throws {
    // B4: from 2027 on. 2027-02-01 is a Monday, 2027-02-06 a Saturday.
    #expect(try Self.refusal("2026-11-23T07:00") != nil)
    #expect(try Self.refusal("2027-02-01T07:00") == nil)
    #expect(try Self.refusal("2027-02-01T18:00") == .hoursNeedGrant(.evening))
    #expect(try Self.refusal("2027-02-01T18:00", flags: [.weekend]) == .hoursNeedGrant(.evening))
    #expect(try Self.refusal("2027-02-01T18:00", flags: [.evening]) == nil)
    // Over the boundary: one stretch for whoever has both.
    #expect(try Self.refusal("2027-02-01T16:45", flags: [.evening]) == nil)
    #expect(try Self.refusal("2027-02-01T16:45") == .hoursNeedGrant(.evening))
    #expect(try Self.refusal("2027-02-06T10:00") == .hoursNeedGrant(.weekend))
    #expect(try Self.refusal("2027-02-06T10:00", flags: [.weekend]) == nil)
    let late = try Self.refusal("2027-02-06T16:00", flags: [.weekend, .evening])
    #expect(late?.code == "outside-opening-hours")
    #expect(late?.danish.contains("Næste ledige åbningstid er den 7/2 kl. 10.00–15.00.") == true)
    let danish =
      "Støtte om aftenen kræver, at det står i borgerens bevilling. Vælg et tidspunkt i den "
      + "almindelige åbningstid, eller tal med sagsbehandleren."
    #expect(Refusal.hoursNeedGrant(.evening).danish == danish)
  }

  @Test func theCafesHoursChangeOnADate() throws {
    // 000 says 11–14, 001 says 13–16, "justeres efter behov" (C1).
    let team = OpeningExample.psychiatry
    let before = "2026-06-30T11:30"
    #expect(try Self.refusal(before, team: team, service: .dropIn) == nil)
    #expect(try Self.refusal("2026-07-07T11:30", team: team, service: .dropIn) != nil)
    #expect(try Self.refusal("2026-07-07T15:00", team: team, service: .dropIn) == nil)
    #expect(try Self.refusal("2026-07-08T15:00", team: team, service: .dropIn) != nil)
  }

  @Test func holidaysCloseUnlessTheProfileSaysOtherwise() throws {
    let team = OpeningExample.psychiatry
    let closed = try Self.refusal("2026-12-24T10:00")
    #expect(closed?.code == "closed-on-holiday")
    #expect(
      closed?.danish
        == "Den 24/12 er juleaftensdag, og der er lukket. "
        + "Næste ledige åbningstid er den 28/12 kl. 8.00–17.00.")
    #expect(try Self.refusal("2026-12-24T10:00", team: team) == nil, "hours of its own")
    #expect(try Self.refusal("2026-12-24T12:00", team: team) != nil)
    #expect(try Self.refusal("2026-06-05T10:00")?.code == "closed-on-holiday")
    #expect(try Self.refusal("2026-06-05T10:00", team: team) == nil, "open as on any Friday")
    #expect(try Self.refusal("2026-12-25T10:00", team: team) == nil, "an exception goes first")
    #expect(try Self.refusal("2026-05-01T10:00") == nil, "1 May is not agreed here")
    #expect(try Self.refusal("2024-04-26T10:00") == nil, "great prayer day is a Friday since 2024")
    // B6: "alle hverdage inkl. helligdage".
    #expect(try Self.refusal("2026-12-25T10:00", team: OpeningExample.intensive) == nil)
  }

  @Test func aSummerClosingIsAnException() throws {
    let refusal = try Self.refusal("2026-07-20T10:00", team: OpeningExample.psychiatry)
    #expect(refusal?.danish.contains("den 3/8 kl. 8.00–15.30") == true)
  }

  @Test func nightsRunPastMidnight() throws {
    let team = OpeningExample.intensive
    #expect(
      try Self.refusal("2026-11-23T23:45", team: team, service: .emergencyPhone) == nil)
    #expect(
      try Self.refusal("2026-11-24T07:30", team: team, service: .emergencyPhone) == nil)
    #expect(
      try Self.refusal("2026-11-24T07:45", team: team, service: .emergencyPhone) != nil)
    #expect(
      try Self.refusal("2026-11-24T23:45", minutes: 480, team: team, service: .contact) == nil,
      "day and night without a seam")
  }

  @Test func nightsAreAsLongAsTheClocksMakeThem() throws {
    let hours = OpeningHours(from: try .of("23:00"), to: try .of("08:00"))
    #expect(hours.window(on: try .day("2026-03-27")).minutes == 9 * 60)
    #expect(hours.window(on: try .day("2026-03-28")).minutes == 8 * 60)
    #expect(hours.window(on: try .day("2026-10-24")).minutes == 10 * 60)
    #expect(OpeningHours.aroundTheClock.window(on: try .day("2026-03-29")).minutes == 23 * 60)
    #expect(OpeningHours.aroundTheClock.window(on: try .day("2026-10-25")).minutes == 25 * 60)
    #expect(OpeningHours.aroundTheClock.window(on: try .day("2028-02-29")).minutes == 24 * 60)
  }

  @Test func theRuleHoldsNewTimesToTheHoursAndLeavesAgreedOnesAlone() throws {
    let rule = OpeningHoursRule(plan: try Self.plan(), team: OpeningExample.disability, flags: [])
    var proposal = Example.proposal()
    // A Saturday.
    proposal.visit.start = try LocalDateTime.at("2026-11-21T10:00").utc
    #expect(
      calendarRefusal { () throws(Refusal) in try rule.check(proposal) }?.code
        == "outside-opening-hours")
    proposal.previous = proposal.visit
    proposal.visit.durationMinutes = 20
    #expect(calendarRefusal { () throws(Refusal) in try rule.check(proposal) } == nil)
    proposal.visit.durationMinutes = 45
    #expect(calendarRefusal { () throws(Refusal) in try rule.check(proposal) } != nil)
  }

  static func randomHours(_ random: inout CalendarRandom) -> [OpeningHours] {
    (0..<random.int(0...3)).map { _ in
      // Not between 2 and 3: of an hour shown twice, a wall clock cannot tell which is meant.
      func time() -> LocalTime {
        let minute = random.int(0...47) * 30
        return LocalTime(wrapping: minute == 150 ? 180 : minute)
      }
      return OpeningHours(
        from: time(), to: time(),
        needs: random.chance(30) ? HoursFlag.allCases[random.int(0...2)] : nil)
    }
  }

  static func randomPlan(_ random: inout CalendarRandom, near date: LocalDate) -> OpeningPlan {
    let team = OpeningExample.disability
    var profiles: [OpeningProfile] = []
    for index in 0..<random.int(1...3) {
      let holidays: HolidayHours =
        random.chance(40) ? .closed : random.chance(50) ? .open : .own(randomHours(&random))
      profiles.append(
        OpeningProfile(
          id: OpeningProfileID(rawValue: "\(index)"), team: team, service: .visits,
          validFrom: date.adding(days: random.int(-9...3) * 2 + index * 100 % 2),
          validUntil: random.chance(30) ? date.adding(days: random.int(-2...4)) : nil,
          week: (0..<random.int(1...3)).map { _ in
            WeeklyHours(random.weekdays(), randomHours(&random))
          },
          holidays: holidays,
          exceptions: random.chance(30)
            ? [OpeningException(from: date, until: date, hours: randomHours(&random))] : []))
    }
    return OpeningPlan(profiles: profiles, holidays: HolidayCalendar(agreed: Holiday.agreedDays))
  }

  /// Whether the wall clock says it is open: the question asked of one minute, without any windows.
  static func isOpen(_ plan: OpeningPlan, at time: UTCMilliseconds, flags: Set<HoursFlag>) -> Bool {
    let local = LocalDateTime(time)
    func hours(_ date: LocalDate) -> [OpeningHours] {
      plan.hours(of: OpeningExample.disability, for: .visits, on: date)
        .filter { $0.needs.map(flags.contains) ?? true }
    }
    return hours(local.date).contains {
      $0.from < $0.to ? $0.from <= local.time && local.time < $0.to : $0.from <= local.time
    } || hours(local.date.adding(days: -1)).contains { $0.from >= $0.to && local.time < $0.to }
  }

  /// Random profiles around holidays, leap days and changes of clocks, against the wall clock.
  @Test(arguments: 0..<60)
  func openingsAreWhatTheWallClockSays(_ seed: Int) throws {
    var random = CalendarRandom(seed: UInt64(seed))
    var date = random.changeover()
    if random.chance(40) { date = LocalDate.easterSunday(in: date.year) }
    if random.chance(10) { date = try .day("2028-02-28") }
    let plan = Self.randomPlan(&random, near: date)
    let flags = Set(HoursFlag.allCases.filter { _ in random.chance(50) })
    let window = TimeWindow(
      start: LocalDateTime(date.adding(days: -1), .midnight).utc, minutes: 4 * 1440)
    let open = plan.openings(
      of: OpeningExample.disability, for: .visits, in: window, flags: flags)
    for minute in stride(from: 0, to: window.minutes, by: 10) {
      let time = window.start.adding(minutes: minute)
      let here = open.windows.contains { $0.contains(time) }
      guard here == Self.isOpen(plan, at: time, flags: flags) else {
        Issue.record("seed \(seed): \(LocalDateTime(time).text) open: \(here)")
        return
      }
    }
    // A visit that is let through lies in the hours from its first minute to its last.
    for _ in 0..<30 {
      let start = window.start.adding(minutes: 1440 + random.int(0...2400))
      let visit = TimeWindow(start: start, minutes: random.int(1...16) * 15)
      let allowed =
        calendarRefusal { () throws(Refusal) in
          try plan.check(visit, team: OpeningExample.disability, service: .visits, flags: flags)
        } == nil
      let inside = (0..<visit.minutes).allSatisfy {
        Self.isOpen(plan, at: start.adding(minutes: $0), flags: flags)
      }
      #expect(allowed == inside, "seed \(seed): \(LocalDateTime(start).text)")
    }
  }
}
