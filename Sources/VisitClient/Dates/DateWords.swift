public import Foundation

/// Why a date in words was not understood.
public enum DateWordsError: Error, Sendable, Equatable {
  /// This word means nothing here.
  case notUnderstood(String)
  /// A day without a time.
  case timeMissing
  /// The clock on the wall never shows it: 31/2, or an hour that summer time skips.
  case noSuchTime
  /// It has passed.
  case passed(Date)
  /// It can mean two days (`næste fredag`).
  case ambiguous(String)
}

/// Understands dates as people type them: `i morgen 10.00`, `fredag 14`, `1/12 kl. 9.30`,
/// `1. december 10`, `2026-12-01 10:00`, `om 10 minutter`, `nu`. Danish and English words both work,
/// whatever the language on screen.
public struct DateWords: Sendable {
  private let now: Date
  private let copenhagen = Copenhagen()
  private let vocabulary: Vocabulary

  /// Words relative to `now`.
  public init(now: Date) {
    self.now = now
    self.vocabulary = .shared
  }

  /// What has just passed still counts as now, in seconds: a clock is read slowly.
  static let grace: TimeInterval = 15 * 60

  /// The point in time that `text` means.
  public func date(_ text: String) throws(DateWordsError) -> Date {
    var words = text.lowercased().replacing(",", with: " ")
      .split { $0.isWhitespace }.map { String($0) }[...]
    if let whole = words.first, whole.count > 11, whole.dropFirst(10).first == "t",
      isoDate(String(whole.prefix(10))) != nil
    {
      // RFC 3339's "T" instead of a space.
      words = [String(whole.prefix(10)), String(whole.dropFirst(11))] + words.dropFirst()
    }
    let (day, name) = try takeNamedDay(&words)
    if case .instant(let date) = day {
      if let extra = words.first { throw .notUnderstood(extra) }
      return date
    }
    skipFillers(&words)
    guard let word = words.popFirst() else {
      throw day == nil ? .notUnderstood(text) : .timeMissing
    }
    guard let time = clock(word) else { throw .notUnderstood(word) }
    if let extra = words.first { throw .notUnderstood(extra) }
    let date = try resolve(day, time)
    // `mandag 24/11` where that is a Tuesday: one of the two is a slip, and nobody knows which.
    if let name, name != weekday(of: date) { throw .ambiguous(text) }
    return date
  }

  /// A day as the week shows it, `tirsdag 24/11`: the date, and the weekday it is said to be.
  private func takeNamedDay(
    _ words: inout ArraySlice<String>
  ) throws(DateWordsError) -> (day: Day?, name: Int?) {
    let day = try takeDay(&words)
    guard case .weekday(let name) = day else { return (day, nil) }
    var rest = words
    guard let next = try? takeDay(&rest), case .date = next else { return (day, nil) }
    words = rest
    return (next, name)
  }

  /// 0 is Monday.
  private func weekday(of date: Date) -> Int { ((copenhagen.parts(date).weekday ?? 2) + 5) % 7 }

  private enum Day: Equatable {
    case instant(Date)
    /// Days from today.
    case offset(Int)
    /// 0 is Monday.
    case weekday(Int)
    case date(year: Int?, month: Int, day: Int)
  }

  private typealias Time = (hour: Int, minute: Int)

  private func takeDay(_ words: inout ArraySlice<String>) throws(DateWordsError) -> Day? {
    skipFillers(&words)
    guard let first = words.first else { return nil }
    if vocabulary.takes(.wordsNow, from: &words) { return .instant(now) }
    if vocabulary.takes(.wordsIn, from: &words, isPrefixOfNumber: true) {
      return .instant(try takeSpan(&words))
    }
    if vocabulary.takes(.wordsDayAfterTomorrow, from: &words) { return .offset(2) }
    if vocabulary.takes(.wordsTomorrow, from: &words) { return .offset(1) }
    if vocabulary.takes(.wordsToday, from: &words) { return .offset(0) }
    if vocabulary.takes(.wordsNext, from: &words) {
      throw .ambiguous([first, words.first ?? ""].joined(separator: " "))
    }
    if let weekday = vocabulary.index(.wordsWeekdays, of: first) {
      words.removeFirst()
      return .weekday(weekday)
    }
    if let day = isoDate(first) ?? slashDate(first) {
      words.removeFirst()
      return day
    }
    // "1. december" or "1.12 10.00": a number that a month, or another clock, follows.
    let rest = words.dropFirst()
    if let number = Int(first.replacing(".", with: "")), (1...31).contains(number),
      let next = rest.first,
      let month = vocabulary.index(.wordsMonths, of: next.replacing(".", with: ""))
    {
      words.removeFirst(2)
      var year: Int?
      if let word = words.first, word.count == 4, words.count > 1, let number = Int(word) {
        year = number
        words.removeFirst()
      }
      return .date(year: year, month: month + 1, day: number)
    }
    if rest.contains(where: { clock($0) != nil }), let day = dotDate(first) {
      words.removeFirst()
      return day
    }
    return nil
  }

