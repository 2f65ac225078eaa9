import Wire

/// How long packets wait in the path's queue: by how much the fastest of the last few packets was
/// slower than the fastest of the last half minute (longer, where a queue is never empty).
///
/// The fastest, because jitter only ever adds: its swaying hardly shows in the least of some packets,
/// and a queue shows in all of them. The two clocks need not agree; their drift in half a minute is
/// some milliseconds.
struct QueueMeter {
  /// The last few packets: those of this time, but no fewer and no more than this many. On a path that
  /// has become narrow three packets already take a while.
  private static let recentTime = TimeSpan.milliseconds(120)
  private static let fewestRecent = 3
  private static let recentCount = 10
  private static let floorCount = 6

  private var recent = InlineArray<10, TimeSpan>(repeating: .zero)
  private var arrivals = InlineArray<10, MonotonicTime>(repeating: .zero)
  private var recentNext = 0
  private var recentFilled = 0
  private var floors = InlineArray<6, TimeSpan>(repeating: .zero)
  private var floorsFilled = 0
  /// The least of all but the newest.
  private var earlierFloor = TimeSpan.zero
  private var floorSince: MonotonicTime?
  private var mean = 0.0
  /// How far single packets' delays are from their mean, smoothed.
  private(set) var jitter = TimeSpan.zero
  /// The time packets wait, without jitter.
  private(set) var delay = TimeSpan.zero
  /// How long the fastest of the last few packets took, by two clocks.
  private(set) var way = TimeSpan.zero
  /// How much longer than the fastest the last packet took: its wait with its jitter.
  private(set) var lastWait = TimeSpan.zero

  /// Takes one packet's times of sending and of arrival, by two clocks. The fastest is remembered for
  /// six times `floorWidth`. `delay` and `way` follow with `settle`.
  mutating func add(
    sentAt: MonotonicTime, arrivedAt: MonotonicTime, floorWidth: TimeSpan, at now: MonotonicTime
  ) {
    let way = arrivedAt - sentAt
    if floorSince == nil { mean = way.milliseconds }
    let deviation = abs(way.milliseconds - mean)
    mean += (way.milliseconds - mean) / 16
    jitter = TimeSpan(
      nanoseconds: jitter.nanoseconds
        + Int64((min(deviation, 500) * 1e6 - Double(jitter.nanoseconds)) / 32))

    recentNext = recentNext == Self.recentCount - 1 ? 0 : recentNext + 1
    recent[recentNext] = way
    arrivals[recentNext] = arrivedAt
    if recentFilled < Self.recentCount { recentFilled += 1 }
    if let since = floorSince, now - since < floorWidth {
      floors[0] = min(floors[0], way)
    } else {
      beginFloor(way, at: now)
    }
    lastWait = max(.zero, way - floor)
  }

  /// Concludes from the packets taken, once for all that one feedback tells of.
  mutating func settle() {
    guard recentFilled > 0 else { return }
    var row = recentNext
    let latest = arrivals[row]
    var fastest = recent[row]
    for age in 1..<max(1, recentFilled) {
      row = row == 0 ? Self.recentCount - 1 : row - 1
      if age >= Self.fewestRecent, latest - arrivals[row] > Self.recentTime { break }
      fastest = min(fastest, recent[row])
    }
    way = fastest
    delay = max(.zero, fastest - floor)
  }

  /// How long the fastest packet took that is remembered.
  private var floor: TimeSpan { min(floors[0], earlierFloor) }

  /// Starts over: another path has another length.
  mutating func restart() {
    recentFilled = 0
    recentNext = 0
    floorsFilled = 0
    floorSince = nil
    jitter = .zero
    delay = .zero
  }

  /// Forgets how long the last few packets waited, not how long the path is.
  mutating func forgetRecent() {
    recentFilled = 0
    recentNext = 0
    delay = .zero
  }

  /// Begins another part of what the fastest is remembered of; the oldest is the last row.
  @inline(never)
  private mutating func beginFloor(_ way: TimeSpan, at now: MonotonicTime) {
    for index in stride(from: Self.floorCount - 1, to: 0, by: -1) {
      floors[index] = floors[index - 1]
    }
    floors[0] = way
    earlierFloor = way
    for index in 1..<(floorsFilled + 1) where index < Self.floorCount {
      earlierFloor = min(earlierFloor, floors[index])
    }
    floorsFilled = min(floorsFilled + 1, Self.floorCount)
    floorSince = now
  }
}
