import GRDB
public import Visits

extension SQLiteStore {
  /// Books a meeting of a citizen, her worker and the case worker.
  public func bookStatusMeeting(
    _ meeting: StatusMeeting, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping EventMaker
  ) async throws(StoreError) -> CommittedVisit {
    let (rules, daily) = (rules, daily)
    return try await commit { db in
      var details = try VisitTable.details(of: meeting.visit, in: db)
      guard let caseWorker = details.others.first else { throw StoreError.notFound }
      let checks = try BookingChecks(for: meeting.visit, in: db)
      let change = try meeting.book(
        under: try checks.rules(rules, for: meeting.visit), citizen: details.citizen,
        worker: details.worker, caseWorker: caseWorker,
        circle: try CircleTable.circle(of: details.citizen.id, tenant: tenant, in: db),
        by: initiator, at: now)
      try checks.requireFree(details, in: db)
      details.visit = change.visit
      try VisitTable.insert(change.visit, at: now, in: db)
      return try Self.finish(
        change, action: "visit.status-meeting", details: details, previous: nil, daily: daily,
        by: initiator, at: now, events: events, in: db)
    }
  }
}
