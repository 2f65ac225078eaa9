// The calendar's part of the module's string catalogue: every sentence and word that opening hours,
// series, free slots and feeds show to a person, Danish first, English second.

extension Refusal {
  // MARK: Opening hours

  /// Nobody has said when the team offers the service.
  public static let noOpeningHours = Refusal(
    "no-opening-hours", .conflict,
    da: "Teamet har ingen åbningstider for den form for støtte. Vælg en anden form, eller bed "
      + "teamlederen om at lægge åbningstider ind.",
    en: "The team has no opening hours for that form of support. Choose another form, or ask the "
      + "team lead to enter opening hours.")

  /// The time is outside the opening hours.
  public static func outsideOpeningHours(_ window: TimeWindow, next: TimeWindow?) -> Refusal {
    let from = CopenhagenTime(window.start)
    let to = CopenhagenTime(window.end)
    return Refusal(
      "outside-opening-hours", .conflict,
      da: "Den \(from.day) kl. \(from.clock)–\(to.clock) ligger uden for åbningstiden. "
        + nextOpening(next).danish,
      en: "\(from.day) at \(from.clock)–\(to.clock) is outside the opening hours. "
        + nextOpening(next).english)
  }

  /// The code of `closedOnHoliday`: a series passes such a day over.
  public static let closedOnHolidayCode = "closed-on-holiday"

  /// It is closed because of a holiday.
  public static func closedOnHoliday(
    _ holiday: Holiday, _ date: LocalDate, next: TimeWindow?
  ) -> Refusal {
    Refusal(
      closedOnHolidayCode, .conflict,
      da: "Den \(date.day)/\(date.month) er \(holiday.danish), og der er lukket. "
        + nextOpening(next).danish,
      en: "\(date.day)/\(date.month) is \(holiday.english), and it is closed. "
        + nextOpening(next).english)
  }

  /// The hours are only for citizens whose grant opens them.
  public static func hoursNeedGrant(_ flag: HoursFlag) -> Refusal {
    let (danish, english) =
      switch flag {
      case .evening: ("om aftenen", "in the evening")
      case .weekend: ("i weekenden", "at weekends")
      case .night: ("om natten", "at night")
      }
    return Refusal(
      "hours-need-grant", .conflict,
      da: "Støtte \(danish) kræver, at det står i borgerens bevilling. Vælg et tidspunkt i den "
        + "almindelige åbningstid, eller tal med sagsbehandleren.",
      en: "Support \(english) must be part of the citizen's grant. Choose a time within the "
        + "ordinary opening hours, or talk to the case worker.")
  }

  /// When there is an opening, or that there is none.
  private static func nextOpening(_ next: TimeWindow?) -> (danish: String, english: String) {
    guard let next else {
      return (
        "Der er ingen åbning de næste tre måneder. Tal med teamlederen.",
        "There is no opening in the next three months. Talk to the team lead."
      )
    }
    let from = CopenhagenTime(next.start)
    let to = CopenhagenTime(next.end)
    return (
      "Næste ledige åbningstid er den \(from.day) kl. \(from.clock)–\(to.clock).",
      "The next opening is on \(from.day) at \(from.clock)–\(to.clock)."
    )
  }

  // MARK: Series

  /// The text is no recurrence rule.
  public static func recurrenceUnreadable(part: String) -> Refusal {
    let shown = String(part.prefix(40))
    return Refusal(
      "recurrence-unreadable", .invalid,
      da:
        "Gentagelsen kan ikke læses ved »\(shown)«. Skriv den som FREQ=WEEKLY;INTERVAL=2;BYDAY=MO.",
      en: "The recurrence cannot be read at “\(shown)”. Write it like "
        + "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO.")
  }

  /// The rule is valid, but of a kind that is not offered.
  public static func recurrenceNotOffered(part: String) -> Refusal {
    let shown = String(part.prefix(40))
    return Refusal(
      "recurrence-not-offered", .invalid,
      da: "»\(shown)« kan ikke bruges. Et forløb gentages med dage eller uger imellem.",
      en: "“\(shown)” cannot be used. A series repeats every so many days or weeks.")
  }

  /// The rule has no occurrence at all.
  public static let seriesNeverHappens = Refusal(
    "series-never-happens", .invalid,
    da: "Forløbet får ingen besøg. Vælg en anden ugedag eller en senere slutdato.",
    en: "The series would have no visits. Choose another weekday or a later end.")

  /// The series has too many days outside its rule.
  public static func seriesTooManyDays(most: Int) -> Refusal {
    Refusal(
      "series-too-many-days", .invalid,
      da: "Et forløb kan højst have \(most) enkeltdage. Del det i flere forløb.",
      en: "A series can have at most \(most) single days. Divide it into several series.")
  }

  /// Only people change series (H2).
  public static let seriesNeedsAPerson = Refusal(
    "series-needs-a-person", .forbidden,
    da: "Et forløb ændres eller afsluttes kun af en medarbejder, aldrig automatisk.",
    en: "Only a member of staff changes or ends a series; it never happens by itself.")

