import Foundation
import Testing
import Visits

@Suite struct RecurrenceTests {
  static func rule(_ text: String) -> RecurrenceRule? { try? RecurrenceRule(text: text) }

  @Test(arguments: RecurrenceVectors.all.indices)
  func expansionIsThatOfAnotherImplementation(_ index: Int) throws {
    let vector = RecurrenceVectors.all[index]
    let lines = vector.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    func date(_ text: some StringProtocol) throws -> LocalDate {
      let t = Array(String(text))
      return try .day("\(String(t[0..<4]))-\(String(t[4..<6]))-\(String(t[6..<8]))")
    }
    func time(_ text: some StringProtocol) throws -> LocalDateTime {
      let t = Array(String(text))
      return LocalDateTime(
        try date(text), try .of("\(String(t[9..<11])):\(String(t[11..<13]))"))
    }
    let colon = try #require(lines.firstIndex { $0.first == ":" })
    let single = lines[2..<colon].joined()
    let recurrence = Recurrence(
      start: try time(lines[0][0]),
      rule: lines[0][1] == "-" ? nil : try RecurrenceRule(text: lines[0][1]),
      extra: try single.filter { $0.hasPrefix("+") }.map { try time($0.dropFirst()) },
      except: try single.filter { $0.hasPrefix("-") }.map { try time($0.dropFirst()) })
    let expected = lines[(colon + 1)...].joined().map { $0 }
    let found = recurrence.occurrences(
      from: try date(lines[1][0]), through: try date(lines[1][1]))
    let shown = found.map { $0.utc.rfc3339.filter { $0 != "-" && $0 != ":" } }
    #expect(shown == expected.map { $0.dropLast() + "00Z" })
  }

  /// RFC 5545 read day by day from the start on, with nothing worked out ahead.
  static func naive(
    _ recurrence: Recurrence, from first: LocalDate, through last: LocalDate
  ) -> [LocalDateTime] {
    var found: Set<LocalDateTime> = []
    let start = recurrence.start
    if let rule = recurrence.rule {
      var weekBegin = start.date
      while weekBegin.weekday != rule.weekStart { weekBegin = weekBegin.adding(days: -1) }
      var day = start.date
      var count = 0
      while day <= last {
        let time = LocalDateTime(day, start.time)
        if case .until(let limit) = rule.ending, time.utc > limit { break }
        if case .count(let most) = rule.ending, count == most { break }
        let onWeekday: Bool
        let inStep: Bool
        switch rule.frequency {
        case .daily:
          onWeekday = rule.weekdays.isEmpty || rule.weekdays.contains(day.weekday)
          inStep = start.date.days(until: day) % rule.interval == 0
        case .weekly:
          onWeekday =
            rule.weekdays.isEmpty
            ? day.weekday == start.date.weekday : rule.weekdays.contains(day.weekday)
          inStep = weekBegin.days(until: day) / 7 % rule.interval == 0
        }
        if onWeekday, inStep {
          count += 1
          found.insert(time)
        }
        day = day.adding(days: 1)
      }
    } else {
      found.insert(start)
    }
    found.formUnion(recurrence.extra)
    found.subtract(recurrence.except)
    return found.filter { first <= $0.date && $0.date <= last }.sorted()
  }

  @Test(arguments: 0..<400)
  func expansionIsThatOfADayByDayReading(_ seed: Int) {
    var random = CalendarRandom(seed: UInt64(seed))
    let date = random.chance(60) ? random.changeover() : random.date()
    let recurrence = random.recurrence(around: date)
    let first = date.adding(days: random.int(-20...400))
    let last = first.adding(days: random.int(0...120))
    let expected = Self.naive(recurrence, from: first, through: last)
    let found = recurrence.occurrences(from: first, through: last)
    #expect(found == expected, "\(recurrence)")
    // The single questions agree with the list.
    #expect(
      recurrence.firstOccurrence(from: LocalDateTime(first, .midnight)).map { $0.date <= last }
        ?? false == !expected.isEmpty)
    for time in expected.prefix(5) { #expect(recurrence.contains(time)) }
    if let end = recurrence.lastDay {
      let after = Self.naive(recurrence, from: end.adding(days: 1), through: end.adding(days: 99))
      #expect(after.isEmpty)
    }
  }

  @Test func oneAskedForFarAheadIsFoundWithoutWalkingThere() throws {
    let start = try LocalDateTime.at("2020-01-06T10:00")
    let recurrence = Recurrence(start: start, rule: RecurrenceRule(.weekly))
    let day = try LocalDate.day("9990-01-01")
    let found = recurrence.occurrences(from: day, through: day.adding(days: 6))
    #expect(found.count == 1 && found.first?.date.weekday == .monday)
    let beyond = Recurrence(start: LocalDateTime(.latest, .midnight), rule: RecurrenceRule(.daily))
    #expect(beyond.occurrences(from: .earliest, through: .latest).isEmpty)
  }

