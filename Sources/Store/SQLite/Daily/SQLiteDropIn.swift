import GRDB
public import Visits

extension SQLiteStore: DropInStore {
  /// Adds sessions.
  public func addDropIn(
    _ sessions: [DropInSession], tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> [DropInSession] {
    try await write { db in
      var laid: [DropInSession] = []
      for session in sessions {
        do {
          try QueueTable.requireOpeningHours(of: session, tenant: tenant, in: db)
        } catch let refusal as Refusal
          where refusal.code == Refusal.closedOnHolidayCode && sessions.count > 1
        {
          // Weeks in a row pass a holiday over, as a series does.
          continue
        }
        for worker in [session.host, session.backup].compactMap(\.self) {
          let person = try PeopleTable.person(worker, tenant: tenant, in: db)
          guard person.role.givesSupport else {
            throw Refusal.notASupportWorker(name: person.displayName)
          }
        }
        try db.execute(
          sql: """
            INSERT INTO dropInSession (tenant, id, start, "end", body) VALUES (?, ?, ?, ?, ?)
            """,
          arguments: [
            tenant.rawValue, session.id.rawValue, session.window.start.rawValue,
            session.window.end.rawValue, try JSONColumn.text(session),
          ])
        try AuditTable.append(
          AuditDraft(action: "drop-in.add", detail: session.id.rawValue), tenant: tenant,
          by: initiator, at: now, in: db)
        laid.append(session)
      }
      return laid
    }
  }

  /// Sessions that overlap a span of time.
  public func dropInSessions(
    tenant: TenantID, from: UTCMilliseconds, to: UTCMilliseconds
  ) async throws(StoreError) -> [DropInSession] {
    try await read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT body FROM dropInSession WHERE tenant = ? AND start < ? AND "end" > ?
          ORDER BY start, id
          """, arguments: [tenant.rawValue, to.rawValue, from.rawValue]
      ).map { try $0.json("body", as: DropInSession.self) }
    }
  }

  /// A session with its queue.
  public func queue(
    _ id: DropInSessionID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> QueueDetails {
    try await read { db in
      try QueueTable.details(of: QueueTable.queue(id, tenant: tenant, in: db), at: now, in: db)
    }
  }

  /// The queue that a ticket is in.
  public func queue(
    with ticket: TicketID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> QueueDetails {
    try await read { db in
      let id = try QueueTable.session(of: ticket, tenant: tenant, in: db)
      return try QueueTable.details(
        of: QueueTable.queue(id, tenant: tenant, in: db), at: now, in: db)
    }
  }

  /// The queues in which a citizen has a ticket.
  public func queues(
    of citizen: PersonID, tenant: TenantID, since: UTCMilliseconds, at now: UTCMilliseconds
  ) async throws(StoreError) -> [QueueDetails] {
    try await read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT session FROM queueTicket
          WHERE tenant = ? AND citizen = ? AND (isOpen = 1 OR joinedAt >= ?)
          GROUP BY session ORDER BY MAX(joinedAt) DESC
          """, arguments: [tenant.rawValue, citizen.rawValue, since.rawValue]
      ).map {
        let id = DropInSessionID(rawValue: $0)
        return try QueueTable.details(
          of: QueueTable.queue(id, tenant: tenant, in: db), at: now, in: db)
      }
    }
  }

  /// Puts a citizen in line.
  public func joinQueue(
    _ wish: QueueWish, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping QueueEventMaker
  ) async throws(StoreError) -> CommittedQueue {
    try await change(
      wish.session, tenant: tenant, action: "drop-in.join", by: initiator, at: now,
      events: events
    ) { queue, db in
      let citizen = try PeopleTable.person(wish.citizen, tenant: tenant, in: db)
      guard citizen.role == .citizen else { throw Refusal.notACitizen(name: citizen.displayName) }
      let talks = try TalkTable.talks(of: wish.citizen, tenant: tenant, at: now, in: db)
      return try queue.join(
        id: wish.id, citizen: wish.citizen, phone: wish.phone, topic: wish.topic,
        appointment: wish.appointment, talksBefore: talks.isLimited ? talks.held : nil,
        visitor: TalkTable.visitor(wish.citizen, tenant: tenant, at: now, in: db),
        by: initiator, at: now)
    }
  }

  /// Takes a citizen out of the line.
  public func leaveQueue(
    _ ticket: TicketID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping QueueEventMaker
  ) async throws(StoreError) -> CommittedQueue {
    let session = try await session(of: ticket, tenant: tenant)
    let daily = daily
    return try await change(
      session, tenant: tenant, action: "drop-in.leave", by: initiator, at: now, events: events
    ) { queue, db in
      let left = try queue.leave(ticket, by: initiator, at: now)
      try Self.cancelUnrung(
        QueueTable.visit(of: ticket, tenant: tenant, in: db), tenant: tenant, policy: daily,
        at: now, in: db)
      return left
    }
  }

  /// Puts a citizen back in their place.
  public func releaseTicket(
    _ ticket: TicketID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping QueueEventMaker
  ) async throws(StoreError) -> CommittedQueue {
    let session = try await session(of: ticket, tenant: tenant)
    let daily = daily
    return try await change(
      session, tenant: tenant, action: "drop-in.release", by: initiator, at: now, events: events
    ) { queue, db in
      guard let worker = initiator.person else { throw Refusal.notOnDuty }
      let released = try queue.release(ticket, by: worker)
      try Self.cancelUnrung(
        QueueTable.visit(of: ticket, tenant: tenant, in: db), tenant: tenant, policy: daily,
        at: now, in: db)
      return released
    }
  }

  /// Takes the next in line and books the visit in which they talk.
  public func claimNext(
    in session: DropInSessionID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping EventMaker
  ) async throws(StoreError) -> CommittedVisit? {
    let daily = daily
    let committed = try await write { (db) -> CommittedVisit? in
      guard let worker = initiator.person else { throw Refusal.notOnDuty }
      let stored = try QueueTable.queue(session, tenant: tenant, in: db)
      let before = try QueueTable.details(of: stored, at: now, in: db)
      var queue = try Self.passingOverBusy(stored, at: now, in: db)
      let duty = try DutyTable.shifts(
        tenant: tenant, team: queue.session.team, at: now, in: db)
      guard let ticket = try queue.claim(by: worker, duty: duty, at: now) else { return nil }
      let own = before.tickets.first { $0.id == ticket.id && $0.state != .waiting }
      if own != nil, let id = try QueueTable.visit(of: ticket.id, tenant: tenant, in: db) {
        let visit = try VisitTable.visit(id, tenant: tenant, in: db)
        return CommittedVisit(
          details: try VisitTable.details(of: visit, in: db), previous: visit, entries: [])
      }
      let visit = Visit(
        id: .random(), tenant: tenant, citizenID: ticket.citizen, workerID: worker, start: now,
        durationMinutes: queue.session.softMinutes, form: .dropIn)
      try QueueTable.save(ticket, in: queue.session, visit: visit.id, in: db)
      let change = CommittedQueue(
        details: try QueueTable.details(of: queue, at: now, in: db), previous: before,
        ticket: ticket)
      return try Self.bookNow(
        visit, action: "drop-in.claim", queue: change, policy: daily, by: initiator, at: now,
        events: events, in: db)
    }
    if committed?.events.isEmpty == false { signals.fire() }
    return committed
  }

  /// Planned beside actual.
  public func dropInStatistics(
    tenant: TenantID, from: UTCMilliseconds, to: UTCMilliseconds
  ) async throws(StoreError) -> (sessions: Int, figures: DropInStatistics) {
    try await read { db in
      let sessions = try Row.fetchAll(
        db, sql: "SELECT body FROM dropInSession WHERE tenant = ? AND start >= ? AND start < ?",
        arguments: [tenant.rawValue, from.rawValue, to.rawValue]
      ).map { try $0.json("body", as: DropInSession.self) }
      let tickets = try sessions.flatMap {
        try QueueTable.queue($0.id, tenant: tenant, in: db).tickets
      }
      let soft = sessions.map(\.softMinutes).max() ?? DropInSession.usualMinutes
      return (sessions.count, DropInStatistics(tickets: tickets, softMinutes: soft))
    }
  }

  /// Citizens who are in another visit now are passed over until it is planned to end: ringing them
  /// would be refused, and the next in line would wait behind them.
  private static func passingOverBusy(
    _ queue: DropInQueue, at now: UTCMilliseconds, in db: Database
  ) throws -> DropInQueue {
    let tickets = try queue.tickets.map { ticket in
      guard ticket.state == .waiting else { return ticket }
      let end = try Int64.fetchOne(
        db,
        sql: """
          SELECT MAX("end") FROM participant
          WHERE tenant = ? AND person = ? AND occupies = 1 AND start <= ? AND "end" > ?
          """,
        arguments: [
          queue.session.tenant.rawValue, ticket.citizen.rawValue, now.rawValue, now.rawValue,
        ])
      guard let end else { return ticket }
      var later = ticket
      later.retryAt = max(ticket.retryAt ?? now, UTCMilliseconds(rawValue: end))
      return later
    }
    return DropInQueue(session: queue.session, tickets: tickets)
  }

  private func session(
    of ticket: TicketID, tenant: TenantID
  ) async throws(StoreError) -> DropInSessionID {
    try await read { try QueueTable.session(of: ticket, tenant: tenant, in: $0) }
  }
}
