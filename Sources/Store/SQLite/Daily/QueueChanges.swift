import GRDB
public import Visits

// How a queue is changed: every change read, decided and written in one transaction.
extension SQLiteStore {
  /// Changes a queue and writes what goes with it: the ticket, the audit log and the events.
  func change(
    _ id: DropInSessionID, tenant: TenantID, action: String, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping QueueEventMaker,
    _ body: @escaping @Sendable (inout DropInQueue, Database) throws -> QueueTicket
  ) async throws(StoreError) -> CommittedQueue {
    let (committed, hasEvents) = try await write { db in
      var queue = try QueueTable.queue(id, tenant: tenant, in: db)
      let before = try QueueTable.details(of: queue, at: now, in: db)
      let ticket = try body(&queue, db)
      let known = before.tickets.first { $0.id == ticket.id }
      if known != ticket { try QueueTable.save(ticket, in: queue.session, in: db) }
      let committed = CommittedQueue(
        details: try QueueTable.details(of: queue, at: now, in: db), previous: before,
        ticket: ticket)
      guard known != ticket else { return (committed, false) }
      if initiator.person != nil {
        try AuditTable.append(
          AuditDraft(action: action, subject: ticket.citizen, detail: ticket.id.rawValue),
          tenant: tenant, by: initiator, at: now, in: db)
      }
      let written = try EventTable.append(events(committed), tenant: tenant, at: now, in: db)
      return (committed, !written.isEmpty)
    }
    if hasEvents { signals.fire() }
    return committed
  }

