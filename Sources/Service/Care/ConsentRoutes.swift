import Hummingbird
import Store
import Visits

/// What a citizen has agreed to (H13), and the citizen's own card for hard days (H14).
struct ConsentRoutes: Sendable {
  let store: any BesoegStore

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("citizens/{citizen}/consents", use: list)
    group.post("citizens/{citizen}/consents", use: give)
    group.post("citizens/{citizen}/consents/{consent}/withdraw", use: withdraw)
    group.get("citizens/{citizen}/card", use: readCard)
    group.put("citizens/{citizen}/card", use: writeCard)
  }

  private struct Contact: Codable {
    var channel: String
    var address: String
  }

  private struct NewConsent: Decodable {
    var kind: String
    var recipient: String?
    var contact: Contact?
    var reason: String
    var way: String?
    var validThrough: LocalDate?
  }

  private struct Document: Encodable {
    var id: String
    var kind: ConsentKind
    var recipient: String?
    var contact: Contact?
    var reason: String
    var way: ConsentWay
    var givenAt: APITime
    var recordedBy: String
    var validThrough: LocalDate?
    var withdrawnAt: APITime?
    var withdrawnBy: String?
    var isValid: Bool

    init(_ consent: Consent, at now: UTCMilliseconds) {
      id = consent.id.rawValue
      kind = consent.kind
      recipient = consent.recipient
      contact = consent.contact.map { Contact(channel: $0.channel.rawValue, address: $0.address) }
      reason = consent.reason
      way = consent.way
      givenAt = APITime(consent.givenAt)
      recordedBy = consent.recordedBy.rawValue
      validThrough = consent.validThrough
      withdrawnAt = consent.withdrawnAt.map { APITime($0) }
      withdrawnBy = consent.withdrawnBy?.rawValue
      isValid = consent.isValid(on: LocalDate(now))
    }
  }

  @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let citizen = try await store.citizen(context, .consents)
    let consents = try await store.consents(of: citizen, tenant: caller.tenant)
    return try ServiceJSON.response([
      "consents": consents.map { Document($0, at: caller.askedAt) }
    ])
  }

  @Sendable private func give(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let citizen = try await store.citizen(context, .consents, .write)
    let body = try await request.json(NewConsent.self, context: context)
    let contact = try body.contact.map { contact in
      let channel: ReminderChannel = try RequestText.choice(
        contact.channel, field: "contact.channel")
      let address = try RequestText.checked(
        contact.address, field: "contact.address", most: ReminderRoutes.longestAddress)
      guard channel != .email || MailMessage.isAddress(address) else {
        throw Problem(
          .invalidText,
          ["field": "contact.address", "most": String(ReminderRoutes.longestAddress)])
      }
      return ConsentContact(channel: channel, address: address)
    }
    let usual: ConsentWay = caller.id == citizen ? .onScreen : .spoken
    let draft = ConsentDraft(
      kind: try RequestText.choice(body.kind, field: "kind"), recipient: body.recipient,
      contact: contact, reason: body.reason,
      way: try body.way.map { try RequestText.choice($0, field: "way") } ?? usual,
      validThrough: body.validThrough)
    let consent = try await store.give(
      draft, of: citizen, tenant: caller.tenant, by: caller.initiator, at: caller.askedAt)
    return try ServiceJSON.response(Document(consent, at: caller.askedAt), status: .created)
  }

  @Sendable private func withdraw(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let citizen = try await store.citizen(context, .consents, .write)
    let consent = try await store.withdraw(
      ConsentID(rawValue: try context.parameter("consent")), of: citizen, tenant: caller.tenant,
      by: caller.initiator, at: caller.askedAt)
    return try ServiceJSON.response(Document(consent, at: caller.askedAt))
  }

  private struct Card: Codable {
    struct Point: Codable {
      var title: String?
      var text: String
    }

    var points: [Point]
    /// The revision that the writer had before them; in an answer, the card's own.
    var revision: Int?
    var at: APITime?
    var by: String?
  }

  @Sendable private func readCard(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let citizen = try await store.citizen(context, .copingCard)
    let card = try await store.copingCard(of: citizen, tenant: caller.tenant)
    return try response(card)
  }

  @Sendable private func writeCard(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let citizen = try await store.citizen(context, .copingCard, .write)
    let body = try await request.json(Card.self, context: context)
    let card = try await store.writeCard(
      body.points.map { CardPoint(title: $0.title ?? "", text: $0.text) }, seen: body.revision,
      of: citizen, tenant: caller.tenant, by: caller.initiator, at: caller.askedAt)
    return try response(card)
  }

  private func response(_ card: CopingCard?) throws -> Response {
    guard let card else { return try ServiceJSON.response(Card(points: [], revision: 0)) }
    return try ServiceJSON.response(
      Card(
        points: card.points.map { Card.Point(title: $0.title, text: $0.text) },
        revision: card.revision, at: APITime(card.at), by: card.by.rawValue))
  }
}
