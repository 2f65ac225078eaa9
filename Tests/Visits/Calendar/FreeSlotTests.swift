import Testing
import Visits

@Suite struct FreeSlotTests {
  static let worker = PersonID(rawValue: "anne")
  static let karen = PersonID(rawValue: "karen")

  @Test func aPhysicalVisitNeedsTheWayThereAndBack() throws {
    // Monday 8–12; a screen visit 9.00–9.30 and a visit at Ole's 11.00–11.30.
    func window(_ from: String, _ to: String) throws -> TimeWindow {
      TimeWindow(
        start: try LocalDateTime.at("2026-11-23T\(from)").utc,
        end: try LocalDateTime.at("2026-11-23T\(to)").utc)
    }
    let ole = PersonID(rawValue: "ole")
    let day = try window("08:00", "12:00")
    let anne = WorkerTime(
      worker: Self.worker, hours: TimeWindows([day]),
      engagements: [
        Engagement(window: try window("09:00", "09:30")),
        Engagement(window: try window("11:00", "11:30"), place: .home(ole)),
      ])
    let travel = TravelTimes(
      standardMinutes: 15, between: [.init(Self.karen, ole, minutes: 10)])
    func starts(_ place: Place, busy: TimeWindows = TimeWindows()) -> [String] {
      let query = FreeSlotQuery(window: day, durationMinutes: 30, place: place)
      return FreeSlots(travel: travel).find(query, workers: [anne], citizenBusy: busy)
        .map { CopenhagenTime($0.window.start).clock }
    }
    #expect(
      starts(.base) == [
        "8.00", "8.15", "8.30", "9.30", "9.45", "10.00", "10.15",
      ])
    // There is no way from the base before eight; it is the visit that lies in the hours.
    #expect(starts(.home(Self.karen)) == ["8.00", "8.15", "9.45", "10.00", "10.15"])
    #expect(
      starts(.base, busy: TimeWindows([try window("08:00", "10:00")])) == ["10.00", "10.15"])
  }

  @Test func atOneTimeTheCitizensOwnWorkerComesFirst() throws {
    let day = TimeWindow(day: try .day("2026-11-23"))
    let hours = TimeWindows([
      TimeWindow(start: try LocalDateTime.at("2026-11-23T08:00").utc, minutes: 60)
    ])
    let workers = ["anne", "bo"].map {
      WorkerTime(worker: PersonID(rawValue: $0), hours: hours, engagements: [])
    }
    var query = FreeSlotQuery(window: day, durationMinutes: 30, step: .halfHour, limit: 3)
    let slots = FreeSlots().find(query, workers: workers, citizenBusy: TimeWindows())
    #expect(slots.map(\.worker.rawValue) == ["anne", "bo", "anne"])
    query.oneWorkerPerStart = true
    let alone = FreeSlots().find(query, workers: workers, citizenBusy: TimeWindows())
    #expect(alone.map(\.worker.rawValue) == ["anne", "anne"])
  }

  /// A few days of a random team against trying every minute.
  @Test(arguments: 0..<240)
  func whatIsFoundIsWhatTryingEveryStartFinds(_ seed: Int) {
    var random = CalendarRandom(seed: UInt64(seed))
    let date = random.changeover()
    let window = TimeWindow(
      start: LocalDateTime(date, .midnight).utc.adding(minutes: random.int(0...30)),
      minutes: random.int(1...4) * 1440)
    func busy(_ count: Int) -> [TimeWindow] {
      (0..<count).map { _ in
        TimeWindow(
          start: window.start.adding(minutes: random.int(-60...5000)),
          minutes: random.int(1...40) * 5)
      }
    }
    let citizens = [Self.karen, PersonID(rawValue: "ole")]
    let workers = (0..<random.int(1...3)).map { index in
      WorkerTime(
        worker: PersonID(rawValue: "w\(index)"), hours: TimeWindows(busy(6)),
        engagements: busy(random.int(0...12)).sorted { $0.start < $1.start }.map {
          Engagement(
            window: $0, place: random.chance(50) ? .base : .home(citizens[random.int(0...1)]))
        })
    }
    let citizen = TimeWindows(busy(3))
    let rooms = (0..<random.int(0...2)).map {
      RoomTime(room: RoomID(rawValue: "r\($0)"), taken: TimeWindows(busy(8)))
    }
    let query = FreeSlotQuery(
      window: window, durationMinutes: random.int(1...6) * 10,
      place: random.chance(50) ? .base : .home(Self.karen),
      step: FreeSlotQuery.Step.allCases[random.int(0...4)],
      bufferMinutes: random.int(0...1) * 10, limit: random.chance(50) ? 10_000 : random.int(1...9))
    let travel = TravelTimes(standardMinutes: 20)
    let found = FreeSlots(travel: travel).find(
      query, workers: workers, citizenBusy: citizen, rooms: rooms)

    var expected: [FreeSlot] = []
    for minute in 0..<window.minutes {
      let start = UTCMilliseconds(
        rawValue: (window.start.rawValue / 60_000 + Int64(minute)) * 60_000)
      guard LocalDateTime(start).time.minute % query.step.rawValue == 0 else { continue }
      let visit = TimeWindow(start: start, minutes: query.durationMinutes)
      guard window.contains(visit), !citizen.windows.contains(where: visit.overlaps) else {
        continue
      }
      let room = rooms.first { !$0.taken.windows.contains(where: visit.overlaps) }?.room
      guard rooms.isEmpty || room != nil else { continue }
      for worker in workers where worker.hours.contains(visit) {
        let fits = worker.engagements.allSatisfy {
          let pause = max(
            query.bufferMinutes, travel.minutes(from: $0.place, to: query.place))
          return $0.window.end.adding(minutes: pause) <= visit.start
            || visit.end.adding(minutes: pause) <= $0.window.start
        }
        if fits {
          expected.append(FreeSlot(worker: worker.worker, room: room, window: visit))
        }
      }
    }
    #expect(found == Array(expected.prefix(query.limit)), "seed \(seed)")
  }

  @Test func nothingIsFoundWhereNothingIsAsked() {
    let window = TimeWindow(start: UTCMilliseconds(rawValue: 0), minutes: 600)
    let anne = WorkerTime(
      worker: Self.worker, hours: TimeWindows([window]), engagements: [])
    for query in [
      FreeSlotQuery(window: window, durationMinutes: 0),
      FreeSlotQuery(window: window, durationMinutes: -30),
      FreeSlotQuery(window: window, durationMinutes: 30, limit: 0),
      FreeSlotQuery(window: window, durationMinutes: 601),
    ] {
      #expect(FreeSlots().find(query, workers: [anne], citizenBusy: TimeWindows()).isEmpty)
    }
  }
}
