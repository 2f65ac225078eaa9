import Testing
import Visits

/// Repeatable randomness (SplitMix64) for the calendar's property tests.
struct CalendarRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  mutating func chance(_ percent: Int) -> Bool { int(1...100) <= percent }

  /// A day from 2019 to 2031: leap years, and two of 53 weeks.
  mutating func date() -> LocalDate { LocalDate(daysSince1970: Int64(int(17_897...22_279))) }

  /// A day near one of the changes of clocks, often the day itself.
  mutating func changeover() -> LocalDate {
    let day = date()
    let month = chance(50) ? 3 : 10
    guard let last = LocalDate(year: day.year, month: month, day: 31) else { return day }
    return last.adding(days: -(last.isoWeekday % 7) + (chance(50) ? 0 : int(-3...3)))
  }

  mutating func weekdays() -> WeekdaySet { WeekdaySet(rawValue: UInt8(int(0...127))) }

  mutating func rule() -> RecurrenceRule {
    let frequency = RecurrenceRule.Frequency.allCases[int(0...1)]
    var rule = RecurrenceRule(
      frequency, interval: chance(60) ? int(1...2) : int(3...9),
      on: chance(70) ? weekdays() : [], weekStart: Weekday(isoNumber: int(1...7)))
    if chance(30) { rule.ending = .count(int(1...50)) }
    return rule
  }

  mutating func recurrence(around date: LocalDate) -> Recurrence {
    let start = LocalDateTime(date, LocalTime(wrapping: int(0...95) * 15))
    var rule = chance(92) ? self.rule() : nil
    if rule != nil, chance(30) {
      rule?.ending = .until(
        LocalDateTime(date.adding(days: int(0...300)), LocalTime(wrapping: int(0...1439))).utc)
    }
    func times(_ random: inout Self) -> [LocalDateTime] {
      guard random.chance(40) else { return [] }
      return (0..<random.int(1...6)).map { _ in
        let day = date.adding(days: random.int(-3...120))
        // Often at the rule's own time, so that extra and left-out times meet it.
        let other = LocalTime(wrapping: random.int(0...1439))
        return LocalDateTime(day, random.chance(70) ? start.time : other)
      }
    }
    return Recurrence(start: start, rule: rule, extra: times(&self), except: times(&self))
  }
}

extension LocalDate {
  /// A date that is known to exist.
  static func day(_ text: String) throws -> LocalDate { try #require(LocalDate(iso8601: text)) }
}

extension LocalDateTime {
  /// A time that is known to exist.
  static func at(_ text: String) throws -> LocalDateTime { try #require(LocalDateTime(text)) }
}

extension LocalTime {
  /// A time that is known to exist.
  static func of(_ text: String) throws -> LocalTime { try #require(LocalTime(text)) }
}

/// The refusal that `body` ends in; nil where it ends well.
func calendarRefusal(_ body: () throws(Refusal) -> Void) -> Refusal? {
  do throws(Refusal) {
    try body()
    return nil
  } catch {
    return error
  }
}
