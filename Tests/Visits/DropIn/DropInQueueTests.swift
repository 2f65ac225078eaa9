import Testing
import Visits

@Suite struct DropInQueueTests {
  static let opens = Example.start
  static let team = TeamID(rawValue: "vest")
  static let anne = PersonID(rawValue: "anne")
  static let bo = PersonID(rawValue: "bo")
  static let session = DropInSession(
    id: DropInSessionID(rawValue: "s"), tenant: Example.tenant, team: team,
    window: TimeWindow(start: opens, minutes: 180), host: anne, backup: bo)

  static func after(_ minutes: Int) -> UTCMilliseconds { opens.adding(minutes: minutes) }
  static func citizen(_ number: Int) -> PersonID { PersonID(rawValue: "citizen \(number)") }

  /// A queue that the first `count` citizens have joined, a minute apart.
  static func queue(_ count: Int) throws -> DropInQueue {
    var queue = DropInQueue(session: session)
    for number in 1...count { _ = try join(&queue, number, at: after(number - 1)) }
    return queue
  }

  static func join(
    _ queue: inout DropInQueue, _ number: Int, phone: String? = nil, topic: String? = nil,
    appointment: UTCMilliseconds? = nil, talksBefore: Int? = nil, at now: UTCMilliseconds
  ) throws -> QueueTicket {
    try queue.join(
      id: TicketID(rawValue: "t\(number)"), citizen: citizen(number), phone: phone, topic: topic,
      appointment: appointment, talksBefore: talksBefore,
      by: .person(citizen(number), role: .citizen, device: nil), at: now)
  }

  @Test func theFirstToComeIsTheFirstToBeTaken() throws {
    var queue = try Self.queue(3)
    #expect(try queue.claim(by: Self.anne, duty: [], at: Self.after(5))?.number == 1)
    #expect(try queue.claim(by: Self.bo, duty: [], at: Self.after(5))?.number == 2)
  }

  @Test func aWorkerWhoAsksAgainKeepsTheSameCitizen() throws {
    var queue = try Self.queue(2)
    let first = try queue.claim(by: Self.anne, duty: [], at: Self.after(5))
    #expect(try queue.claim(by: Self.anne, duty: [], at: Self.after(6)) == first)
  }

  @Test func joiningTwiceKeepsThePlace() throws {
    var queue = try Self.queue(3)
    let again = try queue.join(
      id: TicketID(rawValue: "new"), citizen: Self.citizen(1),
      by: .person(Self.citizen(1), role: .citizen, device: nil), at: Self.after(9))
    #expect(again.number == 1 && queue.tickets.count == 3)
  }

