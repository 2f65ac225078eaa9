/// The time from `start` until, but not including, `end`.
public struct TimeWindow: Hashable, Sendable, Codable {
  /// When it begins.
  public let start: UTCMilliseconds
  /// When it is over; never before `start`.
  public let end: UTCMilliseconds

  /// A window; an empty one at `start` where `end` is earlier.
  public init(start: UTCMilliseconds, end: UTCMilliseconds) {
    self.start = start
    self.end = max(start, end)
  }

  /// A window of so many minutes.
  public init(start: UTCMilliseconds, minutes: Int) {
    self.init(start: start, end: start.adding(minutes: minutes))
  }

  /// The whole of a Danish day, 23, 24 or 25 hours.
  public init(day: LocalDate) {
    self.init(
      start: LocalDateTime(day, .midnight).utc,
      end: LocalDateTime(day.adding(days: 1), .midnight).utc)
  }

  /// Whether no time lies in it.
  public var isEmpty: Bool { start == end }

  /// Whole minutes in it.
  public var minutes: Int { Int(end.milliseconds(since: start) / 60_000) }

  /// Whether the time lies in it.
  public func contains(_ time: UTCMilliseconds) -> Bool { start <= time && time < end }

  /// Whether all of `other` lies in it.
  public func contains(_ other: TimeWindow) -> Bool { start <= other.start && other.end <= end }

  /// Whether some time lies in both. What ends when another begins does not overlap it.
  public func overlaps(_ other: TimeWindow) -> Bool {
    max(start, other.start) < min(end, other.end)
  }

  /// The time in both; empty where there is none.
  public func intersection(_ other: TimeWindow) -> TimeWindow {
    TimeWindow(start: max(start, other.start), end: min(end, other.end))
  }
}

extension TimeWindow {
  /// Reads the form that the synthesised encoder writes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      start: try container.decode(UTCMilliseconds.self, forKey: .start),
      end: try container.decode(UTCMilliseconds.self, forKey: .end))
  }
}

/// Windows in order of time that neither overlap nor touch.
public struct TimeWindows: Hashable, Sendable {
  /// The windows, earliest first.
  public private(set) var windows: [TimeWindow]

  /// No time at all.
  public init() { windows = [] }

  /// The time in any of `windows`, which may come in any order and overlap.
  public init(_ windows: some Sequence<TimeWindow>) {
    self.windows = []
    for window in windows.filter({ !$0.isEmpty }).sorted(by: { $0.start < $1.start }) {
      append(window)
    }
  }

  /// The time in which at least `depth` of `windows` lie over each other: when a room with so many
  /// places is full (B21).
  public init(atLeast depth: Int, of windows: some Sequence<TimeWindow>) {
    var steps: [(at: UTCMilliseconds, change: Int)] = []
    for window in windows where !window.isEmpty {
      steps += [(window.start, 1), (window.end, -1)]
    }
    // What ends when another begins makes room for it.
    steps.sort { ($0.at, $0.change) < ($1.at, $1.change) }
    var count = 0
    var full: UTCMilliseconds?
    self.windows = []
    for step in steps {
      count += step.change
      if count >= depth, full == nil { full = step.at }
      if count < depth, let start = full {
        append(TimeWindow(start: start, end: step.at))
        full = nil
      }
    }
  }

  /// Adds a window that begins no earlier than the last one.
  private mutating func append(_ window: TimeWindow) {
    if let last = windows.last, window.start <= last.end {
      windows[windows.count - 1] = TimeWindow(start: last.start, end: max(last.end, window.end))
    } else if !window.isEmpty {
      windows.append(window)
    }
  }

  /// Whether no time lies in them.
  public var isEmpty: Bool { windows.isEmpty }

  /// Whole minutes in all of them.
  public var minutes: Int { windows.reduce(0) { $0 + $1.minutes } }

  /// Whether all of `window` lies in one of them.
  public func contains(_ window: TimeWindow) -> Bool {
    // The first that ends late enough is the only one that may hold it.
    var low = 0
    var high = windows.count
    while low < high {
      let middle = (low + high) / 2
      if windows[middle].end < window.end { low = middle + 1 } else { high = middle }
    }
    return low < windows.count && windows[low].contains(window)
  }

  /// The time in both. Linear.
  public func intersection(_ other: TimeWindows) -> TimeWindows {
    var result = TimeWindows()
    var (a, b) = (0, 0)
    while a < windows.count, b < other.windows.count {
      let both = windows[a].intersection(other.windows[b])
      if !both.isEmpty { result.windows.append(both) }
      if windows[a].end < other.windows[b].end { a += 1 } else { b += 1 }
    }
    return result
  }

  /// The time in these and not in `other`. Linear.
  public func subtracting(_ other: TimeWindows) -> TimeWindows {
    var result = TimeWindows()
    var b = 0
    for window in windows {
      var start = window.start
      while b < other.windows.count, other.windows[b].end <= start { b += 1 }
      var next = b
      while next < other.windows.count, other.windows[next].start < window.end {
        let hole = other.windows[next]
        if start < hole.start {
          result.windows.append(TimeWindow(start: start, end: hole.start))
        }
        start = max(start, hole.end)
        next += 1
      }
      if start < window.end {
        result.windows.append(TimeWindow(start: start, end: window.end))
      }
    }
    return result
  }
}
