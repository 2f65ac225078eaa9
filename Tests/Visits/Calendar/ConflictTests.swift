import Testing
import Visits

@Suite struct ConflictTests {
  static let names = (0..<6).map { PersonID(rawValue: "p\($0)") }
  static let rooms = (0..<2).map { RoomID(rawValue: "r\($0)") }

  static func reservations(
    _ random: inout CalendarRandom, count: Int, prefix: String
  ) -> [Reservation] {
    (0..<count).map { index in
      let citizen = names[3 + random.int(0...2)]
      return Reservation(
        visit: VisitID(rawValue: "\(prefix)\(index)"), worker: names[random.int(0...2)],
        citizens: random.chance(80) ? [citizen] : [names[3], names[4]],
        room: random.chance(50) ? rooms[random.int(0...1)] : nil,
        window: TimeWindow(
          start: UTCMilliseconds(rawValue: Int64(random.int(0...400)) * 300_000),
          minutes: random.int(0...12) * 5),
        place: random.chance(40) ? .home(citizen) : .base)
    }
  }

  /// Whether two reservations cannot both be had, party by party, without any order or sweep.
  static func clash(_ a: Reservation, _ b: Reservation, travel: TravelTimes) -> Set<Party> {
    guard a.visit != b.visit, !a.window.isEmpty, !b.window.isEmpty else { return [] }
    var parties: Set<Party> = []
    let minutes = travel.minutes(from: a.place, to: b.place)
    let apart =
      a.window.end.adding(minutes: minutes) <= b.window.start
      || b.window.end.adding(minutes: minutes) <= a.window.start
    if a.worker == b.worker, !apart { parties.insert(.worker(a.worker)) }
    guard a.window.overlaps(b.window) else { return parties }
    for citizen in Set(a.citizens).intersection(b.citizens) { parties.insert(.citizen(citizen)) }
    if let room = a.room, room == b.room { parties.insert(.room(room)) }
    return parties
  }

  @Test(arguments: 0..<400)
  func whatIsFoundIsWhatComparingEachWithEachFinds(_ seed: Int) {
    var random = CalendarRandom(seed: UInt64(seed))
    let wanted = Self.reservations(&random, count: random.int(0...6), prefix: "w")
    var taken = Self.reservations(&random, count: random.int(0...40), prefix: "t")
    if random.chance(30), let moved = wanted.first {
      // The visit that is moved, where it still is.
      taken.append(moved)
    }
    let travel =
      random.chance(50)
      ? TravelTimes.none
      : TravelTimes(
        standardMinutes: 10, fromBase: [Self.names[3]: 25],
        between: [.init(Self.names[3], Self.names[4], minutes: 5)])
    let found = Conflicts(travel: travel).find(wanted: wanted, beside: taken)
    for conflict in found {
      let one = wanted.first { $0.visit == conflict.wanted }
      let other = (wanted + taken).first { $0.visit == conflict.other }
      guard let one, let other else {
        Issue.record("seed \(seed): unknown visit")
        continue
      }
      #expect(Self.clash(one, other, travel: travel).contains(conflict.party))
      #expect((conflict.travelMinutes != nil) == !one.window.overlaps(other.window))
    }
    // Each clash with something taken is told of; of two wanted ones that clash, one at least.
    let told = Set(found.map { "\($0.wanted) \($0.party)" })
    #expect(told.count == found.count)
    let ids = Set(wanted.map(\.visit))
    for one in wanted {
      for other in taken where !ids.contains(other.visit) {
        for party in Self.clash(one, other, travel: travel) {
          #expect(told.contains("\(one.visit) \(party)"), "seed \(seed)")
        }
      }
      for other in wanted {
        for party in Self.clash(one, other, travel: travel) {
          #expect(
            told.contains("\(one.visit) \(party)") || told.contains("\(other.visit) \(party)"))
        }
      }
    }
  }

  /// Two random series of one worker and one citizen, occurrence by occurrence.
  @Test(arguments: 0..<120)
  func overlappingSeriesAreFoundWhateverTheirRules(_ seed: Int) {
    var random = CalendarRandom(seed: UInt64(seed))
    let date = random.changeover()
    let window = TimeWindow(
      start: LocalDateTime(date.adding(days: -5), .midnight).utc, minutes: 200 * 1440)
    let both = ["a", "b"].map { id in
      var series = SeriesTests.series(random.recurrence(around: date))
      series.id = SeriesID(rawValue: id)
      return series.occurrences(startingIn: window).map { Reservation($0, of: series) }
    }
    let found = Conflicts().find(wanted: both[0], beside: both[1])
    let expected = both[0].filter { one in
      both[1].contains { one.window.overlaps($0.window) }
    }
    let own = Set(both[0].map(\.visit))
    let beside = found.filter {
      !own.contains($0.other) && $0.party == .worker(Example.visit.workerID)
    }
    #expect(Set(beside.map(\.wanted)).isSubset(of: Set(expected.map(\.visit))))
    let told = Set(found.map(\.wanted))
    for one in expected { #expect(told.contains(one.visit), "seed \(seed): \(one)") }
  }

  @Test func refusalsSayWhoWhenAndWhatToDo() throws {
    let start = try LocalDateTime.at("2026-11-23T10:00").utc
    let karen = PersonID(rawValue: "karen")
    var taken = Reservation(Example.visit, room: RoomID(rawValue: "r1"))
    taken.visit = VisitID(rawValue: "v0")
    taken.window = TimeWindow(start: start, minutes: 30)
    var wanted = Reservation(Example.visit, room: RoomID(rawValue: "r1"))
    wanted.window = TimeWindow(start: start.adding(minutes: 15), minutes: 30)
    let found = Conflicts().find(wanted: [wanted], beside: [taken])
    #expect(
      found.map(\.party) == [
        .worker(Example.visit.workerID), .citizen(karen), .room(RoomID(rawValue: "r1")),
      ])
    #expect(found[0].refusal(name: "Anne").code == "double-booked")
    #expect(
      found[2].refusal(name: "Lokale 2").danish
        == "Lokale 2 er optaget den 23/11 kl. 10.00–10.30. Vælg et andet lokale eller tidspunkt.")
    wanted.window = TimeWindow(start: start.adding(minutes: 30), minutes: 30)
    #expect(Conflicts().find(wanted: [wanted], beside: [taken]).isEmpty)
    wanted.place = .home(karen)
    let road = Conflicts(travel: TravelTimes(standardMinutes: 20))
      .find(wanted: [wanted], beside: [taken])
    #expect(
      road.first?.refusal(name: "Anne").danish
        == "Anne har et besøg den 23/11 kl. 10.00–10.30 og 20 minutters vej imellem. "
        + "Vælg et andet tidspunkt, eller gør det til et skærmbesøg.")
  }

  @Test func theWayBetweenTwoHomesIsTheKnownOneOrByTheBase() {
    let (a, b, c) = (Self.names[0], Self.names[1], Self.names[2])
    let travel = TravelTimes(
      standardMinutes: 15, fromBase: [a: 10, b: 20], between: [.init(b, a, minutes: 5)])
    #expect(travel.minutes(from: .home(a), to: .home(b)) == 5)
    #expect(travel.minutes(from: .home(a), to: .home(c)) == 25)
    #expect(travel.minutes(from: .home(a), to: .home(a)) == 0)
    #expect(travel.minutes(from: .base, to: .home(b)) == 20)
    #expect(TravelTimes(fromBase: [a: -5, b: 9999]).minutes(from: .home(b), to: .home(a)) == 240)
  }
}
