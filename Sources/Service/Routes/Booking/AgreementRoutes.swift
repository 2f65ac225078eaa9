import HTTPTypes
import Hummingbird
import Store
import Visits

/// A visit held another way, a delay announced, and times put to a citizen to choose from.
struct AgreementRoutes: Sendable {
  let store: any BesoegStore
  let access: TeamAccess
  let presence: PresenceBoard
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("visits/{visit}/ways", use: ways)
    group.post("visits/{visit}/convert", use: convert)
    group.post("visits/{visit}/delay", use: delay)
    group.get("proposals", use: list)
    group.post("proposals", use: offer)
    group.post("proposals/{proposal}/choose", use: choose)
    group.post("proposals/{proposal}/decline", use: decline)
  }

  private struct Conversion: Decodable {
    var to: ConversionTarget
  }

  private struct Delay: Decodable {
    var minutes: Int?
  }

  private struct DelayDocument: Encodable {
    /// A citizen of the visit, and how they hear of it.
    struct Told: Encodable {
      var id: String
      var displayName: String
      var by: Way
    }

    /// How a citizen hears of a delay. Whom nothing reaches somebody rings.
    enum Way: String, Encodable {
      case screen, message, nothing
    }

    var visit: String
    var minutes: Int
    var isNew: Bool
    var told: [Told]
  }

  private struct Offer: Decodable {
    var id: String?
    var visitId: String?
    var citizenId: String?
    var workerId: String?
    var durationMinutes: Int?
    var form: VisitForm?
    var mediaMode: MediaMode?
    var starts: [APITime]?
    var window: PickWindowDocument?
  }

  private struct Choice: Decodable {
    var start: APITime
  }

  private struct WaysDocument: Encodable {
    var conversions: [ConversionTarget]
    var canCancel: Bool
  }

  @Sendable private func ways(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let details = try await store.visible(context)
    let ways = try await store.ways(
      of: details.visit.id, tenant: caller.tenant, by: caller.initiator, at: clock.now())
    return try ServiceJSON.response(
      WaysDocument(conversions: ways.conversions, canCancel: ways.canCancel))
  }

  @Sendable private func convert(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let details = try await store.writable(context)
    let body = try await request.json(Conversion.self, context: context)
    let committed = try await store.convert(
      details.visit.id, to: body.to, tenant: caller.tenant, by: caller.initiator,
      at: clock.now(), events: VisitEvents.drafts)
    return try ServiceJSON.response(VisitDocument(committed.details))
  }

  @Sendable private func delay(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let details = try await store.writable(context)
    let body = try await request.json(Delay.self, context: context)
    let minutes = body.minutes ?? Overrun.stepMinutes
    let announced = try await store.announceDelay(
      minutes: minutes, of: details.visit.id, tenant: caller.tenant, by: caller.initiator,
      at: clock.now(), events: BookingEvents.delay)
    var told: [DelayDocument.Told] = []
    for citizen in announced.citizens {
      var way: DelayDocument.Way = announced.messaged.contains(citizen.id) ? .message : .nothing
      let devices = try await store.devices(of: citizen.id, tenant: caller.tenant)
      if devices.contains(where: { presence.isOnline($0, at: clock.now()) }) { way = .screen }
      told.append(
        .init(id: citizen.id.rawValue, displayName: citizen.displayName, by: way))
    }
    return try ServiceJSON.response(
      DelayDocument(
        visit: details.visit.id.rawValue, minutes: announced.notice.minutes,
        isNew: announced.isNew, told: told))
  }

  @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let open = try await store.proposals(
      of: caller.id, from: try request.day("from"), tenant: caller.tenant, at: clock.now())
    var documents: [ProposalDocument] = []
    for proposal in open { documents.append(try await named(proposal)) }
    return try ServiceJSON.response(["proposals": documents])
  }

  @Sendable private func offer(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let body = try await request.json(Offer.self, context: context)
    let visit = try await wanted(body, caller)
    try await access.requirePlanning(caller, for: visit.workerID)
    try await store.access(.visits, .write, of: visit.citizenID, by: caller)
    let id = body.id.map(TimeProposalID.init(rawValue:)) ?? .random()
    let committed: CommittedProposal
    if let window = body.window, body.starts == nil {
      committed = try await store.openWindow(
        id, visit: visit, window: window.window, by: caller.initiator, at: clock.now(),
        events: BookingEvents.proposal)
    } else if let starts = body.starts {
      committed = try await store.offer(
        id, visit: visit, starts: starts.map(\.value), by: caller.initiator, at: clock.now(),
        events: BookingEvents.proposal)
    } else {
      throw Problem(.missingField, ["field": "starts"])
    }
    return try ServiceJSON.response(
      try await named(committed.proposal), status: .created,
      headers: [.location: "/api/v1/proposals"])
  }

  /// The visit the times are for: one there is, to be moved, or a new one.
  private func wanted(_ body: Offer, _ caller: Caller) async throws -> Visit {
    if let id = body.visitId {
      return try await store.visit(VisitID(rawValue: id), tenant: caller.tenant).visit
    }
    guard let citizen = body.citizenId else {
      throw Problem(.missingField, ["field": "citizenId"])
    }
    guard let minutes = body.durationMinutes else {
      throw Problem(.missingField, ["field": "durationMinutes"])
    }
    return Visit(
      id: .random(), tenant: caller.tenant, citizenID: PersonID(rawValue: citizen),
      workerID: PersonID(rawValue: body.workerId ?? caller.id.rawValue),
      start: body.starts?.first?.value ?? clock.now(), durationMinutes: minutes,
      form: body.form ?? .screen, mediaMode: body.mediaMode ?? .video)
  }

  @Sendable private func choose(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(Choice.self, context: context)
    return try await answer(body.start.value, note: nil, context)
  }

  @Sendable private func decline(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(ReasonBody.self, context: context)
    return try await answer(nil, note: try body.checked(), context)
  }

  private func answer(
    _ start: UTCMilliseconds?, note: String?, _ context: ServiceContext
  ) async throws -> Response {
    let caller = try context.requireCaller()
    let id = TimeProposalID(rawValue: try context.parameter("proposal"))
    let committed = try await store.answer(
      id, choosing: start, note: note, tenant: caller.tenant, by: caller.initiator,
      at: clock.now(), events: BookingEvents.proposal)
    return try ServiceJSON.response(try await named(committed.proposal))
  }

  /// A proposal with the names of the two: who reads of it may be asked by somebody new to them.
  private func named(_ proposal: TimeProposal) async throws -> ProposalDocument {
    let visit = proposal.visit
    var document = ProposalDocument(proposal)
    document.citizenName = try await store.person(visit.citizenID, tenant: visit.tenant)
      .displayName
    document.workerName = try await store.person(visit.workerID, tenant: visit.tenant).displayName
    return document
  }
}
