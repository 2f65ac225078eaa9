import CallQuality
import HTTPTypes
import Hummingbird
import Store
import Visits

/// Getting a citizen started with screen visits (F1–F3, F7), talks without a grant (C9), a worker's
/// citizens (B7) and her own figures (F5).
struct StartRoutes: Sendable {
  /// How far back a worker's own figures reach unless asked otherwise, in minutes: a quarter.
  private static let usageMinutes = 92 * 1440

  let store: any BesoegStore
  let access: TeamAccess
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("citizens/{citizen}/start", use: read)
    group.post("citizens/{citizen}/start/answer", use: answer)
    group.post("citizens/{citizen}/start/practices", use: practise)
    group.post("citizens/{citizen}/start/checks", use: check)
    group.post("citizens/{citizen}/start/visits/{visit}/settle", use: settle)
    group.get("citizens/{citizen}/talks", use: talks)
    group.get("workers/{worker}/citizens", use: roster)
    group.get("me/usage", use: usage)
  }

  private struct AnswerBody: Decodable {
    var state: String
    var reason: String?
  }

  private struct PracticeBody: Decodable {
    var step: String
    var result: String?
    var visitId: String?
    var note: String?
  }

  private struct CheckBody: Decodable {
    var device: String
    var isLent: Bool?
    var hasSound: Bool?
    var hasPicture: Bool?
    var hasHeadset: Bool?
    var isPrivate: Bool?
    var network: String
    var figures: TechnologyCheck.Figures?
    var visitId: String?
    var note: String?
  }

  @Sendable private func read(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    // What somebody answered and why is a consent's: no business of who runs the system.
    let citizen = try await store.citizen(context, .consents)
    return try await response(citizen, context)
  }

  /// The citizen, or the team for the citizen, says yes, no or stop; the team offers.
  @Sendable private func answer(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(AnswerBody.self, context: context)
    let state: ScreenTrial.State = try RequestText.choice(body.state, field: "state")
    let citizen = try await store.citizen(context, .consents, .write)
    return try await change(citizen, "start.\(state.rawValue)", context) { start, caller in
      try start.answering(state, reason: body.reason, by: caller.initiator, at: caller.askedAt)
    }
  }

  /// A practice call. Where it was a visit and nothing is said about how it went, what was measured
  /// says it: held at the first try it worked, held at all it worked with help.
  @Sendable private func practise(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(PracticeBody.self, context: context)
    let step: ScreenStart.Step = try RequestText.choice(body.step, field: "step")
    let citizen = try await store.citizen(context, .visits, .write)
    let visit = try await store.visit(
      body.visitId, of: citizen, tenant: context.requireCaller().tenant)
    let result: ScreenStart.Result
    if let text = body.result {
      result = try RequestText.choice(text, field: "result")
    } else if let visit {
      result = try await measured(visit, context)
    } else {
      throw Problem(.missingField, ["field": "result"])
    }
    return try await change(citizen, "start.practice", context) { start, caller in
      try start.practising(
        step, result, visit: visit, note: body.note, by: caller.initiator, at: caller.askedAt)
    }
  }

  /// What there is to hold a visit with. Where a call is named, its own measurements are kept.
  @Sendable private func check(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(CheckBody.self, context: context)
    let citizen = try await store.citizen(context, .visits, .write)
    let caller = try context.requireCaller()
    let visit = try await store.visit(body.visitId, of: citizen, tenant: caller.tenant)
    var figures = body.figures?.bounded
    if figures == nil, let visit {
      figures = TechnologyCheck.Figures(
        try await store.samples(of: visit, tenant: caller.tenant), of: citizen)
    }
    let check = TechnologyCheck(
      device: try RequestText.choice(body.device, field: "device"),
      isLent: body.isLent ?? false, hasSound: body.hasSound ?? true,
      hasPicture: body.hasPicture ?? true, hasHeadset: body.hasHeadset ?? false,
      isPrivate: body.isPrivate ?? true,
      network: try RequestText.choice(body.network, field: "network"), figures: figures,
      visit: visit, note: body.note, by: caller.id, at: caller.askedAt)
    return try await change(citizen, "start.check", context) { start, _ in
      try start.checking(check)
    }
  }

  private struct SettleBody: Decodable {
    struct Remedy: Decodable {
      var kind: String
      var start: APITime?
    }

    var remedy: Remedy
    /// How the citizen agreed.
    var agreed: String
  }

  /// What was agreed about a visit that was booked with a picture before the citizen said no.
  @Sendable private func settle(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(SettleBody.self, context: context)
    let remedy = ScreenRemedy(
      try RequestText.choice(body.remedy.kind, field: "remedy.kind"),
      start: body.remedy.start?.value)
    let way: AgreementWay = try RequestText.choice(body.agreed, field: "agreed")
    let citizen = try await store.citizen(context, .visits, .write)
    let caller = try context.requireCaller()
    let committed = try await store.settle(
      VisitID(rawValue: try context.parameter("visit")), of: citizen, remedy, way: way,
      tenant: caller.tenant, by: caller.initiator, at: caller.askedAt, events: VisitEvents.drafts)
    return try ServiceJSON.response(VisitDocument(committed.details, for: caller.role))
  }

  private struct TalksDocument: Encodable {
    var held: Int
    var isLimited: Bool
    var left: Int?
    var limit: Int
  }

  @Sendable private func talks(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let citizen = try await store.citizen(context, .visits)
    let talks = try await store.talks(
      of: citizen, tenant: context.requireCaller().tenant, at: clock.now())
    return try ServiceJSON.response(
      TalksDocument(
        held: talks.held, isLimited: talks.isLimited, left: talks.left,
        limit: DropInQueue.talksWithoutGrant))
  }

  @Sendable private func roster(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    // How somebody's citizens are doing is no business of who runs the system.
    try caller.require(.supportWorker, .teamLead)
    let worker = PersonID(rawValue: try context.parameter("worker"))
    try await access.requirePlanning(caller, for: worker)
    let now = clock.now()
    try await store.logOwnList("roster \(worker)", .visits, by: caller)
    let roster = try await store.roster(of: worker, tenant: caller.tenant, at: now)
    return try ServiceJSON.response(RosterDocument(roster, on: LocalDate(now)))
  }

  private struct UsageDocument: Encodable {
    var held: Int
    var firstTry: Int
    var firstTryShare: Double?
    var technicalFailures: Int
    var movedToPhone: Int
    var practices: Int
  }

  /// A worker's own figures. There is no way to ask for anybody else's.
  @Sendable private func usage(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead)
    let now = clock.now()
    let usage = try await store.usage(
      of: caller.id, tenant: caller.tenant,
      from: try request.time("from") ?? now.adding(minutes: -Self.usageMinutes),
      to: try request.time("to") ?? now)
    return try ServiceJSON.response(
      UsageDocument(
        held: usage.held, firstTry: usage.outcomes[.heldFirstTry] ?? 0,
        firstTryShare: usage.firstTryShare,
        technicalFailures: usage.outcomes[.technicalFailure] ?? 0,
        movedToPhone: usage.outcomes[.movedToPhone] ?? 0, practices: usage.practices))
  }

  // MARK: Pieces

  private struct Changed: Encodable {
    var citizen: String
  }

  private func change(
    _ citizen: PersonID, _ action: String, _ context: ServiceContext,
    _ rule: @escaping @Sendable (ScreenStart, Caller) throws -> ScreenStart
  ) async throws -> Response {
    let caller = try context.requireCaller()
    _ = try await store.change(
      ScreenStart.self, citizen.rawValue, tenant: caller.tenant, action: action,
      by: caller.initiator, at: caller.askedAt,
      events: { _ in
        // An id only: whoever is not around the citizen learns nothing by it.
        [
          EventDraft(
            name: "start", document: Changed(citizen: citizen.rawValue),
            audience: Audience(people: [citizen], roles: [.supportWorker, .teamLead]))
        ]
      }
    ) { before in
      try rule(before ?? ScreenStart(tenant: caller.tenant, citizen: citizen), caller)
    }
    return try await response(citizen, context)
  }

  private func response(_ citizen: PersonID, _ context: ServiceContext) async throws -> Response {
    let caller = try context.requireCaller()
    let tenant = caller.tenant
    let start =
      try await store.record(ScreenStart.self, citizen.rawValue, tenant: tenant)
      ?? ScreenStart(tenant: tenant, citizen: citizen)
    let today = LocalDate(clock.now())
    var due: LocalDate?
    if let grant = try await store.grants(of: citizen, tenant: tenant).first(where: {
      $0.covers(today)
    }) {
      let window = TimeWindow(
        start: LocalDateTime(grant.start, .midnight).utc, end: clock.now())
      let held = try await store.calendar(of: citizen, in: window, tenant: tenant)
        .map(\.visit).first { $0.form == .screen && $0.state == .ended }
      due = start.trial.due(for: grant, firstScreenVisit: held.map { LocalDate($0.start) })
    }
    return try ServiceJSON.response(StartDocument(start, trialDue: due, for: caller.role))
  }

  private func measured(
    _ visit: VisitID, _ context: ServiceContext
  ) async throws -> ScreenStart.Result {
    let tenant = try context.requireCaller().tenant
    switch try await store.outcomes(of: visit, tenant: tenant).last?.kind {
    case .heldFirstTry: return .worked
    case .heldAfterRetries: return .withHelp
    case .movedToPhone, .technicalFailure, .notAnswered, .cancelled: return .notYet
    case nil: throw Problem(.missingField, ["field": "result"])
    }
  }

}

