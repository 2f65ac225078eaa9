/// A worker's citizens on one page (B7, B8): who they are, when each is next seen, what is granted
/// and booked this week, and what waits to be done.
public struct RosterLine: Hashable, Sendable {
  /// The citizen.
  public var citizen: Person
  /// Whether the worker is the known one; else the backup.
  public var isPrimary: Bool
  /// When they were last together; nil before the first time.
  public var lastHeld: UTCMilliseconds?
  /// When they meet next; nil where nothing is booked.
  public var next: UTCMilliseconds?
  /// Minutes granted this week; nil where no grant states any.
  public var grantedMinutes: Int?
  /// Minutes booked and held this week.
  public var bookedMinutes: Int
  /// The start with screen visits.
  public var start: ScreenStart
  /// By when screen visits are to be tried; nil where they were, or are not to be.
  public var trialDue: LocalDate?
  /// The last day of the grant that runs now; nil where it has none (A4).
  public var grantEnd: LocalDate?
  /// Parked topics and work orders that are open.
  public var openTasks: Int

  /// A line.
  public init(
    citizen: Person, isPrimary: Bool, lastHeld: UTCMilliseconds? = nil,
    next: UTCMilliseconds? = nil, grantedMinutes: Int? = nil, bookedMinutes: Int = 0,
    start: ScreenStart, trialDue: LocalDate? = nil, openTasks: Int = 0
  ) {
    self.citizen = citizen
    self.isPrimary = isPrimary
    self.lastHeld = lastHeld
    self.next = next
    self.grantedMinutes = grantedMinutes
    self.bookedMinutes = bookedMinutes
    self.start = start
    self.trialDue = trialDue
    self.openTasks = openTasks
  }

  /// How long before its day a trial is pointed out, in days.
  static let trialNoticeDays = 28
  /// How long before its end a grant is pointed out, in days, where the municipality says nothing else.
  public static let endingNoticeDays = GrantPolicy().endingNoticeDays

  /// What waits to be done about the citizen, the most pressing first.
  public func needs(
    on today: LocalDate, endingNoticeDays: Int = Self.endingNoticeDays
  ) -> [Notice] {
    var notices: [Notice] = []
    if let grantEnd, grantEnd.adding(days: -endingNoticeDays) <= today {
      notices.append(.courseEnds(on: grantEnd))
    }
    if next == nil { notices.append(.nothingBooked) }
    if let granted = grantedMinutes, bookedMinutes < granted {
      notices.append(.minutesLeft(granted - bookedMinutes))
    }
    if let trialDue, trialDue.adding(days: -Self.trialNoticeDays) <= today {
      notices.append(.trialDue(on: trialDue))
    }
    if openTasks > 0 { notices.append(.openTasks(openTasks)) }
    return notices
  }
}

/// A worker's citizens.
public struct Roster: Hashable, Sendable {
  /// Whose.
  public var worker: PersonID
  /// Those she is the known worker of, then those she is the backup of, each by name.
  public var lines: [RosterLine]
  /// Of how many citizens she may be the known worker before it is pointed out.
  public var most: Int

  /// A roster.
  public init(worker: PersonID, lines: [RosterLine], most: Int) {
    self.worker = worker
    self.lines = lines.sorted { a, b in
      (a.isPrimary ? 0 : 1, a.citizen.displayName, a.citizen.id.rawValue)
        < (b.isPrimary ? 0 : 1, b.citizen.displayName, b.citizen.id.rawValue)
    }
    self.most = most
  }

  /// Of how many citizens she is the known worker ("tilknyttet 10 – 18 borgere").
  public var count: Int { lines.count(where: \.isPrimary) }

  /// That there are too many; nil where there are not.
  public var warning: Notice? {
    count > most ? .tooManyCitizens(count, most: most) : nil
  }
}

extension Notice {
  /// More citizens than one worker should be the known one of.
  static func tooManyCitizens(_ count: Int, most: Int) -> Notice {
    Notice(
      "too-many-citizens",
      da:
        "\(count) borgere er flere, end én medarbejder skal have (højst \(most)). Tal med din leder om at fordele dem.",
      en:
        "\(count) citizens are more than one worker should have (\(most) at most). Talk with your lead about sharing them."
    )
  }

  /// The grant that runs now is over soon.
  static func courseEnds(on day: LocalDate) -> Notice {
    Notice(
      "course-ends",
      da: "Bevillingen slutter den \(day.danish). Aftal, hvad der så skal ske.",
      en: "The grant ends on \(day.iso8601). Agree on what happens then.")
  }

  /// No visit ahead.
  static let nothingBooked = Notice(
    "nothing-booked", da: "Der er ikke booket noget.", en: "Nothing is booked.")

  /// Granted time that is not booked this week.
  static func minutesLeft(_ minutes: Int) -> Notice {
    Notice(
      "minutes-left", da: "\(minutes) minutter af ugens bevilling er ikke booket.",
      en: "\(minutes) minutes of this week's grant are not booked.")
  }

  /// Parked topics and work orders.
  static func openTasks(_ count: Int) -> Notice {
    Notice(
      "open-tasks",
      da: count == 1
        ? "1 ting venter på at blive taget op." : "\(count) ting venter på at blive taget op.",
      en: count == 1 ? "1 thing waits to be taken up." : "\(count) things wait to be taken up.")
  }
}
