/// A Danish public holiday, or a day on which closing is agreed rather than given by law.
public enum Holiday: String, Codable, Sendable, Hashable, CaseIterable, CodingKeyRepresentable {
  /// 1 January (nytårsdag).
  case newYearsDay = "new-years-day"
  /// The Thursday before Easter (skærtorsdag).
  case maundyThursday = "maundy-thursday"
  /// The Friday before Easter (langfredag).
  case goodFriday = "good-friday"
  /// Easter Sunday (påskedag).
  case easterSunday = "easter-sunday"
  /// The day after Easter Sunday (2. påskedag).
  case easterMonday = "easter-monday"
  /// The fourth Friday after Easter (store bededag); abolished by act no. 214 of 6 March 2023, the
  /// last one was that year's.
  case greatPrayerDay = "great-prayer-day"
  /// The sixth Thursday after Easter (Kristi himmelfartsdag).
  case ascensionDay = "ascension-day"
  /// The seventh Sunday after Easter (pinsedag).
  case whitSunday = "whit-sunday"
  /// The day after Whit Sunday (2. pinsedag).
  case whitMonday = "whit-monday"
  /// 25 December (juledag).
  case christmasDay = "christmas-day"
  /// 26 December (2. juledag).
  case secondChristmasDay = "second-christmas-day"
  /// 1 May, by agreement.
  case labourDay = "labour-day"
  /// 5 June (grundlovsdag), by agreement.
  case constitutionDay = "constitution-day"
  /// 24 December (juleaftensdag), by agreement.
  case christmasEve = "christmas-eve"
  /// 31 December (nytårsaftensdag), by agreement.
  case newYearsEve = "new-years-eve"

  /// Those that are holidays only where it is agreed.
  public static let agreedDays: Set<Holiday> = [
    .labourDay, .constitutionDay, .christmasEve, .newYearsEve,
  ]

  /// The day of the year it falls on where that never changes.
  var fixedDay: (month: Int, day: Int)? {
    switch self {
    case .newYearsDay: (1, 1)
    case .labourDay: (5, 1)
    case .constitutionDay: (6, 5)
    case .christmasEve: (12, 24)
    case .christmasDay: (12, 25)
    case .secondChristmasDay: (12, 26)
    case .newYearsEve: (12, 31)
    default: nil
    }
  }

  /// Days after Easter Sunday where it moves with it.
  var daysAfterEaster: Int? {
    switch self {
    case .maundyThursday: -3
    case .goodFriday: -2
    case .easterSunday: 0
    case .easterMonday: 1
    case .greatPrayerDay: 26
    case .ascensionDay: 39
    case .whitSunday: 49
    case .whitMonday: 50
    default: nil
    }
  }

  /// The day it falls on in `year`; nil where that year has none.
  public func date(in year: Int) -> LocalDate? {
    if self == .greatPrayerDay, !(1686...2023).contains(year) { return nil }
    if let fixedDay { return LocalDate(year: year, month: fixedDay.month, day: fixedDay.day) }
    return LocalDate.easterSunday(in: year).adding(days: daysAfterEaster ?? 0)
  }
}

/// Which days are holidays in a municipality (B6).
public struct HolidayCalendar: Hashable, Sendable, Codable {
  /// The agreed days that count here. The default closes on 5 June, 24 and 31 December.
  public var agreed: Set<Holiday>

  /// A calendar with the holidays of the law and those `agreed`.
  public init(agreed: Set<Holiday> = [.constitutionDay, .christmasEve, .newYearsEve]) {
    self.agreed = agreed.intersection(Holiday.agreedDays)
  }

  /// Which holiday a day is; that of the law where an agreed one falls on the same day, as when
  /// Ascension Day is 1 May.
  public func holiday(on date: LocalDate) -> Holiday? {
    let day = (date.month, date.day)
    let afterEaster = LocalDate.easterSunday(in: date.year).days(until: date)
    var found: Holiday?
    for holiday in Holiday.allCases {
      let falls =
        holiday.fixedDay.map { $0 == day } ?? (holiday.daysAfterEaster == afterEaster)
      guard falls, holiday != .greatPrayerDay || holiday.date(in: date.year) == date else {
        continue
      }
      if !Holiday.agreedDays.contains(holiday) { return holiday }
      if agreed.contains(holiday) { found = holiday }
    }
    return found
  }

  /// The year's holidays in order.
  public func holidays(in year: Int) -> [(date: LocalDate, holiday: Holiday)] {
    Holiday.allCases
      .compactMap { holiday in
        holiday.date(in: year).map { (date: $0, holiday: holiday) }
      }
      .filter { holiday(on: $0.date) == $0.holiday }
      .sorted { $0.date < $1.date }
  }
}

extension HolidayCalendar {
  /// Reads the form written below; days that are holidays anyway are passed over.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(agreed: Set(try container.decode([Holiday].self, forKey: .agreed)))
  }

  /// Writes the agreed days in the order of the year, so that equal calendars are equal texts.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Holiday.allCases.filter(agreed.contains), forKey: .agreed)
  }

  private enum CodingKeys: String, CodingKey { case agreed }
}

extension LocalDate {
  /// Easter Sunday of a year of the Gregorian calendar: the first Sunday after the full moon of the
  /// church's tables on or after 21 March (the "anonymous" computation, Nature, 20 April 1876).
  public static func easterSunday(in year: Int) -> LocalDate {
    let golden = year % 19
    let (century, yearOfCentury) = (year / 100, year % 100)
    let moonCorrection = (century - (century + 8) / 25 + 1) / 3
    let epact = (19 * golden + century - century / 4 - moonCorrection + 15) % 30
    let toSunday =
      (32 + 2 * (century % 4) + 2 * (yearOfCentury / 4) - epact - yearOfCentury % 4) % 7
    let late = (golden + 11 * epact + 22 * toSunday) / 451
    let days = epact + toSunday - 7 * late + 114
    let date = CivilDate(year: year, month: days / 31, day: days % 31 + 1)
    return LocalDate(daysSince1970: date.daysSince1970)
  }
}
