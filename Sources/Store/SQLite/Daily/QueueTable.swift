import GRDB
import Visits

/// Rows of `dropInSession` and `queueTicket`.
enum QueueTable {
  static func session(
    _ id: DropInSessionID, tenant: TenantID, in db: Database
  ) throws -> DropInSession {
    let row = try Row.fetchOne(
      db, sql: "SELECT body FROM dropInSession WHERE tenant = ? AND id = ?",
      arguments: [tenant.rawValue, id.rawValue])
    guard let row else { throw StoreError.notFound }
    return try row.json("body", as: DropInSession.self)
  }

  static func queue(
    _ id: DropInSessionID, tenant: TenantID, in db: Database
  ) throws -> DropInQueue {
    DropInQueue(
      session: try session(id, tenant: tenant, in: db),
      tickets: try Row.fetchAll(
        db, sql: "SELECT body FROM queueTicket WHERE tenant = ? AND session = ? ORDER BY number",
        arguments: [tenant.rawValue, id.rawValue]
      ).map { try $0.json("body", as: QueueTicket.self) })
  }

  /// The session that a ticket is in.
  static func session(
    of ticket: TicketID, tenant: TenantID, in db: Database
  ) throws -> DropInSessionID {
    let id = try String.fetchOne(
      db, sql: "SELECT session FROM queueTicket WHERE tenant = ? AND id = ?",
      arguments: [tenant.rawValue, ticket.rawValue])
    guard let id else { throw StoreError.notFound }
    return DropInSessionID(rawValue: id)
  }

  /// The visit in which a ticket's citizen talks or is rung.
  static func visit(of ticket: TicketID, tenant: TenantID, in db: Database) throws -> VisitID? {
    try String.fetchOne(
      db, sql: "SELECT visit FROM queueTicket WHERE tenant = ? AND id = ?",
      arguments: [tenant.rawValue, ticket.rawValue]
    ).map(VisitID.init(rawValue:))
  }

  static func details(
    of queue: DropInQueue, at now: UTCMilliseconds, in db: Database
  ) throws -> QueueDetails {
    let session = queue.session
    let shifts = try DutyTable.shifts(
      tenant: session.tenant, team: session.team, at: now, in: db)
    var serving = Set(DutyShift.onDuty(shifts, team: session.team, at: now))
    serving.insert(session.host)
    if let backup = session.backup { serving.insert(backup) }
    // Who has somebody, and the host: a backup who has not shown up yet shortens no wait.
    let busy = queue.tickets.filter { $0.state == .claimed || $0.state == .talking }
    let working = Set(busy.compactMap(\.claimedBy)).union([session.host])
    let lately = DropInStatistics(tickets: queue.tickets, softMinutes: session.softMinutes)
    var people: [PersonID: Person] = [:]
    var named = serving
    for ticket in queue.tickets {
      named.insert(ticket.citizen)
      if let worker = ticket.claimedBy { named.insert(worker) }
    }
    for id in named {
      people[id] = try PeopleTable.person(id, tenant: session.tenant, in: db)
    }
    return QueueDetails(
      session: session, tickets: queue.tickets,
      places: queue.places(
        workers: working.sorted { $0.rawValue < $1.rawValue }, usualMinutes: lately.meanMinutes,
        at: now),
      people: people, serving: serving, at: now)
  }

  /// Writes a ticket; `visit` is where they talk, nil to leave that as it is.
  static func save(
    _ ticket: QueueTicket, in session: DropInSession, visit: VisitID? = nil,
    phase: SoftTimer.Phase = .within, in db: Database
  ) throws {
    try db.execute(
      sql: """
        INSERT INTO queueTicket (tenant, id, session, number, citizen, isOpen, joinedAt, wakeAt,
          visit, phase, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, id) DO UPDATE SET isOpen = excluded.isOpen,
          wakeAt = excluded.wakeAt, visit = COALESCE(excluded.visit, queueTicket.visit),
          phase = excluded.phase, body = excluded.body
        """,
      arguments: [
        session.tenant.rawValue, ticket.id.rawValue, session.id.rawValue, ticket.number,
        ticket.citizen.rawValue, ticket.state.isOpen, ticket.joinedAt.rawValue,
        wake(ticket, in: session, after: phase)?.rawValue, visit?.rawValue, phase.rawValue,
        try JSONColumn.text(ticket),
      ])
  }

  /// When time alone changes a ticket, or its talk's soft timer has something to say.
  private static func wake(
    _ ticket: QueueTicket, in session: DropInSession, after phase: SoftTimer.Phase
  ) -> UTCMilliseconds? {
    switch ticket.state {
    case .waiting: return session.window.end
    case .claimed: return ticket.claimedAt?.adding(milliseconds: DropInQueue.claimMilliseconds)
    case .talking:
      switch phase {
      case .within: return ticket.startedAt?.adding(minutes: max(0, session.softMinutes - 5))
      case .nearing: return ticket.startedAt?.adding(minutes: session.softMinutes)
      case .over: return nil
      }
    case .done, .left, .handedOn: return nil
    }
  }
}
