import HTTPTypes
import Hummingbird
import Store
import Visits

/// Absence and its to-dos, and what else is agreed with citizens about their visits.
struct AbsenceRoutes: Sendable {
  let store: any BesoegStore
  let access: TeamAccess
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("absences", use: list)
    group.post("absences", use: declare)
    group.delete("absences/{absence}", use: withdraw)
    group.get("todos", use: todos)
    group.post("absences/{absence}/visits/{visit}/take", use: take)
    group.post("absences/{absence}/visits/{visit}/propose", use: propose)
    group.post("absences/{absence}/visits/{visit}/settle", use: settle)
    group.post("absences/{absence}/visits/{visit}/agree", use: agree)
    group.post("absences/{absence}/visits/{visit}/decline", use: decline)
  }

  private struct NewAbsence: Decodable {
    var id: String?
    var workerId: String?
    var kind: AbsenceKind
    var from: APITime
    var to: APITime
  }

  private struct Settlement: Decodable {
    var remedy: RemedyDocument
    /// How the citizen agreed.
    var agreed: AgreementWay
  }

  private struct TodoList: Encodable {
    var todos: [TodoDocument]
    /// Visits with a picture of citizens who have said no to pictures since.
    var screens: [ScreenTodoDocument]
    var gaps: [GapDocument]
  }

  @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead, .operations)
    let absences = try await store.absences(
      tenant: caller.tenant, workers: try await access.team(of: caller), from: clock.now())
    return try ServiceJSON.response(["absences": absences.map { AbsenceDocument($0) }])
  }

  @Sendable private func declare(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let body = try await request.json(NewAbsence.self, context: context)
    let worker = PersonID(rawValue: body.workerId ?? caller.id.rawValue)
    try await access.requirePlanning(caller, for: worker)
    let now = clock.now()
    let absence = Absence(
      id: body.id.map(AbsenceID.init(rawValue:)) ?? .random(), tenant: caller.tenant,
      worker: worker, kind: body.kind,
      window: TimeWindow(start: body.from.value, end: body.to.value), reportedBy: caller.id,
      reportedAt: now)
    let committed = try await store.declare(
      absence, by: caller.initiator, at: now, events: BookingEvents.absence)
    return try ServiceJSON.response(
      AbsenceDocument(committed), status: .created,
      headers: [.location: "/api/v1/absences/\(absence.id)"])
  }

  @Sendable private func withdraw(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let (caller, absence) = try await absence(context)
    _ = try await store.withdrawAbsence(
      absence.id, tenant: caller.tenant, by: caller.initiator, at: clock.now(),
      events: BookingEvents.absence)
    return Response(status: .noContent)
  }

  /// The team's to-dos; a citizen sees what was put to them.
  @Sendable private func todos(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let now = clock.now()
    if caller.role == .citizen {
      let tasks = try await store.absenceTasks(putTo: caller.id, tenant: caller.tenant, at: now)
      var mine: [TodoDocument] = []
      for task in tasks {
        var document = TodoDocument(task, at: now, for: caller.role)
        // Who else could come is the team's business; whom they are asked about has a name.
        document.candidates = []
        if let worker = task.task.remedy?.worker {
          document.remedy?.workerName =
            try await store.person(worker, tenant: caller.tenant).displayName
        }
        mine.append(document)
      }
      return try ServiceJSON.response(TodoList(todos: mine, screens: [], gaps: []))
    }
    try caller.require(.supportWorker, .teamLead, .operations)
    let team = try await access.team(of: caller)
    let tasks = try await store.absenceTasks(tenant: caller.tenant, workers: team, at: now)
    // Operations see that visits are missing, not whose.
    let gaps = try await store.seriesGaps(tenant: caller.tenant, workers: team, from: now).map {
      GapDocument($0.gap, of: $0.citizen, isNamed: true, for: caller.role)
    }
    let screens = try await store.screenTodos(tenant: caller.tenant, workers: team, at: now)
    return try ServiceJSON.response(
      TodoList(
        todos: tasks.map { TodoDocument($0, at: now, for: caller.role) },
        screens: screens.map { ScreenTodoDocument($0, at: now, for: caller.role) }, gaps: gaps))
  }

  @Sendable private func take(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    try await asTeam(.take, context)
  }

  @Sendable private func propose(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(RemedyDocument.self, context: context)
    return try await asTeam(.propose(body.remedy), context)
  }

  @Sendable private func settle(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(Settlement.self, context: context)
    return try await asTeam(.settle(body.remedy.remedy, way: body.agreed), context)
  }

  @Sendable private func agree(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    try await asCitizen(.agree, context)
  }

  @Sendable private func decline(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(ReasonBody.self, context: context)
    return try await asCitizen(.decline(reason: try body.checked()), context)
  }

  private func asTeam(
    _ command: AbsenceCommand, _ context: ServiceContext
  ) async throws -> Response {
    let (caller, absence) = try await absence(context)
    return try await apply(command, absence.id, caller, context)
  }

  private func asCitizen(
    _ command: AbsenceCommand, _ context: ServiceContext
  ) async throws -> Response {
    let caller = try context.requireCaller()
    _ = try await store.visible(context)
    return try await apply(
      command, AbsenceID(rawValue: try context.parameter("absence")), caller, context)
  }

  private func apply(
    _ command: AbsenceCommand, _ absence: AbsenceID, _ caller: Caller, _ context: ServiceContext
  ) async throws -> Response {
    let committed = try await store.apply(
      command, to: VisitID(rawValue: try context.parameter("visit")), absence: absence,
      tenant: caller.tenant, by: caller.initiator, at: clock.now(),
      events: BookingEvents.absence)
    return try ServiceJSON.response(TodoChangeDocument(committed))
  }

  /// The absence in the path, where its worker is the caller or a colleague.
  private func absence(_ context: ServiceContext) async throws -> (Caller, Absence) {
    let caller = try context.requireCaller()
    let id = AbsenceID(rawValue: try context.parameter("absence"))
    // Beginning of time: a to-do may outlive the absence.
    let all = try await store.absences(
      tenant: caller.tenant, workers: nil, from: UTCMilliseconds(rawValue: 0))
    guard let absence = all.first(where: { $0.id == id }) else { throw Problem(.notFound) }
    try await access.requirePlanning(caller, for: absence.worker)
    return (caller, absence)
  }
}
