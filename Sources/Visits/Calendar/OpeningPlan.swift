/// All opening hours of a municipality, and the questions asked of them.
public struct OpeningPlan: Hashable, Sendable, Codable {
  /// The profiles of all teams and services, in any order.
  public var profiles: [OpeningProfile]
  /// Which days are holidays.
  public var holidays: HolidayCalendar

  /// A plan.
  public init(profiles: [OpeningProfile], holidays: HolidayCalendar = HolidayCalendar()) {
    self.profiles = profiles
    self.holidays = holidays
  }

  /// How far ahead `nextOpening` looks, in days: past any holiday and any summer closing.
  static let searchedDays = 90

  /// Whether the team has hours for the service at any time.
  public func offers(_ service: ServiceID, of team: TeamID) -> Bool {
    profiles.contains { $0.team == team && $0.service == service }
  }

  /// The hours of the team's service that begin on `date`.
  public func hours(of team: TeamID, for service: ServiceID, on date: LocalDate) -> [OpeningHours] {
    let valid = profiles.lazy.filter {
      $0.team == team && $0.service == service && $0.isValid(on: date)
    }
    guard let profile = valid.max(by: { $0.validFrom < $1.validFrom }) else { return [] }
    return profile.hours(on: date, holiday: holidays.holiday(on: date))
  }

  /// When in `window` the team's service is open to a citizen whose grant carries `flags`. Linear in
  /// the days of the window.
  public func openings(
    of team: TeamID, for service: ServiceID, in window: TimeWindow, flags: Set<HoursFlag>
  ) -> TimeWindows {
    guard !window.isEmpty else { return TimeWindows() }
    var windows: [TimeWindow] = []
    // The night before may run into the first day.
    var date = LocalDate(window.start).adding(days: -1)
    let last = LocalDate(window.end)
    while true {
      for hours in self.hours(of: team, for: service, on: date) {
        if let needed = hours.needs, !flags.contains(needed) { continue }
        windows.append(hours.window(on: date).intersection(window))
      }
      // Not `date <= last`: the last day there is has none after it.
      if date >= last { break }
      date = date.adding(days: 1)
    }
    return TimeWindows(windows)
  }

  /// Throws unless the team's service is open all through `window` to a citizen whose grant carries
  /// `flags`. The refusal says why and when there is an opening next.
  public func check(
    _ window: TimeWindow, team: TeamID, service: ServiceID, flags: Set<HoursFlag>
  ) throws(Refusal) {
    guard offers(service, of: team) else { throw .noOpeningHours }
    let near = TimeWindow(
      start: window.start.adding(minutes: -1440), end: window.end.adding(minutes: 1440))
    if openings(of: team, for: service, in: near, flags: flags).contains(window) { return }
    // What would have to be different? The citizen's grant, or the time.
    let every = Set(HoursFlag.allCases)
    if openings(of: team, for: service, in: near, flags: every).contains(window) {
      let missing = HoursFlag.allCases.filter { !flags.contains($0) }
      let decisive = missing.first { flag in
        let others = every.subtracting([flag])
        return !openings(of: team, for: service, in: near, flags: others).contains(window)
      }
      if let flag = decisive ?? missing.first { throw .hoursNeedGrant(flag) }
    }
    let day = LocalDate(window.start)
    let next = nextOpening(
      of: team, for: service, from: window.start, minutes: window.minutes, flags: flags)
    if hours(of: team, for: service, on: day).isEmpty, let holiday = holidays.holiday(on: day) {
      throw .closedOnHoliday(holiday, day, next: next)
    }
    throw .outsideOpeningHours(window, next: next)
  }

  /// The first opening from `start` on with room for so many minutes; nil where there is none in the
  /// next three months.
  public func nextOpening(
    of team: TeamID, for service: ServiceID, from start: UTCMilliseconds, minutes: Int,
    flags: Set<HoursFlag>
  ) -> TimeWindow? {
    // A week at a time with a day's overlap, so that the usual answer is found at once and no
    // night is cut in two.
    for week in 0..<Self.searchedDays / 7 {
      let from = start.adding(minutes: week * 7 * 1440)
      let window = TimeWindow(start: from, minutes: 8 * 1440)
      let open = openings(of: team, for: service, in: window, flags: flags)
      if let found = open.windows.first(where: { $0.minutes >= minutes }) { return found }
    }
    return nil
  }
}

/// Bookings lie in the opening hours of the citizen's team (B3–B6).
public struct OpeningHoursRule: BookingRule {
  /// The municipality's hours.
  public var plan: OpeningPlan
  /// The citizen's team.
  public var team: TeamID
  /// What the citizen's grant opens besides the ordinary hours.
  public var flags: Set<HoursFlag>

  /// The rule for a citizen of `team`.
  public init(plan: OpeningPlan, team: TeamID, flags: Set<HoursFlag>) {
    self.plan = plan
    self.team = team
    self.flags = flags
  }

  /// Throws where the visit lies outside the hours. A visit whose time is not touched, or only made
  /// shorter, stays where it was agreed though the hours may have changed since.
  public func check(_ proposal: BookingProposal) throws(Refusal) {
    let visit = proposal.visit
    if let previous = proposal.previous, previous.start == visit.start,
      visit.durationMinutes <= previous.durationMinutes,
      ServiceID(form: visit.form) == ServiceID(form: previous.form)
    {
      return
    }
    try plan.check(
      TimeWindow(start: visit.start, end: visit.end), team: team,
      service: ServiceID(form: visit.form), flags: flags)
  }
}
