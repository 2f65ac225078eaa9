import Testing
import Visits

@Suite struct QueueEstimateTests {
  typealias Day = DropInQueueTests

  @Test func theWaitIsWhatTheLineAheadTakes() throws {
    let queue = try Day.queue(3)
    let places = queue.places(workers: [Day.anne], at: Day.after(5))
    #expect(places.map(\.position) == [1, 2, 3])
    #expect(places.map(\.expectedMinutes) == [0, 20, 40])
    let two = queue.places(workers: [Day.anne, Day.bo], at: Day.after(5))
    #expect(two.map(\.expectedMinutes) == [0, 0, 20])
  }

  @Test func aTalkThatGoesOnDelaysTheNext() throws {
    var queue = try Day.queue(2)
    let first = try #require(try queue.claim(by: Day.anne, duty: [], at: Day.after(5)))
    _ = try queue.begin(first.id, by: Day.anne, at: Day.after(5))
    func wait(at minute: Int) -> Int? {
      queue.places(workers: [Day.anne], at: Day.after(minute)).first?.expectedMinutes
    }
    #expect(wait(at: 5) == 20)
    #expect(wait(at: 16) == 10, "nine minutes, said as ten")
    #expect(wait(at: 40) == 5, "over its time: soon")
  }

  @Test func measuredTalksCountAndAbsurdOnesDoNot() throws {
    let queue = try Day.queue(2)
    func second(_ usual: Double) -> Int? {
      queue.places(workers: [Day.anne], usualMinutes: usual, at: Day.after(5)).last?.expectedMinutes
    }
    #expect(second(30) == 30)
    #expect(second(0) == 5)
    #expect(second(5000) == 90)
  }

  @Test func whoWillNotGetInBeforeClosingIsTold() throws {
    let queue = try Day.queue(3)
    let places = queue.places(workers: [Day.anne], at: Day.after(150))
    #expect(places.map(\.isBeforeClosing) == [true, true, false])
  }

  @Test func theSoftTimerNeverAlarmsEarly() throws {
    var queue = try Day.queue(1)
    let ticket = try #require(try queue.claim(by: Day.anne, duty: [], at: Day.after(5)))
    #expect(ticket.timer(softMinutes: 20, at: Day.after(6)) == nil)
    let talking = try queue.begin(ticket.id, by: Day.anne, at: Day.after(5))
    let phases = [0, 14, 15, 19, 20, 90].map {
      talking.timer(softMinutes: 20, at: Day.after(5 + $0))?.phase
    }
    #expect(phases == [.within, .within, .nearing, .nearing, .over, .over])
  }

  @Test func statisticsPutPlannedBesideActual() throws {
    var queue = try Day.queue(4)
    for (minutes, start) in [(10, 5), (40, 20)] {
      let ticket = try #require(try queue.claim(by: Day.anne, duty: [], at: Day.after(start)))
      _ = try queue.begin(ticket.id, by: Day.anne, at: Day.after(start))
      _ = try queue.finish(ticket.id, by: Day.anne, at: Day.after(start + minutes))
    }
    let third = Initiator.person(Day.citizen(3), role: .citizen, device: nil)
    _ = try queue.leave(TicketID(rawValue: "t3"), by: third, at: Day.after(70))
    _ = queue.advance(to: Day.after(180))
    let figures = DropInStatistics(tickets: queue.tickets, softMinutes: 20)
    #expect(figures.joined == 4 && figures.talked == 2 && figures.left == 1)
    #expect(figures.handedOn == 1 && figures.overLimit == 1)
    #expect(figures.meanMinutes == 25 && figures.longestMinutes == 40)
    #expect(figures.medianWaitMinutes == 5 && figures.ninetiethWaitMinutes == 19)
    let none = DropInStatistics(tickets: [], softMinutes: 20)
    #expect(none.meanMinutes == nil && none.medianWaitMinutes == nil)
  }
}
