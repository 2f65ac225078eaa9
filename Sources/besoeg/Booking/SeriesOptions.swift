import ArgumentParser
import Foundation
import VisitClient

/// How a visit repeats: `--weekly`, `--fortnightly`, `--weeks A --until 30/6 --count 12`; on which days,
/// each with a length of its own where one is written: `--on "man 20, ons 30, fre 10"`.
struct SeriesOptions: ParsableArguments {
  @Flag(help: .init(Texts.current[.helpWeekly]))
  var weekly = false
  @Flag(help: .init(Texts.current[.helpFortnightly]))
  var fortnightly = false
  @Option(help: .init(Texts.current[.helpWeeks]))
  var weeks: String?
  @Option(name: .customLong("on"), help: .init(Texts.current[.helpOnDays]))
  var days: String?
  @Option(help: .init(Texts.current[.helpUntil]))
  var until: String?
  @Option(help: .init(Texts.current[.helpCount]))
  var count: Int?
  @Flag(help: .init(Texts.current[.helpSkip]))
  var skip = false

  /// Even weeks are A weeks (lige uger).
  private enum Parity { case even, odd }

  private var parity: Parity? {
    switch weeks?.lowercased() {
    case "a", "lige", "even": .even
    case "b", "ulige", "odd": .odd
    default: nil
    }
  }

  /// Whether there is any repeating.
  var isSeries: Bool { weekly || fortnightly || weeks != nil }

  func validate() throws {
    if weeks != nil, parity == nil { throw ValidationError(Texts.current[.helpWeeks]) }
    let ways = [weekly, fortnightly, weeks != nil].filter { $0 }.count
    guard ways <= 1, isSeries || (until == nil && count == nil && !skip && days == nil) else {
      throw ValidationError(Texts.current[.seriesOneWay])
    }
    guard until == nil || count == nil else {
      throw ValidationError(Texts.current[.seriesOneEnd])
    }
    guard count.map({ (1...1100).contains($0) }) ?? true else {
      throw ValidationError(Texts.current[.helpCount])
    }
  }

  /// The value of the RFC 5545 `RRULE`.
  func rule(_ program: ClientProgram, from start: Date, now: Date) throws -> String {
    var parts = ["FREQ=WEEKLY"]
    if !weekly { parts.append("INTERVAL=2") }
    if let days { parts.append("BYDAY=" + (try Self.weekdays(days, from: start, program))) }
    if let count { parts.append("COUNT=\(count)") }
    if let until {
      // A day needs no time of day; the parser of dates wants one.
      let end = try program.date("\(until) 23.59", now: now)
      parts.append("UNTIL=\(Self.digits(end))")
    }
    return parts.joined(separator: ";")
  }

  /// Weekdays as RFC 5545 writes them, that of the first time among them: the week's support is spread
  /// over several short calls (A15).
  private static func weekdays(
    _ words: String, from start: Date, _ program: ClientProgram
  ) throws -> String {
    // 1 for Sunday, as calendars count.
    let first = dayCodes[(Calendar.copenhagen.component(.weekday, from: start) + 5) % 7]
    let chosen = Set(try dayLengths(words, program).map(\.day) + [first])
    return dayCodes.filter(chosen.contains).joined(separator: ",")
  }

  private static let dayCodes = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

  /// Weekdays as RFC 5545 writes them.
  static func codes(_ words: String, _ program: ClientProgram) throws -> [String] {
    let chosen = Set(try dayLengths(words, program).map(\.day))
    return dayCodes.filter(chosen.contains)
  }

  /// The days on which visits have a length of their own; nil where none has.
  func lengths(_ program: ClientProgram) throws -> [DayLengthRecord]? {
    let known = try days.map { try Self.dayLengths($0, program) }?.compactMap { one in
      one.minutes.map { DayLengthRecord(day: one.day, minutes: $0) }
    }
    return known?.isEmpty == false ? known : nil
  }

  /// `man 20, ons, fre 10`: days as RFC 5545 writes them, each with its minutes where they are written.
  private static func dayLengths(
    _ words: String, _ program: ClientProgram
  ) throws -> [(day: String, minutes: Int?)] {
    let known = program.texts.list(.wordsWeekdays).map { $0.split(separator: " ").map(String.init) }
    return try words.split(separator: ",").map { part in
      let word = part.trimmingCharacters(in: .whitespaces).lowercased()
      let pieces = word.split(separator: " ").map(String.init)
      let minutes = pieces.dropFirst().first.map { Int($0) }
      guard (1...2).contains(pieces.count), let name = pieces.first, minutes != .some(nil),
        let index = known.firstIndex(where: { $0.contains(name) }),
        dayCodes.indices.contains(index)
      else {
        let choices = known.compactMap(\.first).joined(separator: ", ")
        throw ProgramFailure(
          program.texts[.choiceUnclear, ["word": word, "choices": choices]])
      }
      return (dayCodes[index], minutes ?? nil)
    }
  }

  /// The first time: a week later where the week asked about is not of the parity.
  func first(_ start: Date) -> Date {
    guard let parity else { return start }
    let isEven = BookingWords(.current).isoWeek(start).isMultiple(of: 2)
    if isEven == (parity == .even) { return start }
    return Calendar.copenhagen.date(byAdding: .day, value: 7, to: start) ?? start
  }

  /// Danish local time as `2026-11-24T10:00`.
  static func local(_ date: Date) -> String {
    let parts = Calendar.copenhagen.dateComponents(
      [.year, .month, .day, .hour, .minute], from: date)
    let two = { (number: Int?) in (number ?? 0) < 10 ? "0\(number ?? 0)" : "\(number ?? 0)" }
    return "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day))"
      + "T\(two(parts.hour)):\(two(parts.minute))"
  }

  private static func digits(_ date: Date) -> String {
    String(local(date).prefix(10).filter { $0 != "-" })
  }
}

extension ClientProgram {
  /// The day that `words` mean, as ISO 8601 writes it: `31/1`, `torsdag`; or what is written so already,
  /// which may lie in the past.
  func day(_ words: String, now: Date = Date()) throws -> String {
    if words.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil { return words }
    // A day needs no time of day; the parser of dates wants one.
    return String(SeriesOptions.local(try date("\(words) 23.59", now: now)).prefix(10))
  }
}

extension Calendar {
  /// Denmark's.
  static let copenhagen: Calendar = {
    var calendar = Calendar(identifier: .iso8601)
    // The zone is part of Foundation's data; UTC only if that data is missing altogether.
    calendar.timeZone = TimeZone(identifier: "Europe/Copenhagen") ?? .gmt
    return calendar
  }()
}
