/// Whether anybody of a citizen's team answers now, and whom to ring where nobody does (E23: "tryghed
/// i at vide, at hun kan kontakte dem igen").
public struct ContactState: Hashable, Sendable {
  /// The team's contact hours from now on.
  public var hours: TimeWindows
  /// The number that is answered at once (akuttelefon), where there is one.
  public var emergencyNumber: String?
  /// When it was asked.
  public var at: UTCMilliseconds

  /// The state at a time.
  public init(hours: TimeWindows, emergencyNumber: String?, at now: UTCMilliseconds) {
    self.hours = hours
    self.emergencyNumber = emergencyNumber
    at = now
  }

  /// Whether it is open.
  public var isOpen: Bool { ContactHours.contains(at, in: hours) }

  /// When it closes, or opens again; nil where that is not known.
  public var changesAt: UTCMilliseconds? {
    isOpen
      ? hours.windows.first { $0.contains(at) }?.end
      : ContactHours.nextOpening(after: at, in: hours)
  }

  /// What the citizen reads while it is closed: when it opens, and what to do until then.
  public var notice: Notice? {
    guard !isOpen else { return nil }
    var text = Notice(
      "contact-closed", da: "Vi har lukket lige nu.", en: "We are closed just now.")
    if let opens = changesAt {
      let day = Self.day(of: opens, seenFrom: at)
      let clock = CopenhagenTime(opens).clock
      text.danish += " Vi åbner \(day.danish) kl. \(clock)."
      text.english += " We open \(day.english) at \(clock)."
    }
    if let emergencyNumber {
      text.danish += " Har du brug for hjælp inden da, så ring på \(emergencyNumber)."
      text.english += " If you need help before then, ring \(emergencyNumber)."
    } else {
      text.danish += " Du kan bede om at blive ringet op, så ringer vi, når vi åbner."
      text.english += " You can ask to be called, and we will call when we open."
    }
    return text
  }

  private static func day(
    of time: UTCMilliseconds, seenFrom now: UTCMilliseconds
  ) -> (danish: String, english: String) {
    let date = CopenhagenTime(time).day
    return switch LocalDate(now).days(until: LocalDate(time)) {
    case 0: ("i dag", "today")
    case 1: ("i morgen", "tomorrow")
    default: ("den \(date)", "on \(date)")
    }
  }
}