  /// Does to all queues what time alone does.
  public func advanceQueues(
    at now: UTCMilliseconds, events: @escaping QueueEventMaker
  ) async throws(StoreError) -> Bool {
    let due = try await read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT tenant, session FROM queueTicket WHERE wakeAt <= ?
          GROUP BY tenant, session LIMIT 100
          """, arguments: [now.rawValue]
      ).map { (tenant: $0.id("tenant", as: TenantID.self), session: $0["session"] as String) }
    }
    let daily = daily
    for (tenant, session) in due {
      let id = DropInSessionID(rawValue: session)
      let hasEvents = try await write { db in
        let drafts = try events(Self.advance(id, tenant: tenant, policy: daily, at: now, in: db))
        return try !EventTable.append(drafts, tenant: tenant, at: now, in: db).isEmpty
      }
      if hasEvents { signals.fire() }
    }
    return due.count == 100
  }

  private static func advance(
    _ id: DropInSessionID, tenant: TenantID, policy: DailyPolicy, at now: UTCMilliseconds,
    in db: Database
  ) throws -> CommittedQueue {
    var queue = try QueueTable.queue(id, tenant: tenant, in: db)
    let before = try QueueTable.details(of: queue, at: now, in: db)
    var callbacks: [CommittedCallback] = []
    for ticket in queue.advance(to: now) {
      try QueueTable.save(ticket, in: queue.session, in: db)
      try cancelUnrung(
        QueueTable.visit(of: ticket.id, tenant: tenant, in: db), tenant: tenant, policy: policy,
        at: now, in: db)
      if ticket.state == .handedOn {
        callbacks.append(try handOn(ticket, of: queue.session, policy: policy, at: now, in: db))
      }
    }
    var timers: [TalkTimer] = []
    for ticket in queue.tickets {
      guard let timer = ticket.timer(softMinutes: queue.session.softMinutes, at: now),
        let worker = ticket.claimedBy,
        let visit = try QueueTable.visit(of: ticket.id, tenant: tenant, in: db)
      else { continue }
      let told = try String.fetchOne(
        db, sql: "SELECT phase FROM queueTicket WHERE tenant = ? AND id = ?",
        arguments: [tenant.rawValue, ticket.id.rawValue])
      guard told != timer.phase.rawValue else { continue }
      try QueueTable.save(ticket, in: queue.session, phase: timer.phase, in: db)
      timers.append(TalkTimer(visit: visit, worker: worker, timer: timer))
    }
    var committed = CommittedQueue(
      details: try QueueTable.details(of: queue, at: now, in: db), previous: before)
    committed.callbacks = callbacks
    committed.timers = timers
    return committed
  }

  /// Who could not be helped in the queue is called back: nobody is forgotten.
  private static func handOn(
    _ ticket: QueueTicket, of session: DropInSession, policy: DailyPolicy,
    at now: UTCMilliseconds, in db: Database
  ) throws -> CommittedCallback {
    let policy = try policy.decided(tenant: session.tenant, in: db)
    let row = try Row.fetchOne(
      db, sql: "SELECT body FROM callback WHERE tenant = ? AND citizen = ? AND isOpen = 1",
      arguments: [session.tenant.rawValue, ticket.citizen.rawValue])
    let open = try row?.json("body", as: CallbackRequest.self)
    let request = try policy.callbacks.ask(
      id: .random(), tenant: session.tenant, citizen: ticket.citizen,
      team: open?.team ?? session.team, isUrgent: false, origin: .dropIn, about: ticket.topic,
      open: open, hours: policy.hours(of: session.team, from: now), by: .system, at: now)
    try CallbackTable.save(request, policy: policy, in: db)
    return CommittedCallback(
      details: try CallbackTable.details(of: request, policy: policy, at: now, in: db),
      previous: open)
  }

  /// Takes over into the queue what became of a drop-in visit.
  static func followQueue(
    _ visit: Visit, from previous: Visit?, policy: DailyPolicy, at now: UTCMilliseconds,
    in db: Database
  ) throws -> CommittedQueue? {
    guard visit.form == .dropIn, let previous, previous.state != visit.state else { return nil }
    let row = try Row.fetchOne(
      db, sql: "SELECT id, session FROM queueTicket WHERE tenant = ? AND visit = ? AND isOpen = 1",
      arguments: [visit.tenant.rawValue, visit.id.rawValue])
    guard let row else { return nil }
    let id: TicketID = row.id("id")
    var queue = try QueueTable.queue(row.id("session"), tenant: visit.tenant, in: db)
    guard let known = queue.tickets.first(where: { $0.id == id }), known.state != .waiting,
      known.claimedBy == visit.workerID
    else { return nil }
    let before = try QueueTable.details(of: queue, at: now, in: db)
    let ticket: QueueTicket
    switch (visit.state, known.state) {
    case (.active, .claimed): ticket = try queue.begin(id, by: visit.workerID, at: now)
    case (.ended, .talking): ticket = try queue.finish(id, by: visit.workerID, at: now)
    case (.missed, .claimed): ticket = try queue.noAnswer(id, by: visit.workerID, at: now)
    case (.cancelled, .claimed): ticket = try queue.release(id, by: visit.workerID)
    default: return nil
    }
    try QueueTable.save(ticket, in: queue.session, in: db)
    var committed = CommittedQueue(
      details: try QueueTable.details(of: queue, at: now, in: db), previous: before,
      ticket: ticket)
    if ticket.state == .handedOn {
      committed.callbacks = [
        try handOn(ticket, of: queue.session, policy: policy, at: now, in: db)
      ]
    }
    return committed
  }

  /// Calls off a visit that was booked for now and never rung, so that it takes nobody's time.
  static func cancelUnrung(
    _ id: VisitID?, tenant: TenantID, policy: DailyPolicy, at now: UTCMilliseconds, in db: Database
  ) throws {
    guard let id else { return }
    let visit = try VisitTable.visit(id, tenant: tenant, in: db)
    guard visit.state == .booked else { return }
    let details = try VisitTable.details(of: visit, in: db)
    let change = try VisitRules().apply(
      .cancel(reason: nil), to: visit, citizen: details.citizen, worker: details.worker,
      by: .system, at: now)
    try VisitTable.update(change.visit, from: visit, in: db)
    _ = try LedgerTable.append(change.entries, to: change.visit, in: db)
  }
}
