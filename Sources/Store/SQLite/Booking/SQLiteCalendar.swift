import GRDB
public import Visits

extension SQLiteStore: CalendarStore {
  /// What the municipality has decided about booking.
  public func bookingSettings(tenant: TenantID) async throws(StoreError) -> BookingSettings {
    try await read { try SettingsTable.booking(tenant: tenant, in: $0) }
  }

  /// Keeps what the municipality has decided.
  public func setBookingSettings(
    _ settings: BookingSettings, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await change("settings.booking", nil, tenant, initiator, now) { db in
      try SettingsTable.put(settings, tenant: tenant, in: db)
    }
  }

  /// The teams, by name.
  public func teams(tenant: TenantID) async throws(StoreError) -> [Team] {
    try await read { try TeamTable.teams(tenant: tenant, in: $0) }
  }

  /// Puts a team in place of the one of that id.
  public func putTeam(
    _ team: Team, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await change("team.put", team.id.rawValue, tenant, initiator, now) { db in
      try TeamTable.put(team, tenant: tenant, in: db)
    }
  }

  /// Those who share a team with the person.
  public func colleagues(
    of person: PersonID, tenant: TenantID
  ) async throws(StoreError) -> Set<PersonID> {
    try await read { try TeamTable.colleagues(of: person, tenant: tenant, in: $0) }
  }

  /// The rooms, by name.
  public func rooms(tenant: TenantID) async throws(StoreError) -> [Room] {
    try await read { try RoomTable.rooms(tenant: tenant, in: $0) }
  }

  /// Puts a room in place of the one of that id.
  public func putRoom(
    _ room: Room, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await change("room.put", room.id.rawValue, tenant, initiator, now) { db in
      try RoomTable.put(room, tenant: tenant, in: db)
    }
  }

  /// Who is around a citizen.
  public func citizenPlan(
    of citizen: PersonID, tenant: TenantID
  ) async throws(StoreError) -> CitizenPlan {
    try await read { db in
      _ = try PeopleTable.person(citizen, tenant: tenant, in: db)
      return try TeamTable.plan(of: citizen, tenant: tenant, in: db)
    }
  }

  /// Keeps who is around a citizen.
  public func putCitizenPlan(
    _ plan: CitizenPlan, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await write { db in
      for person in [
        plan.circle.citizen, plan.circle.primaryWorker, plan.circle.backup,
        plan.circle.caseWorker,
      ].compactMap(\.self) { _ = try PeopleTable.person(person, tenant: tenant, in: db) }
      try TeamTable.put(plan, tenant: tenant, in: db)
      try AuditTable.append(
        AuditDraft(action: "citizen.plan", subject: plan.circle.citizen), tenant: tenant,
        by: initiator, at: now, in: db)
    }
  }

  /// All opening hours with the holidays.
  public func openingPlan(tenant: TenantID) async throws(StoreError) -> OpeningPlan {
    try await read { db in
      OpeningPlan(
        profiles: try SettingsTable.profiles(tenant: tenant, in: db),
        holidays: try SettingsTable.booking(tenant: tenant, in: db).holidays)
    }
  }

  /// Puts profiles in place of those of their ids.
  public func putOpeningProfiles(
    _ profiles: [OpeningProfile], tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) {
    let names = profiles.map(\.id.rawValue).joined(separator: " ")
    try await change("opening.put", names, tenant, initiator, now) { db in
      for profile in profiles { try SettingsTable.put(profile, tenant: tenant, in: db) }
    }
  }

  /// The visits of a person that overlap a time.
  public func calendar(
    of person: PersonID, in window: TimeWindow, tenant: TenantID
  ) async throws(StoreError) -> [CalendarVisit] {
    try await read { try CalendarTable.visits(of: person, in: window, tenant: tenant, in: $0) }
  }

  /// What lies in a worker's week.
  public func week(
    of worker: PersonID, in window: TimeWindow, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> WorkerWeek {
    try await read { db in
      var people = PeopleTable.Cache()
      let visits = try CalendarTable.visits(of: worker, in: window, tenant: tenant, in: db)
        .map(\.visit).filter { $0.workerID == worker }
      return WorkerWeek(
        visits: try visits.map { try VisitTable.details(of: $0, people: &people, in: db) },
        absences: try AbsenceTable.absences(
          of: worker, tenant: tenant, from: window.start, in: db
        ).filter { $0.window.overlaps(window) },
        freed: try AbsenceTable.freedTime(tenant: tenant, workers: [worker], at: now, in: db)
          .filter { $0.window.overlaps(window) },
        contactMinutes: visits.filter { $0.state.occupiesTime || $0.state == .ended }
          .reduce(0) { $0 + $1.durationMinutes })
    }
  }

  /// Free times, in order.
  public func freeSlots(
    _ search: SlotSearch, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> [FreeSlot] {
    try await read { try SlotFinder(search, tenant: tenant, at: now, in: $0).slots(in: $0) }
  }

  /// Published time that nobody has taken.
  public func freedTime(
    tenant: TenantID, workers: Set<PersonID>?, at now: UTCMilliseconds
  ) async throws(StoreError) -> [FreedTime] {
    try await read {
      try AbsenceTable.freedTime(tenant: tenant, workers: workers, at: now, in: $0)
    }
  }

  /// A write about nobody in particular, with its line in the audit log.
  private func change(
    _ action: String, _ detail: String?, _ tenant: TenantID, _ initiator: Initiator,
    _ now: UTCMilliseconds, _ body: @escaping @Sendable (Database) throws -> Void
  ) async throws(StoreError) {
    try await write { db in
      try body(db)
      try AuditTable.append(
        AuditDraft(action: action, detail: detail), tenant: tenant, by: initiator, at: now,
        in: db)
    }
  }
}

/// Rows of `visit` as calendars read them.
enum CalendarTable {
  /// A person's visits that overlap `window`: as worker or as citizen, each by its own index.
  static func visits(
    of person: PersonID, in window: TimeWindow, tenant: TenantID, in db: Database
  ) throws -> [CalendarVisit] {
    let span = """
      tenant = ?1 AND start < ?3 AND start > ?4
      """
    return try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT * FROM visit WHERE worker = ?2 AND \(span)
          UNION ALL SELECT * FROM visit WHERE citizen = ?2 AND \(span)
          """),
      arguments: [
        tenant.rawValue, person.rawValue, window.end.rawValue,
        window.start.adding(minutes: -Visit.longestMinutes).rawValue,
      ]
    ).map { row in
      CalendarVisit(
        visit: try VisitTable.visit(row, in: db), revision: row["revision"],
        changedAt: row.time("changedAt"))
    }
    .filter { $0.visit.end > window.start }
    .sorted { ($0.visit.start, $0.visit.id.rawValue) < ($1.visit.start, $1.visit.id.rawValue) }
  }
}
