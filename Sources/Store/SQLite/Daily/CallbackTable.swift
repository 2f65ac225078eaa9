import GRDB
import Visits

/// Rows of `callback`.
enum CallbackTable {
  static func find(_ id: CallbackID, tenant: TenantID, in db: Database) throws -> CallbackRequest {
    let row = try Row.fetchOne(
      db, sql: "SELECT body FROM callback WHERE tenant = ? AND id = ?",
      arguments: [tenant.rawValue, id.rawValue])
    guard let row else { throw StoreError.notFound }
    return try row.json("body", as: CallbackRequest.self)
  }

  /// Writes a request; `visit` is where the citizen is being called, nil to leave that as it is.
  static func save(
    _ request: CallbackRequest, visit: VisitID? = nil, policy: DailyPolicy, in db: Database
  ) throws {
    try db.execute(
      sql: """
        INSERT INTO callback (tenant, id, citizen, team, isOpen, createdAt, wakeAt, visit, body)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, id) DO UPDATE SET isOpen = excluded.isOpen,
          wakeAt = excluded.wakeAt, visit = COALESCE(excluded.visit, callback.visit),
          body = excluded.body
        """,
      arguments: [
        request.tenant.rawValue, request.id.rawValue, request.citizen.rawValue,
        request.team.rawValue, request.state.isOpen, request.createdAt.rawValue,
        policy.callbacks.nextWake(of: request)?.rawValue, visit?.rawValue,
        try JSONColumn.text(request),
      ])
  }

  static func details(
    of request: CallbackRequest, policy: DailyPolicy, at now: UTCMilliseconds, in db: Database
  ) throws -> CallbackDetails {
    let handler = request.claimedBy ?? request.seenBy
    return CallbackDetails(
      request: request,
      citizen: try PeopleTable.person(request.citizen, tenant: request.tenant, in: db),
      handler: try handler.map { try PeopleTable.person($0, tenant: request.tenant, in: db) },
      staff: try staff(for: request, at: now, in: db),
      hours: policy.hours(of: request.team, from: now),
      emergencyNumber: policy.settings.emergencyNumber, at: now)
  }

  /// Who is shown the request: the worker whom the citizen knows and whoever has the duty; then the
  /// team; then its lead too. Where no team or no duty is kept, everybody from the start: a request
  /// that is shown to nobody is lost.
  private static func staff(
    for request: CallbackRequest, at now: UTCMilliseconds, in db: Database
  ) throws -> Audience {
    let members = try DutyTable.members(of: request.team, tenant: request.tenant, in: db)
    guard !members.isEmpty else { return Audience(roles: [.supportWorker, .teamLead]) }
    let shifts = try DutyTable.shifts(
      tenant: request.tenant, team: request.team, at: now, in: db)
    let duty = DutyShift.onDuty(shifts, team: request.team, at: now)
    var audience = Audience(people: Set(members))
    if request.escalation == .duty, !duty.isEmpty {
      audience.people = Set(duty)
      let known = try DutyTable.knownWorker(
        of: request.citizen, tenant: request.tenant, in: db)
      if let known { audience.people.insert(known) }
    }
    for one in [request.claimedBy, request.seenBy] {
      if let one { audience.people.insert(one) }
    }
    if request.escalation == .lead { audience.roles = [.teamLead] }
    return audience
  }

  /// Takes over into the request what became of the visit in which the citizen was called.
  static func follow(
    _ visit: Visit, from previous: Visit?, policy: DailyPolicy, at now: UTCMilliseconds,
    in db: Database
  ) throws -> CommittedCallback? {
    guard let previous, previous.state != visit.state else { return nil }
    let row = try Row.fetchOne(
      db.cachedStatement(
        sql: "SELECT body FROM callback WHERE tenant = ? AND visit = ? AND isOpen = 1"),
      arguments: [visit.tenant.rawValue, visit.id.rawValue])
    guard let before = try row?.json("body", as: CallbackRequest.self),
      before.state == .claimed, before.claimedBy == visit.workerID
    else { return nil }
    let policy = try policy.decided(tenant: visit.tenant, in: db)
    let worker = Initiator.person(visit.workerID, role: .supportWorker, device: nil)
    let after: CallbackRequest
    switch visit.state {
    case .active:
      after = try policy.callbacks.reached(before, in: visit.id, by: worker, at: now)
    case .missed:
      let hours = policy.hours(of: before.team, from: now)
      after = try policy.callbacks.noAnswer(before, by: worker, hours: hours, at: now)
    case .cancelled: after = try policy.callbacks.release(before, by: worker, at: now)
    case .booked, .ringing, .ended: return nil
    }
    try save(after, policy: policy, in: db)
    return CommittedCallback(
      details: try details(of: after, policy: policy, at: now, in: db), previous: before)
  }
}
