import Store
import Testing
import Visits

@Suite(.timeLimit(.minutes(5))) struct EventTests {
  typealias M = Municipality

  static func draft(_ name: String, to people: String..., roles: Set<Role> = []) -> EventDraft {
    EventDraft(
      name: name, payload: #"{"name":"\#(name)"}"#,
      audience: Audience(people: Set(people.map(PersonID.init(rawValue:))), roles: roles))
  }

  static func names(
    _ store: SQLiteStore, after id: Int64 = 0, _ person: String, _ role: Role, limit: Int = 100,
    tenant: TenantID = M.tenant
  ) async throws -> [String] {
    try await store.events(
      after: id, tenant: tenant, person: PersonID(rawValue: person), role: role, limit: limit
    ).map(\.name)
  }

  @Test func everyoneReceivesTheirOwnEventsOnly() async throws {
    let store = try await Municipality().store
    _ = try await store.appendEvents(
      [
        Self.draft("a", to: "karen", "anne"), Self.draft("b", to: "ole"),
        Self.draft("c", roles: [.operations, .supportWorker]),
        Self.draft("d", to: "karen", roles: [.citizen]), Self.draft("e"),
      ], tenant: M.tenant, at: M.now)
    _ = try await store.appendEvents([Self.draft("x", to: "karen")], tenant: M.neighbour, at: M.now)
    #expect(try await Self.names(store, "karen", .citizen) == ["a", "d"])
    #expect(try await Self.names(store, "anne", .supportWorker) == ["a", "c"])
    #expect(try await Self.names(store, "ole", .citizen) == ["b", "d"])
    #expect(try await Self.names(store, "drift", .operations) == ["c"])
    #expect(try await Self.names(store, "karen", .citizen, tenant: M.neighbour) == ["x"])
    // A person's id that happens to be a role's name opens nothing.
    #expect(try await Self.names(store, "operations", .citizen) == ["d"])
    let all = try await store.allEvents(after: 0, limit: 100)
    #expect(all.map(\.name) == ["a", "b", "c", "d", "e", "x"])
    #expect(
      all[0].audience == Audience(people: [.init(rawValue: "karen"), .init(rawValue: "anne")]))
    #expect(all[2].audience == Audience(roles: [.operations, .supportWorker]))
    #expect(all[0].audience.includes(PersonID(rawValue: "anne"), role: .supportWorker))
    #expect(!all[0].audience.includes(PersonID(rawValue: "ole"), role: .citizen))
    #expect(all[0].payload == #"{"name":"a"}"# && all[0].at == M.now)
    #expect(all[5].tenant == M.neighbour)
  }

  @Test func aStreamIsTakenUpAgainAfterAnyEvent() async throws {
    let municipality = try await Municipality()
    let store = municipality.store
    let events = try await store.appendEvents(
      ["a", "b", "c", "d"].map { Self.draft($0, to: "karen") }, tenant: M.tenant, at: M.now)
    #expect(events.map(\.id) == events.map(\.id).sorted())
    #expect(try await Self.names(store, after: events[1].id, "karen", .citizen) == ["c", "d"])
    #expect(
      try await Self.names(store, after: events[0].id, "karen", .citizen, limit: 2) == ["b", "c"])
    #expect(try await store.lastEventID() == events[3].id)
    try store.close()
    let reopened = try municipality.reopened()
    #expect(try await Self.names(reopened, after: events[2].id, "karen", .citizen) == ["d"])
  }

  @Test func forgottenIdsAreNeverGivenAgain() async throws {
    let municipality = try await Municipality()
    let store = municipality.store
    #expect(try await store.lastEventID() == 0)
    #expect(try await store.firstEventID() == nil)
    let old = try await store.appendEvents(
      [Self.draft("old", to: "karen")], tenant: M.tenant, at: M.now)
    let new = try await store.appendEvents(
      [Self.draft("new", to: "karen")], tenant: M.tenant, at: M.now.adding(minutes: 1))
    try await store.pruneEvents(before: M.now.adding(minutes: 1))
    #expect(try await store.allEvents(after: 0, limit: 10).map(\.name) == ["new"])
    #expect(try await store.firstEventID() == new[0].id)
    try await store.pruneEvents(before: M.now.adding(minutes: 2))
    #expect(try await store.lastEventID() == new[0].id)
    try store.close()
    let reopened = try municipality.reopened()
    let next = try await reopened.appendEvents(
      [Self.draft("next", to: "karen")], tenant: M.tenant, at: M.now)
    #expect(next[0].id > new[0].id && new[0].id > old[0].id)
  }

  @Test func aReaderIsWokenByWhatIsCommitted() async throws {
    let municipality = try await Municipality()
    let store = municipality.store
    try await municipality.book()
    let first = store.eventSignals()
    let second = store.eventSignals()
    _ = try await store.apply(
      .ring, to: VisitID(rawValue: "v1"), tenant: M.tenant, by: M.anne, at: M.now,
      events: { _ in [Self.draft("ring", to: "karen")] })
    for signals in [first, second] {
      var iterator = signals.makeAsyncIterator()
      // The signal comes after the commit: what it announces can be read.
      try #require(await iterator.next() != nil)
      #expect(try await store.allEvents(after: 0, limit: 10).map(\.name) == ["ring"])
    }
  }

  @Test func signalsThatWereNotReadBecomeOne() async throws {
    let store = try await Municipality().store
    let signals = store.eventSignals()
    for turn in 0..<5 {
      _ = try await store.appendEvents(
        [Self.draft("\(turn)", to: "karen")], tenant: M.tenant, at: M.now)
    }
    var iterator = signals.makeAsyncIterator()
    _ = await iterator.next()
    #expect(try await store.allEvents(after: 0, limit: 10).count == 5)
    // The next signal is the next event's, not one of the five.
    let next = Task {
      var iterator = iterator
      await iterator.next()
      return try await store.allEvents(after: 0, limit: 10).count
    }
    _ = try await store.appendEvents(
      [Self.draft("6", to: "karen")], tenant: M.tenant, at: M.now)
    #expect(try await next.value == 6)
  }
}
