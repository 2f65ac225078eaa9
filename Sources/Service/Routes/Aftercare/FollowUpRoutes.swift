import Hummingbird
import Store
import Visits

/// Following up who did not answer: kindly, and until somebody is in touch (H1, H2).
struct FollowUpRoutes: Sendable {
  let store: any BesoegStore

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("follow-ups", use: list)
    group.get("visits/{visit}/follow-up", use: read)
    group.post("visits/{visit}/follow-up/tries", use: tried)
    group.post("visits/{visit}/follow-up/readiness", use: readiness)
    group.post("visits/{visit}/follow-up/hand-over", use: handOver)
    group.post("visits/{visit}/follow-up/close", use: close)
  }

  private struct Tried: Decodable {
    var way: String
    var reached: Bool
  }

  private struct Readiness: Decodable {
    var level: String
    var text: String
  }

  private struct HandOver: Decodable {
    var worker: String
  }

  private struct Closing: Decodable {
    var ending: String
  }

  @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead)
    var workers: Set<PersonID> = [caller.id]
    if caller.role == .teamLead {
      // The lead has those of the whole team: what lies too long is hers as well.
      for role in [Role.supportWorker, .teamLead] {
        let team = try await store.people(
          around: caller.initiator, tenant: caller.tenant, role: role, at: caller.askedAt)
        workers.formUnion(team.map(\.id))
      }
    }
    try await store.logOwnList("follow-ups", .followUps, by: caller)
    let paths = try await store.followUps(of: workers, tenant: caller.tenant, at: caller.askedAt)
    var documents: [FollowUpDocument] = []
    for path in paths {
      let citizen = try await store.person(path.citizen, tenant: caller.tenant)
      documents.append(FollowUpDocument(path, citizen: citizen))
    }
    return try ServiceJSON.response(["followUps": documents])
  }

  @Sendable private func read(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let details = try await store.visible(context, .followUps)
    let path = try await store.followUp(
      of: details.visit.id, tenant: details.visit.tenant, at: context.requireCaller().askedAt)
    return try ServiceJSON.response(FollowUpDocument(path, citizen: details.citizen))
  }

  @Sendable private func tried(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    try await perform(context) {
      let body = try await request.json(Tried.self, context: context)
      return .tried(try RequestText.choice(body.way, field: "way"), reached: body.reached)
    }
  }

  @Sendable private func readiness(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    try await perform(context) {
      let body = try await request.json(Readiness.self, context: context)
      return .writeReadiness(
        try RequestText.choice(body.level, field: "level"), text: body.text)
    }
  }

  @Sendable private func handOver(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    try await perform(context) {
      let body = try await request.json(HandOver.self, context: context)
      return .handOver(to: PersonID(rawValue: body.worker))
    }
  }

  @Sendable private func close(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    try await perform(context) {
      let body = try await request.json(Closing.self, context: context)
      return .close(try RequestText.choice(body.ending, field: "ending"))
    }
  }

  private func perform(
    _ context: ServiceContext, _ command: () async throws -> NoShowCommand
  ) async throws -> Response {
    let caller = try context.requireCaller()
    let details = try await store.concerned(context)
    try await store.access(.followUps, .write, of: details.citizen.id, by: caller)
    let path = try await store.apply(
      try await command(), toFollowUpOf: details.visit.id, tenant: caller.tenant,
      by: caller.initiator, at: caller.askedAt)
    return try ServiceJSON.response(FollowUpDocument(path, citizen: details.citizen))
  }
}
