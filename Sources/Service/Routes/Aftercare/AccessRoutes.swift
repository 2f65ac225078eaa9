import Hummingbird
import Store
import Visits

/// Who is around a citizen, who looked at whose record, and who did what.
struct AccessRoutes: Sendable {
  /// Lines in one answer.
  private static let mostLines = 500
  /// The most teams that one person belongs to.
  private static let mostTeams = 20

  let store: any BesoegStore

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("citizens/{citizen}/circle", use: readCircle)
    group.put("citizens/{citizen}/circle", use: writeCircle)
    group.get("people/{person}/teams", use: readTeams)
    group.put("people/{person}/teams", use: writeTeams)
    group.get("citizens/{citizen}/access-log", use: readAccessLog)
    group.get("access-log", use: readWholeAccessLog)
    group.get("audit", use: readAudit)
  }

  private struct CircleBody: Codable {
    var teams: [String]?
    var primaryWorker: String?
    var backup: String?
    var caseWorker: String?
  }

  private struct TeamsBody: Codable {
    var teams: [String]
  }

  @Sendable private func readCircle(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let citizen = try await store.citizen(context, .contact)
    let circle = try await store.circle(of: citizen, tenant: context.requireCaller().tenant)
    return try ServiceJSON.response(body(circle))
  }

  @Sendable private func writeCircle(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.teamLead, .administrator)
    let citizen = try await store.citizen(context, .contact, .write)
    let body = try await request.json(CircleBody.self, context: context)
    let circle = CareCircle(
      citizen: citizen, teams: try Self.teams(body.teams ?? []),
      primaryWorker: body.primaryWorker.map(PersonID.init(rawValue:)),
      backup: body.backup.map(PersonID.init(rawValue:)),
      caseWorker: body.caseWorker.map(PersonID.init(rawValue:)))
    try await store.setCircle(
      circle, tenant: caller.tenant, by: caller.initiator, at: caller.askedAt)
    return try ServiceJSON.response(self.body(circle))
  }

  @Sendable private func readTeams(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let person = try await staff(context)
    let teams = try await store.teams(of: person.id, tenant: caller.tenant)
    return try ServiceJSON.response(TeamsBody(teams: teams.map(\.rawValue)))
  }

  @Sendable private func writeTeams(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.teamLead, .administrator)
    let person = try await staff(context)
    let body = try await request.json(TeamsBody.self, context: context)
    let teams = try Self.teams(body.teams)
    if caller.role == .teamLead {
      // Into and out of her own teams only.
      let before = try await store.teams(of: person.id, tenant: caller.tenant)
      let own = try await store.teams(of: caller.id, tenant: caller.tenant)
      guard Set(before).symmetricDifference(teams).isSubset(of: own) else {
        throw Problem(.notAllowed)
      }
    }
    try await store.setTeams(
      teams, of: person.id, tenant: caller.tenant, by: caller.initiator, at: caller.askedAt)
    return try ServiceJSON.response(TeamsBody(teams: teams.map(\.rawValue)))
  }

  @Sendable private func readAccessLog(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let citizen = try await store.citizen(context, .accessLog)
    return try await log(of: citizen, request, context)
  }

  @Sendable private func readWholeAccessLog(
    _ request: Request, _ context: ServiceContext
  ) async throws -> Response {
    try context.requireCaller().require(.administrator)
    return try await log(of: nil, request, context)
  }

  private func log(
    of citizen: PersonID?, _ request: Request, _ context: ServiceContext
  ) async throws -> Response {
    let lines = try await store.accessLog(
      tenant: context.requireCaller().tenant, of: citizen, after: try request.after(),
      limit: Self.mostLines)
    var readers: [PersonID: Person] = [:]
    for id in Set(lines.map(\.reader)) {
      do {
        readers[id] = try await store.person(id, tenant: context.requireCaller().tenant)
      } catch StoreError.notFound {
        // Who is deleted leaves a number in the log.
        continue
      }
    }
    return try ServiceJSON.response([
      "lines": lines.map { AccessLineDocument($0, readers: readers) }
    ])
  }

  @Sendable private func readAudit(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.administrator)
    let lines = try await store.audit(
      tenant: caller.tenant, after: try request.after(), limit: Self.mostLines)
    return try ServiceJSON.response(["lines": lines.map { AuditDocument($0) }])
  }

  /// The member of staff in the path. Colleagues, leads and who runs the system may know.
  private func staff(_ context: ServiceContext) async throws -> Person {
    let caller = try context.requireCaller()
    guard caller.role.isStaff else { throw Problem(.notAllowed) }
    let id = PersonID(rawValue: try context.parameter("person"))
    let person = try await store.person(id, tenant: caller.tenant)
    guard person.role.isStaff else { throw Problem(.notFound) }
    return person
  }

  private static func teams(_ names: [String]) throws -> [TeamID] {
    guard names.count <= mostTeams else {
      throw Problem(.outOfRange, ["field": "teams", "least": "0", "most": String(mostTeams)])
    }
    return try names.map {
      TeamID(rawValue: try RequestText.checked($0, field: "teams", most: 60))
    }
  }

  private func body(_ circle: CareCircle) -> CircleBody {
    CircleBody(
      teams: circle.teams.map(\.rawValue), primaryWorker: circle.primaryWorker?.rawValue,
      backup: circle.backup?.rawValue, caseWorker: circle.caseWorker?.rawValue)
  }
}

extension Request {
  /// The number after which lines are asked for; 0 where none is named.
  func after() throws -> Int64 {
    guard let text = uri.queryParameters.get("after") else { return 0 }
    guard let value = Int64(text), value >= 0 else {
      throw Problem(.outOfRange, ["field": "after", "least": "0", "most": String(Int64.max)])
    }
    return value
  }
}
