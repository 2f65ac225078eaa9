import FoundationEssentials
import HTTPTypes
import Hummingbird
import Store
import Visits

/// Who can be reached: workers, and citizens' devices.
struct PresenceRoutes: Sendable {
  /// How long a worker may say to be away, in minutes: a working day.
  private static let longestAway = 600
  /// How far ahead the rota is listed unless asked otherwise, in minutes.
  private static let listedMinutes = 14 * 1440
  /// The longest shift, in minutes.
  private static let longestShift = 24 * 60

  let store: any BesoegStore
  let board: PresenceBoard
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("presence", use: read)
    group.post("presence/away", use: away)
    group.post("self-tests", use: takeSelfTest)
    group.get("rota", use: listShifts)
    group.post("rota", use: addShift)
    group.post("rota/remove", use: removeShift)
  }

  private struct Away: Decodable {
    var minutes: Int
  }

  private struct SelfTest: Decodable {
    var passed: Bool
  }

  private struct Shift: Codable {
    var workerId: String?
    var team: String?
    var kind: String?
    var start: APITime
    var end: APITime
  }

  private struct Presence: Encodable {
    var workers: [WorkerDocument]
    var devices: [DevicePresenceDocument]
  }

  @Sendable private func read(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead, .operations)
    let now = clock.now()
    let own = caller.role == .supportWorker ? caller.id : nil
    let workers = try await store.workers(tenant: caller.tenant, colleaguesOf: own, at: now)
    let devices = try await store.devices(tenant: caller.tenant, servedBy: own, at: now)
    let sight = try await store.sight(of: caller)
    return try ServiceJSON.response(
      Presence(
        workers: workers.map { WorkerDocument($0, board.presence(of: $0, at: now), at: now) },
        devices: devices.map {
          DevicePresenceDocument($0, board.presence(of: $0), for: sight, at: now)
        }))
  }

  @Sendable private func away(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead)
    let body = try await request.json(Away.self, context: context)
    guard (0...Self.longestAway).contains(body.minutes) else {
      throw Problem(
        .outOfRange, ["field": "minutes", "least": "0", "most": String(Self.longestAway)])
    }
    board.setAway(
      caller, until: body.minutes == 0 ? nil : clock.now().adding(minutes: body.minutes))
    return Response(status: .noContent)
  }

  /// Takes a device's word on itself: whether sound and network work.
  @Sendable private func takeSelfTest(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let body = try await request.json(SelfTest.self, context: context)
    board.tested(caller, passed: body.passed, at: clock.now())
    return Response(status: .accepted)
  }

  @Sendable private func listShifts(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead, .operations)
    let now = clock.now()
    let shifts = try await store.shifts(
      tenant: caller.tenant, from: try request.time("from") ?? now,
      to: try request.time("to") ?? now.adding(minutes: Self.listedMinutes))
    return try ServiceJSON.response([
      "shifts": shifts.map { shift in
        Shift(
          workerId: shift.worker.rawValue, team: shift.team.rawValue, kind: shift.kind.rawValue,
          start: APITime(shift.window.start), end: APITime(shift.window.end))
      }
    ])
  }

  @Sendable private func addShift(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let (caller, shift) = try await shift(request, context)
    try await store.addShifts(
      [shift], tenant: caller.tenant, by: caller.initiator, at: clock.now())
    return Response(status: .noContent)
  }

  @Sendable private func removeShift(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let (caller, shift) = try await shift(request, context)
    try await store.removeShift(
      shift, tenant: caller.tenant, by: caller.initiator, at: clock.now())
    return Response(status: .noContent)
  }

  /// The shift in a request: a worker's own ("selvkørende medarbejdere", B8), or anybody's for the
  /// team's lead and operations.
  private func shift(
    _ request: Request, _ context: ServiceContext
  ) async throws -> (Caller, DutyShift) {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead, .operations)
    let body = try await request.json(Shift.self, context: context)
    let worker = try body.workerId ?? caller.workerID(orMissing: "workerId")
    guard caller.role != .supportWorker || worker == caller.id.rawValue else {
      throw Problem(.notAllowed)
    }
    let window = TimeWindow(start: body.start.value, end: body.end.value)
    guard (1...Self.longestShift).contains(window.minutes) else {
      throw Problem(
        .outOfRange, ["field": "end", "least": "1", "most": String(Self.longestShift)])
    }
    let kind: DutyShift.Kind =
      try body.kind.map { try RequestText.choice($0, field: "kind") } ?? .work
    let team = try body.team.map { try RequestText.checked($0, field: "team", most: 100) }
    // Having a team's duty opens its citizens' records, so that the team itself gives it (H14).
    if let team { try await store.requireServing(TeamID(rawValue: team), caller) }
    return (
      caller,
      DutyShift(
        worker: PersonID(rawValue: worker),
        team: team.map(TeamID.init(rawValue:)) ?? .everybody, kind: kind, window: window)
    )
  }
}

/// A worker's presence as the API shows it.
struct WorkerDocument: Encodable, Sendable {
  var person: PersonName
  var presence: WorkerPresence
  var hasDuty: Bool

  init(_ record: WorkerRecord, _ presence: WorkerPresence, at now: UTCMilliseconds) {
    person = PersonName(record.worker)
    self.presence = presence
    hasDuty = record.shifts.contains { $0.kind == .duty && $0.window.contains(now) }
  }
}

/// A citizen's device as the API shows it.
struct DevicePresenceDocument: Encodable, Sendable {
  var id: String
  var person: PersonName
  var label: String
  var isOnline: Bool
  var health: DevicePresence.Health
  var lastSeenAt: APITime?
  var selfTestAt: APITime?
  var selfTestPassed: Bool?

  init(
    _ record: DeviceRecord, _ presence: DevicePresence, for sight: Sight, at now: UTCMilliseconds
  ) {
    id = record.device.id.rawValue
    person = sight.name(record.person)
    label = record.device.label
    isOnline = presence.isOnline(at: now)
    health = presence.health(at: now)
    lastSeenAt = presence.lastSeenAt.map { APITime($0) }
    selfTestAt = presence.selfTestAt.map { APITime($0) }
    selfTestPassed = presence.selfTestPassed
  }
}
