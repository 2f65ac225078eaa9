import Hummingbird
import Store
import Visits

/// Scales of the municipality's own, and what citizens answered (H8, H9).
struct ScaleRoutes: Sendable {
  let store: any BesoegStore

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("scales", use: list)
    group.put("scales/{scale}", use: write)
    group.get("scales/{scale}/report", use: report)
    group.get("visits/{visit}/scales", use: asked)
    group.put("visits/{visit}/scales/{scale}", use: answer)
    group.get("citizens/{citizen}/scales", use: scores)
    group.put("citizens/{citizen}/scales/{scale}", use: offer)
    group.post("citizens/{citizen}/scales/{scale}/talked", use: talked)
  }

  private struct Answer: Decodable {
    /// In the order of the scale's lines, null for a line left out; empty to skip it all.
    var marks: [Int?]
  }

  private struct Offer: Decodable {
    var offered: Bool
    var reason: String?
  }

  @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    guard caller.role.isStaff else { throw Problem(.notAllowed) }
    let scales = try await store.scales(tenant: caller.tenant)
    return try ServiceJSON.response(["scales": scales.map { ScaleDocument($0) }])
  }

  @Sendable private func write(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.teamLead, .administrator)
    let body = try await request.json(ScaleDocument.Body.self, context: context)
    let id = try RequestText.checked(
      try context.parameter("scale"), field: "scale", most: RequestText.longestLabel)
    let scale = try await store.setScale(
      try body.scale(ScoreScaleID(rawValue: id)), tenant: caller.tenant, by: caller.initiator,
      at: caller.askedAt)
    return try ServiceJSON.response(ScaleDocument(scale))
  }

  @Sendable private func report(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead, .administrator)
    let team = request.uri.queryParameters.get("team").map(TeamID.init(rawValue:))
    // A worker has her teams' figures; the whole municipality's are for who leads.
    if caller.role == .supportWorker {
      let own = try await store.teams(of: caller.id, tenant: caller.tenant)
      guard let team, own.contains(team) else { throw Problem(.notAllowed) }
    }
    let report = try await store.scoreReport(try scale(context), team: team, tenant: caller.tenant)
    return try ServiceJSON.response(ScoreReportDocument(report, team: team))
  }

  @Sendable private func asked(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let details = try await store.visible(context, .notes)
    let caller = try context.requireCaller()
    let scales = try await store.scalesAsked(
      in: details.visit.id, tenant: caller.tenant, at: caller.askedAt)
    return try ServiceJSON.response(["scales": scales.map { ScoresDocument($0) }])
  }

  @Sendable private func answer(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    // The citizen, or the worker who marks what the citizen says: the rules see to it.
    let details = try await store.writable(context, .notes)
    let body = try await request.json(Answer.self, context: context)
    let scores = try await store.answer(
      body.marks, to: try scale(context), in: details.visit.id, tenant: caller.tenant,
      by: caller.initiator, at: caller.askedAt)
    return try ServiceJSON.response(
      ScoresDocument(scores, notice: scores.needsTalk && caller.role.isStaff ? .scoreFell : nil))
  }

  @Sendable private func scores(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let citizen = try await store.citizen(context, .notes)
    let scores = try await store.scores(of: citizen, tenant: caller.tenant, at: caller.askedAt)
    return try ServiceJSON.response(["scales": scores.map { ScoresDocument($0) }])
  }

  @Sendable private func offer(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let body = try await request.json(Offer.self, context: context)
    // Whoever does not want to be asked says so without anybody's leave.
    let isOwnNo = caller.role == .citizen && !body.offered
    let citizen = try await store.citizen(context, .notes, isOwnNo ? .read : .write)
    let reason = try body.reason.map {
      try RequestText.checked($0, field: "reason", most: AccessRules.longestReason)
    }
    let scores = try await store.offer(
      body.offered, try scale(context), reason: reason, to: citizen, tenant: caller.tenant,
      by: caller.initiator, at: caller.askedAt)
    return try ServiceJSON.response(ScoresDocument(scores))
  }

  @Sendable private func talked(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let citizen = try await store.citizen(context, .notes, .write)
    let scores = try await store.talked(
      about: try scale(context), with: citizen, tenant: caller.tenant, by: caller.initiator,
      at: caller.askedAt)
    return try ServiceJSON.response(ScoresDocument(scores))
  }

  private func scale(_ context: ServiceContext) throws -> ScoreScaleID {
    ScoreScaleID(rawValue: try context.parameter("scale"))
  }
}
