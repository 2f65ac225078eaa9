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
    var room: String?
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
    let person = try await subject(of: request, caller)
    let visits = try await store.visits(tenant: caller.tenant, from: from, to: to, of: person)
    return try ServiceJSON.response([
      "visits": visits.map { VisitDocument($0, for: caller.role) }
    ])
  }

  /// Whose visits are asked for: one's own, or those of a person one may see; nil for all, which
  /// operations see without names.
  private func subject(of request: Request, _ caller: Caller) async throws -> PersonID? {
    guard let id = request.uri.queryParameters.get("person") else {
      if caller.role == .operations { return nil }
      try await store.logOwnList("visits", .visits, by: caller)
      return caller.id
    }
    let person = try await store.person(PersonID(rawValue: id), tenant: caller.tenant)
    if person.id == caller.id { return person.id }
    if person.role == .citizen {
      try await store.access(.visits, of: person.id, by: caller)
      return person.id
    }
    // A colleague's plan is the team's: whoever is to take over needs it (B13).
    if caller.role != .operations {
      let own = try await store.teams(of: caller.id, tenant: caller.tenant)
      let theirs = try await store.teams(of: person.id, tenant: caller.tenant)
      guard caller.role.givesSupport, !Set(own).isDisjoint(with: theirs) else {
        throw Problem(.notAllowed)
      }
    }
    try await store.logList(
      "visits of \(person.id)", part: .visits, tenant: caller.tenant, by: caller.initiator,
      at: caller.askedAt)
    return person.id
  }

  @Sendable private func book(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead, .operations)
    let body = try await request.json(NewVisit.self, context: context)
    let worker = PersonID(rawValue: body.workerId ?? caller.id.rawValue)
    try await checkBooks(PersonID(rawValue: body.citizenId), worker, caller)
    let booking = BookingRequest(
      citizenID: PersonID(rawValue: body.citizenId), workerID: worker, start: body.start.value,
      durationMinutes: body.durationMinutes,
      form: try body.form.map { try RequestText.choice($0, field: "form") } ?? .screen,
      mediaMode: try body.mediaMode.map { try RequestText.choice($0, field: "mediaMode") }
        ?? .video,
      room: body.room.map(RoomID.init(rawValue:)))
    let change = try await store.book(
      booking, tenant: caller.tenant, by: caller.initiator, at: clock.now(),
      events: VisitEvents.drafts)
    var document = VisitDocument(change.details, for: caller.role)
    if caller.role.givesSupport {
      // The visit is booked, whatever becomes of what could be said about it.
      let advice = try? await store.advice(on: change.details.visit)
      document.advice = advice?.map { NoticeDocument($0) }
    }
    return try ServiceJSON.response(
      document, status: .created,
      headers: [.location: "/api/v1/visits/\(change.details.visit.id)"])
  }

  /// Refuses booking for workers of other teams, and citizens of other teams.
  private func checkBooks(
    _ citizen: PersonID, _ worker: PersonID, _ caller: Caller
  ) async throws {
    if caller.role == .operations { return }
    if worker != caller.id {
      let own = try await store.teams(of: caller.id, tenant: caller.tenant)
      let theirs = try await store.teams(of: worker, tenant: caller.tenant)
      guard !Set(own).isDisjoint(with: theirs) else { throw Problem(.notAllowed) }
    }
    // One who is no citizen is refused by the rules of booking, in better words.
    let person = try await store.person(citizen, tenant: caller.tenant)
    if person.role == .citizen {
      try await store.access(.visits, .write, of: citizen, by: caller)
    }
  }

  @Sendable private func read(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    var details = try await store.visible(context)
    if details.verdict == nil, details.visit.state.isFinal {
      details.verdict = try await store.verdict(
        of: details.visit.id, tenant: details.visit.tenant)
    }
    return try ServiceJSON.response(
      VisitDocument(details, for: context.requireCaller().role))
  }

  @Sendable private func move(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let details = try await store.concerned(context)
    let body = try await request.json(Move.self, context: context)
    return try await perform(
      .move(start: body.start?.value, durationMinutes: body.durationMinutes),
      on: details, context)
  }

  @Sendable private func cancel(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let details = try await store.concerned(context)
    let body = try await request.json(CancelBody.self, context: context)
    return try await perform(try body.command(), on: details, context)
  }

  private func perform(
    _ command: VisitCommand, on details: VisitDetails, _ context: ServiceContext
  ) async throws -> Response {
    let caller = try context.requireCaller()
    let changed = try await coordinator.perform(command, on: details.visit.id, by: caller)
    return try ServiceJSON.response(VisitDocument(changed, for: caller.role))
  }
}

/// Who wants a visit called off and why, and what else there is to say.
private struct CancelBody: Decodable {
  var reason: String?
  var cancelledBy: String?
  var because: String?

  func command() throws -> VisitCommand {
    .cancel(
      reason: try ReasonBody(reason: reason).checked(),
      Cancellation(
        by: try cancelledBy.map { try RequestText.choice($0, field: "cancelledBy") },
        because: try because.map { try RequestText.choice($0, field: "because") }))
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
