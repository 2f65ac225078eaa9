import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore
import Store
import Visits

/// What people want to be reminded of, and what became of each message.
struct ReminderRoutes: Sendable {
  /// The longest address, in characters.
  static let longestAddress = 254

  let store: any BesoegStore
  let clock: any ServiceClock
  /// The secrets that gateways sign their reports with.
  let secrets: [String]

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("people/{person}/reminders", use: readPlan)
    group.put("people/{person}/reminders", use: writePlan)
    group.get("visits/{visit}/reminders", use: readMessages)
    group.get("reminders/troubled", use: readTroubled)
  }

  /// Where gateways report; they have a signature and no token.
  func add(reportsTo router: Router<ServiceContext>) {
    router.post("hooks/reminders", use: takeReport)
  }

  @Sendable private func readPlan(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let person = try await subject(context, .read)
    let reminders =
      try await store.reminders(of: person, tenant: context.requireCaller().tenant)
      ?? PersonReminders(plan: ReminderPlan(person: person, rules: []))
    return try ServiceJSON.response(ReminderPlanDocument(reminders))
  }

  @Sendable private func writePlan(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let person = try await subject(context, .write)
    let body = try await request.json(ReminderPlanDocument.self, context: context)
    let reminders = try body.reminders(of: person)
    for (channel, address) in reminders.addresses {
      let checked = try RequestText.checked(
        address, field: channel.rawValue, most: Self.longestAddress)
      guard channel != .email || MailMessage.isAddress(checked) else {
        throw Problem(.invalidText, ["field": "email", "most": String(Self.longestAddress)])
      }
    }
    try await store.setReminders(
      reminders, tenant: caller.tenant, by: caller.initiator, at: caller.askedAt)
    let written = try await store.reminders(of: person, tenant: caller.tenant) ?? reminders
    return try ServiceJSON.response(ReminderPlanDocument(written))
  }

  @Sendable private func readMessages(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let visit = try await store.visible(context).visit
    let messages = try await store.messages(about: visit.id, tenant: visit.tenant)
    return try ServiceJSON.response(["messages": messages.map { MessageDocument($0) }])
  }

  @Sendable private func readTroubled(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead, .operations)
    let messages = try await store.troubledMessages(
      tenant: caller.tenant, worker: caller.role == .operations ? nil : caller.id,
      at: caller.askedAt)
    return try ServiceJSON.response(["messages": messages.map { MessageDocument($0) }])
  }

  private struct Report: Decodable {
    var key: String
    var tenant: String?
    var delivered: Bool
    var failure: String?
  }

  @Sendable private func takeReport(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let buffer = try await request.body.collect(upTo: ServiceContext.bodyLimit)
    let text = String(buffer: buffer)
    let header = request.headers[.besoegSignature] ?? ""
    let now = clock.now()
    let isSigned = secrets.contains {
      WebhookSignature(secret: $0).isValid(header, body: text, at: now)
    }
    guard isSigned else { throw Problem(.signatureInvalid) }
    let report: Report
    do {
      report = try JSONDecoder().decode(Report.self, from: Data(text.utf8))
    } catch let error as DecodingError {
      throw Problem(decoding: error)
    }
    let failure = try report.failure.map {
      Self.withoutAddresses(try RequestText.checked($0, field: "failure", most: 100))
    }
    // A gateway knows a message by its key alone, which is unique among municipalities as well: it
    // begins with the visit's random id.
    for tenant in try await store.tenants() {
      do throws(StoreError) {
        try await store.tell(
          .reported(delivered: report.delivered, failure: failure),
          of: ReminderKey(rawValue: report.key), tenant: tenant.id, at: now)
        return Response(status: .noContent)
      } catch {
        guard error == .notFound else { throw error }
      }
      do throws(StoreError) {
        // Word to a partner goes by the same gateways.
        try await store.tell(
          .reported(delivered: report.delivered, failure: failure),
          ofPost: PostKey(rawValue: report.key), tenant: tenant.id, at: now)
        return Response(status: .noContent)
      } catch {
        guard error == .notFound else { throw error }
      }
    }
    throw Problem(.notFound)
  }

  /// The person in the path: oneself, or a citizen of one's own.
  private func subject(_ context: ServiceContext, _ action: AccessAction) async throws -> PersonID {
    let caller = try context.requireCaller()
    let id = PersonID(rawValue: try context.parameter("person"))
    if id == caller.id { return id }
    guard caller.role.isStaff else { throw Problem(.notFound) }
    // Telephone numbers and addresses are no business of who runs the system.
    guard caller.role != .operations else { throw Problem(.notAllowed) }
    let person = try await store.person(id, tenant: caller.tenant)
    guard person.role == .citizen else { throw Problem(.notAllowed) }
    try await store.access(.contact, action, of: id, by: caller)
    return id
  }

  /// A gateway's own words on a failure, without what may be a telephone number or an address.
  static func withoutAddresses(_ failure: String) -> String {
    failure.split(separator: " ").map { word in
      word.contains("@") || word.count(where: \.isNumber) >= 6 ? "…" : String(word)
    }.joined(separator: " ")
  }
}
