import FoundationEssentials
import HTTPTypes
import Hummingbird
import Store
import Visits

/// Drop-in advice: sessions, their queues, and taking the next in line.
struct DropInRoutes: Sendable {
  /// The longest session, in minutes: a working day.
  private static let longestSession = 720
  /// Weeks in a row that can be laid at once: a year.
  private static let mostWeeks = 53
  /// How far ahead sessions are listed unless asked otherwise, in minutes.
  private static let listedMinutes = 14 * 1440
  /// How long a ticket that is over is still shown to its citizen, in minutes.
  private static let shownMinutes = 12 * 60

  let store: any BesoegStore
  let coordinator: RelayCoordinator
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("drop-in/sessions", use: list)
    group.post("drop-in/sessions", use: open)
    group.get("drop-in/sessions/{dropInSession}", use: read)
    group.post("drop-in/sessions/{dropInSession}/tickets", use: join)
    group.post("drop-in/sessions/{dropInSession}/claim", use: claim)
    group.get("drop-in/tickets", use: own)
    group.delete("drop-in/tickets/{ticket}", use: leave)
    group.post("drop-in/tickets/{ticket}/release", use: release)
    group.get("drop-in/statistics", use: statistics)
  }

  private struct NewSession: Decodable {
    var start: APITime
    var end: APITime
    var team: String?
    var hostId: String?
    var backupId: String?
    var softMinutes: Int?
    var weeks: Int?
    var targetGroups: Set<TargetGroup>?
    var areas: Set<TeamID>?
    var isVirtual: Bool?

    /// For whom it is; nil where nothing is said.
    var eligibility: DropInEligibility? {
      guard targetGroups != nil || areas != nil || isVirtual != nil else { return nil }
      return DropInEligibility(
        targetGroups: targetGroups ?? [], areas: areas ?? [], isVirtual: isVirtual ?? true)
    }
  }

  private struct NewTicket: Decodable {
    var citizenId: String?
    var phone: String?
    var topic: String?
    var appointment: APITime?
  }

  @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let now = clock.now()
    let sessions = try await store.dropInSessions(
      tenant: caller.tenant, from: try request.time("from") ?? now,
      to: try request.time("to") ?? now.adding(minutes: Self.listedMinutes))
    return try ServiceJSON.response([
      "sessions": sessions.map { DropInDocument($0, at: now) }
    ])
  }

  @Sendable private func open(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead, .operations)
    let body = try await request.json(NewSession.self, context: context)
    if let team = body.team { try await store.requireServing(TeamID(rawValue: team), caller) }
    let length = TimeWindow(start: body.start.value, end: body.end.value).minutes
    try require(length, in: 5...Self.longestSession, field: "end")
    let weeks = body.weeks ?? 1
    try require(weeks, in: 1...Self.mostWeeks, field: "weeks")
    let soft = body.softMinutes ?? DropInSession.usualMinutes
    try require(soft, in: 5...120, field: "softMinutes")
    let host = try body.hostId ?? caller.workerID(orMissing: "hostId")
    // The same time on the clock each week, also where it is changed between.
    let first = LocalDateTime(body.start.value)
    let sessions = (0..<weeks).map { week in
      let start =
        week == 0
        ? body.start.value : LocalDateTime(first.date.adding(days: 7 * week), first.time).utc
      return DropInSession(
        id: .random(), tenant: caller.tenant,
        team: body.team.map(TeamID.init(rawValue:)) ?? .everybody,
        window: TimeWindow(start: start, minutes: length), host: PersonID(rawValue: host),
        backup: body.backupId.map(PersonID.init(rawValue:)), softMinutes: soft,
        eligibility: body.eligibility)
    }
    let now = clock.now()
    let laid = try await store.addDropIn(
      sessions, tenant: caller.tenant, by: caller.initiator, at: now)
    return try ServiceJSON.response(
      ["sessions": laid.map { DropInDocument($0, at: now) }], status: .created)
  }

  @Sendable private func read(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead, .operations)
    let queue = try await store.queue(
      try session(context), tenant: caller.tenant, at: clock.now())
    guard try await isServed(queue, by: caller) else { throw Problem(refusal: .notOnDuty) }
    try await store.logOwnList("queue \(queue.session.id)", .contact, by: caller)
    return try ServiceJSON.response(try await document(queue, for: caller))
  }

  @Sendable private func join(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.citizen, .supportWorker, .teamLead, .operations)
    let body = try await request.json(NewTicket.self, context: context)
    let citizen = try body.citizenId ?? caller.citizenID(orMissing: "citizenId")
    let queue = try await store.queue(
      try session(context), tenant: caller.tenant, at: clock.now())
    // Who has the queue takes whoever comes to the door, of whatever team; what they do is logged.
    if !queue.serving.contains(caller.id) {
      try await store.requireWriting(about: PersonID(rawValue: citizen), by: caller)
    }
    let joined = try await store.joinQueue(
      QueueWish(
        session: try session(context), citizen: PersonID(rawValue: citizen), phone: body.phone,
        topic: body.topic, appointment: body.appointment?.value),
      tenant: caller.tenant, by: caller.initiator, at: clock.now(), events: QueueEvents.drafts)
    guard let ticket = joined.ticket else { throw Problem(.internalError) }
    let isNew = !joined.previous.tickets.contains { $0.id == ticket.id }
    let sight: Sight? =
      try await caller.role == .citizen ? nil : store.sight(of: caller)
    return try ServiceJSON.response(
      TicketDocument(ticket, in: joined.details, for: sight), status: isNew ? .created : .ok)
  }

  /// The queue as the caller may know it: with its names for whoever serves it.
  private func document(_ queue: QueueDetails, for caller: Caller) async throws -> QueueDocument {
    if queue.serving.contains(caller.id) { return QueueDocument(queue) }
    return QueueDocument(queue, for: try await store.sight(of: caller))
  }

  /// Takes the next in line and rings them.
  @Sendable private func claim(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead)
    let claimed = try await store.claimNext(
      in: try session(context), tenant: caller.tenant, by: caller.initiator, at: clock.now(),
      events: VisitEvents.drafts)
    guard let visit = claimed?.details.visit else { return Response(status: .noContent) }
    try await store.logLook(at: visit.citizenID, .contact, by: caller)
    let rung = try await coordinator.perform(.ring, on: visit.id, by: caller)
    return try ServiceJSON.response(
      VisitDocument(rung), status: .accepted,
      headers: [.location: "/api/v1/visits/\(visit.id)"])
  }

  @Sendable private func own(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.citizen)
    let now = clock.now()
    let queues = try await store.queues(
      of: caller.id, tenant: caller.tenant, since: now.adding(minutes: -Self.shownMinutes),
      at: now)
    let tickets = queues.compactMap { queue in
      queue.tickets.last { $0.citizen == caller.id }
        .map { TicketDocument($0, in: queue, for: nil) }
    }
    return try ServiceJSON.response(["tickets": tickets])
  }

  @Sendable private func leave(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    _ = try await store.leaveQueue(
      try await ticket(context), tenant: caller.tenant, by: caller.initiator, at: clock.now(),
      events: QueueEvents.drafts)
    return Response(status: .noContent)
  }

  @Sendable private func release(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead)
    let released = try await store.releaseTicket(
      try await ticket(context), tenant: caller.tenant, by: caller.initiator, at: clock.now(),
      events: QueueEvents.drafts)
    return try ServiceJSON.response(try await document(released.details, for: caller))
  }

  @Sendable private func statistics(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead, .operations)
    let now = clock.now()
    let found = try await store.dropInStatistics(
      tenant: caller.tenant, from: try request.time("from") ?? now.adding(minutes: -90 * 1440),
      to: try request.time("to") ?? now)
    return try ServiceJSON.response(
      DropInStatisticsDocument(sessions: found.sessions, found.figures))
  }

  /// Whether the caller may know the queue: who takes people from it, and the session's team.
  private func isServed(_ queue: QueueDetails, by caller: Caller) async throws -> Bool {
    if queue.serving.contains(caller.id) { return true }
    return try await store.isServed(queue.session.team, by: caller)
  }

  private func session(_ context: ServiceContext) throws -> DropInSessionID {
    DropInSessionID(rawValue: try context.parameter("dropInSession"))
  }

  /// The ticket in the path, where the caller may know of it. To others it does not exist.
  private func ticket(_ context: ServiceContext) async throws -> TicketID {
    let caller = try context.requireCaller()
    try caller.require(.citizen, .supportWorker, .teamLead, .operations)
    let id = TicketID(rawValue: try context.parameter("ticket"))
    let queue = try await store.queue(with: id, tenant: caller.tenant, at: clock.now())
    guard caller.role == .citizen else {
      if !queue.serving.contains(caller.id),
        let citizen = queue.tickets.first(where: { $0.id == id })?.citizen
      {
        try await store.requireWriting(about: citizen, by: caller)
      }
      return id
    }
    guard queue.tickets.contains(where: { $0.id == id && $0.citizen == caller.id }) else {
      throw Problem(.notFound)
    }
    return id
  }

  private func require(_ value: Int, in range: ClosedRange<Int>, field: String) throws {
    guard range.contains(value) else {
      throw Problem(
        .outOfRange,
        [
          "field": field, "least": String(range.lowerBound), "most": String(range.upperBound),
        ])
    }
  }
}

extension Caller {
  /// The caller's own id where they give support; others must say whom they mean.
  func workerID(orMissing field: String) throws -> String {
    guard role.givesSupport else { throw Problem(.missingField, ["field": field]) }
    return id.rawValue
  }
}
