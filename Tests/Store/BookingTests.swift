import GRDB
import Store
import Testing
import Visits

@Suite struct BookingTests {
  typealias M = Municipality

  static func isDoubleBooking(_ error: StoreError?) -> Bool {
    guard case .refused(let refusal) = error else { return false }
    return refusal.code == "double-booked"
  }

  @Test(arguments: [
    (60, 30, false), (89, 30, false), (31, 30, false), (70, 5, false), (30, 120, false),
    (90, 30, true), (30, 30, true),
  ])
  func overlappingVisitsAreRefusedAndTouchingOnesNot(
    minute: Int, minutes: Int, allowed: Bool
  ) async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    let request = M.request("v2", citizen: "ole", minute: minute, minutes: minutes)
    if allowed {
      try await municipality.book(request)
    } else {
      let error = await storeError { try await municipality.book(request) }
      let start = M.request().start
      #expect(
        error
          == .refused(
            .doubleBooked(name: "Anne", from: start, to: start.adding(minutes: 30))))
    }
  }

  @Test func neitherTheWorkerNorTheCitizenIsBookedTwice() async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    let worker = await storeError {
      try await municipality.book(M.request("v2", citizen: "ole", minute: 70))
    }
    #expect(Self.isDoubleBooking(worker))
    let citizen = await storeError {
      try await municipality.book(M.request("v3", worker: "bo", minute: 70))
    }
    guard case .refused(let refusal) = citizen else {
      Issue.record("\(String(describing: citizen))")
      return
    }
    #expect(
      refusal.danish
        == "Karen har allerede et besøg den 21/11 kl. 11.00–11.30. Vælg et andet tidspunkt.")
    try await municipality.book(M.request("v4", citizen: "ole", worker: "bo", minute: 70))
  }

  @Test func ofManyWhoBookAtOnceOneGetsTheTime() async throws {
    let municipality = try await Municipality()
    let stores = [municipality.store, try municipality.reopened { $0.busyMilliseconds = 30_000 }]
    let outcomes = await withTaskGroup(of: StoreError?.self) { group in
      for booking in 0..<24 {
        group.addTask {
          do throws(StoreError) {
            // Half want Anne, half Karen, none at quite the same time, all overlapping.
            let request = M.request(
              "v\(booking)", citizen: booking % 2 == 0 ? "karen" : "ole",
              worker: booking % 4 < 2 ? "anne" : "bo", minute: 60 + booking)
            _ = try await stores[booking % 2].book(
              request, tenant: M.tenant, by: M.operations, at: M.now)
            return nil
          } catch {
            return error
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    let visits = try await municipality.store.visits(
      tenant: M.tenant, from: M.now, to: M.now.adding(minutes: 1000), of: nil)
    #expect(outcomes.filter { $0 == nil }.count == visits.count)
    #expect(outcomes.compactMap(\.self).allSatisfy(Self.isDoubleBooking))
    #expect((1...2).contains(visits.count), "two pairs of people, one time")
    for person in ["karen", "ole", "anne", "bo"].map(PersonID.init(rawValue:)) {
      #expect(visits.filter { $0.visit.participants.contains(person) }.count <= 1)
    }
  }

  @Test func theDatabaseItselfRefusesDoubleBooking() async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    try await municipality.book(M.request("v2", citizen: "ole", minute: 120))
    let other = try DatabaseQueue(path: municipality.path)
    let start = M.request().start.rawValue
    for sql in [
      "INSERT INTO participant VALUES ('eksempel', 'v2', 'karen', \(start), \(start + 1), 1)",
      "UPDATE participant SET start = \(start) WHERE visit = 'v2' AND person = 'anne'",
    ] {
      #expect(throws: DatabaseError.self) { try other.write { try $0.execute(sql: sql) } }
    }
  }

  @Test func timeThatIsGivenUpCanBeBooked() async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    try await municipality.apply(.cancel(reason: nil))
    try await municipality.book(M.request("v2"))
    try await municipality.apply(.ring, to: "v2")
    try await municipality.apply(.expireRing, to: "v2", by: .system, at: M.now.adding(minutes: 1))
    // Missed: Anne visits Ole instead, and may still ring Karen again without booking anything.
    try await municipality.book(M.request("v3", citizen: "ole"))
    let again = try await municipality.apply(.ring, to: "v2")
    #expect(again.details.visit.state == .ringing)
  }

  @Test func movingIntoABusyTimeIsRefusedAndChangesNothing() async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    try await municipality.book(M.request("v2", citizen: "ole", minute: 120))
    let busy = await storeError {
      try await municipality.apply(
        .move(start: M.now.adding(minutes: 75), durationMinutes: nil), to: "v2")
    }
    #expect(Self.isDoubleBooking(busy))
    let longer = await storeError {
      try await municipality.apply(.move(start: nil, durationMinutes: 61))
    }
    #expect(Self.isDoubleBooking(longer))
    #expect(try await municipality.ledger("v2").map(\.kind) == [.booked])

    // Half an hour later overlaps only its own old time.
    let moved = try await municipality.apply(
      .move(start: M.now.adding(minutes: 75), durationMinutes: 45))
    #expect(moved.details.visit.start == M.now.adding(minutes: 75))
    #expect(moved.entries.map(\.kind) == [.moved])
    // The old time is free, the new one is not.
    try await municipality.book(M.request("v3", citizen: "ole", minute: 60, minutes: 15))
    let taken = await storeError {
      try await municipality.book(M.request("v4", citizen: "ole", minute: 100, minutes: 15))
    }
    #expect(Self.isDoubleBooking(taken))
  }

  @Test func aRequestThatIsRepeatedBooksOnce() async throws {
    let municipality = try await Municipality()
    let first = try await municipality.book()
    #expect(first.previous == nil && first.entries.map(\.kind) == [.booked])
    let again = try await municipality.book()
    #expect(again.details == first.details && again.entries.isEmpty)
    #expect(try await municipality.ledger().count == 1)
    let other = await storeError { try await municipality.book(M.request(minute: 61)) }
    #expect(other == .conflict)
  }

  @Test func rulesAreAskedAndTheirWordsPassedOn() async throws {
    let municipality = try await Municipality()
    let past = await storeError { try await municipality.book(M.request(minute: -60)) }
    #expect(past == .refused(.startsInThePast))
    let swapped = await storeError {
      try await municipality.book(M.request(citizen: "anne", worker: "karen"))
    }
    #expect(swapped == .refused(.notACitizen(name: "Anne")))
    let unknown = await storeError { try await municipality.book(M.request(citizen: "nobody")) }
    #expect(unknown == .notFound)
    try await municipality.book()
    let early = await storeError { try await municipality.apply(.answer, by: M.karen) }
    #expect(early == .refused(.notRinging))
    let nothing = await storeError { try await municipality.apply(.ring, to: "v9") }
    #expect(nothing == .notFound)
  }

  @Test func policyComesFromTheConfiguration() async throws {
    let municipality = try await Municipality { $0.policy.durationMinutes = 10...20 }
    let error = await storeError { try await municipality.book() }
    #expect(error == .refused(.durationOutOfRange(10...20)))
  }

  @Test func visitsAreListedByTimeAndPerson() async throws {
    let municipality = try await Municipality()
    try await municipality.book(M.request("b", minute: 120))
    try await municipality.book(M.request("a", citizen: "ole", minute: 60))
    try await municipality.book(M.request("c", worker: "bo", minute: 180))
    func list(_ from: Int, _ to: Int, of person: String? = nil) async throws -> [String] {
      try await municipality.store.visits(
        tenant: M.tenant, from: M.now.adding(minutes: from), to: M.now.adding(minutes: to),
        of: person.map(PersonID.init(rawValue:))
      ).map(\.visit.id.rawValue)
    }
    #expect(try await list(0, 1000) == ["a", "b", "c"])
    #expect(try await list(0, 1000, of: "karen") == ["b", "c"])
    #expect(try await list(0, 1000, of: "anne") == ["a", "b"])
    // What overlaps the span is in it; what only touches it is not.
    #expect(try await list(89, 120) == ["a"])
    #expect(try await list(90, 121) == ["b"])
  }

  @Test func whatRingsOrGoesOnIsFoundAgainAfterARestart() async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    try await municipality.book(M.request("v2", citizen: "ole", worker: "bo"))
    try await municipality.book(M.request("v3", minute: 200))
    try await municipality.apply(.ring)
    let bo = Initiator.person(PersonID(rawValue: "bo"), role: .supportWorker, device: nil)
    let ole = Initiator.person(PersonID(rawValue: "ole"), role: .citizen, device: nil)
    try await municipality.apply(.ring, to: "v2", by: bo)
    try await municipality.apply(.answer, to: "v2", by: ole)
    try municipality.store.close()

    let live = try await municipality.reopened().liveVisits()
    #expect(live.map(\.visit.id.rawValue) == ["v1", "v2"])
    #expect(live.map(\.visit.state) == [.ringing, .active])
    #expect(live.first?.visit.ringExpiresAt == M.now.adding(milliseconds: 45_000))
    #expect(live.first?.citizen.displayName == "Karen")
  }

  @Test func theRoomsDoorFollowsTheState() async throws {
    let municipality = try await Municipality()
    try await municipality.book()
    let id = VisitID(rawValue: "v1")
    let store = municipality.store
    let before = await storeError {
      _ = try await store.checkJoin(id, tenant: M.tenant, by: M.karen)
    }
    #expect(before == .refused(.notBegun))
    _ = try await store.checkJoin(id, tenant: M.tenant, by: M.anne)
    try await municipality.apply(.ring)
    try await municipality.apply(.answer, by: M.karen)
    #expect(
      try await store.checkJoin(id, tenant: M.tenant, by: M.karen).worker.displayName == "Anne")
  }
}
