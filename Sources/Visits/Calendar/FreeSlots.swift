/// What kind of time is looked for.
public struct FreeSlotQuery: Hashable, Sendable {
  /// On which minutes slots begin. All of them divide the hour, so that they are even times on the
  /// clock in summer and in winter.
  public enum Step: Int, Sendable, Hashable, CaseIterable {
    /// 8.00, 8.05 …
    case fiveMinutes = 5
    /// 8.00, 8.10 …
    case tenMinutes = 10
    /// 8.00, 8.15 …
    case quarter = 15
    /// 8.00, 8.30 …
    case halfHour = 30
    /// 8.00, 9.00 …
    case hour = 60
  }

  /// Within which the visit lies as a whole.
  public var window: TimeWindow
  /// How long it takes (B18).
  public var durationMinutes: Int
  /// Where it is held.
  public var place: Place
  /// On which minutes it may begin.
  public var step: Step
  /// Minutes a worker has between two engagements at least, travel included.
  public var bufferMinutes: Int
  /// How many slots are wanted at most.
  public var limit: Int
  /// Whether of several workers free at one time only the first is wanted.
  public var oneWorkerPerStart: Bool

  /// A query.
  public init(
    window: TimeWindow, durationMinutes: Int, place: Place = .base, step: Step = .quarter,
    bufferMinutes: Int = 0, limit: Int = 100, oneWorkerPerStart: Bool = false
  ) {
    self.window = window
    self.durationMinutes = durationMinutes
    self.place = place
    self.step = step
    self.bufferMinutes = bufferMinutes
    self.limit = limit
    self.oneWorkerPerStart = oneWorkerPerStart
  }
}

/// Something in a worker's calendar.
public struct Engagement: Hashable, Sendable {
  /// When.
  public var window: TimeWindow
  /// Where the worker is for it.
  public var place: Place

  /// An engagement.
  public init(window: TimeWindow, place: Place = .base) {
    self.window = window
    self.place = place
  }
}

/// A worker's time, as a search for free slots needs it.
public struct WorkerTime: Hashable, Sendable {
  /// The worker.
  public var worker: PersonID
  /// When the worker can be booked: the opening hours that the citizen's grant opens, within the
  /// worker's own working hours.
  public var hours: TimeWindows
  /// What is in the calendar, in the order it begins.
  public var engagements: [Engagement]

  /// A worker's time.
  public init(worker: PersonID, hours: TimeWindows, engagements: [Engagement]) {
    self.worker = worker
    self.hours = hours
    self.engagements = engagements
  }

  /// The times within which a visit can lie as a whole, travel and buffer kept.
  func spaces(for query: FreeSlotQuery, travel: TravelTimes) -> TimeWindows {
    func pause(_ place: Place, _ other: Place) -> Int {
      max(query.bufferMinutes, travel.minutes(from: place, to: other))
    }
    var spaces: [TimeWindow] = []
    var free = query.window.start
    for engagement in engagements where !engagement.window.isEmpty {
      let before = pause(query.place, engagement.place)
      let latestEnd = engagement.window.start.adding(minutes: -before)
      if free < latestEnd {
        spaces.append(TimeWindow(start: free, end: min(latestEnd, query.window.end)))
      }
      let after = pause(engagement.place, query.place)
      free = max(free, engagement.window.end.adding(minutes: after))
    }
    spaces.append(TimeWindow(start: free, end: query.window.end))
    return TimeWindows(spaces).intersection(hours)
  }
}

/// A room's time.
public struct RoomTime: Hashable, Sendable {
  /// The room.
  public var room: RoomID
  /// When it is taken.
  public var taken: TimeWindows

  /// A room's time.
  public init(room: RoomID, taken: TimeWindows) {
    self.room = room
    self.taken = taken
  }
}

/// A time at which a visit could be booked.
public struct FreeSlot: Hashable, Sendable, Codable {
  /// Who would visit.
  public var worker: PersonID
  /// Where; nil where no room was asked for.
  public var room: RoomID?
  /// When.
  public var window: TimeWindow

  /// A slot.
  public init(worker: PersonID, room: RoomID?, window: TimeWindow) {
    self.worker = worker
    self.room = room
    self.window = window
  }
}

/// Finds times at which a worker, the citizen and, where one is needed, a room are free.
///
/// One pass over each worker's calendar; what is found is then put in order.
public struct FreeSlots: Sendable {
  /// How long the ways are.
  public var travel: TravelTimes

  /// With these ways.
  public init(travel: TravelTimes = .none) { self.travel = travel }

  /// The first slots, in order of time; at one time in the order of `workers`, so that the citizen's
  /// own worker put first is proposed first (B10), then the backup (B12). Of `rooms` the first free
  /// one is taken; where there are none in the list, no room is needed.
  public func find(
    _ query: FreeSlotQuery, workers: [WorkerTime], citizenBusy: TimeWindows,
    rooms: [RoomTime] = []
  ) -> [FreeSlot] {
    guard query.durationMinutes > 0, query.limit > 0 else { return [] }
    let whole = TimeWindows([query.window])
    let freeRooms = rooms.map { ($0.room, whole.subtracting($0.taken)) }
    let citizenFree = whole.subtracting(citizenBusy)
    var found: [(slot: FreeSlot, rank: Int)] = []
    for (rank, time) in workers.enumerated() {
      let spaces = time.spaces(for: query, travel: travel).intersection(citizenFree)
      var count = 0
      // The first `limit` of all are among the first `limit` of each.
      for window in Starts(spaces: spaces, query: query) {
        guard count < query.limit else { break }
        let room = freeRooms.first { $0.1.contains(window) }?.0
        guard rooms.isEmpty || room != nil else { continue }
        found.append((FreeSlot(worker: time.worker, room: room, window: window), rank))
        count += 1
      }
    }
    found.sort { ($0.slot.window.start, $0.rank) < ($1.slot.window.start, $1.rank) }
    var result: [FreeSlot] = []
    for (slot, _) in found {
      guard result.count < query.limit else { break }
      if query.oneWorkerPerStart, slot.window.start == result.last?.window.start { continue }
      result.append(slot)
    }
    return result
  }
}

/// The even times at which the spaces have room for a visit, in order.
private struct Starts: Sequence, IteratorProtocol {
  let spaces: [TimeWindow]
  let duration: Int
  let step: Int64
  var space = 0
  var upcoming: UTCMilliseconds?

  init(spaces: TimeWindows, query: FreeSlotQuery) {
    self.spaces = spaces.windows
    duration = query.durationMinutes
    step = Int64(query.step.rawValue) * 60_000
  }

  mutating func next() -> TimeWindow? {
    while space < spaces.count {
      let start = upcoming ?? firstStart(in: spaces[space])
      let window = TimeWindow(start: start, minutes: duration)
      if spaces[space].contains(window) {
        upcoming = start.adding(milliseconds: step)
        return window
      }
      space += 1
      upcoming = nil
    }
    return nil
  }

  /// Denmark is whole hours from UTC, so an even time there is an even time here.
  private func firstStart(in space: TimeWindow) -> UTCMilliseconds {
    let steps = CopenhagenTime.floorDivide(space.start.rawValue, step)
    let start = UTCMilliseconds(rawValue: steps &* step)
    return start < space.start ? start.adding(milliseconds: step) : start
  }
}
