/// What a grant must carry for the hours outside the ordinary ones (001: "efter aftale og ved særligt
/// intensive bostøtteforløb"; B4: "efter behov").
public enum HoursFlag: String, Codable, Sendable, Hashable, CaseIterable {
  /// Evenings.
  case evening
  /// Saturdays and Sundays.
  case weekend
  /// Nights.
  case night
}

/// Hours of one day. Where the end is not after the beginning they run past midnight; from `00:00` to
/// `00:00` is the whole day.
public struct OpeningHours: Hashable, Sendable, Codable {
  /// When they begin.
  public var from: LocalTime
  /// When they are over; on the next day where not after `from`.
  public var to: LocalTime
  /// The flag a citizen's grant must carry to be booked in them; nil where everybody can be.
  public var needs: HoursFlag?

  /// Hours.
  public init(from: LocalTime, to: LocalTime, needs: HoursFlag? = nil) {
    self.from = from
    self.to = to
    self.needs = needs
  }

  /// The whole day and night.
  public static let aroundTheClock = OpeningHours(from: .midnight, to: .midnight)

  /// The time they cover when they begin on `date`. Where the clocks change it is what they show
  /// that counts: a night from 23 to 8 is eight hours long in March and ten in October.
  public func window(on date: LocalDate) -> TimeWindow {
    let lastDay = from < to ? date : date.adding(days: 1)
    return TimeWindow(start: LocalDateTime(date, from).utc, end: LocalDateTime(lastDay, to).utc)
  }
}

/// Hours that begin on certain weekdays.
public struct WeeklyHours: Hashable, Sendable, Codable {
  /// The weekdays.
  public var days: WeekdaySet
  /// The hours on each.
  public var hours: [OpeningHours]

  /// Hours on weekdays.
  public init(_ days: WeekdaySet, _ hours: [OpeningHours]) {
    self.days = days
    self.hours = hours
  }
}

/// What holds on a holiday. Its JSON form is `"open"`, `"closed"` or a list of hours.
public enum HolidayHours: Hashable, Sendable {
  /// The weekday's hours, as on any day.
  case open
  /// None.
  case closed
  /// Hours of its own.
  case own([OpeningHours])
}

extension HolidayHours: Codable {
  private enum Word: String, Codable { case open, closed }

  /// Reads the word or the list.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let word = try? container.decode(Word.self) {
      self = word == .open ? .open : .closed
    } else {
      self = .own(try container.decode([OpeningHours].self))
    }
  }

  /// Writes the word or the list.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .open: try container.encode(Word.open)
    case .closed: try container.encode(Word.closed)
    case .own(let hours): try container.encode(hours)
    }
  }
}

/// Days on which other hours hold, whatever weekday or holiday they are.
public struct OpeningException: Hashable, Sendable, Codable {
  /// The first day.
  public var from: LocalDate
  /// The last day.
  public var until: LocalDate
  /// The hours; none where it is closed.
  public var hours: [OpeningHours]

  /// Days with other hours.
  public init(from: LocalDate, until: LocalDate, hours: [OpeningHours]) {
    self.from = from
    self.until = until
    self.hours = hours
  }

  /// Whether it holds on the day.
  public func covers(_ date: LocalDate) -> Bool { from <= date && date <= until }
}

/// When a team offers a service, from one date on. Hours are data: the sources themselves disagree
/// about them, and they change (B3–B6).
public struct OpeningProfile: Hashable, Sendable, Codable {
  /// The profile's id.
  public var id: OpeningProfileID
  /// Whose hours.
  public var team: TeamID
  /// What is offered in them.
  public var service: ServiceID
  /// The first day it holds. Of the profiles that hold on a day, the one that began last counts.
  public var validFrom: LocalDate
  /// The last day it holds; nil where it is open-ended.
  public var validUntil: LocalDate?
  /// The ordinary week.
  public var week: [WeeklyHours]
  /// What holds on holidays that `ownHolidays` does not name.
  public var holidays: HolidayHours
  /// What holds on particular holidays.
  public var ownHolidays: [Holiday: HolidayHours]
  /// Days with other hours; of two that cover a day the later in the list counts.
  public var exceptions: [OpeningException]

  /// A profile.
  public init(
    id: OpeningProfileID, team: TeamID, service: ServiceID, validFrom: LocalDate,
    validUntil: LocalDate? = nil, week: [WeeklyHours], holidays: HolidayHours = .closed,
    ownHolidays: [Holiday: HolidayHours] = [:], exceptions: [OpeningException] = []
  ) {
    self.id = id
    self.team = team
    self.service = service
    self.validFrom = validFrom
    self.validUntil = validUntil
    self.week = week
    self.holidays = holidays
    self.ownHolidays = ownHolidays
    self.exceptions = exceptions
  }

  /// Whether it holds on the day.
  public func isValid(on date: LocalDate) -> Bool {
    validFrom <= date && (validUntil.map { date <= $0 } ?? true)
  }

  /// The hours that begin on a day, which is `holiday` where it is one. An exception goes before the
  /// holiday, and that before the week.
  public func hours(on date: LocalDate, holiday: Holiday?) -> [OpeningHours] {
    if let exception = exceptions.last(where: { $0.covers(date) }) { return exception.hours }
    if let holiday {
      switch ownHolidays[holiday] ?? holidays {
      case .open: break
      case .closed: return []
      case .own(let hours): return hours
      }
    }
    let weekday = date.weekday
    return week.filter { $0.days.contains(weekday) }.flatMap(\.hours)
  }
}

extension OpeningProfile {
  /// Reads the form written by the synthesised encoder; what a municipality leaves out of its
  /// configuration has the initialiser's default.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      id: try container.decode(OpeningProfileID.self, forKey: .id),
      team: try container.decode(TeamID.self, forKey: .team),
      service: try container.decode(ServiceID.self, forKey: .service),
      validFrom: try container.decode(LocalDate.self, forKey: .validFrom),
      validUntil: try container.decodeIfPresent(LocalDate.self, forKey: .validUntil),
      week: try container.decode([WeeklyHours].self, forKey: .week),
      holidays: try container.decodeIfPresent(HolidayHours.self, forKey: .holidays) ?? .closed,
      ownHolidays: try container.decodeIfPresent(
        [Holiday: HolidayHours].self, forKey: .ownHolidays) ?? [:],
      exceptions: try container.decodeIfPresent([OpeningException].self, forKey: .exceptions)
        ?? [])
  }
}
