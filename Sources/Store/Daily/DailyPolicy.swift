public import Visits

extension TeamID {
  /// The team where nobody has made any: everybody who gives support.
  public static let everybody = TeamID(rawValue: "everybody")
}

/// What a municipality decides about the day's work: when it calls back, and whom to ring when it
/// does not.
public struct DailyPolicy: Sendable {
  /// How call-backs go.
  public var callbacks = CallbackRules()
  /// The hours in which teams call back: "hverdage mellem kl. 8.00 og 16.00" (B3).
  public var contactHours = [
    WeeklyHours(
      .workdays, [OpeningHours(from: LocalTime(wrapping: 480), to: LocalTime(wrapping: 960))])
  ]
  /// Which days are holidays; closed on all of them.
  public var holidays = HolidayCalendar()
  /// The number that is answered at once (akuttelefon), where there is one.
  public var emergencyNumber: String?
  /// How long a call-back is planned to take, in minutes.
  public var callbackMinutes = 15

  /// The default policy.
  public init() {}

  /// How far ahead hours are worked out, in minutes: over any holiday.
  private static let horizonMinutes = 15 * 1440

  /// A team's contact hours from `now` on.
  public func hours(of team: TeamID, from now: UTCMilliseconds) -> TimeWindows {
    let profile = OpeningProfile(
      id: OpeningProfileID(rawValue: "contact"), team: team, service: .contact,
      validFrom: LocalDate(UTCMilliseconds(rawValue: 0)), week: contactHours)
    return OpeningPlan(profiles: [profile], holidays: holidays).openings(
      of: team, for: .contact, in: TimeWindow(start: now, minutes: Self.horizonMinutes), flags: [])
  }
}
