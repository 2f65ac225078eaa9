import HTTPTypes
import Hummingbird
import Store
import Visits

/// What a municipality has agreed about screen visits, the decision aid made of it (F4, F5, F9), and
/// what drop-in is about (C10).
struct GuidanceRoutes: Sendable {
  let store: any BesoegStore
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("citizens/{citizen}/start/advice", use: advice)
    group.get("guidance", use: guidance)
    group.put("guidance", use: setGuidance)
    group.get("drop-in/topics", use: topics)
  }

  private struct AdviceDocument: Encodable {
    var advice: [NoticeDocument]
    var guideline: LocalText?
    var questions: [LocalText]
    var physicalTalks: [LocalText]
    var keyWorkers: [PersonName]
  }

  /// The short decision aid, shown where a visit is booked.
  @Sendable private func advice(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    // The aid says what the citizen answered; who runs the system books nobody by it.
    let citizen = try await store.citizen(context, .consents)
    let tenant = try context.requireCaller().tenant
    let guidance = try await store.guidance(tenant: tenant)
    let start = try await store.record(ScreenStart.self, citizen.rawValue, tenant: tenant)
    let today = LocalDate(clock.now())
    let grant = try await store.grants(of: citizen, tenant: tenant).first { $0.covers(today) }
    let packages = try await store.bookingSettings(tenant: tenant).grants
    let primary = grant?.package.flatMap(packages.package)?.mix.first?.form
    return try ServiceJSON.response(
      AdviceDocument(
        advice: guidance.advice(start: start, primary: primary).map { NoticeDocument($0) },
        guideline: guidance.guideline, questions: guidance.questions,
        physicalTalks: guidance.physicalTalks,
        keyWorkers: try await names(guidance.keyWorkers, tenant)))
  }

  @Sendable private func guidance(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    guard caller.role.isStaff else { throw Problem(.notAllowed) }
    return try ServiceJSON.response(try await store.guidance(tenant: caller.tenant))
  }

  @Sendable private func setGuidance(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.teamLead, .operations, .administrator)
    let guidance = try await request.json(Guidance.self, context: context)
    try await store.setGuidance(
      guidance, tenant: caller.tenant, by: caller.initiator, at: clock.now())
    return try ServiceJSON.response(guidance)
  }

  /// What a citizen can choose between, what their grant is for first.
  @Sendable private func topics(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let guidance = try await store.guidance(tenant: caller.tenant)
    var purposes: Set<SupportPurpose> = []
    if caller.role == .citizen {
      let today = LocalDate(clock.now())
      purposes =
        try await store.grants(of: caller.id, tenant: caller.tenant)
        .first { $0.covers(today) }?.purposes ?? []
    }
    return try ServiceJSON.response(["topics": guidance.topics(for: purposes)])
  }

  private func names(_ people: [PersonID], _ tenant: TenantID) async throws -> [PersonName] {
    var names: [PersonName] = []
    for id in people { names.append(PersonName(try await store.person(id, tenant: tenant))) }
    return names
  }
}