  private func takeSpan(_ words: inout ArraySlice<String>) throws(DateWordsError) -> Date {
    guard let word = words.popFirst() else { throw .timeMissing }
    guard let count = Int(word), (0...10_000).contains(count) else { throw .notUnderstood(word) }
    if vocabulary.takes(.wordsMinutes, from: &words) {
      return now.addingTimeInterval(Double(count) * 60)
    }
    if vocabulary.takes(.wordsHours, from: &words) {
      return now.addingTimeInterval(Double(count) * 3600)
    }
    throw .notUnderstood(words.first ?? word)
  }

  private func skipFillers(_ words: inout ArraySlice<String>) {
    while vocabulary.takes(.wordsFillers, from: &words) {}
  }

  /// `14`, `14.30`, `14:30` or `1430`.
  private func clock(_ word: String) -> Time? {
    let parts = word.split(omittingEmptySubsequences: false) { $0 == "." || $0 == ":" }
    guard let first = parts.first, let number = digits(first) else { return nil }
    switch parts.count {
    case 1 where first.count <= 2:
      return valid(number, 0)
    case 1 where first.count == 4:
      return valid(number / 100, number % 100)
    case 2 where first.count <= 2 && parts[1].count == 2:
      return digits(parts[1]).flatMap { valid(number, $0) }
    default:
      return nil
    }
  }

  private func valid(_ hour: Int, _ minute: Int) -> Time? {
    (0...23).contains(hour) && (0...59).contains(minute) ? (hour, minute) : nil
  }

  private func digits(_ text: some StringProtocol) -> Int? {
    text.allSatisfy { $0.isASCII && $0.isNumber } ? Int(text) : nil
  }

  private func isoDate(_ word: String) -> Day? {
    let parts = word.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, let year = digits(parts[0]),
      let month = digits(parts[1]), let day = digits(parts[2])
    else { return nil }
    return .date(year: year, month: month, day: day)
  }

  /// `1/12`, `1/12-2026` or `1/12/2026`: the day first, as in Denmark.
  private func slashDate(_ word: String) -> Day? {
    guard word.contains("/") else { return nil }
    let parts = word.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "-" }
    return dayFirst(parts)
  }

  /// `1.12` or `1.12.2026`.
  private func dotDate(_ word: String) -> Day? {
    dayFirst(word.split(separator: "."))
  }

  private func dayFirst(_ parts: [Substring]) -> Day? {
    guard (2...3).contains(parts.count), let day = digits(parts[0]), let month = digits(parts[1]),
      (1...31).contains(day), (1...12).contains(month)
    else { return nil }
    guard parts.count == 3 else { return .date(year: nil, month: month, day: day) }
    guard let year = digits(parts[2]) else { return nil }
    return .date(year: year < 100 ? 2000 + year : year, month: month, day: day)
  }

  private func resolve(_ day: Day?, _ time: Time) throws(DateWordsError) -> Date {
    let today = copenhagen.parts(now)
    let date: Date
    switch day {
    case nil:
      date = try at(daysFromToday: 0, time)
    case .instant(let instant):
      return instant
    case .offset(let days):
      date = try at(daysFromToday: days, time)
    case .weekday(let weekday):
      let ahead = (weekday - self.weekday(of: now) + 7) % 7
      let first = try at(daysFromToday: ahead, time)
      date = isPassed(first) ? try at(daysFromToday: ahead + 7, time) : first
    case .date(let year, let month, let day):
      let thisYear = year ?? today.year ?? 0
      guard let first = wall(thisYear, month, day, time) else { throw .noSuchTime }
      if year == nil && isPassed(first) && copenhagen.days(from: now, to: first) < 0 {
        guard let next = wall(thisYear + 1, month, day, time) else { throw .noSuchTime }
        date = next
      } else {
        date = first
      }
    }
    if isPassed(date) { throw .passed(date) }
    return date
  }

  private func isPassed(_ date: Date) -> Bool {
    date < now.addingTimeInterval(-Self.grace)
  }

  private func at(daysFromToday days: Int, _ time: Time) throws(DateWordsError) -> Date {
    let parts = copenhagen.parts(copenhagen.startOfDay(now, plusDays: days))
    guard let date = wall(parts.year ?? 0, parts.month ?? 0, parts.day ?? 0, time) else {
      throw .noSuchTime
    }
    return date
  }

  private func wall(_ year: Int, _ month: Int, _ day: Int, _ time: Time) -> Date? {
    copenhagen.date(year: year, month: month, day: day, hour: time.hour, minute: time.minute)
  }
}
