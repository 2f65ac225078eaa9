import GRDB
import Testing
import Visits

@testable import Store

/// Each kind of data goes when its period is over, and what is still under way stays.
@Suite struct PurgeKindTests {
  typealias M = Municipality
  let karen = PersonID(rawValue: "karen")
  let ole = PersonID(rawValue: "ole")

  private func count(_ table: String, _ town: Municipality) async throws -> Int {
    try await town.store.read {
      try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM \(table)") ?? 0
    }
  }

  private func purge(_ town: Municipality, day: Int) async throws -> [DataKind: Int] {
    let counts = try await town.store.purge(
      tenant: M.tenant, isDry: false, by: .system, at: Self.day(day))
    return Dictionary(uniqueKeysWithValues: counts.map { ($0.kind, $0.rows) })
  }

  private static func day(_ day: Int) -> UTCMilliseconds { M.now.adding(minutes: day * 1440) }

  private func pair(_ id: String, _ person: String, _ town: Municipality) async throws {
    try await town.store.addDevice(
      Device(
        id: DeviceID(rawValue: id), tenant: M.tenant, person: PersonID(rawValue: person),
        label: id, createdAt: M.now), by: .system)
  }

  @Test func grantsGoFiveYearsAfterTheCourseAndOpenEndedOnesStay() async throws {
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false)
    let ended = try await town.grant("karen", .section82b)
    try await town.grant("ole", .section85)
    let last = try #require(ended.grant.lastDay)
    let days = M.today.days(until: last) + 1827
    #expect(try await purge(town, day: days)[.grants] == 0)
    #expect(try await purge(town, day: days + 2)[.grants] == 2, "the grant and its history")
    #expect(try await purge(town, day: 10_000)[.grants] == 0)
    let left = try await town.store.grants(of: ole, tenant: M.tenant)
    #expect(left.count == 1)
    #expect(try await count("grantEntry", town) == 1)
  }

  @Test func aConsentGoesTwoYearsAfterItWasTakenBack() async throws {
    let town = try await Municipality()
    try await pair("screen", "karen", town)
    let device = DeviceID(rawValue: "screen")
    _ = try await town.store.recordAutoAnswer(
      AutoAnswerAgreement(
        citizen: karen, device: device, reason: "Kan ikke nå knappen",
        callers: [PersonID(rawValue: "anne")],
        hours: [AgreedHours(weekdays: .workdays, from: time(9, 0), until: time(12, 0))],
        recordedBy: PersonID(rawValue: "anne"), consentedAt: M.now, expiresAt: Self.day(100)),
      tenant: M.tenant, by: M.anne, at: M.now)
    try await town.store.withdrawAutoAnswer(
      of: device, tenant: M.tenant, by: M.karen, at: Self.day(10))
    #expect(try await purge(town, day: 739)[.consents] == 0)
    #expect(try await purge(town, day: 742)[.consents] == 1)
  }

  @Test func whoLeftTheQueueIsForgottenAndWhoWaitsIsNot() async throws {
    let town = try await Municipality()
    let session = DropInSessionID(rawValue: "tuesday")
    try await town.store.addDropIn(
      [
        DropInSession(
          id: session, tenant: M.tenant, team: TeamID(rawValue: "team"),
          window: TimeWindow(start: M.now, minutes: 60), host: PersonID(rawValue: "anne"),
          backup: nil)
      ], tenant: M.tenant, by: M.operations, at: M.now)
    for citizen in [karen, ole] {
      let joined = try await town.store.joinQueue(
        QueueWish(session: session, citizen: citizen), tenant: M.tenant,
        by: .person(citizen, role: .citizen, device: nil), at: M.now, events: { _ in [] })
      guard citizen == karen else { continue }
      _ = try await town.store.leaveQueue(
        try #require(joined.ticket).id, tenant: M.tenant, by: M.karen, at: M.now,
        events: { _ in [] })
    }
    #expect(try await purge(town, day: 29)[.queue] == 0)
    #expect(try await purge(town, day: 32)[.queue] == 1)
    #expect(try await count("dropInSession", town) == 1, "somebody waits in it")
  }

  @Test func aClosedCallbackGoesAndAnOpenOneNever() async throws {
    let town = try await Municipality()
    for citizen in [karen, ole] {
      let asked = try await town.store.askForCall(
        CallbackAsk(citizen: citizen, isUrgent: false), tenant: M.tenant,
        by: .person(citizen, role: .citizen, device: nil), at: M.now, events: { _ in [] })
      guard citizen == karen else { continue }
      _ = try await town.store.apply(
        CallbackCommand.withdraw, to: asked.details.request.id, tenant: M.tenant, by: M.karen,
        at: Self.day(5), events: { _ in [] })
    }
    #expect(try await purge(town, day: 94)[.callbacks] == 0, "closed on the fifth day")
    #expect(try await purge(town, day: 97)[.callbacks] == 1)
    #expect(try await purge(town, day: 4000)[.callbacks] == 0)
    #expect(try await count("callback", town) == 1)
  }

  @Test func whySomebodyWasAwayIsForgottenHalfAYearLater() async throws {
    let town = try await Municipality()
    let absence = Absence(
      id: AbsenceID(rawValue: "a1"), tenant: M.tenant, worker: PersonID(rawValue: "anne"),
      kind: .illness, window: TimeWindow(start: M.now, minutes: 1440),
      reportedBy: PersonID(rawValue: "anne"), reportedAt: M.now)
    _ = try await town.store.declare(absence, by: M.anne, at: M.now, events: { _ in [] })
    #expect(try await purge(town, day: 183)[.followUps] == 0)
    #expect(try await purge(town, day: 186)[.followUps] == 1)
    #expect(try await count("absence", town) == 0)
  }

  @Test func aSeriesGoesWithTheLastOfItsVisits() async throws {
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false)
    try await town.begin(M.series(rule: RecurrenceRule(.weekly, ending: .count(3))))
    _ = try await purge(town, day: 740)
    #expect(try await count("visit", town) > 0)
    #expect(try await count("series", town) == 1)
    _ = try await purge(town, day: 760)
    #expect(try await count("visit", town) == 0)
    #expect(try await count("series", town) == 0)
  }

  @Test func devicesAreKeptAYearForComingBackAndAsLongAsACourseRuns() async throws {
    let town = try await Municipality()
    try await town.openTeam(needsGrant: false)
    for (id, person) in [("k", "karen"), ("o", "ole"), ("a", "anne")] {
      try await pair(id, person, town)
    }
    try await town.grant("ole", .section85)
    try await town.store.setReminders(
      PersonReminders(plan: ReminderPlan(person: karen, rules: []), addresses: [:]),
      tenant: M.tenant, by: M.anne, at: M.now)
    // Karen's screen was last seen on the twentieth day.
    let seen = Self.day(20).rawValue
    try await town.store.write { db in
      try db.execute(
        sql: "INSERT INTO devicePresence (tenant, device, lastSeenAt) VALUES (?, 'k', ?)",
        arguments: [M.tenant.rawValue, seen])
    }
    #expect(try await purge(town, day: 384)[.pairing] == 1, "how Karen was reminded")
    #expect(try await purge(town, day: 388)[.pairing] == 2, "her screen, and when it was seen")
    #expect(try await purge(town, day: 4000)[.pairing] == 0)
    let left = try await town.store.read {
      try String.fetchAll($0, sql: "SELECT id FROM device ORDER BY id")
    }
    #expect(left == ["a", "o"], "staff's, and of whom support goes on")
  }

  /// A table that a later release adds and that names people is purged, or is left out on purpose.
  @Test func noTableThatNamesACitizenIsKeptForEver() async throws {
    let town = try await Municipality()
    let tables = try await town.store.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT DISTINCT t.name FROM sqlite_schema t, pragma_table_info(t.name) c
          WHERE t.type = 'table' AND c.name IN ('citizen', 'person', 'subject', 'visit', 'worker')
          ORDER BY t.name
          """)
    }
    let purged = Set(
      DataKind.allCases.flatMap {
        (PurgeTable.parts(of: $0) + PurgeTable.careParts(of: $0)).map(\.table)
      })
    // Who is around whom, in which group and not asked for marks says what is so now, and goes with
    // the person.
    let withPeople = PersonPurge.with.map(\.table)
    #expect(Set(tables).subtracting(purged).subtracting(withPeople).isEmpty)
  }
}
