import HTTPTypes
import Hummingbird
import Store
import Visits

/// Practising a visit with nobody at the other end but oneself (F5).
///
/// A practice visit is held in a municipality of its own beside the real one. Every row belongs to a
/// municipality, so nothing of it is in anybody's statistics, reminders, journal, calendar or team.
struct PracticeRoutes: Sendable {
  /// How long a practice visit is booked for, in minutes.
  private static let minutes = 15
  /// How long what was practised is kept, in days.
  private static let keptDays = 7
  /// What the citizen of a practice visit is called; data, not a text of the program.
  private static let citizenName = "Øvelse"

  let store: any BesoegStore
  let coordinator: RelayCoordinator
  let tokens: TokenService
  let hub: EventHub
  let clock: any ServiceClock
  /// Where the pages are reached from outside; nil to go by what the caller typed.
  let publicURL: String?

  func add(to group: RouterGroup<ServiceContext>) {
    group.post("practice", use: begin)
  }

  private struct Practice: Encodable {
    var visit: VisitDocument
    /// The worker's token for this visit.
    var token: String
    /// The citizen's page.
    var page: String
    var expiresAt: APITime
  }

  /// A visit now, between the caller and a citizen whose page they open themselves. What was practised
  /// before is over.
  @Sendable private func begin(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead)
    guard !caller.tenant.isPractice else { throw Problem(.notAllowed) }
    let now = clock.now()
    let tenant = try await ground(of: caller.tenant, at: now)
    let worker = try await person(
      caller.id, .supportWorker, caller.person.displayName, in: tenant, at: now)
    let citizen = try await person(
      PersonID(rawValue: "practice-\(caller.id)"), .citizen, Self.citizenName, in: tenant, at: now)
    let (device, token, expiresAt) = try await access(for: worker, at: now)
    let page = try await access(for: citizen, at: now).token
    let me = Caller(person: worker, device: device, expiresAt: expiresAt, askedAt: now)
    try await endWhatGoesOn(me, at: now)
    let booked = try await store.book(
      BookingRequest(
        citizenID: citizen.id, workerID: worker.id, start: now, durationMinutes: Self.minutes),
      tenant: tenant, by: me.initiator, at: now, events: VisitEvents.drafts)
    let base = publicURL ?? "http://\(request.head.authority ?? "localhost")"
    return try ServiceJSON.response(
      Practice(
        visit: VisitDocument(booked.details), token: token, page: "\(base)/borger#\(page)",
        expiresAt: APITime(expiresAt)), status: .created)
  }

  /// The municipality to practise in, made the first time somebody does.
  private func ground(of tenant: TenantID, at now: UTCMilliseconds) async throws -> TenantID {
    let all = try await store.tenants()
    let practice = tenant.forPractice
    guard !all.contains(where: { $0.id == practice }) else { return practice }
    let name = all.first { $0.id == tenant }?.name ?? tenant.rawValue
    // Named after the other, it comes behind it wherever the first municipality is meant.
    try await store.addTenant(
      Tenant(id: practice, name: "\(name) (\(Self.citizenName))", createdAt: now))
    let logs: Set<DataKind> = [.accessLog, .audit]
    let policy = try RetentionPolicy(
      replacing: DataKind.allCases.filter { !logs.contains($0) }.map {
        RetentionPeriod($0, days: Self.keptDays, from: .event)
      })
    try await store.setRetention(policy, tenant: practice, by: .system, at: now)
    return practice
  }

  private func person(
    _ id: PersonID, _ role: Role, _ name: String, in tenant: TenantID, at now: UTCMilliseconds
  ) async throws -> Person {
    do {
      return try await store.person(id, tenant: tenant)
    } catch StoreError.notFound {
      let person = Person(
        id: id, tenant: tenant, role: role, displayName: name, createdAt: now)
      try await store.addPerson(person, by: .system)
      return person
    }
  }

  /// A new device of a person; those of earlier times lose their access.
  private func access(
    for person: Person, at now: UTCMilliseconds
  ) async throws -> (device: DeviceID, token: String, expiresAt: UTCMilliseconds) {
    for old in try await store.devices(of: person.id, tenant: person.tenant)
    where old.revokedAt == nil {
      try await store.revokeDevice(old.id, tenant: person.tenant, by: .system, at: now)
      hub.close(device: old.id, tenant: person.tenant)
    }
    let device = Device(
      id: .random(), tenant: person.tenant, person: person.id, label: Self.citizenName,
      createdAt: now)
    try await store.addDevice(device, by: .system)
    let (token, expiresAt) = try await tokens.mint(for: person, device: device.id)
    return (device.id, token, expiresAt)
  }

  /// Ends a practice visit that was left behind, so that its time is free.
  private func endWhatGoesOn(_ caller: Caller, at now: UTCMilliseconds) async throws {
    let visits = try await store.visits(
      tenant: caller.tenant, from: now.adding(minutes: -1440), to: now.adding(minutes: 1440),
      of: caller.id)
    for visit in visits.map(\.visit) where visit.state.occupiesTime {
      let command: VisitCommand =
        visit.state == .booked ? .cancel(reason: nil) : .hangUp(reason: nil)
      _ = try await coordinator.perform(command, on: visit.id, by: caller)
    }
  }
}

extension TenantID {
  private static let practiceSuffix = "~practice"

  /// The municipality in which this one's workers practise.
  var forPractice: TenantID { TenantID(rawValue: rawValue + Self.practiceSuffix) }

  /// Whether nothing here is real.
  var isPractice: Bool { rawValue.hasSuffix(Self.practiceSuffix) }
}