  @Test func theQueueFollowsTheOpeningHours() throws {
    var queue = DropInQueue(session: Self.session)
    #expect(throws: Refusal.dropInNotOpen(from: Self.opens)) {
      try Self.join(&queue, 1, at: Self.opens.adding(milliseconds: -1))
    }
    _ = try Self.join(&queue, 2, at: Self.opens)
    _ = try Self.join(&queue, 3, at: Self.after(180).adding(milliseconds: -1))
    #expect(throws: Refusal.dropInClosed) { try Self.join(&queue, 4, at: Self.after(180)) }
  }

  @Test func onlyHostBackupAndDutyTakePeopleIn() throws {
    let eva = PersonID(rawValue: "eva")
    let window = TimeWindow(start: Self.opens, minutes: 60)
    let duty = DutyShift(worker: eva, team: Self.team, window: window)
    let work = DutyShift(worker: eva, team: Self.team, kind: .work, window: window)
    let elsewhere = DutyShift(worker: eva, team: TeamID(rawValue: "øst"), window: window)
    for shifts in [[], [work], [elsewhere]] {
      var queue = try Self.queue(1)
      #expect(throws: Refusal.notOnDuty) {
        try queue.claim(by: eva, duty: shifts, at: Self.after(5))
      }
    }
    var queue = try Self.queue(1)
    #expect(throws: Refusal.notOnDuty) {
      try queue.claim(by: eva, duty: [duty], at: Self.after(60))
    }
    #expect(try queue.claim(by: eva, duty: [duty], at: Self.after(59)) != nil)
  }

  @Test func whoIsPutBackKeepsThePlace() throws {
    var queue = try Self.queue(2)
    let first = try #require(try queue.claim(by: Self.anne, duty: [], at: Self.after(5)))
    _ = try queue.release(first.id, by: Self.anne)
    #expect(try queue.claim(by: Self.bo, duty: [], at: Self.after(6))?.id == first.id)
  }

  @Test func aWorkerWhoIsCalledAwayLosesTheCitizenToAColleague() throws {
    var queue = try Self.queue(1)
    let ticket = try #require(try queue.claim(by: Self.anne, duty: [], at: Self.after(5)))
    #expect(queue.nextWake == Self.after(8))
    #expect(queue.advance(to: Self.after(8).adding(milliseconds: -1)).isEmpty)
    #expect(queue.advance(to: Self.after(8)).map(\.state) == [.waiting])
    _ = try queue.claim(by: Self.bo, duty: [], at: Self.after(8))
    #expect(throws: Refusal.takenByColleague) {
      try queue.begin(ticket.id, by: Self.anne, at: Self.after(9))
    }
  }

  @Test func whoDoesNotAnswerIsRungThreeTimesAndThenHandedOn() throws {
    var queue = try Self.queue(2)
    for attempt in 1...3 {
      let now = Self.after(attempt * 10)
      let ticket = try #require(try queue.claim(by: Self.anne, duty: [], at: now))
      #expect(ticket.number == 1)
      let after = try queue.noAnswer(ticket.id, by: Self.anne, at: now)
      #expect(after.state == (attempt < 3 ? .waiting : .handedOn))
      guard attempt < 3 else { break }
      // Meanwhile the next is taken.
      let next = try #require(try queue.claim(by: Self.anne, duty: [], at: now))
      #expect(next.number == 2)
      _ = try queue.release(next.id, by: Self.anne)
    }
  }

  @Test func atClosingWhoStillWaitsIsHandedOnAndTalksGoOn() throws {
    var queue = try Self.queue(3)
    let talking = try #require(try queue.claim(by: Self.anne, duty: [], at: Self.after(178)))
    _ = try queue.begin(talking.id, by: Self.anne, at: Self.after(178))
    _ = try queue.claim(by: Self.bo, duty: [], at: Self.after(179))
    #expect(queue.advance(to: Self.after(180)).map(\.number) == [3])
    #expect(queue.advance(to: Self.after(182)).map(\.state) == [.handedOn])
    #expect(queue.tickets.map(\.state) == [.talking, .handedOn, .handedOn])
    #expect(queue.nextWake == nil)
    #expect(try queue.finish(talking.id, by: Self.anne, at: Self.after(200)).state == .done)
  }

  @Test func aBookedTimeIsTakenWhenItHasCome() throws {
    var queue = DropInQueue(session: Self.session)
    _ = try Self.join(&queue, 1, appointment: Self.after(30), at: Self.opens.adding(minutes: -600))
    _ = try Self.join(&queue, 2, at: Self.after(0))
    _ = try Self.join(&queue, 3, at: Self.after(1))
    #expect(queue.line(at: Self.after(29)).map(\.number) == [2, 3])
    #expect(queue.line(at: Self.after(30)).map(\.number) == [1, 2, 3])
    #expect(throws: Refusal.proposedTimeTaken) {
      try Self.join(&queue, 4, appointment: Self.after(49), at: Self.after(2))
    }
    #expect(throws: Refusal.dropInClosed) {
      try Self.join(&queue, 4, appointment: Self.after(161), at: Self.after(2))
    }
  }

  @Test func talksWithoutAGrantAreCounted() throws {
    var queue = DropInQueue(session: Self.session)
    _ = try Self.join(&queue, 1, talksBefore: 2, at: Self.opens)
    #expect(throws: Refusal.talksUsed(limit: 3)) {
      try Self.join(&queue, 2, talksBefore: 3, at: Self.opens)
    }
    _ = try Self.join(&queue, 3, talksBefore: nil, at: Self.opens)
  }

  @Test func aCitizenManagesTheirOwnPlaceOnly() throws {
    var queue = try Self.queue(2)
    #expect(throws: Refusal.notYourTicket) {
      try queue.leave(
        TicketID(rawValue: "t1"), by: .person(Self.citizen(2), role: .citizen, device: nil),
        at: Self.after(5))
    }
    let own = Initiator.person(Self.citizen(1), role: .citizen, device: nil)
    #expect(try queue.leave(TicketID(rawValue: "t1"), by: own, at: Self.after(5)).state == .left)
    #expect(try queue.claim(by: Self.anne, duty: [], at: Self.after(6))?.number == 2)
  }

  @Test func aTelephoneNumberIsOneAndNoPersonalNumberGetsIn() throws {
    for phone in ["20 12 34 56", "+45 20123456"] {
      var queue = DropInQueue(session: Self.session)
      #expect(try Self.join(&queue, 1, phone: phone, at: Self.opens).phone == phone)
    }
    for phone in ["Jens", "12", "ring kl. 10 på 20123456"] {
      var queue = DropInQueue(session: Self.session)
      #expect(throws: Refusal.phoneInvalid) {
        try Self.join(&queue, 1, phone: phone, at: Self.opens)
      }
    }
    var queue = DropInQueue(session: Self.session)
    #expect(throws: Refusal.personalNumber) {
      try Self.join(&queue, 1, phone: "010190-1234", at: Self.opens)
    }
    #expect(throws: Refusal.personalNumber) {
      try Self.join(&queue, 1, topic: "brev om 0101901234", at: Self.opens)
    }
    #expect(queue.tickets.isEmpty)
  }
}
