import Store
import Testing
import Visits

/// What the booking tests share: a team with hours and a grant, in the little municipality.
extension Municipality {
  static let lise = Initiator.person(
    PersonID(rawValue: "lise"), role: .caseWorker, device: nil)
  static let today = LocalDate(now)
  static let born = LocalDate(year: 1980, month: 5, day: 1)!

  /// Anne and Bo in a team with Karen and Ole, open on weekdays 8–16.
  func openTeam(
    needsGrant: Bool = true, _ configure: (inout BookingSettings) -> Void = { _ in }
  ) async throws {
    try await store.addPerson(
      Person(
        id: PersonID(rawValue: "lise"), tenant: Self.tenant, role: .caseWorker,
        displayName: "Lise", createdAt: Self.now), by: .system)
    var grants = GrantPolicy()
    grants.visitsNeedGrant = needsGrant
    var settings = BookingSettings(grants: grants)
    configure(&settings)
    try await store.setBookingSettings(
      settings, tenant: Self.tenant, by: Self.operations, at: Self.now)
    let members = ["anne", "bo", "karen", "ole"].map(PersonID.init(rawValue:))
    try await store.putTeam(
      Team(id: TeamID(rawValue: "vest"), name: "Vest", members: members), tenant: Self.tenant,
      by: Self.operations, at: Self.now)
    let week = [WeeklyHours(.workdays, [OpeningHours(from: time(8, 0), to: time(16, 0))])]
    try await store.putOpeningProfiles(
      [
        OpeningProfile(
          id: OpeningProfileID(rawValue: "vest"), team: TeamID(rawValue: "vest"),
          service: .visits, validFrom: LocalDate(year: 2026, month: 1, day: 1)!, week: week)
      ], tenant: Self.tenant, by: Self.operations, at: Self.now)
  }

  /// Gives somebody a grant from today on.
  @discardableResult
  func grant(
    _ citizen: String = "karen", _ basis: LegalBasis = .section85,
    forms: Set<VisitForm> = [.screen, .physical], weeklyMinutes: Int? = nil, cap: Int? = nil
  ) async throws -> GrantDetails {
    let request = GrantRequest(
      id: GrantID(rawValue: "g-\(citizen)"), basis: basis, start: Self.today, visitCap: cap,
      terms: GrantTerms(forms: forms, weeklyMinutes: weeklyMinutes))
    return try await store.grant(
      request, to: PersonID(rawValue: citizen), born: Self.born, tenant: Self.tenant,
      by: Self.lise, at: Self.now)
  }

  /// The next day of the weekday after today, at a time.
  static func next(_ weekday: Weekday, _ hour: Int, _ minute: Int = 0) -> LocalDateTime {
    var day = today.adding(days: 1)
    while day.weekday != weekday { day = day.adding(days: 1) }
    return LocalDateTime(day, time(hour, minute))
  }

  static func series(
    _ id: String = "s1", citizen: String = "karen", worker: String = "anne",
    start: LocalDateTime = next(.tuesday, 10), rule: RecurrenceRule? = RecurrenceRule(.weekly),
    minutes: Int = 30, room: String? = nil
  ) -> Series {
    Series(
      id: SeriesID(rawValue: id), tenant: tenant, citizenID: PersonID(rawValue: citizen),
      workerID: PersonID(rawValue: worker), roomID: room.map(RoomID.init(rawValue:)),
      recurrence: Recurrence(start: start, rule: rule), durationMinutes: minutes)
  }

  @discardableResult
  func begin(
    _ series: Series = series(), skipping: Bool = false, at now: UTCMilliseconds = now
  ) async throws -> SeriesDetails {
    let committed = try await store.begin(
      SeriesRequest(series: series, skipsRefused: skipping), by: Self.anne, at: now,
      events: { _, _ in [] })
    return try #require(committed.series)
  }

  @discardableResult
  func apply(
    _ command: SeriesCommand, to id: String = "s1", at now: UTCMilliseconds = now
  ) async throws -> CommittedSeries {
    try await store.apply(
      command, to: SeriesID(rawValue: id), tenant: Self.tenant, by: Self.anne, at: now,
      events: { _, _ in [] })
  }

  /// All visits of somebody in the coming two years that take time, by start.
  func visits(of person: String) async throws -> [Visit] {
    let window = TimeWindow(start: Self.now, end: Self.now.adding(minutes: 1440 * 800))
    return try await store.calendar(
      of: PersonID(rawValue: person), in: window, tenant: Self.tenant
    ).map(\.visit).filter { $0.state.occupiesTime }
  }
}

func time(_ hour: Int, _ minute: Int) -> LocalTime {
  LocalTime(wrapping: hour * 60 + minute)
}

/// The code of the refusal that `body` ends in; nil where it ends otherwise.
func refusal(_ body: () async throws -> Void) async -> String? {
  guard case .refused(let refusal) = await storeError(body) else { return nil }
  return refusal.code
}
