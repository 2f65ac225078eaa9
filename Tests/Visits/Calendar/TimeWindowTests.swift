import Testing
import Visits

@Suite struct TimeWindowTests {
  /// Some windows within 200 minutes, and the same as one flag a minute.
  static func some(_ random: inout CalendarRandom) -> (TimeWindows, [Bool]) {
    var minutes = Array(repeating: false, count: 200)
    var windows: [TimeWindow] = []
    for _ in 0..<random.int(0...9) {
      let start = random.int(0...190)
      let length = random.int(0...(199 - start))
      windows.append(
        TimeWindow(start: UTCMilliseconds(rawValue: Int64(start) * 60_000), minutes: length))
      for minute in start..<start + length { minutes[minute] = true }
    }
    return (TimeWindows(windows), minutes)
  }

  static func flags(_ windows: TimeWindows) -> [Bool] {
    (0..<200).map { minute in
      let time = UTCMilliseconds(rawValue: Int64(minute) * 60_000)
      return windows.windows.contains { $0.contains(time) }
    }
  }

  static func isTidy(_ windows: TimeWindows) -> Bool {
    windows.windows.allSatisfy { !$0.isEmpty }
      && zip(windows.windows, windows.windows.dropFirst()).allSatisfy { $0.end < $1.start }
  }

  @Test(arguments: 0..<200)
  func setsOfTimeBehaveAsSetsOfMinutes(_ seed: Int) {
    var random = CalendarRandom(seed: UInt64(seed))
    let (a, minutesA) = Self.some(&random)
    let (b, minutesB) = Self.some(&random)
    #expect(Self.flags(a) == minutesA && Self.isTidy(a))
    let both = a.intersection(b)
    #expect(Self.flags(both) == zip(minutesA, minutesB).map { $0 && $1 } && Self.isTidy(both))
    let rest = a.subtracting(b)
    #expect(Self.flags(rest) == zip(minutesA, minutesB).map { $0 && !$1 } && Self.isTidy(rest))
    #expect(a.minutes == minutesA.count { $0 })
    for _ in 0..<20 {
      let start = random.int(0...190)
      let length = random.int(1...9)
      let window = TimeWindow(
        start: UTCMilliseconds(rawValue: Int64(start) * 60_000), minutes: length)
      #expect(a.contains(window) == minutesA[start..<start + length].allSatisfy { $0 })
    }
  }

  @Test(arguments: 0..<100)
  func aRoomIsFullWhereSoManyLieOverEachOther(_ seed: Int) {
    var random = CalendarRandom(seed: UInt64(seed))
    let depth = random.int(1...4)
    let windows = (0..<random.int(0...12)).map { _ in
      TimeWindow(
        start: UTCMilliseconds(rawValue: Int64(random.int(0...150)) * 60_000),
        minutes: random.int(0...40))
    }
    let full = TimeWindows(atLeast: depth, of: windows)
    #expect(Self.isTidy(full))
    for minute in 0..<200 {
      let now = UTCMilliseconds(rawValue: Int64(minute) * 60_000)
      let count = windows.count { $0.contains(now) }
      #expect(full.windows.contains { $0.contains(now) } == (count >= depth))
    }
  }

  @Test func whatEndsWhenAnotherBeginsDoesNotOverlapIt() {
    let first = TimeWindow(start: UTCMilliseconds(rawValue: 0), minutes: 30)
    let second = TimeWindow(start: first.end, minutes: 30)
    #expect(!first.overlaps(second) && !second.overlaps(first))
    #expect(TimeWindow(start: second.start, end: first.start).isEmpty)
  }
}
