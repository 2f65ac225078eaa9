import FoundationEssentials
import HTTPTypes
import Hummingbird
import Store
import Visits

/// Calls that answer themselves, by the citizen's recorded consent (E1).
struct AutoAnswerRoutes: Sendable {
  /// Consent is asked for again within a year; half of one unless agreed otherwise, in days.
  private static let usualDays = 180

  let store: any BesoegStore
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    let path: RouterPath = "people/{person}/devices/{device}/auto-answer"
    group.get(path, use: read)
    group.put(path, use: record)
    group.delete(path, use: withdraw)
  }

  fileprivate struct Hours: Codable {
    /// ISO 8601 numbers, 1 for Monday.
    var weekdays: [Int]
    var from: String
    var until: String
  }

  private struct NewAgreement: Decodable {
    var reason: String
    var callerIds: [String]
    var hours: [Hours]
    var countdownSeconds: Int?
    var days: Int?
  }

  private struct Document: Encodable {
    var reason: String
    var callerIds: [String]
    var hours: [Hours]
    var countdownSeconds: Int
    var consentedAt: APITime
    var expiresAt: APITime
    var withdrawnAt: APITime?

    init(_ agreement: AutoAnswerAgreement) {
      reason = agreement.reason
      callerIds = agreement.callers.map(\.rawValue).sorted()
      hours = agreement.hours.map { hours in
        Hours(
          weekdays: (1...7).filter { hours.weekdays.contains(Weekday(isoNumber: $0)) },
          from: hours.from.text, until: hours.until.text)
      }
      countdownSeconds = agreement.countdownSeconds
      consentedAt = APITime(agreement.consentedAt)
      expiresAt = APITime(agreement.expiresAt)
      withdrawnAt = agreement.withdrawnAt.map { APITime($0) }
    }
  }

  @Sendable private func read(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let (caller, device) = try await concerned(context, .read)
    guard let agreement = try await store.autoAnswer(of: device.id, tenant: caller.tenant) else {
      throw Problem(.notFound)
    }
    return try ServiceJSON.response(Document(agreement))
  }

  @Sendable private func record(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    try context.requireCaller().require(.supportWorker, .teamLead)
    let (caller, device) = try await concerned(context, .write)
    let body = try await request.json(NewAgreement.self, context: context)
    let now = clock.now()
    let days = body.days ?? Self.usualDays
    guard (1...AutoAnswerAgreement.longestDays).contains(days) else {
      throw Problem(
        .outOfRange,
        ["field": "days", "least": "1", "most": String(AutoAnswerAgreement.longestDays)])
    }
    let agreement = AutoAnswerAgreement(
      citizen: device.person, device: device.id, reason: body.reason,
      callers: Set(body.callerIds.prefix(50).map(PersonID.init(rawValue:))),
      hours: try body.hours.prefix(20).map { try $0.agreed() },
      countdownSeconds: body.countdownSeconds ?? 15, recordedBy: caller.id, consentedAt: now,
      expiresAt: now.adding(minutes: days * 1440))
    let recorded = try await store.recordAutoAnswer(
      agreement, tenant: caller.tenant, by: caller.initiator, at: now)
    return try ServiceJSON.response(Document(recorded))
  }

  /// By the citizen above all, on any device and without a reason.
  @Sendable private func withdraw(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let (caller, device) = try await concerned(context, .write)
    try await store.withdrawAutoAnswer(
      of: device.id, tenant: caller.tenant, by: caller.initiator, at: clock.now())
    return Response(status: .noContent)
  }

  /// The caller and the device in the path, where they may know of it: whose it is, and who may know
  /// what that citizen has agreed to.
  private func concerned(
    _ context: ServiceContext, _ action: AccessAction
  ) async throws -> (Caller, Device) {
    let caller = try context.requireCaller()
    try caller.require(.citizen, .supportWorker, .teamLead)
    let device = try await store.device(
      DeviceID(rawValue: try context.parameter("device")), tenant: caller.tenant)
    let person = PersonID(rawValue: try context.parameter("person"))
    guard device.person == person, caller.role != .citizen || caller.id == person else {
      throw Problem(.notFound)
    }
    try await store.access(.consents, action, of: person, by: caller)
    return (caller, device)
  }
}

extension AutoAnswerRoutes.Hours {
  fileprivate func agreed() throws -> AgreedHours {
    guard let from = LocalTime(from), let until = LocalTime(until) else {
      throw Problem(.invalidTime, ["field": "hours"])
    }
    guard weekdays.allSatisfy((1...7).contains) else {
      throw Problem(.outOfRange, ["field": "weekdays", "least": "1", "most": "7"])
    }
    return AgreedHours(
      weekdays: WeekdaySet(weekdays.map { Weekday(isoNumber: $0) }), from: from, until: until)
  }
}