  @Test func abWeeksAlternateOverAYearOf53Weeks() throws {
    // B2: group on odd Thursdays, alone on even ones; 2026 has 53 weeks.
    let from = try LocalDate.day("2026-11-02")
    let rule = RecurrenceRule.alternating(on: WeekdaySet([.thursday]))
    let group = Recurrence(
      start: LocalDateTime(RecurrenceRule.firstDay(onOrAfter: from, in: .odd), .midnight),
      rule: rule)
    let alone = Recurrence(
      start: LocalDateTime(RecurrenceRule.firstDay(onOrAfter: from, in: .even), .midnight),
      rule: rule)
    let last = try LocalDate.day("2027-03-31")
    let groups = group.occurrences(from: from, through: last)
    let alones = alone.occurrences(from: from, through: last)
    #expect(groups.first?.date == (try .day("2026-11-05")))
    #expect(groups.first?.date.weekParity == .odd && alones.first?.date.weekParity == .even)
    let all = (groups.map { ($0, true) } + alones.map { ($0, false) }).sorted { $0.0 < $1.0 }
    #expect(all.count == 21)
    for (a, b) in zip(all, all.dropFirst()) {
      #expect(a.0.date.days(until: b.0.date) == 7 && a.1 != b.1)
    }
  }

  @Test func theFirstDayOfAParityIsThatDayOrAMonday() throws {
    for offset in 0..<800 {
      let date = try LocalDate.day("2026-01-01").adding(days: offset)
      for parity in WeekParity.allCases {
        let first = RecurrenceRule.firstDay(onOrAfter: date, in: parity)
        #expect(first.weekParity == parity && date.days(until: first) <= 14)
        #expect(first == date || first.weekday == .monday)
      }
    }
  }

  @Test func rulesAreWrittenAsTheyAreRead() throws {
    var random = CalendarRandom(seed: 5545)
    for _ in 0..<500 {
      let recurrence = random.recurrence(around: random.date())
      if let rule = recurrence.rule { #expect(try RecurrenceRule(text: rule.text) == rule) }
      let json = try JSONEncoder().encode(recurrence)
      #expect(try JSONDecoder().decode(Recurrence.self, from: json) == recurrence)
    }
    #expect(
      Self.rule("RRULE:BYDAY=MO,WE;FREQ=WEEKLY;WKST=SU;INTERVAL=2;COUNT=8")?.text
        == "FREQ=WEEKLY;COUNT=8;INTERVAL=2;BYDAY=MO,WE;WKST=SU")
    #expect(
      Self.rule("FREQ=DAILY;UNTIL=20261224")?.text == "FREQ=DAILY;UNTIL=20261224T225959Z",
      "a date counts to its end, here 23.59.59 in Danish winter time")
  }

  @Test(arguments: [
    ("", "recurrence-unreadable"), ("FREQ=WEEKLY;", "recurrence-unreadable"),
    ("INTERVAL=2", "recurrence-unreadable"), ("FREQ=FORTNIGHTLY", "recurrence-unreadable"),
    ("FREQ=WEEKLY;INTERVAL=0", "recurrence-unreadable"),
    ("FREQ=WEEKLY;INTERVAL=-1", "recurrence-unreadable"),
    ("FREQ=WEEKLY;INTERVAL=99999999999999999999", "recurrence-unreadable"),
    ("FREQ=WEEKLY;COUNT=3;UNTIL=20261224T100000Z", "recurrence-unreadable"),
    ("FREQ=WEEKLY;FREQ=DAILY", "recurrence-unreadable"),
    ("FREQ=WEEKLY;UNTIL=20261224T100000", "recurrence-unreadable"),
    ("FREQ=WEEKLY;UNTIL=20260230T100000Z", "recurrence-unreadable"),
    ("FREQ=WEEKLY;BYDAY=2MO", "recurrence-unreadable"),
    ("FREQ=WEEKLY;BYDAY=", "recurrence-unreadable"),
    ("FREQ=WEEKLY;WKST=XX", "recurrence-unreadable"),
    ("FREQ=WEEKLY;X=1", "recurrence-unreadable"),
    ("FREQ=MONTHLY;BYMONTHDAY=1", "recurrence-not-offered"),
    ("FREQ=WEEKLY;BYSETPOS=1", "recurrence-not-offered"),
  ])
  func whatIsNoRuleOfOursIsRefused(text: String, code: String) {
    let refusal = calendarRefusal { () throws(Refusal) in _ = try RecurrenceRule(text: text) }
    #expect(refusal?.code == code)
  }

  @Test func arbitraryTextIsRefusedNotFatal() {
    var random = CalendarRandom(seed: 1)
    let pieces = [
      "FREQ=", "WEEKLY", "DAILY", ";", "=", "COUNT", "UNTIL=", "20261224", "T", "Z", ",", "BYDAY=",
      "MO", "INTERVAL=", "9", "-", "\u{e6}", "\u{0}", "WKST=",
    ]
    for _ in 0..<3000 {
      let text = (0..<random.int(0...12)).map { _ in pieces[random.int(0...pieces.count - 1)] }
      guard let rule = Self.rule(text.joined()) else { continue }
      #expect(Self.rule(rule.text) == rule)
    }
    #expect(Self.rule(String(repeating: "FREQ=WEEKLY;", count: 99)) == nil)
  }
}
