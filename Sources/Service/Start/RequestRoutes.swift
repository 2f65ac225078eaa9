import HTTPTypes
import Hummingbird
import Store
import Visits

/// What waits to be taken up: everybody who asks for something now in one list (B14), wishes to be
/// seen sooner and the time that could fulfil them (B15), and parked topics (C10).
struct RequestRoutes: Sendable {
  let store: any BesoegStore
  let access: TeamAccess
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("requests", use: requests)
    group.get("freed-time/waiting", use: waiting)
    group.get("citizens/{citizen}/wish", use: wish)
    group.put("citizens/{citizen}/wish", use: setWish)
    group.delete("citizens/{citizen}/wish", use: removeWish)
    group.get("parked-topics", use: parked)
    group.post("citizens/{citizen}/parked-topics", use: park)
    group.post("parked-topics/{topic}/take", use: take)
    group.post("parked-topics/{topic}/close", use: close)
  }

  // MARK: Who asks

  private struct RequestDocument: Encodable {
    var source: IncomingRequest.Source
    var id: String
    var citizen: PersonName
    var about: String?
    var since: UTCMilliseconds
    var dueAt: UTCMilliseconds
    var holder: PersonName?
    var reason: NoticeDocument
    /// Where to post to take it; not there for a wish, and for what a colleague has.
    var claim: String?
  }

  @Sendable private func requests(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead, .operations)
    let (now, tenant) = (clock.now(), caller.tenant)
    var found: [(request: IncomingRequest, claim: String?)] = []
    // Whoever may take somebody is told who it is, though they be another team's.
    var sight = try await store.sight(of: caller)
    let callbacks = try await store.openCallbacks(for: caller, sight: sight, at: now)
    if caller.role != .operations { sight = sight.with(callbacks.map(\.request.citizen)) }
    for callback in callbacks {
      found.append(
        (
          IncomingRequest(callback.request, at: now),
          "/api/v1/callbacks/\(callback.request.id)/claim"
        ))
    }
    for session in try await store.dropInSessions(
      tenant: tenant, from: now, to: now.adding(minutes: 1))
    {
      let queue = try await store.queue(session.id, tenant: tenant, at: now)
      // Only those who serve a queue can take anybody from it.
      let isServing = queue.serving.contains(caller.id)
      guard caller.role == .operations || isServing else { continue }
      if isServing { sight = sight.with(queue.tickets.map(\.citizen)) }
      for ticket in queue.tickets {
        guard let one = IncomingRequest(ticket, at: now) else { continue }
        found.append((one, "/api/v1/drop-in/sessions/\(session.id)/claim"))
      }
    }
    for wish in try await wishes(around: caller) {
      if let one = IncomingRequest(wish, at: now) { found.append((one, nil)) }
    }
    let claims = Dictionary(
      found.map { ("\($0.request.source.rawValue)/\($0.request.id)", $0.claim) }
    ) { first, _ in first }
    var documents: [RequestDocument] = []
    for one in IncomingRequest.inOrder(found.map(\.request)) {
      let claim = claims["\(one.source.rawValue)/\(one.id)"] ?? nil
      var holder: PersonName?
      if let id = one.holder { holder = try await name(id, tenant) }
      documents.append(
        RequestDocument(
          source: one.source, id: one.id,
          citizen: sight.name(try await store.person(one.citizen, tenant: tenant)),
          about: sight.words(one.about, of: one.citizen), since: one.since, dueAt: one.dueAt,
          holder: holder,
          reason: NoticeDocument(one.reason),
          claim: one.priority == .taken ? nil : claim))
    }
    return try ServiceJSON.response(["requests": documents])
  }

  private func name(_ id: PersonID, _ tenant: TenantID) async throws -> PersonName {
    PersonName(try await store.person(id, tenant: tenant))
  }

  // MARK: Who waits for time

  private struct WaitingDocument: Encodable {
    struct One: Encodable {
      var citizen: PersonName
      var minutes: Int
      var since: UTCMilliseconds
    }
    var worker: PersonName
    var from: UTCMilliseconds
    var to: UTCMilliseconds
    var waiting: [One]
  }

  /// Freed time with those whom it would suit, longest waiting first. Offering it is a proposal of
  /// one time.
  @Sendable private func waiting(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead)
    let wishes = try await wishes(around: caller)
    var documents: [WaitingDocument] = []
    for freed in try await store.freedTime(
      tenant: caller.tenant, workers: try await access.team(of: caller), at: clock.now())
    {
      var line = WaitingDocument(
        worker: try await name(freed.worker, caller.tenant), from: freed.window.start,
        to: freed.window.end, waiting: [])
      for wish in WaitingWish.fitting(freed, among: wishes) {
        line.waiting.append(
          .init(
            citizen: try await name(wish.citizen, caller.tenant), minutes: wish.minutes,
            since: wish.since))
      }
      documents.append(line)
    }
    return try ServiceJSON.response(["freed": documents])
  }

  @Sendable private func wish(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let citizen = try await store.citizen(context, .visits)
    let kept = try await store.record(
      KeptWish.self, citizen.rawValue, tenant: context.requireCaller().tenant)
    guard let wish = kept?.wish, wish.window.end > clock.now() else { throw Problem(.notFound) }
    return try ServiceJSON.response(Self.document(wish))
  }

  @Sendable private func setWish(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(WishDocument.self, context: context)
    let (citizen, caller) = try await wisher(context)
    let now = clock.now()
    let kept = try await store.change(
      KeptWish.self, citizen.rawValue, tenant: caller.tenant, action: "wish.set",
      by: caller.initiator, at: now
    ) { before in
      // Who changes what they wish for has still waited since they first asked.
      let wish = WaitingWish(
        citizen: citizen, minutes: body.minutes,
        window: TimeWindow(start: max(body.from.value, now), end: body.to.value),
        workers: (body.workers ?? []).map(PersonID.init(rawValue:)),
        since: before?.wish.since ?? now)
      return KeptWish(tenant: caller.tenant, wish: try wish.checked(at: now))
    }
    return try ServiceJSON.response(Self.document(kept.wish))
  }

  @Sendable private func removeWish(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let (citizen, caller) = try await wisher(context)
    try await store.remove(
      KeptWish.self, citizen.rawValue, tenant: caller.tenant, action: "wish.remove",
      by: caller.initiator, at: clock.now())
    return Response(status: .noContent)
  }

  /// The citizen in the path, for themselves or for their team.
  private func wisher(_ context: ServiceContext) async throws -> (PersonID, Caller) {
    let caller = try context.requireCaller()
    let citizen = PersonID(rawValue: try context.parameter("citizen"))
    if caller.id != citizen || caller.role != .citizen {
      try await store.access(.visits, .write, of: citizen, by: caller)
    }
    return (citizen, caller)
  }

  private static func document(_ wish: WaitingWish) -> WishDocument {
    WishDocument(
      minutes: wish.minutes, from: APITime(wish.window.start), to: APITime(wish.window.end),
      workers: wish.workers.isEmpty ? nil : wish.workers.map(\.rawValue))
  }

  /// Wishes of the citizens around the caller.
  private func wishes(around caller: Caller) async throws -> [WaitingWish] {
    let near = try await near(caller)
    return try await store.records(
      KeptWish.self, tenant: caller.tenant, of: nil, openOnly: true
    ).map(\.wish).filter { near.contains($0.citizen) }
  }

  private func near(_ caller: Caller) async throws -> Set<PersonID> {
    Set(
      try await store.people(
        around: caller.initiator, tenant: caller.tenant, role: .citizen, at: clock.now()
      ).map(\.id))
  }

  // MARK: Parked topics

  private struct NewTopic: Decodable {
    var topic: String
    var note: String?
    var to: String?
    var visitId: String?
  }

  private struct Closing: Decodable {
    var outcome: String?
  }

  @Sendable private func parked(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead, .caseWorker)
    let near = try await near(caller)
    try await store.logOwnList("parked topics", .notes, by: caller)
    let topics = try await store.records(
      ParkedTopic.self, tenant: caller.tenant, of: nil, openOnly: true)
    let shown = topics.filter { topic in
      near.contains(topic.citizen) && (caller.role != .caseWorker || topic.to == .caseWorker)
    }
    return try ServiceJSON.response(["topics": shown.map { ParkedTopicDocument($0) }])
  }

  @Sendable private func park(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(NewTopic.self, context: context)
    let caller = try context.requireCaller()
    let to: ParkedTopic.Recipient =
      try body.to.map { try RequestText.choice($0, field: "to") } ?? .knownWorker
    let citizen = try await store.citizen(context, .notes, .write)
    let visit = try await store.visit(body.visitId, of: citizen, tenant: caller.tenant)
    let id = ParkedTopicID.random()
    let topic = try await store.change(
      ParkedTopic.self, id.rawValue, tenant: caller.tenant, action: "topic.park",
      by: caller.initiator, at: caller.askedAt
    ) { _ in
      try ParkedTopic(
        id: id, tenant: caller.tenant, citizen: citizen, topic: body.topic, note: body.note,
        to: to, visit: visit, by: caller.initiator, at: caller.askedAt)
    }
    return try ServiceJSON.response(ParkedTopicDocument(topic), status: .created)
  }

  @Sendable private func take(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    try await change("topic.take", context) { topic, caller in
      try topic.taken(by: caller.initiator)
    }
  }

  @Sendable private func close(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(Closing.self, context: context)
    return try await change("topic.close", context) { topic, caller in
      try topic.closed(body.outcome, by: caller.initiator, at: caller.askedAt)
    }
  }

  private func change(
    _ action: String, _ context: ServiceContext,
    _ rule: @escaping @Sendable (ParkedTopic, Caller) throws -> ParkedTopic
  ) async throws -> Response {
    let caller = try context.requireCaller()
    let id = try context.parameter("topic")
    guard let topic = try await store.record(ParkedTopic.self, id, tenant: caller.tenant) else {
      throw Problem(.notFound)
    }
    // Whoever it was handed on to may take it up, the case worker too: a look is what it takes.
    guard caller.role.isStaff else { throw Problem(.notFound) }
    let step: AccessAction = caller.role == .caseWorker ? .read : .write
    try await store.access(.followUps, step, of: topic.citizen, by: caller)
    let changed = try await store.change(
      ParkedTopic.self, id, tenant: caller.tenant, action: action, by: caller.initiator,
      at: caller.askedAt
    ) { before in
      guard let before else { throw StoreError.notFound }
      return try rule(before, caller)
    }
    return try ServiceJSON.response(ParkedTopicDocument(changed))
  }
}
