import FoundationEssentials
import HTTPTypes
import Hummingbird
import Store
import Visits

/// Groups: rosters, and who is not placed together.
struct GroupRoutes: Sendable {
  let store: any BesoegStore
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("groups", use: list)
    group.post("groups", use: create)
    group.get("groups/{group}", use: read)
    group.post("groups/{group}/members", use: place)
    group.delete("groups/{group}/members/{person}", use: leave)
    group.post("groups/keep-apart", use: keepApart)
  }

  private struct NewGroup: Decodable {
    var name: String
    var team: String?
    var capacity: Int
    var tags: [String]?
  }

  private struct NewMember: Decodable {
    var citizenId: String
  }

  private struct Pair: Decodable {
    var citizenIds: [String]
  }

  @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try staff(context)
    let groups = try await store.groups(
      tenant: caller.tenant, isPlanner: caller.isPlanner, at: clock.now())
    let sight = try await store.sight(of: caller)
    return try ServiceJSON.response([
      "groups": groups.map { GroupDocument($0, for: caller, sight) }
    ])
  }

  @Sendable private func create(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try staff(context)
    let body = try await request.json(NewGroup.self, context: context)
    let now = clock.now()
    let group = Group(
      id: .random(), tenant: caller.tenant,
      team: body.team.map(TeamID.init(rawValue:)) ?? .everybody,
      name: try RequestText.checked(body.name, field: "name", most: Person.longestName),
      capacity: body.capacity,
      tags: Set(
        try (body.tags ?? []).prefix(20).map {
          try RequestText.checked($0, field: "tags", most: 50)
        }))
    try await store.addGroup(group, by: caller.initiator, at: now)
    let made = try await store.group(
      group.id, tenant: caller.tenant, isPlanner: caller.isPlanner, at: now)
    return try ServiceJSON.response(
      GroupDocument(made, for: caller, .nobody), status: .created,
      headers: [.location: "/api/v1/groups/\(group.id)"])
  }

  @Sendable private func read(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try staff(context)
    let found = try await store.group(
      try id(context), tenant: caller.tenant, isPlanner: caller.isPlanner, at: clock.now())
    return try ServiceJSON.response(
      GroupDocument(found, for: caller, try await store.sight(of: caller)))
  }

  @Sendable private func place(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try staff(context)
    let body = try await request.json(NewMember.self, context: context)
    let placed = try await store.place(
      PersonID(rawValue: body.citizenId), in: try id(context), tenant: caller.tenant,
      isPlanner: caller.isPlanner, by: caller.initiator, at: clock.now())
    return try ServiceJSON.response(
      GroupDocument(placed, for: caller, try await store.sight(of: caller)))
  }

  @Sendable private func leave(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try staff(context)
    try await store.leaveGroup(
      PersonID(rawValue: try context.parameter("person")), try id(context),
      tenant: caller.tenant, by: caller.initiator, at: clock.now())
    return Response(status: .noContent)
  }

  /// "Ikke-sammen-med". Nothing is answered that says more than that it was written down.
  @Sendable private func keepApart(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    guard caller.isPlanner else { throw Problem(.notAllowed) }
    let body = try await request.json(Pair.self, context: context)
    guard Set(body.citizenIds).count == 2, body.citizenIds.count == 2 else {
      throw Problem(.outOfRange, ["field": "citizenIds", "least": "2", "most": "2"])
    }
    try await store.keepApart(
      PersonID(rawValue: body.citizenIds[0]), PersonID(rawValue: body.citizenIds[1]),
      tenant: caller.tenant, by: caller.initiator, at: clock.now())
    return Response(status: .noContent)
  }

  private func staff(_ context: ServiceContext) throws -> Caller {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead, .operations)
    return caller
  }

  private func id(_ context: ServiceContext) throws -> GroupID {
    GroupID(rawValue: try context.parameter("group"))
  }
}

extension Caller {
  /// Whether the caller plans groups, and so may know who is to be kept apart (D3). Who runs the
  /// system does not.
  var isPlanner: Bool { role == .teamLead }
}

/// A group as staff see it: with the names of those they have to do with.
struct GroupDocument: Encodable, Sendable {
  var id: String
  var name: String
  var team: String
  var capacity: Int
  var tags: [String]
  var members: [PersonName]
  /// Pairs of citizens' ids; there for planners alone.
  var keepApart: [[String]]?

  init(_ details: GroupDetails, for caller: Caller, _ sight: Sight) {
    id = details.group.id.rawValue
    name = details.group.name
    team = details.group.team.rawValue
    capacity = details.group.capacity
    tags = details.group.tags.sorted()
    members = details.members.map { sight.name($0) }
    guard caller.isPlanner else { return }
    keepApart = details.keepApart.map { [$0.first.rawValue, $0.second.rawValue] }
  }
}
