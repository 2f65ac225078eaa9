/// The days and hours within which a citizen picks a time of her own (B19).
///
/// The worker opens them for one visit; what is free in them is looked up when the citizen looks, so
/// nothing is held for her and nothing that was taken meanwhile is offered.
public struct PickWindow: Hashable, Sendable, Codable {
  /// The first day.
  public var first: LocalDate
  /// The last day.
  public var last: LocalDate
  /// On which days of the week.
  public var weekdays: WeekdaySet
  /// From when in the day.
  public var from: LocalTime
  /// Until when the visit is over, the same day.
  public var to: LocalTime

  /// How many times are put before a citizen at once: more would be a choice that overwhelms.
  public static let mostShown = 6
  /// The longest window, in days: what a person can look ahead over.
  public static let longestDays = 31
  /// On how many days the times shown at once lie at most, so that each day still offers a choice
  /// between earlier and later.
  private static let daysShown = 3

  /// A window.
  public init(
    first: LocalDate, last: LocalDate, weekdays: WeekdaySet = .workdays, from: LocalTime,
    to: LocalTime
  ) {
    self.first = first
    self.last = last
    self.weekdays = weekdays
    self.from = from
    self.to = to
  }

  /// The window, or why nobody could pick a visit of so many minutes in it.
  public func checked(
    durationMinutes: Int, at now: UTCMilliseconds
  ) throws(Refusal) -> PickWindow {
    guard first <= last, from < to, to.minuteOfDay - from.minuteOfDay >= durationMinutes,
      days.contains(where: { weekdays.contains($0.weekday) })
    else { throw .pickWindowTooSmall(minutes: durationMinutes) }
    guard first.days(until: last) < Self.longestDays else {
      throw .pickWindowTooLong(days: Self.longestDays)
    }
    guard span.end > now else { throw .startsInThePast }
    return self
  }

  /// From the first day's beginning to the last day's end.
  public var span: TimeWindow {
    TimeWindow(
      start: TimeWindow(day: first).start, end: TimeWindow(day: last).end)
  }

  /// Whether a visit may take this time.
  public func contains(_ visit: TimeWindow) -> Bool {
    let day = LocalDate(visit.start)
    guard first <= day, day <= last, weekdays.contains(day.weekday) else { return false }
    return OpeningHours(from: from, to: to).window(on: day).contains(visit)
  }

  /// Of the free times, earliest first, those that are put before the citizen at once: at most six,
  /// on the first three days that have any, spread over each of them.
  ///
  /// - Parameter isAllowed: Whether the visit may be booked then. A day whose first time may not is
  ///   passed over: its week is full, or the grant does not reach it.
  public func shown(
    of starts: [UTCMilliseconds], isAllowed: (UTCMilliseconds) throws -> Bool
  ) rethrows -> [UTCMilliseconds] {
    var days: [[UTCMilliseconds]] = []
    for start in starts {
      if let last = days.last?.last, LocalDate(last) == LocalDate(start) {
        days[days.count - 1].append(start)
      } else {
        days.append([start])
      }
    }
    var open: [[UTCMilliseconds]] = []
    for day in days {
      guard try isAllowed(day[0]) else { continue }
      open.append(day)
      if open.count == Self.daysShown { break }
    }
    guard !open.isEmpty else { return [] }
    let share = Self.mostShown / open.count
    return try open.flatMap { Self.spread($0, over: share) }.filter(isAllowed)
  }

  /// So many of `starts`, the first and the last among them.
  private static func spread(_ starts: [UTCMilliseconds], over count: Int) -> [UTCMilliseconds] {
    guard starts.count > count, count > 1 else { return Array(starts.prefix(count)) }
    return (0..<count).map { starts[$0 * (starts.count - 1) / (count - 1)] }
  }

  /// The days, of which a week tells as much as all.
  private var days: [LocalDate] {
    (0...min(max(0, first.days(until: last)), 6)).map { first.adding(days: $0) }
  }
}
