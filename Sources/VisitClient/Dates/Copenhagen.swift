public import Foundation

/// The time on the wall in Denmark: what rules and screens use.
public struct Copenhagen: Sendable {
  let calendar: Calendar

  /// Denmark's calendar.
  public init() {
    var calendar = Calendar(identifier: .gregorian)
    // The zone is part of Foundation's data; UTC only if that data is missing altogether.
    calendar.timeZone = TimeZone(identifier: "Europe/Copenhagen") ?? .gmt
    calendar.firstWeekday = 2
    self.calendar = calendar
  }

  /// Midnight at the beginning of `date`'s day.
  public func startOfDay(_ date: Date) -> Date { calendar.startOfDay(for: date) }

  /// Midnight at the beginning of the day `days` after `date`'s.
  public func startOfDay(_ date: Date, plusDays days: Int) -> Date {
    let start = startOfDay(date)
    return calendar.date(byAdding: .day, value: days, to: start)
      ?? start.addingTimeInterval(Double(days) * 86_400)
  }

  /// The day of work that `now` lies in: the calendar's day, and three hours to either side of `now`
  /// where that reaches further. A visit does not stop being the next one because midnight lies
  /// between.
  public func workday(at now: Date) -> Range<Date> {
    let reach: TimeInterval = 3 * 3600
    let start = min(startOfDay(now), now.addingTimeInterval(-reach))
    let end = max(startOfDay(now, plusDays: 1), now.addingTimeInterval(reach))
    return start..<end
  }

  /// A point in time from its parts; nil where the clock on the wall never shows it, such as 31/2
  /// or half past two in the night when summer time begins.
  func date(year: Int, month: Int, day: Int, hour: Int, minute: Int) -> Date? {
    let parts = DateComponents(year: year, month: month, day: day, hour: hour, minute: minute)
    guard let date = calendar.date(from: parts) else { return nil }
    let back = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
    return back == parts ? date : nil
  }

  func parts(_ date: Date) -> DateComponents {
    calendar.dateComponents([.year, .month, .day, .weekday, .hour, .minute], from: date)
  }

  /// Days from `now`'s day to `date`'s, negative where it lies behind.
  func days(from now: Date, to date: Date) -> Int {
    calendar.dateComponents([.day], from: startOfDay(now), to: startOfDay(date)).day ?? 0
  }
}

/// Dates and times in words, as people say them.
public struct DateText: Sendable {
  let texts: Texts
  let copenhagen = Copenhagen()

  /// Dates in the language of `texts`.
  public init(_ texts: Texts) { self.texts = texts }

  /// The clock: `10.00` in Danish, `10:00` in English.
  public func clock(_ date: Date) -> String {
    let parts = copenhagen.parts(date)
    return texts[
      .clock, ["hour": two(parts.hour ?? 0), "minute": two(parts.minute ?? 0)]]
  }

  /// A span of the clock: `10.00–10.30`.
  public func span(from start: Date, to end: Date) -> String { "\(clock(start))–\(clock(end))" }

  /// The day: `fredag den 27. november`, with the year where it is not this year's.
  public func day(_ date: Date, now: Date) -> String {
    let parts = copenhagen.parts(date)
    let sameYear = parts.year == copenhagen.parts(now).year
    return texts[
      sameYear ? .dayAndMonth : .dayMonthAndYear,
      [
        "weekday": weekday(date), "day": String(parts.day ?? 0),
        "month": texts.list(.monthNames, at: (parts.month ?? 1) - 1),
        "year": String(parts.year ?? 0),
      ]]
  }

  /// The day as one says it: `i dag`, `i morgen`, or its date.
  public func spokenDay(_ date: Date, now: Date) -> String {
    switch copenhagen.days(from: now, to: date) {
    case 0: texts[.today]
    case 1: texts[.tomorrow, ["day": day(date, now: now)]]
    default: day(date, now: now)
    }
  }

  /// A duration as minutes and seconds: `00:42`, or with hours: `1:02:03`.
  public func stopwatch(_ seconds: Int) -> String {
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
    return (hours > 0 ? "\(hours):" : "") + "\(two(minutes)):\(two(seconds % 60))"
  }

  /// Seconds with one decimal from milliseconds: `0,6` in Danish. What took any time at all took a
  /// tenth: "after 0,0 s" reads as a fault.
  public func seconds(_ milliseconds: Int64) -> String {
    tenths(milliseconds > 0 ? max((milliseconds + 50) / 100, 1) : 0)
  }

  private func tenths(_ tenths: Int64) -> String {
    texts[.decimal, ["whole": String(tenths / 10), "tenths": String(tenths % 10)]]
  }

  /// A number with one decimal: `4,3` in Danish.
  public func decimal(_ value: Double) -> String {
    tenths(Int64((value * 10).rounded()))
  }

  private func weekday(_ date: Date) -> String {
    // Foundation counts from Sunday = 1; the catalogue from Monday.
    texts.list(.weekdayNames, at: ((copenhagen.parts(date).weekday ?? 2) + 5) % 7)
  }

  private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
