import HTTPTypes
import Hummingbird
import Store
import Visits

/// Status meetings that the case worker takes part in (H7).
struct StatusMeetingRoutes: Sendable {
  /// A meeting's usual length, in minutes.
  private static let usualMinutes = 45

  let store: any BesoegStore
  let access: TeamAccess
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.post("citizens/{citizen}/status-meetings", use: book)
  }

  private struct NewMeeting: Decodable {
    var start: APITime
    var durationMinutes: Int?
    var workerId: String?
    var caseWorkerId: String?
    var form: String?
    var mediaMode: String?
    var room: String?
    var agenda: String?
  }

  @Sendable private func book(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead, .caseWorker)
    // A case worker sees to the grant, and books nothing else.
    let part: RecordPart = caller.role == .caseWorker ? .grants : .visits
    let citizen = try await store.citizen(context, part, .write)
    let body = try await request.json(NewMeeting.self, context: context)
    let circle = try await store.circle(of: citizen, tenant: caller.tenant)
    let own = caller.role == .caseWorker ? nil : caller.id
    let worker = body.workerId.map(PersonID.init(rawValue:)) ?? circle.primaryWorker ?? own
    let invited =
      body.caseWorkerId.map(PersonID.init(rawValue:)) ?? circle.caseWorker
      ?? (own == nil ? caller.id : nil)
    guard let worker else { throw Problem(.missingField, ["field": "workerId"]) }
    guard let invited else { throw Problem(.missingField, ["field": "caseWorkerId"]) }
    if own != nil { try await access.requirePlanning(caller, for: worker) }
    let visit = Visit(
      id: .random(), tenant: caller.tenant, citizenID: citizen, workerID: worker,
      start: body.start.value, durationMinutes: body.durationMinutes ?? Self.usualMinutes,
      form: try body.form.map { try RequestText.choice($0, field: "form") } ?? .screen,
      mediaMode: try body.mediaMode.map { try RequestText.choice($0, field: "mediaMode") }
        ?? .video, roomID: body.room.map(RoomID.init(rawValue:)))
    let committed = try await store.bookStatusMeeting(
      StatusMeeting(visit: visit, caseWorker: invited, agenda: body.agenda),
      tenant: caller.tenant, by: caller.initiator, at: clock.now(), events: VisitEvents.drafts)
    return try ServiceJSON.response(
      VisitDocument(committed.details, for: caller.role), status: .created,
      headers: [.location: "/api/v1/visits/\(visit.id)"])
  }
}
