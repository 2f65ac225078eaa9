import FoundationEssentials
import HTTPTypes
import Hummingbird
import Store
import Visits

/// "Ring mig op": asking to be called, and taking those who ask.
struct CallbackRoutes: Sendable {
  let store: any BesoegStore
  let coordinator: RelayCoordinator
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("contact", use: contact)
    group.get("callbacks", use: list)
    group.post("callbacks", use: ask)
    group.get("callbacks/{callback}", use: read)
    group.post("callbacks/{callback}/call", use: call)
    for command in [
      CallbackCommand.see, .claim, .release, .noAnswer, .reached, .withdraw,
    ] {
      group.post("callbacks/{callback}/\(command.name)") { _, context in
        try await self.apply(command, context)
      }
    }
  }

  private struct NewCallback: Decodable {
    var citizenId: String?
    var isUrgent: Bool?
    var origin: String?
    var about: String?
  }

  /// What a person may say about where a request comes from; the rest is the system's to know.
  private enum AskedOrigin: String, CaseIterable {
    case button
    case ringBack = "ring-back"

    var origin: CallbackOrigin { self == .button ? .button : .ringBack }
  }

  @Sendable private func ask(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.citizen, .supportWorker, .teamLead, .operations)
    let body = try await request.json(NewCallback.self, context: context)
    let origin: AskedOrigin =
      try body.origin.map { try RequestText.choice($0, field: "origin") } ?? .button
    let citizen = try body.citizenId ?? caller.citizenID(orMissing: "citizenId")
    try await store.requireWriting(about: PersonID(rawValue: citizen), by: caller)
    let committed = try await store.askForCall(
      CallbackAsk(
        citizen: PersonID(rawValue: citizen), isUrgent: body.isUrgent ?? false,
        origin: origin.origin, about: body.about),
      tenant: caller.tenant, by: caller.initiator, at: clock.now(),
      events: CallbackEvents.drafts)
    let document = CallbackDocument(committed.details, for: caller.role)
    return try ServiceJSON.response(
      document, status: committed.previous == nil ? .created : .ok,
      headers: [.location: "/api/v1/callbacks/\(document.id)"])
  }

  @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.citizen, .supportWorker, .teamLead, .operations)
    let now = clock.now()
    try await store.logOwnList("call-backs", .contact, by: caller)
    let found: [CallbackDetails]
    if caller.role == .citizen {
      let latest = try await store.latestCallback(
        of: caller.id, tenant: caller.tenant, at: now)
      found = latest.map { [$0] } ?? []
    } else {
      found = try await store.openCallbacks(
        for: caller, sight: try await store.sight(of: caller), at: now)
    }
    return try ServiceJSON.response([
      "callbacks": found.map { CallbackDocument($0, for: caller.role) }
    ])
  }

  /// Whether anybody answers now (E23).
  @Sendable private func contact(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.citizen)
    return try ServiceJSON.response(
      ContactDocument(
        try await store.contact(of: caller.id, tenant: caller.tenant, at: clock.now())))
  }

  @Sendable private func read(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let details = try await visible(context)
    return try ServiceJSON.response(CallbackDocument(details, for: caller.role))
  }

  private func apply(
    _ command: CallbackCommand, _ context: ServiceContext
  ) async throws -> Response {
    let caller = try context.requireCaller()
    let id = try await visible(context).request.id
    let committed = try await store.apply(
      command, to: id, tenant: caller.tenant, by: caller.initiator, at: clock.now(),
      events: CallbackEvents.drafts)
    return try ServiceJSON.response(CallbackDocument(committed.details, for: caller.role))
  }

  /// Takes the request and rings the citizen's devices.
  @Sendable private func call(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let id = try await visible(context).request.id
    let booked = try await store.bookCallback(
      id, tenant: caller.tenant, by: caller.initiator, at: clock.now(),
      events: VisitEvents.drafts)
    let rung = try await coordinator.perform(.ring, on: booked.details.visit.id, by: caller)
    return try ServiceJSON.response(
      VisitDocument(rung), status: .accepted,
      headers: [.location: "/api/v1/visits/\(rung.visit.id)"])
  }

  /// The request in the path, where the caller may know of it. To others it does not exist.
  private func visible(_ context: ServiceContext) async throws -> CallbackDetails {
    let caller = try context.requireCaller()
    let id = CallbackID(rawValue: try context.parameter("callback"))
    let details = try await store.callback(id, tenant: caller.tenant, at: clock.now())
    switch caller.role {
    case .citizen:
      guard details.request.citizen == caller.id else { throw Problem(.notFound) }
    case .supportWorker, .teamLead:
      let teams = Set(try await store.teams(of: caller.id, tenant: caller.tenant))
      let sight = try await store.sight(of: caller)
      guard details.concerns(caller, teams: teams, sight: sight) else {
        throw Problem(.notFound)
      }
    case .operations: break
    case .caseWorker, .administrator: throw Problem(.notFound)
    }
    return details
  }
}

extension BesoegStore {
  /// Open requests that the caller may know of: a worker those she is shown, a lead those of her
  /// teams and those that nobody took, and who runs the system all of them, without names.
  func openCallbacks(
    for caller: Caller, sight: Sight, at now: UTCMilliseconds
  ) async throws -> [CallbackDetails] {
    let found = try await openCallbacks(
      tenant: caller.tenant, worker: caller.role == .supportWorker ? caller.id : nil, at: now)
    guard caller.role == .teamLead else { return found }
    let teams = Set(try await self.teams(of: caller.id, tenant: caller.tenant))
    return found.filter { $0.concerns(caller, teams: teams, sight: sight) }
  }
}

extension CallbackDetails {
  /// Whether somebody who gives support may know of the request: it is shown to them, or is of a
  /// team or a citizen of theirs.
  fileprivate func concerns(_ caller: Caller, teams: Set<TeamID>, sight: Sight) -> Bool {
    staff.people.contains(caller.id) || staff.roles.contains(caller.role)
      || teams.contains(request.team) || sight.covers(request.citizen)
  }
}

extension Caller {
  /// The caller's own id where they are a citizen; staff must say whom they mean.
  func citizenID(orMissing field: String) throws -> String {
    guard role == .citizen else { throw Problem(.missingField, ["field": field]) }
    return id.rawValue
  }
}
