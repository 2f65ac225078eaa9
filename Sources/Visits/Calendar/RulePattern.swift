/// A rule from its start on as numbered days, 0, 1, 2 …, each found by arithmetic alone.
///
/// Days repeat in cycles: `interval` weeks, or `interval` days (times seven where weekdays are
/// picked out, so that the cycle ends on the weekday it began on).
struct RulePattern {
  /// The weekdays of the rule, with the one understood from the start.
  let weekdays: WeekdaySet
  /// The first day of the cycle that the start lies in.
  private let anchor: LocalDate
  /// Days in a cycle.
  private let length: Int
  /// The days of a cycle on which something takes place, counted from its first.
  private let offsets: [Int]
  /// When on each day.
  private let time: LocalTime
  /// How many of the first cycle's days come before the start.
  private let skipped: Int
  /// The number that comes after the last; nil where the rule does not stop.
  private(set) var endOrdinal: Int?

  init(_ rule: RecurrenceRule, start: LocalDateTime) {
    let weekday = start.date.weekday
    time = start.time
    switch rule.frequency {
    case .weekly:
      let days = rule.weekdays.isEmpty ? WeekdaySet([weekday]) : rule.weekdays
      weekdays = days
      anchor = start.date.adding(days: -weekday.days(after: rule.weekStart))
      length = 7 * rule.interval
      offsets = days.days.map { $0.days(after: rule.weekStart) }.sorted()
    case .daily:
      weekdays = rule.weekdays
      anchor = start.date
      let steps = rule.weekdays.isEmpty ? 1 : 7
      length = steps * rule.interval
      offsets = (0..<steps).map { $0 * rule.interval }.filter {
        rule.weekdays.isEmpty || rule.weekdays.contains(Weekday(isoNumber: weekday.isoNumber + $0))
      }
    }
    let lead = anchor.days(until: start.date)
    skipped = offsets.count { $0 < lead }
    endOrdinal = nil
    switch rule.ending {
    case .never: break
    case .count(let count): endOrdinal = max(0, count)
    case .until(let time):
      // The day of the limit counts when the occurrence begins at the limit or before it.
      var end = ordinal(onOrAfter: LocalDate(time).adding(days: -1))
      while let date = date(ordinal: end), LocalDateTime(date, start.time).utc <= time { end += 1 }
      endOrdinal = end
    }
  }

  /// The day with this number; nil past the end, and where the rule never takes place.
  func date(ordinal: Int) -> LocalDate? {
    guard ordinal >= 0, !offsets.isEmpty else { return nil }
    if let endOrdinal, ordinal >= endOrdinal { return nil }
    let cell = ordinal + skipped
    let days = anchor.daysSince1970 + Int64(cell / offsets.count * length)
    let date = LocalDate(daysSince1970: days + Int64(offsets[cell % offsets.count]))
    // The calendar ends; so do its series.
    return date == .latest ? nil : date
  }

  /// The number of the first day on or after `date`, the end not considered.
  func ordinal(onOrAfter date: LocalDate) -> Int {
    guard !offsets.isEmpty else { return 0 }
    let days = anchor.days(until: date)
    guard days > 0 else { return 0 }
    let within = days % length
    let cell = days / length * offsets.count + offsets.count { $0 < within }
    return max(0, cell - skipped)
  }

  /// How many days' occurrences come before `cut`.
  func ordinals(before cut: LocalDateTime) -> Int {
    var number = ordinal(onOrAfter: cut.date)
    if let endOrdinal { number = min(number, endOrdinal) }
    if let date = date(ordinal: number), LocalDateTime(date, time) < cut { number += 1 }
    return number
  }
}
