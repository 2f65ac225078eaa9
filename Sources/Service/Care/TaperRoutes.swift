import Hummingbird
import Store
import Visits

/// A series that gets less and ends (H12).
struct TaperRoutes: Sendable {
  let store: any BesoegStore
  let access: TeamAccess
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.post("series/{series}/taper", use: taper)
  }

  private struct Document: Encodable {
    var series: SeriesDocument?
    var following: SeriesDocument?
    var orphans: [LocalDateTime]
    /// What the citizen can be told.
    var notice: NoticeDocument
  }

  @Sendable private func taper(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let id = SeriesID(rawValue: try context.parameter("series"))
    let details = try await store.seriesDetails(id, tenant: caller.tenant)
    try await access.requirePlanning(caller, for: details.series.workerID)
    try await store.requireWriting(about: details.citizen.id, by: caller)
    let plan = try await request.json(TaperPlan.self, context: context)
    let now = clock.now()
    let committed = try await store.taper(
      id, plan, tenant: caller.tenant, by: caller.initiator, at: now,
      events: BookingEvents.series(at: now))
    let change = SeriesChangeDocument(committed, for: caller.role)
    return try ServiceJSON.response(
      Document(
        series: change.series, following: change.following, orphans: change.orphans,
        notice: NoticeDocument(.taper(plan))))
  }
}