extension TechnologyCheck.Figures {
  /// What a call's samples say of the way to one participant; nil where they say nothing. Counters
  /// are cumulative within an attempt: the last of each counts.
  init?(_ samples: [QualitySample], of person: PersonID) {
    let own = samples.filter { $0.participant == person.rawValue }
    guard !own.isEmpty else { return nil }
    self.init()
    var last: [Int: (received: Int, lost: Int)] = [:]
    for sample in own {
      guard let received = sample.packetsReceived, let lost = sample.packetsLost else { continue }
      last[sample.attempt ?? 1] = (received, max(0, lost))
    }
    let received = last.values.reduce(0) { $0 + $1.received }
    let lost = last.values.reduce(0) { $0 + $1.lost }
    if received + lost > 0 { lossPercent = Double(lost * 1000 / (received + lost)) / 10 }
    let trips = own.compactMap(\.roundTripMs).sorted()
    if !trips.isEmpty { roundTripMs = Int(trips[trips.count / 2]) }
    path = own.last { $0.path != nil }?.path
  }

  /// The figures within what can be true: they were typed by hand.
  var bounded: Self {
    Self(
      roundTripMs: roundTripMs.map { min(max($0, 0), 60_000) },
      lossPercent: lossPercent.map { min(max($0, 0), 100) },
      downloadKbps: downloadKbps.map { min(max($0, 0), 10_000_000) },
      uploadKbps: uploadKbps.map { min(max($0, 0), 10_000_000) },
      path: path.map { String($0.prefix(10)) })
  }
}
