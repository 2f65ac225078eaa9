import FoundationEssentials
public import Store
public import Visits

/// A municipality as a file: what it has decided, its teams, rooms and hours; in an example also
/// people, grants and series, whose dates are told from the present week. See
/// `Config/eksempelkommune.json`.
public struct MunicipalityFile: Decodable, Sendable {
  /// What the municipality has decided about booking.
  public var settings: BookingSettings
  /// What it has decided about the day's work; nil to leave that as it is.
  public var daily: DailySettings?
  var teams: [TeamEntry]
  var rooms: [Room]?
  var opening: [OpeningProfile]
  var people: [PersonEntry]?
  var grants: [GrantEntry]?
  var series: [SeriesEntry]?
  /// What it has agreed about screen visits; nil for what is suggested.
  var guidance: Guidance?

  struct TeamEntry: Decodable, Sendable {
    var id: TeamID
    var name: String
  }

  struct PersonEntry: Decodable, Sendable {
    var id: PersonID
    var role: Role
    var name: String
    var teams: [TeamID]?
    var primaryWorker: PersonID?
    var backup: PersonID?
    var caseWorker: PersonID?
    var travelMinutes: Int?
  }

  struct GrantEntry: Decodable, Sendable {
    var citizen: PersonID
    var basis: LegalBasis
    /// How many weeks before the present one it began.
    var weeksAgo: Int
    var born: LocalDate
    var forms: Set<VisitForm>?
    var weeklyMinutes: Int?
    var visitCap: Int?
    var package: PackageID?
  }

  struct SeriesEntry: Decodable, Sendable {
    var citizen: PersonID
    var worker: PersonID
    /// The weekday, in the week after the present one.
    var day: Weekday
    var time: LocalTime
    var minutes: Int
    var rule: RecurrenceRule
    var form: VisitForm?
  }

  /// Reads a file.
  public init(path: String) throws {
    self = try JSONDecoder().decode(
      MunicipalityFile.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// Puts settings, teams, rooms and hours in place; what is there under other names stays.
  ///
  /// People who are in the teams already stay in them. With `people`, the file's people, grants and
  /// series are made too, those that are not there yet.
  public func load(
    into store: any BesoegStore, tenant: TenantID, people withPeople: Bool, at now: UTCMilliseconds
  ) async throws {
    if withPeople { try await addPeople(to: store, tenant: tenant, at: now) }
    try await store.setBookingSettings(settings, tenant: tenant, by: .system, at: now)
    if let daily {
      try await store.setDailySettings(daily, tenant: tenant, by: .system, at: now)
    }
    let known = try await store.teams(tenant: tenant)
    for team in teams {
      var members = known.first { $0.id == team.id }?.members ?? []
      if withPeople {
        members += (people ?? []).filter { $0.teams?.contains(team.id) ?? false }.map(\.id)
      }
      try await store.putTeam(
        Team(id: team.id, name: team.name, members: members), tenant: tenant, by: .system,
        at: now)
    }
    for room in rooms ?? [] {
      try await store.putRoom(room, tenant: tenant, by: .system, at: now)
    }
    try await store.putOpeningProfiles(opening, tenant: tenant, by: .system, at: now)
    if var guidance {
      // The example's key workers are there with the example's people only.
      let known = Set(try await store.people(tenant: tenant, role: nil).map(\.id))
      guidance.keyWorkers = guidance.keyWorkers.filter(known.contains)
      try await store.setGuidance(guidance, tenant: tenant, by: .system, at: now)
    }
    guard withPeople else { return }
    for person in people ?? [] where person.role == .citizen {
      let circle = CareCircle(
        citizen: person.id, primaryWorker: person.primaryWorker, backup: person.backup,
        caseWorker: person.caseWorker)
      try await store.putCitizenPlan(
        CitizenPlan(circle: circle, travelMinutes: person.travelMinutes), tenant: tenant,
        by: .system, at: now)
    }
    try await addGrants(to: store, tenant: tenant, at: now)
    try await addSeries(to: store, tenant: tenant, at: now)
  }

  private func addPeople(
    to store: any BesoegStore, tenant: TenantID, at now: UTCMilliseconds
  ) async throws {
    let known = Set(try await store.people(tenant: tenant, role: nil).map(\.id))
    for person in people ?? [] where !known.contains(person.id) {
      try await store.addPerson(
        Person(
          id: person.id, tenant: tenant, role: person.role, displayName: person.name,
          createdAt: now), by: .system)
    }
  }

  private func addGrants(
    to store: any BesoegStore, tenant: TenantID, at now: UTCMilliseconds
  ) async throws {
    for entry in grants ?? [] {
      guard try await store.grants(of: entry.citizen, tenant: tenant).isEmpty else { continue }
      let request = GrantRequest(
        id: .random(), basis: entry.basis,
        start: LocalDate(now).monday.adding(days: -7 * entry.weeksAgo), visitCap: entry.visitCap,
        package: entry.package,
        terms: entry.forms.map { GrantTerms(forms: $0, weeklyMinutes: entry.weeklyMinutes) },
        targetGroup: .disability)
      _ = try await store.grant(
        request, to: entry.citizen, born: entry.born, tenant: tenant, by: .system, at: now)
    }
  }

  private func addSeries(
    to store: any BesoegStore, tenant: TenantID, at now: UTCMilliseconds
  ) async throws {
    let monday = LocalDate(now).monday.adding(days: 7)
    for (index, entry) in (series ?? []).enumerated() {
      let day = monday.adding(days: entry.day.isoNumber - 1)
      let series = Series(
        id: SeriesID(rawValue: "example-\(index + 1)-\(monday.iso8601)"), tenant: tenant,
        citizenID: entry.citizen, workerID: entry.worker, form: entry.form ?? .screen,
        recurrence: Recurrence(start: LocalDateTime(day, entry.time), rule: entry.rule),
        durationMinutes: entry.minutes)
      let known = try await store.series(of: entry.citizen, tenant: tenant)
      guard !known.contains(where: { $0.id.rawValue.hasPrefix("example-\(index + 1)-") }) else {
        continue
      }
      _ = try await store.begin(
        SeriesRequest(series: series, skipsRefused: true), by: .system, at: now,
        events: BookingEvents.series(at: now))
    }
  }
}
