import HTTPTypes
import Hummingbird
import Store
import Visits

/// Booking, moving, cancelling and reading visits.
struct VisitRoutes: Sendable {
  /// How far back a list of visits goes unless asked otherwise: two days, in milliseconds.
  private static let defaultPast: Int64 = 2 * 86_400_000
  /// How far ahead: as far as anything can be booked, in milliseconds.
  private static let defaultFuture: Int64 = 400 * 86_400_000

  let store: any BesoegStore
  let coordinator: RelayCoordinator
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("visits", use: list)
    group.post("visits", use: book)
    group.get("visits/{visit}", use: read)
    group.patch("visits/{visit}", use: move)
    group.post("visits/{visit}/cancel", use: cancel)
  }

  private struct NewVisit: Decodable {
    var citizenId: String
    var workerId: String?
    var start: APITime
    var durationMinutes: Int
    var form: String?
    var mediaMode: String?
  }

  private struct Move: Decodable {
    var start: APITime?
    var durationMinutes: Int?
  }

  @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let now = clock.now()
    let from = try request.time("from") ?? now.adding(milliseconds: -Self.defaultPast)
    let to = try request.time("to") ?? now.adding(milliseconds: Self.defaultFuture)
    let visits = try await store.visits(
      tenant: caller.tenant, from: from, to: to,
      of: caller.role == .operations ? nil : caller.id)
    return try ServiceJSON.response(["visits": visits.map { VisitDocument($0) }])
  }

  @Sendable private func book(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .operations)
    let body = try await request.json(NewVisit.self, context: context)
    let worker = PersonID(rawValue: body.workerId ?? caller.id.rawValue)
    guard caller.role == .operations || worker == caller.id else { throw Problem(.notAllowed) }
    let booking = BookingRequest(
      citizenID: PersonID(rawValue: body.citizenId), workerID: worker, start: body.start.value,
      durationMinutes: body.durationMinutes,
      form: try body.form.map { try RequestText.choice($0, field: "form") } ?? .screen,
      mediaMode: try body.mediaMode.map { try RequestText.choice($0, field: "mediaMode") }
        ?? .video)
    let change = try await store.book(
      booking, tenant: caller.tenant, by: caller.initiator, at: clock.now(),
      events: VisitEvents.drafts)
    return try ServiceJSON.response(
      VisitDocument(change.details), status: .created,
      headers: [.location: "/api/v1/visits/\(change.details.visit.id)"])
  }

  @Sendable private func read(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    var details = try await visit(of: context)
    if details.verdict == nil, details.visit.state.isFinal {
      details.verdict = try await store.verdict(
        of: details.visit.id, tenant: details.visit.tenant)
    }
    return try ServiceJSON.response(VisitDocument(details))
  }

  @Sendable private func move(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let details = try await visit(of: context)
    let body = try await request.json(Move.self, context: context)
    return try await perform(
      .move(start: body.start?.value, durationMinutes: body.durationMinutes),
      on: details, context)
  }

  @Sendable private func cancel(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let details = try await visit(of: context)
    let body = try await request.json(ReasonBody.self, context: context)
    return try await perform(.cancel(reason: try body.checked()), on: details, context)
  }

  private func perform(
    _ command: VisitCommand, on details: VisitDetails, _ context: ServiceContext
  ) async throws -> Response {
    let changed = try await coordinator.perform(
      command, on: details.visit.id, by: context.requireCaller())
    return try ServiceJSON.response(VisitDocument(changed))
  }

  private func visit(of context: ServiceContext) async throws -> VisitDetails {
    try await store.visible(context)
  }
}

/// A request's optional reason, in the person's own words.
struct ReasonBody: Decodable {
  var reason: String?

  /// The reason, where there is one that fits.
  func checked() throws -> String? {
    guard let reason, !reason.isEmpty else { return nil }
    return try RequestText.checked(reason, field: "reason", most: VisitRules.longestNote)
  }
}

extension VisitStore {
  /// The visit in the path, where the caller may know of it. To others it does not exist.
  func visible(_ context: ServiceContext) async throws -> VisitDetails {
    let caller = try context.requireCaller()
    let id = VisitID(rawValue: try context.parameter("visit"))
    let details = try await visit(id, tenant: caller.tenant)
    guard caller.maySee(details.visit) else { throw Problem(.notFound) }
    return details
  }
}

extension Request {
  /// A time in the query; nil where it is not there.
  func time(_ name: String) throws -> UTCMilliseconds? {
    guard let text = uri.queryParameters.get(name) else { return nil }
    // In a query a `+` that was not escaped arrives as a space (WHATWG URL §5.1).
    guard let value = UTCMilliseconds(rfc3339: text.replacing(" ", with: "+")) else {
      throw Problem(.invalidTime, ["field": name])
    }
    return value
  }
}
