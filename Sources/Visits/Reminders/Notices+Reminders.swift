// What reminders say. A message may be read by anybody who sees the
// telephone: it names no service, no person and no reason (E11, E20).

extension Reminder {
  /// The message's text, as written at `now`.
  public func text(at now: UTCMilliseconds) -> Notice {
    let time = CopenhagenTime(visitStart)
    let day = Self.day(of: visitStart, seenFrom: now)
    switch kind {
    case .upcoming:
      return Notice(
        "reminder",
        da: "Husk din aftale \(day.danish) kl. \(time.clock).",
        en: "Remember your appointment \(day.english) at \(time.clock).")
    case .moved:
      return Notice(
        "moved",
        da: "Din aftale er flyttet til \(day.danish) kl. \(time.clock).",
        en: "Your appointment has been moved to \(day.english) at \(time.clock).")
    case .cancelled:
      return Notice(
        "cancelled",
        da: "Din aftale \(day.danish) kl. \(time.clock) er aflyst. Du hører fra os.",
        en: "Your appointment \(day.english) at \(time.clock) is cancelled. You will hear from us.")
    case .delayed:
      return Notice(
        "delayed",
        da: "Din aftale kl. \(time.clock) bliver ca. \(minutes) minutter forsinket.",
        en: "Your appointment at \(time.clock) will be about \(minutes) minutes late.")
    }
  }

  /// The subject, for channels that have one. As neutral as the text.
  public var subject: Notice {
    Notice("subject", da: "Om din aftale", en: "About your appointment")
  }

  private static func day(
    of time: UTCMilliseconds, seenFrom now: UTCMilliseconds
  ) -> (danish: String, english: String) {
    let date = CopenhagenTime(time).day
    switch LocalDate(now).days(until: LocalDate(time)) {
    case 0: return ("i dag", "today")
    case 1: return ("i morgen den \(date)", "tomorrow, \(date),")
    default: return ("den \(date)", "on \(date)")
    }
  }
}

extension DelayNotice {
  /// What the citizen's own screen shows. It stands in their home, so it names who comes.
  public func text(worker: String) -> Notice {
    let span =
      minutes == 1 ? ("1 minut", "1 minute") : ("\(minutes) minutter", "\(minutes) minutes")
    return Notice(
      "delayed-on-screen",
      da: "\(worker) er cirka \(span.0) forsinket. Du behøver ikke gøre noget.",
      en: "\(worker) is about \(span.1) late. There is nothing you need to do.")
  }
}
