import HTTPTypes
import Hummingbird
import Store
import Visits

/// Teams, rooms, hours, who is around a citizen, weeks and free time.
struct CalendarRoutes: Sendable {
  let store: any BesoegStore
  let access: TeamAccess
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("teams", use: teams)
    group.put("teams/{team}", use: putTeam)
    group.get("rooms", use: rooms)
    group.put("rooms/{room}", use: putRoom)
    group.get("opening", use: opening)
    group.put("opening/{profile}", use: putProfile)
    group.get("people/{person}/plan", use: plan)
    group.put("people/{person}/plan", use: putPlan)
    group.get("people/{person}/continuity", use: continuity)
    group.get("workers/{worker}/week", use: week)
    group.get("slots", use: slots)
    group.get("freed-time", use: freedTime)
  }

  private struct NamedBody: Decodable {
    var name: String
    var members: [String]?
    var places: Int?
  }

  private struct TeamDocument: Encodable {
    var id: String
    var name: String
    var members: [PersonDocument]
  }

  private struct PlanBody: Codable {
    var teams: [String]?
    var primaryWorker: String?
    var backup: String?
    var caseWorker: String?
    var travelMinutes: Int?
    var scheduling: SchedulingMode?
  }

  @Sendable private func teams(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    guard caller.role.isStaff else { throw Problem(.notAllowed) }
    let people = Dictionary(
      uniqueKeysWithValues: try await store.people(tenant: caller.tenant, role: nil).map {
        ($0.id, $0)
      })
    // Of other teams than one's own the names of citizens are nobody's concern.
    let mine = try await access.team(of: caller)
    let keyWorkers = Set(try await store.guidance(tenant: caller.tenant).keyWorkers)
    let teams = try await store.teams(tenant: caller.tenant).map { team in
      let isMine = mine.map { !$0.isDisjoint(with: team.members) } ?? true
      return TeamDocument(
        id: team.id.rawValue, name: team.name,
        members: team.members.compactMap { people[$0] }
          .filter { isMine || $0.role.isStaff }
          .map { person in
            var document = PersonDocument(person, for: caller.role)
            if keyWorkers.contains(person.id) { document.isKeyWorker = true }
            return document
          })
    }
    return try ServiceJSON.response(["teams": teams])
  }

  @Sendable private func putTeam(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.operations, .administrator)
    let body = try await request.json(NamedBody.self, context: context)
    let team = Team(
      id: TeamID(rawValue: try context.parameter("team")),
      name: try RequestText.checked(body.name, field: "name", most: 100),
      members: (body.members ?? []).map(PersonID.init(rawValue:)))
    try await store.putTeam(team, tenant: caller.tenant, by: caller.initiator, at: clock.now())
    return try ServiceJSON.response(team)
  }

  @Sendable private func rooms(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    guard caller.role.isStaff else { throw Problem(.notAllowed) }
    return try ServiceJSON.response(["rooms": try await store.rooms(tenant: caller.tenant)])
  }

  @Sendable private func putRoom(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.operations, .administrator, .teamLead)
    let body = try await request.json(NamedBody.self, context: context)
    let room = Room(
      id: RoomID(rawValue: try context.parameter("room")),
      name: try RequestText.checked(body.name, field: "name", most: 100),
      places: body.places ?? 1)
    guard Room.placeCounts.contains(room.places) else {
      throw Problem(
        .outOfRange,
        [
          "field": "places", "least": String(Room.placeCounts.lowerBound),
          "most": String(Room.placeCounts.upperBound),
        ])
    }
    try await store.putRoom(room, tenant: caller.tenant, by: caller.initiator, at: clock.now())
    return try ServiceJSON.response(room)
  }

  @Sendable private func opening(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    return try ServiceJSON.response(try await store.openingPlan(tenant: caller.tenant))
  }

  @Sendable private func putProfile(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.operations, .administrator, .teamLead)
    let profile = try await request.json(OpeningProfile.self, context: context)
    guard profile.id.rawValue == (try context.parameter("profile")) else {
      throw Problem(.conflict)
    }
    // A lead decides the hours of the teams they lead; what a profile was before is a team's, too.
    if caller.role == .teamLead {
      let before = try await store.openingPlan(tenant: caller.tenant).profiles
        .filter { $0.id == profile.id }
      for team in Set(before.map(\.team) + [profile.team]) {
        try await store.requireServing(team, caller)
      }
    }
    try await store.putOpeningProfiles(
      [profile], tenant: caller.tenant, by: caller.initiator, at: clock.now())
    return try ServiceJSON.response(profile)
  }

  @Sendable private func plan(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let citizen = PersonID(rawValue: try context.parameter("person"))
    try await access.requireAround(citizen, caller, .contact)
    let plan = try await store.citizenPlan(of: citizen, tenant: caller.tenant)
    return try ServiceJSON.response(Self.body(plan))
  }

  @Sendable private func putPlan(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.operations, .teamLead, .supportWorker, .administrator)
    let citizen = PersonID(rawValue: try context.parameter("person"))
    try await store.access(.contact, .write, of: citizen, by: caller)
    let body = try await request.json(PlanBody.self, context: context)
    if let minutes = body.travelMinutes, !(0...TravelTimes.longestMinutes).contains(minutes) {
      throw Problem(
        .outOfRange,
        ["field": "travelMinutes", "least": "0", "most": String(TravelTimes.longestMinutes)])
    }
    let plan = CitizenPlan(
      circle: CareCircle(
        citizen: citizen, primaryWorker: body.primaryWorker.map(PersonID.init(rawValue:)),
        backup: body.backup.map(PersonID.init(rawValue:)),
        caseWorker: body.caseWorker.map(PersonID.init(rawValue:))),
      travelMinutes: body.travelMinutes, scheduling: body.scheduling ?? .workerSets)
    try await store.putCitizenPlan(
      plan, tenant: caller.tenant, by: caller.initiator, at: clock.now())
    return try ServiceJSON.response(
      Self.body(try await store.citizenPlan(of: citizen, tenant: caller.tenant)))
  }

  private static func body(_ plan: CitizenPlan) -> PlanBody {
    PlanBody(
      teams: plan.circle.teams.map(\.rawValue),
      primaryWorker: plan.circle.primaryWorker?.rawValue, backup: plan.circle.backup?.rawValue,
      caseWorker: plan.circle.caseWorker?.rawValue, travelMinutes: plan.travelMinutes,
      scheduling: plan.scheduling)
  }

  private struct ContinuityDocument: Encodable {
    var held: Int
    var withPrimary: Int
    var withKnown: Int
    var differentWorkers: Int
    var primaryShare: Double?
    var knownShare: Double?
  }

  @Sendable private func continuity(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let citizen = PersonID(rawValue: try context.parameter("person"))
    try await access.requireAround(citizen, caller)
    let now = clock.now()
    let from = try request.time("from") ?? now.adding(minutes: -90 * 1440)
    let to = try request.time("to") ?? now
    let figure = try await store.continuity(
      of: citizen, in: TimeWindow(start: from, end: to), tenant: caller.tenant)
    return try ServiceJSON.response(
      ContinuityDocument(
        held: figure.held, withPrimary: figure.withPrimary, withKnown: figure.withKnown,
        differentWorkers: figure.differentWorkers, primaryShare: figure.primaryShare,
        knownShare: figure.knownShare))
  }

  private struct WeekDocument: Encodable {
    var worker: String
    var monday: LocalDate
    var contactMinutes: Int
    var visits: [VisitDocument]
    var absences: [AbsenceDocument]
    var freed: [FreedTimeDocument]
  }

  @Sendable private func week(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let worker = PersonID(rawValue: try context.parameter("worker"))
    try await access.requirePlanning(caller, for: worker)
    let now = clock.now()
    var monday = LocalDate(now).monday
    if let text = request.uri.queryParameters.get("week") {
      guard let week = LocalDate(isoWeek: text) else {
        throw Problem(.invalidTime, ["field": "week"])
      }
      monday = week
    }
    let window = TimeWindow(
      start: LocalDateTime(monday, .midnight).utc,
      end: LocalDateTime(monday.adding(days: 7), .midnight).utc)
    let week = try await store.week(of: worker, in: window, tenant: caller.tenant, at: now)
    return try ServiceJSON.response(
      WeekDocument(
        worker: worker.rawValue, monday: monday, contactMinutes: week.contactMinutes,
        visits: week.visits.map { VisitDocument($0, for: caller.role) },
        absences: week.absences.map { AbsenceDocument($0) },
        freed: week.freed.map { FreedTimeDocument($0) }))
  }

  private struct SlotDocument: Encodable {
    var worker: String
    var room: String?
    var start: APITime
    var end: APITime
  }

  @Sendable private func slots(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let search = try SlotQuery(request, caller: caller, now: clock.now()).search
    try await access.requireAround(search.citizen, caller)
    for worker in search.workers { try await access.requirePlanning(caller, for: worker) }
    let slots = try await store.freeSlots(search, tenant: caller.tenant, at: clock.now())
    let documents = slots.map {
      SlotDocument(
        worker: $0.worker.rawValue, room: $0.room?.rawValue, start: APITime($0.window.start),
        end: APITime($0.window.end))
    }
    return try ServiceJSON.response(["slots": documents])
  }

  @Sendable private func freedTime(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead, .operations)
    let freed = try await store.freedTime(
      tenant: caller.tenant, workers: try await access.team(of: caller), at: clock.now())
    return try ServiceJSON.response(["freed": freed.map { FreedTimeDocument($0) }])
  }
}
