import Store
import Synchronization
import Testing
import Visits

@Suite("The drop-in queue, stored")
struct DropInStoreTests {
  private static let now = Municipality.now
  private static let session = DropInSessionID(rawValue: "tuesday")
  private static let bo = Initiator.person(
    PersonID(rawValue: "bo"), role: .supportWorker, device: nil)

  /// A municipality whose advice is open for an hour: Anne is host, Bo her backup.
  private func town(_ citizens: Int = 0) async throws -> Municipality {
    let town = try await Municipality()
    _ = try await town.store.addDropIn(
      [
        DropInSession(
          id: Self.session, tenant: Municipality.tenant, team: TeamID(rawValue: "team"),
          window: TimeWindow(start: Self.now, minutes: 60), host: PersonID(rawValue: "anne"),
          backup: PersonID(rawValue: "bo"))
      ], tenant: Municipality.tenant, by: Municipality.operations, at: Self.now)
    for number in 0..<citizens {
      try await town.store.addPerson(
        Person(
          id: PersonID(rawValue: "c\(number)"), tenant: Municipality.tenant, role: .citizen,
          displayName: "C\(number)", createdAt: Self.now), by: .system)
    }
    return town
  }

  private func join(
    _ town: Municipality, _ citizen: String, topic: String? = nil,
    at now: UTCMilliseconds = Self.now
  ) async throws -> CommittedQueue {
    let id = PersonID(rawValue: citizen)
    return try await town.store.joinQueue(
      QueueWish(session: Self.session, citizen: id, topic: topic), tenant: Municipality.tenant,
      by: .person(id, role: .citizen, device: nil), at: now, events: { _ in [] })
  }

  private func claim(
    _ store: SQLiteStore, by initiator: Initiator = Municipality.anne,
    at now: UTCMilliseconds = Self.now
  ) async throws -> Visit? {
    try await store.claimNext(
      in: Self.session, tenant: Municipality.tenant, by: initiator, at: now, events: { _ in [] }
    )?.details.visit
  }

  private func ticket(
    of citizen: String, in town: Municipality, at now: UTCMilliseconds = Self.now
  ) async throws -> QueueTicket? {
    try await town.store.queue(Self.session, tenant: Municipality.tenant, at: now)
      .tickets.last { $0.citizen.rawValue == citizen }
  }

  @Test func peopleAreTakenInTheOrderTheyCameAndKnowTheirPlace() async throws {
    let town = try await town()
    let karen = try await join(town, "karen")
    let ole = try await join(town, "ole")
    #expect(karen.details.places.map(\.position) == [1])
    #expect(ole.details.status(of: try #require(ole.ticket)).danish.hasPrefix("Du er nummer 2"))
    #expect(try await join(town, "karen").ticket?.number == 1, "one place each")

    let visit = try #require(try await claim(town.store))
    #expect(visit.citizenID.rawValue == "karen")
    #expect(visit.form == .dropIn)
    #expect(visit.durationMinutes == DropInSession.usualMinutes)
    // Asked again, the worker has the same citizen: the reply may have been lost.
    #expect(try await claim(town.store)?.id == visit.id)
    #expect(try await claim(town.store, by: Self.bo)?.citizenID.rawValue == "ole")
  }