  /// The series has no occurrence then.
  public static func noSuchOccurrence(_ time: LocalDateTime) -> Refusal {
    let when = "\(time.date.day)/\(time.date.month)"
    return Refusal(
      "no-such-occurrence", .conflict,
      da:
        "Forløbet har intet besøg den \(when) kl. \(time.time.clock). Vælg et af forløbets besøg.",
      en: "The series has no visit on \(when) at \(time.time.clock). Choose one of its visits.")
  }

  /// The occurrence has begun.
  public static func occurrenceBegun(_ start: UTCMilliseconds) -> Refusal {
    let time = CopenhagenTime(start)
    return Refusal(
      "occurrence-begun", .conflict,
      da: "Besøget den \(time.day) kl. \(time.clock) er begyndt eller forbi. Vælg et senere besøg.",
      en: "The visit on \(time.day) at \(time.clock) has begun or is over. Choose a later one.")
  }

  /// The occurrence was called off.
  public static func occurrenceCancelled(_ start: UTCMilliseconds) -> Refusal {
    let time = CopenhagenTime(start)
    return Refusal(
      "occurrence-cancelled", .conflict,
      da: "Besøget den \(time.day) kl. \(time.clock) er aflyst. Fortryd aflysningen, eller book et "
        + "nyt besøg.",
      en: "The visit on \(time.day) at \(time.clock) is cancelled. Take the cancellation back, or "
        + "book a new visit.")
  }

  /// Some of a series' visits cannot be booked. `first` says why the first of them cannot.
  public static func seriesConflicts(count: Int, of total: Int, first: Refusal) -> Refusal {
    Refusal(
      "series-conflicts", .conflict,
      da: "\(count) af forløbets \(total) besøg kan ikke bookes. Det første: \(first.danish)",
      en: "\(count) of the series' \(total) visits cannot be booked. The first: \(first.english)")
  }

  // MARK: Conflicts

  /// The room is taken. Says when, never by whom.
  public static func roomTaken(
    name: String, from start: UTCMilliseconds, to end: UTCMilliseconds
  ) -> Refusal {
    let day = CopenhagenTime(start).day
    let (from, to) = (CopenhagenTime(start).clock, CopenhagenTime(end).clock)
    return Refusal(
      "room-taken", .conflict,
      da: "\(name) er optaget den \(day) kl. \(from)–\(to). Vælg et andet lokale eller tidspunkt.",
      en: "\(name) is taken on \(day) at \(from)–\(to). Choose another room or time.")
  }

  /// The worker could not get from one visit to the other.
  public static func noTimeToTravel(
    name: String, minutes: Int, from start: UTCMilliseconds, to end: UTCMilliseconds
  ) -> Refusal {
    let day = CopenhagenTime(start).day
    let (from, to) = (CopenhagenTime(start).clock, CopenhagenTime(end).clock)
    return Refusal(
      "no-time-to-travel", .conflict,
      da: "\(name) har et besøg den \(day) kl. \(from)–\(to) og \(minutes) minutters vej imellem. "
        + "Vælg et andet tidspunkt, eller gør det til et skærmbesøg.",
      en: "\(name) has a visit on \(day) at \(from)–\(to) and \(minutes) minutes on the road "
        + "between. Choose another time, or make it a screen visit.")
  }
}

/// The words that a calendar feed shows. Neutral, because phones show them on a locked screen (E11).
public struct CalendarWords: Hashable, Sendable {
  /// What an appointment is called.
  public let appointment: String
  /// What the calendar is called.
  public let calendarName: String

  /// In Danish.
  public static let danish = CalendarWords(appointment: "Aftale", calendarName: "Aftaler")
  /// In English.
  public static let english = CalendarWords(
    appointment: "Appointment", calendarName: "Appointments")
}

extension Holiday {
  /// The Danish name.
  public var danish: String { names.danish }
  /// The English name.
  public var english: String { names.english }

  private var names: (danish: String, english: String) {
    switch self {
    case .newYearsDay: ("nytårsdag", "New Year's Day")
    case .maundyThursday: ("skærtorsdag", "Maundy Thursday")
    case .goodFriday: ("langfredag", "Good Friday")
    case .easterSunday: ("påskedag", "Easter Sunday")
    case .easterMonday: ("2. påskedag", "Easter Monday")
    case .greatPrayerDay: ("store bededag", "Great Prayer Day")
    case .ascensionDay: ("Kristi himmelfartsdag", "Ascension Day")
    case .whitSunday: ("pinsedag", "Whit Sunday")
    case .whitMonday: ("2. pinsedag", "Whit Monday")
    case .christmasDay: ("juledag", "Christmas Day")
    case .secondChristmasDay: ("2. juledag", "the second day of Christmas")
    case .labourDay: ("1. maj", "Labour Day")
    case .constitutionDay: ("grundlovsdag", "Constitution Day")
    case .christmasEve: ("juleaftensdag", "Christmas Eve")
    case .newYearsEve: ("nytårsaftensdag", "New Year's Eve")
    }
  }
}
