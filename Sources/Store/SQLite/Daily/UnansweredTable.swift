import GRDB
import Visits

/// Who is told, away from the screen, that nobody has taken a request to be called (E2).
enum UnansweredTable {
  /// A worker who wants to be told.
  private struct Listener {
    var worker: PersonID
    var isLead: Bool
    var isMember: Bool
    var channel: ReminderChannel
  }

  /// Writes the messages of a step, in the transaction that carries the request there. The duty is
  /// told of the first step, the lead of the next. Where they have asked for no messages, the rest of
  /// the team is told, or every lead: what reaches nobody helps nobody.
  static func tell(
    _ request: CallbackRequest, carriedTo step: Escalation, at now: UTCMilliseconds,
    in db: Database
  ) throws {
    let all = try listeners(for: request, in: db)
    guard !all.isEmpty else { return }
    let team = all.filter(\.isMember)
    let chosen: [Listener]
    if step == .lead {
      let leads = team.filter(\.isLead)
      chosen = leads.isEmpty ? all.filter(\.isLead) : leads
    } else {
      let shifts = try DutyTable.shifts(
        tenant: request.tenant, team: request.team, at: now, in: db)
      let duty = DutyShift.onDuty(shifts, team: request.team, at: now)
      let onDuty = team.filter { duty.contains($0.worker) }
      chosen = onDuty.isEmpty ? team : onDuty
    }
    for listener in chosen {
      try PostTable.add(
        Post(
          unanswered: request, carriedTo: step, worker: listener.worker,
          channel: listener.channel, at: now), in: db)
    }
  }

  /// Everybody who wants to be told: the team's workers, and leads of whatever team. Where the team
  /// has no members everybody is one, as with the requests themselves.
  private static func listeners(
    for request: CallbackRequest, in db: Database
  ) throws -> [Listener] {
    let members = Set(try DutyTable.members(of: request.team, tenant: request.tenant, in: db))
    return try Row.fetchAll(
      db,
      sql: """
        SELECT p.id, p.role, r.plan FROM reminderPlan r
        JOIN person p ON p.tenant = r.tenant AND p.id = r.person
        WHERE r.tenant = ? AND p.role IN (?, ?)
          AND json_extract(r.plan, '$.unanswered') IS NOT NULL ORDER BY p.id
        """,
      arguments: [
        request.tenant.rawValue, Role.supportWorker.rawValue, Role.teamLead.rawValue,
      ]
    ).compactMap { row in
      let plan = try StoredJSON.value(row["plan"], as: ReminderPlan.self)
      let worker: PersonID = row.id("id")
      let isMember = members.isEmpty || members.contains(worker)
      let isLead = try row.value("role", as: Role.self) == .teamLead
      guard let channel = plan.unanswered, isMember || isLead else { return nil }
      return Listener(worker: worker, isLead: isLead, isMember: isMember, channel: channel)
    }
  }

  /// Whether a message is still so: nobody has taken the request, and the worker still wants it.
  static func isWanted(_ post: Post, in db: Database) throws -> Bool {
    guard case .staff(let worker, let channel) = post.destination, let id = post.callback,
      let row = try Row.fetchOne(
        db, sql: "SELECT body FROM callback WHERE tenant = ? AND id = ? AND isOpen = 1",
        arguments: [post.tenant.rawValue, id.rawValue]),
      try row.json("body", as: CallbackRequest.self).state == .waiting
    else { return false }
    let plan = try ReminderTable.plan(of: worker, tenant: post.tenant, in: db)?.plan
    return plan?.unanswered == channel
  }
}