  @Test func twoWhoTakeTheNextAtOnceNeverGetTheSameCitizen() async throws {
    let town = try await town(20)
    let other = try town.reopened()
    for number in 0..<20 { _ = try await join(town, "c\(number)") }
    var taken: [String] = []
    for round in 0..<10 {
      let now = Self.now.adding(minutes: round)
      let pair = try await withThrowingTaskGroup(of: Visit?.self) { group in
        group.addTask { try await claim(town.store, at: now) }
        group.addTask { try await claim(other, by: Self.bo, at: now) }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      for visit in pair.compactMap(\.self) {
        taken.append(visit.citizenID.rawValue)
        let worker: Initiator = visit.workerID.rawValue == "bo" ? Self.bo : Municipality.anne
        let citizen = Initiator.person(visit.citizenID, role: .citizen, device: nil)
        try await town.apply(.ring, to: visit.id.rawValue, by: worker, at: now)
        try await town.apply(.answer, to: visit.id.rawValue, by: citizen, at: now)
        try await town.apply(.hangUp(reason: nil), to: visit.id.rawValue, by: worker, at: now)
      }
    }
    #expect(taken.count == 20)
    #expect(Set(taken).count == 20)
  }

  @Test func theVisitCarriesTheTicketFromRingToTheEnd() async throws {
    let town = try await town()
    _ = try await join(town, "karen")
    let id = try #require(try await claim(town.store)).id.rawValue
    try await town.apply(.ring, to: id)
    let answered = try await town.apply(.answer, to: id, by: Municipality.karen)
    #expect(answered.queue?.ticket?.state == .talking)
    let later = Self.now.adding(minutes: 12)
    // Either party's hanging up ends a talk of two.
    let ended = try await town.apply(
      .hangUp(reason: nil), to: id, by: Municipality.karen, at: later)
    #expect(ended.details.visit.state == .ended)
    #expect(ended.queue?.ticket?.state == .done)
    let (sessions, figures) = try await town.store.dropInStatistics(
      tenant: Municipality.tenant, from: Self.now, to: later)
    #expect(sessions == 1)
    #expect(figures.meanMinutes == 12)
    #expect(figures.overLimit == 0)
  }

  @Test func whoDoesNotAnswerThreeTimesIsCalledBackInstead() async throws {
    let town = try await town()
    _ = try await join(town, "karen")
    for attempt in 1...3 {
      let now = Self.now.adding(minutes: 4 * attempt)
      let id = try #require(try await claim(town.store, at: now)).id.rawValue
      try await town.apply(.ring, to: id, at: now)
      let missed = try await town.apply(
        .expireRing, to: id, by: .system, at: now.adding(minutes: 1))
      #expect(missed.queue?.ticket?.state == (attempt < 3 ? .waiting : .handedOn))
      #expect(missed.queue?.callbacks.count == (attempt < 3 ? 0 : 1))
    }
    let callback = try await town.store.latestCallback(
      of: PersonID(rawValue: "karen"), tenant: Municipality.tenant, at: Self.now)
    #expect(callback?.request.origin == .dropIn)
  }

  @Test func whoWaitsWhenItClosesIsHandedOnAndNobodyIsForgotten() async throws {
    let town = try await town()
    _ = try await join(town, "karen", topic: "post fra kommunen")
    let closing = Self.now.adding(minutes: 60)
    #expect(try await !town.store.advanceQueues(at: closing, events: { _ in [] }))
    #expect(try await ticket(of: "karen", in: town)?.state == .handedOn)
    let open = try await town.store.openCallbacks(
      tenant: Municipality.tenant, worker: nil, at: closing)
    #expect(open.map(\.request.about) == ["post fra kommunen"])
    let late = await storeError { _ = try await join(town, "ole", at: closing) }
    #expect(late == .refused(.dropInClosed))
  }

  @Test func aWorkerCalledAwayPutsTheCitizenBackAndTheUnrungVisitIsCalledOff() async throws {
    let town = try await town()
    _ = try await join(town, "karen")
    let id = try #require(try await claim(town.store)).id
    _ = try await town.store.advanceQueues(
      at: Self.now.adding(milliseconds: DropInQueue.claimMilliseconds), events: { _ in [] })
    #expect(try await ticket(of: "karen", in: town)?.state == .waiting)
    #expect(
      try await town.store.visit(id, tenant: Municipality.tenant).visit.state == .cancelled)
    // And so the next worker can take them.
    let next = try await claim(town.store, by: Self.bo, at: Self.now.adding(minutes: 4))
    #expect(next?.citizenID.rawValue == "karen")
  }

  @Test func aCitizenInAnotherVisitIsPassedOverAndKeepsTheirPlace() async throws {
    let town = try await town()
    _ = try await join(town, "karen")
    _ = try await join(town, "ole")
    try await town.book(Municipality.request(worker: "bo", minute: 1))
    let now = Self.now.adding(minutes: 5)
    #expect(try await claim(town.store, at: now)?.citizenID.rawValue == "ole")
    #expect(try await ticket(of: "karen", in: town, at: now)?.number == 1)
  }

  @Test func theSoftTimerTellsTheWorkerTwiceAndEndsNothing() async throws {
    let town = try await town()
    _ = try await join(town, "karen")
    let id = try #require(try await claim(town.store)).id.rawValue
    try await town.apply(.ring, to: id)
    try await town.apply(.answer, to: id, by: Municipality.karen)
    var phases: [SoftTimer.Phase] = []
    for minute in 1...30 {
      let told = Collector()
      _ = try await town.store.advanceQueues(at: Self.now.adding(minutes: minute)) { change in
        told.add(change.timers)
        return []
      }
      phases += told.timers.map(\.timer.phase)
    }
    #expect(phases == [.nearing, .over])
    let visit = try await town.store.visit(
      VisitID(rawValue: id), tenant: Municipality.tenant)
    #expect(visit.visit.state == .active)
  }

  @Test func noCPRNumberComesIntoTheQueueAndTheRefusalIsKind() async throws {
    let town = try await town()
    for text in ["0101901234", "010190-1234", "cpr 010190 1234 tak"] {
      let error = await storeError { _ = try await join(town, "karen", topic: text) }
      #expect(error == .refused(.personalNumber))
    }
    #expect(try await ticket(of: "karen", in: town) == nil)
  }

  @Test func onlyHostBackupAndDutyTakePeopleIn() async throws {
    let town = try await town()
    _ = try await join(town, "karen")
    let stranger = Initiator.person(
      PersonID(rawValue: "drift"), role: .operations, device: nil)
    let error = await storeError { _ = try await claim(town.store, by: stranger) }
    #expect(error == .refused(.notOnDuty))
  }
}

/// What a store's event maker saw.
private final class Collector: Sendable {
  private let seen = Mutex<[TalkTimer]>([])
  var timers: [TalkTimer] { seen.withLock { $0 } }
  func add(_ timers: [TalkTimer]) { seen.withLock { $0 += timers } }
}
