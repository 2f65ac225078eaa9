import Hummingbird
import Store
import Visits

/// Asking a citizen before anything about them is passed on (C8): the worker asks, the citizen says
/// yes or no on her own screen, and only a yes lets it be passed on.
struct DisclosureRoutes: Sendable {
  let store: any BesoegStore

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("citizens/{citizen}/disclosures", use: list)
    group.post("citizens/{citizen}/disclosures", use: ask)
    group.post("citizens/{citizen}/disclosures/{disclosure}/answer", use: answer)
    group.post("citizens/{citizen}/disclosures/{disclosure}/pass-on") { _, context in
      try await self.apply(.passOn, context)
    }
    group.post("citizens/{citizen}/disclosures/{disclosure}/take-back") { _, context in
      try await self.apply(.takeBack, context)
    }
  }

  private struct NewDisclosure: Decodable {
    var what: String
    var recipient: String
    var reason: String
  }

  private struct Answer: Decodable {
    var isYes: Bool
    var way: String?
  }

  @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let citizen = try await store.citizen(context, .consents)
    let found = try await store.disclosures(of: citizen, tenant: caller.tenant)
    return try ServiceJSON.response([
      "disclosures": found.map { DisclosureDocument($0.disclosure, askedBy: $0.askedBy) }
    ])
  }

  @Sendable private func ask(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let citizen = try await store.citizen(context, .consents, .write)
    let body = try await request.json(NewDisclosure.self, context: context)
    let asked = try await store.askToDisclose(
      DisclosureDraft(what: body.what, recipient: body.recipient, reason: body.reason),
      of: citizen, tenant: caller.tenant, by: caller.initiator, at: caller.askedAt,
      events: DisclosureEvents.drafts)
    return try ServiceJSON.response(
      DisclosureDocument(asked.disclosure, askedBy: asked.askedBy), status: .created)
  }

  @Sendable private func answer(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(Answer.self, context: context)
    let caller = try context.requireCaller()
    let way: ConsentWay =
      try body.way.map { try RequestText.choice($0, field: "way") }
      ?? (caller.role == .citizen ? .onScreen : .spoken)
    return try await apply(.answer(isYes: body.isYes, way), context)
  }

  private func apply(
    _ command: DisclosureCommand, _ context: ServiceContext
  ) async throws -> Response {
    let caller = try context.requireCaller()
    let citizen = try await store.citizen(context, .consents, .write)
    let changed = try await store.apply(
      command, to: DisclosureID(rawValue: try context.parameter("disclosure")), of: citizen,
      tenant: caller.tenant, by: caller.initiator, at: caller.askedAt,
      events: DisclosureEvents.drafts)
    return try ServiceJSON.response(
      DisclosureDocument(changed.disclosure, askedBy: changed.askedBy))
  }
}

/// A question about passing something on, as the API shows it.
struct DisclosureDocument: Encodable, Sendable {
  var id: String
  var citizen: String
  var what: String
  var recipient: String
  var reason: String
  var askedBy: PersonName
  var askedAt: APITime
  var state: Disclosure.State
  var answeredAt: APITime?
  var way: ConsentWay?
  var consent: String?
  var passedOnAt: APITime?

  init(_ disclosure: Disclosure, askedBy asker: Person) {
    id = disclosure.id.rawValue
    citizen = disclosure.citizen.rawValue
    what = disclosure.what
    recipient = disclosure.recipient
    reason = disclosure.reason
    askedBy = PersonName(asker)
    askedAt = APITime(disclosure.askedAt)
    state = disclosure.state
    answeredAt = disclosure.answer.map { APITime($0.at) }
    way = disclosure.answer?.way
    consent = disclosure.consent?.rawValue
    passedOnAt = disclosure.passedOnAt.map { APITime($0) }
  }
}

/// What is told of a question: the citizen that it is asked, and who asked what came of it.
enum DisclosureEvents {
  static let drafts: DisclosureEventMaker = { disclosure, asker in
    [
      EventDraft(
        name: "disclosure", document: DisclosureDocument(disclosure, askedBy: asker),
        audience: Audience(people: [disclosure.citizen, disclosure.askedBy]))
    ]
  }
}
