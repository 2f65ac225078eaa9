/// One appointment in a calendar feed, in words that tell a passer-by nothing (E11): never who it is
/// with, nor what for.
public struct ICalendarEvent: Hashable, Sendable {
  /// When it takes place.
  public enum Time: Hashable, Sendable {
    /// Once.
    case once(TimeWindow)
    /// Repeatedly, for so many minutes each time.
    case repeated(Recurrence, minutes: Int)
    /// Once instead of an occurrence of the repeated event of the same uid.
    case instead(of: LocalDateTime, TimeWindow)
  }

  /// The name that the appointment keeps for life. The ids of visits and series are random enough to
  /// need no host name after them (RFC 7986 §5.3).
  public var uid: String
  /// When it takes place.
  public var time: Time
  /// Counts the times it was moved or changed; calendars keep the version with the highest number.
  public var sequence: Int
  /// When it was last changed.
  public var changedAt: UTCMilliseconds
  /// Whether it was called off.
  public var isCancelled: Bool

  /// An appointment.
  public init(
    uid: String, time: Time, sequence: Int, changedAt: UTCMilliseconds, isCancelled: Bool = false
  ) {
    self.uid = uid
    self.time = time
    self.sequence = sequence
    self.changedAt = changedAt
    self.isCancelled = isCancelled
  }

  /// A visit. Cancelled ones stay in the feed for a while, or calendars would keep them.
  public init(_ visit: Visit, sequence: Int, changedAt: UTCMilliseconds) {
    self.init(
      uid: visit.id.rawValue, time: .once(TimeWindow(start: visit.start, end: visit.end)),
      sequence: sequence, changedAt: changedAt, isCancelled: visit.state == .cancelled)
  }

  /// A series: the repeated appointment, and one for every occurrence that was moved or called off.
  /// Nothing where the series never takes place.
  public static func events(of series: Series, changedAt: UTCMilliseconds) -> [ICalendarEvent] {
    guard let first = series.recurrence.first else { return [] }
    var recurrence = series.recurrence
    // RFC 5545 §3.8.5.3: a start that the rule does not fall on counts as an occurrence with most
    // calendars and not with others; so it is given as the first that there is.
    if let pattern = recurrence.pattern, let date = pattern.date(ordinal: 0) {
      recurrence.start.date = date
      recurrence.rule?.weekdays = pattern.weekdays
    } else {
      recurrence = Recurrence(start: first, extra: recurrence.extra.filter { $0 > first })
    }
    let minutes = series.durationMinutes
    let whole = ICalendarEvent(
      uid: series.id.rawValue, time: .repeated(recurrence, minutes: minutes),
      sequence: series.revision, changedAt: changedAt)
    return [whole]
      + series.changes.map { change in
        let occurrence = series.occurrence(change.original)
        return ICalendarEvent(
          uid: series.id.rawValue, time: .instead(of: change.original, occurrence.window),
          sequence: series.revision, changedAt: changedAt,
          isCancelled: change.kind == .cancelled)
      }
  }

  /// The lines of the `VEVENT`.
  var lines: [String] {
    var lines = ["BEGIN:VEVENT", "UID:\(ICalendarFeed.escaped(uid))"]
    lines.append("DTSTAMP:\(changedAt.calendarText)")
    lines.append("LAST-MODIFIED:\(changedAt.calendarText)")
    lines.append("SEQUENCE:\(sequence)")
    switch time {
    case .once(let window): lines += Self.lines(window)
    case .instead(let original, let window):
      lines.append("RECURRENCE-ID\(Self.local(original))")
      lines += Self.lines(window)
    case .repeated(let recurrence, let minutes):
      lines.append("DTSTART\(Self.local(recurrence.start))")
      // Minutes, not an end: the night the clocks change they are still as many.
      lines.append("DURATION:PT\(max(minutes, 0))M")
      if let rule = recurrence.rule { lines.append("RRULE:\(rule.text)") }
      lines += recurrence.extra.map { "RDATE\(Self.local($0))" }
      lines += recurrence.except.map { "EXDATE\(Self.local($0))" }
    }
    lines.append("SUMMARY:\(ICalendarFeed.escaped(CalendarWords.danish.appointment))")
    lines.append("CLASS:PRIVATE")
    lines.append("STATUS:\(isCancelled ? "CANCELLED" : "CONFIRMED")")
    lines.append("TRANSP:\(isCancelled ? "TRANSPARENT" : "OPAQUE")")
    lines.append("END:VEVENT")
    return lines
  }

  /// A single time, in UTC: local time could not name the second of two equal hours in October.
  private static func lines(_ window: TimeWindow) -> [String] {
    ["DTSTART:\(window.start.calendarText)", "DTEND:\(window.end.calendarText)"]
  }

  /// A local time with the parameter that says which zone's.
  private static func local(_ time: LocalDateTime) -> String {
    ";TZID=Europe/Copenhagen:\(time.calendarText)"
  }
}
