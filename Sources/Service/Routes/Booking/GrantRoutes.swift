import HTTPTypes
import Hummingbird
import Store
import Visits

/// Grants: what is granted, for how long, and what is decided about it.
struct GrantRoutes: Sendable {
  let store: any BesoegStore
  let access: TeamAccess
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("people/{person}/grants", use: list)
    group.post("people/{person}/grants", use: create)
    group.post("people/{person}/reentry", use: reenter)
    group.get("grants/{grant}", use: read)
    group.get("grants/{grant}/minutes", use: minutes)
    group.post("grants/{grant}/extend", use: extend)
    group.post("grants/{grant}/propose", use: propose)
    group.post("grants/{grant}/decide", use: decide)
    group.post("grants/{grant}/withdraw", use: withdraw)
    group.post("grants/{grant}/status", use: writeStatus)
    group.post("grants/{grant}/cafe-exception", use: exceptFromCafe)
    group.post("grants/{grant}/close", use: close)
  }

  private struct NewGrant: Decodable {
    var id: String?
    var basis: LegalBasis
    var start: LocalDate
    var end: LocalDate?
    var born: LocalDate
    var visitCap: Int?
    var package: String?
    var forms: Set<VisitForm>?
    var weeklyMinutes: Int?
    var hours: Set<HoursFlag>?
    var purposes: Set<SupportPurpose>?
    var targetGroup: TargetGroup?
    var cafeException: String?
    var reference: String?

    var request: GrantRequest {
      GrantRequest(
        id: id.map(GrantID.init(rawValue:)) ?? .random(), basis: basis, start: start, end: end,
        visitCap: visitCap, package: package.map(PackageID.init(rawValue:)),
        terms: forms.map {
          GrantTerms(forms: $0, weeklyMinutes: weeklyMinutes, hours: hours ?? [])
        }, purposes: purposes ?? [.everydayLife], targetGroup: targetGroup ?? .psychiatry,
        cafeException: cafeException, reference: reference)
    }
  }

  private struct Reentry: Decodable {
    var start: LocalDate
    var born: LocalDate
    var reference: String?
  }

  private struct Extension: Decodable {
    var extraVisits: Int?
    var until: LocalDate?
    var reason: String
    var reference: String?
  }

  private struct Proposal: Decodable {
    var forms: Set<VisitForm>
    var weeklyMinutes: Int?
    var hours: Set<HoursFlag>?
    var from: LocalDate
    var reason: String
  }

  private struct Decision: Decodable {
    var approved: Bool
    var from: LocalDate?
    var reference: String?
  }

  private struct Status: Decodable {
    var milestone: String
    var text: String
  }

  private struct CafeException: Decodable {
    var reason: String?
  }

  private struct Closing: Decodable {
    var on: LocalDate
    var reason: GrantClosing.Reason
  }

  @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let citizen = PersonID(rawValue: try context.parameter("person"))
    try await access.requireAround(citizen, caller, .grants)
    let grants = try await store.grants(of: citizen, tenant: caller.tenant)
    return try ServiceJSON.response(["grants": grants.map { GrantDocument($0) }])
  }

  @Sendable private func create(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let citizen = PersonID(rawValue: try context.parameter("person"))
    let body = try await request.json(NewGrant.self, context: context)
    try await store.requireWriting(about: citizen, .grants, by: caller)
    let details = try await store.grant(
      body.request, to: citizen, born: body.born, tenant: caller.tenant, by: caller.initiator,
      at: clock.now())
    return try created(details)
  }

  @Sendable private func reenter(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let citizen = PersonID(rawValue: try context.parameter("person"))
    let body = try await request.json(Reentry.self, context: context)
    try await store.requireWriting(about: citizen, .grants, by: caller)
    let details = try await store.reenter(
      .random(), citizen: citizen, born: body.born, start: body.start,
      reference: body.reference, tenant: caller.tenant, by: caller.initiator, at: clock.now())
    return try created(details)
  }

  @Sendable private func read(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let details = try await visible(context)
    return try ServiceJSON.response(GrantDocument(details))
  }

  @Sendable private func minutes(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let grant = try await visible(context).grant
    let today = LocalDate(clock.now())
    let from = try request.day("from") ?? today.adding(days: -28)
    let to = try request.day("to") ?? today.adding(days: 28)
    // A year and a half at most: the answer has a line per week.
    guard from <= to, from.days(until: to) <= 550 else {
      throw Problem(.outOfRange, ["field": "to", "least": from.iso8601, "most": "550"])
    }
    let weeks = try await store.minutes(of: grant.id, from: from, through: to, tenant: grant.tenant)
    return try ServiceJSON.response(["weeks": weeks])
  }

  @Sendable private func extend(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(Extension.self, context: context)
    return try await apply(
      .extend(
        extraVisits: body.extraVisits ?? 0, until: body.until, reason: body.reason,
        reference: body.reference), context)
  }

  @Sendable private func propose(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(Proposal.self, context: context)
    // What is not spoken of stays: an intensive course does not lose its evenings by a new form.
    let present = try await visible(context).grant.terms(on: body.from)
    let terms = GrantTerms(
      forms: body.forms, weeklyMinutes: body.weeklyMinutes ?? present?.weeklyMinutes,
      hours: body.hours ?? present?.hours ?? [])
    return try await apply(.propose(terms, from: body.from, reason: body.reason), context)
  }

  @Sendable private func decide(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(Decision.self, context: context)
    return try await apply(
      .decide(approved: body.approved, from: body.from, reference: body.reference), context)
  }

  @Sendable private func withdraw(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    try await apply(.withdrawProposal, context)
  }

  @Sendable private func writeStatus(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(Status.self, context: context)
    return try await apply(.writeStatus(milestone: body.milestone, text: body.text), context)
  }

  /// Support that belongs in the café is given otherwise, for a reason; without one, no longer (A8).
  @Sendable private func exceptFromCafe(
    _ request: Request, _ context: ServiceContext
  ) async throws -> Response {
    let body = try await request.json(CafeException.self, context: context)
    return try await apply(.exceptFromCafe(reason: body.reason), context)
  }

  @Sendable private func close(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(Closing.self, context: context)
    return try await apply(.close(on: body.on, reason: body.reason), context)
  }

  private func apply(_ command: GrantCommand, _ context: ServiceContext) async throws -> Response {
    let grant = try await visible(context).grant
    let caller = try context.requireCaller()
    try await store.requireWriting(about: grant.citizen, .grants, by: caller)
    let details = try await store.apply(
      command, to: grant.id, tenant: caller.tenant, by: caller.initiator, at: clock.now())
    return try ServiceJSON.response(GrantDocument(details))
  }

  private func visible(_ context: ServiceContext) async throws -> GrantDetails {
    let caller = try context.requireCaller()
    let id = GrantID(rawValue: try context.parameter("grant"))
    let details = try await store.grantDetails(id, tenant: caller.tenant)
    try await access.requireAround(details.grant.citizen, caller, .grants)
    return details
  }

  private func created(_ details: GrantDetails) throws -> Response {
    try ServiceJSON.response(
      GrantDocument(details), status: .created,
      headers: [.location: "/api/v1/grants/\(details.grant.id)"])
  }
}

extension Request {
  /// A day in the query; nil where it is not there.
  func day(_ name: String) throws -> LocalDate? {
    guard let text = uri.queryParameters.get(name) else { return nil }
    guard let day = LocalDate(iso8601: text) else {
      throw Problem(.invalidTime, ["field": name])
    }
    return day
  }
}
