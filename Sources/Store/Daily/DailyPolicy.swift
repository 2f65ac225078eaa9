public import Visits

extension TeamID {
  /// The team where nobody has made any: everybody who gives support.
  public static let everybody = TeamID(rawValue: "everybody")
}

/// What a municipality has decided about the day's work: when it calls back, how soon, and whom to
/// ring when it does not. Data, because municipalities differ and change.
public struct DailySettings: Hashable, Sendable, Codable {
  /// The number that is answered at once (akuttelefon), where there is one.
  public var emergencyNumber: String?
  /// How soon somebody takes an ordinary call-back, in minutes of contact hours.
  public var ordinaryMinutes: Int
  /// How soon somebody takes an urgent one, in minutes of contact hours.
  public var urgentMinutes: Int
  /// How long who has taken a call-back has to talk with the citizen, in minutes.
  public var claimMinutes: Int
  /// How long a call-back is planned to take, in minutes.
  public var callbackMinutes: Int
  /// The hours in which teams call back that have no opening hours of their own for it: "hverdage
  /// mellem kl. 8.00 og 16.00" (B3). Closed on holidays.
  public var contactHours: [WeeklyHours]

  /// Within what minutes may lie.
  public static let minutes = 1...1440
  /// The longest number that can be rung, in characters.
  public static let longestNumber = 30

  /// The default settings.
  public init() {
    let rules = CallbackRules()
    ordinaryMinutes = rules.ordinaryMinutes
    urgentMinutes = rules.urgentMinutes
    claimMinutes = rules.claimMinutes
    callbackMinutes = 15
    contactHours = [
      WeeklyHours(
        .workdays, [OpeningHours(from: LocalTime(wrapping: 480), to: LocalTime(wrapping: 960))])
    ]
  }

  private enum CodingKeys: String, CodingKey {
    case emergencyNumber, ordinaryMinutes, urgentMinutes, claimMinutes, callbackMinutes,
      contactHours
  }

  /// Reads what is there; what a municipality leaves out has the default.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    func read<Value: Decodable>(_ key: CodingKeys, _ value: inout Value) throws {
      value = try values.decodeIfPresent(Value.self, forKey: key) ?? value
    }
    emergencyNumber = try values.decodeIfPresent(String.self, forKey: .emergencyNumber)
    try read(.ordinaryMinutes, &ordinaryMinutes)
    try read(.urgentMinutes, &urgentMinutes)
    try read(.claimMinutes, &claimMinutes)
    try read(.callbackMinutes, &callbackMinutes)
    try read(.contactHours, &contactHours)
  }
}

/// The day's work as it goes in one municipality: its settings beside its opening hours.
public struct DailyPolicy: Sendable {
  /// What is decided.
  public var settings = DailySettings()
  /// The opening hours of teams that call back in hours of their own.
  public var profiles: [OpeningProfile] = []
  /// Which days are holidays.
  public var holidays = HolidayCalendar()

  /// The default policy.
  public init() {}

  /// How call-backs go.
  public var callbacks: CallbackRules {
    var rules = CallbackRules()
    rules.ordinaryMinutes = settings.ordinaryMinutes
    rules.urgentMinutes = settings.urgentMinutes
    rules.claimMinutes = settings.claimMinutes
    return rules
  }

  /// How far ahead hours are worked out, in minutes: over any holiday.
  private static let horizonMinutes = 15 * 1440

  /// A team's contact hours from `now` on.
  public func hours(of team: TeamID, from now: UTCMilliseconds) -> TimeWindows {
    var plan = OpeningPlan(profiles: profiles, holidays: holidays)
    if !plan.offers(.contact, of: team) {
      plan.profiles = [
        OpeningProfile(
          id: OpeningProfileID(rawValue: "contact"), team: team, service: .contact,
          validFrom: LocalDate(UTCMilliseconds(rawValue: 0)), week: settings.contactHours)
      ]
    }
    // Who may ring at all may ring in any of the hours: flags are for what is granted.
    return plan.openings(
      of: team, for: .contact, in: TimeWindow(start: now, minutes: Self.horizonMinutes),
      flags: Set(HoursFlag.allCases))
  }
}
