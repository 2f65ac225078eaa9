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
    group.get("citizens/{citizen}/groups", use: suggest)
    group.post("groups/{group}/members", use: place)
    group.delete("groups/{group}/members/{person}", use: leave)
    group.post("groups/keep-apart", use: keepApart)
  }

  private struct NewGroup: Decodable {
    var name: String
    var team: String?
    var capacity: Int
    var tags: [String]?
    /// Ages it is for, the youngest and the oldest.
    var ages: AgesDocument?
  }

  private struct NewMember: Decodable {
    var citizenId: String
    /// Looked at where the group is for some ages, and kept nowhere (C7).
    var born: LocalDate?
  }

  private struct Pair: Decodable {
    var citizenIds: [String]
  }

  @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try staff(context)
    let groups = try await store.groups(of: caller, at: clock.now())
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
    let team = try await store.team(named: body.team, of: caller)
    let now = clock.now()
    let group = Group(
      id: .random(), tenant: caller.tenant, team: team,
      name: try RequestText.checked(body.name, field: "name", most: Person.longestName),
      capacity: body.capacity, ages: try body.ages?.range(),
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
    try await store.requireServing(group: try id(context), caller)
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
    try await store.requireServing(group: try id(context), caller)
    try await store.requireWriting(about: PersonID(rawValue: body.citizenId), by: caller)
    let placed = try await store.place(
      PersonID(rawValue: body.citizenId), age: body.born.map { $0.age(on: LocalDate(clock.now())) },
      in: try id(context), tenant: caller.tenant, isPlanner: caller.isPlanner, by: caller.initiator,
      at: clock.now())
    return try ServiceJSON.response(
      GroupDocument(placed, for: caller, try await store.sight(of: caller)))
  }

  /// Groups that would suit a citizen: those with room, by what they have in common.
  @Sendable private func suggest(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try staff(context)
    let citizen = try await store.citizen(context, .visits)
    let tags = (request.uri.queryParameters.get("tags") ?? "").split(separator: ",")
    let served = Set(try await store.groups(of: caller, at: clock.now()).map(\.group.team))
    let found = try await store.groupSuggestions(
      for: citizen, age: try request.day("born").map { $0.age(on: LocalDate(clock.now())) },
      tags: Set(tags.prefix(20).map(String.init)), teams: served, tenant: caller.tenant,
      at: clock.now())
    let sight = try await store.sight(of: caller)
    return try ServiceJSON.response(["groups": found.map { GroupDocument($0, for: caller, sight) }])
  }

  @Sendable private func leave(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try staff(context)
    let citizen = PersonID(rawValue: try context.parameter("person"))
    try await store.requireServing(group: try id(context), caller)
    try await store.requireWriting(about: citizen, by: caller)
    try await store.leaveGroup(
      citizen, try id(context),
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
    for citizen in body.citizenIds {
      try await store.access(.placement, .write, of: PersonID(rawValue: citizen), by: caller)
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

/// Ages that a group is for.
struct AgesDocument: Codable, Sendable {
  /// The youngest.
  var from: Int
  /// The oldest.
  var to: Int

  /// The ages, or throws where they are none.
  func range() throws -> ClosedRange<Int> {
    guard (0...120).contains(from), (from...120).contains(to) else {
      throw Problem(.outOfRange, ["field": "ages", "least": "0", "most": "120"])
    }
    return from...to
  }
}

extension LocalDate {
  /// How old somebody who was born on this day is on `day`, in whole years.
  fileprivate func age(on day: LocalDate) -> Int {
    let years = day.year - year
    return adding(months: years * 12) <= day ? years : years - 1
  }
}

/// A group as staff see it: with the names of those they have to do with.
struct GroupDocument: Encodable, Sendable {
  var id: String
  var name: String
  var team: String
  var capacity: Int
  var tags: [String]
  var ages: AgesDocument?
  var members: [PersonName]
  /// Pairs of citizens' ids; there for planners alone.
  var keepApart: [[String]]?

  init(_ details: GroupDetails, for caller: Caller, _ sight: Sight) {
    id = details.group.id.rawValue
    name = details.group.name
    team = details.group.team.rawValue
    capacity = details.group.capacity
    tags = details.group.tags.sorted()
    ages = details.group.ages.map { AgesDocument(from: $0.lowerBound, to: $0.upperBound) }
    members = details.members.map { sight.name($0) }
    guard caller.isPlanner else { return }
    keepApart = details.keepApart.map { [$0.first.rawValue, $0.second.rawValue] }
  }
}
