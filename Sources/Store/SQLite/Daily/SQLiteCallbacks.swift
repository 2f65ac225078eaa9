import GRDB
public import Visits

extension SQLiteStore: CallbackStore {
  /// A citizen asks to be called.
  public func askForCall(
    _ ask: CallbackAsk, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping CallbackEventMaker
  ) async throws(StoreError) -> CommittedCallback {
    let daily = daily
    return try await commitCallback { db in
      let daily = try daily.decided(tenant: tenant, in: db)
      let citizen = try PeopleTable.person(ask.citizen, tenant: tenant, in: db)
      guard citizen.role == .citizen else { throw Refusal.notACitizen(name: citizen.displayName) }
      let row = try Row.fetchOne(
        db, sql: "SELECT body FROM callback WHERE tenant = ? AND citizen = ? AND isOpen = 1",
        arguments: [tenant.rawValue, ask.citizen.rawValue])
      let open = try row?.json("body", as: CallbackRequest.self)
      let team = try open?.team ?? DutyTable.team(of: ask.citizen, tenant: tenant, in: db)
      let request = try daily.callbacks.ask(
        id: ask.id, tenant: tenant, citizen: ask.citizen, team: team, isUrgent: ask.isUrgent,
        origin: ask.origin, about: ask.about, open: open, hours: daily.hours(of: team, from: now),
        by: initiator, at: now)
      return try Self.finish(
        request, previous: open, action: "callback.ask", policy: daily, by: initiator, at: now,
        events: events, in: db)
    }
  }

  /// Applies a command to a request.
  public func apply(
    _ command: CallbackCommand, to id: CallbackID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping CallbackEventMaker
  ) async throws(StoreError) -> CommittedCallback {
    let daily = daily
    return try await commitCallback { db in
      let daily = try daily.decided(tenant: tenant, in: db)
      let before = try CallbackTable.find(id, tenant: tenant, in: db)
      try Self.requireConcerned(initiator, with: before, in: db)
      let rules = daily.callbacks
      let hours = daily.hours(of: before.team, from: now)
      let after: CallbackRequest
      switch command {
      case .see: after = try rules.see(before, by: initiator, at: now)
      case .claim:
        let holder = try before.claimedBy.map {
          try PeopleTable.person($0, tenant: tenant, in: db).displayName
        }
        after = try rules.claim(before, by: initiator, holderName: holder ?? "", at: now)
      case .release: after = try rules.release(before, by: initiator, at: now)
      case .noAnswer: after = try rules.noAnswer(before, by: initiator, hours: hours, at: now)
      case .reached: after = try rules.reached(before, by: initiator, at: now)
      case .withdraw: after = try rules.withdraw(before, by: initiator, at: now)
      case .advance: after = rules.advance(before, hours: hours, to: now)
      }
      return try Self.finish(
        after, previous: before, action: "callback.\(command.name)", policy: daily, by: initiator,
        at: now, events: events, in: db)
    }
  }

  /// Takes a request and books the visit in which the citizen is called.
  public func bookCallback(
    _ id: CallbackID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping EventMaker
  ) async throws(StoreError) -> CommittedVisit {
    let daily = daily
    return try await commit { db in
      let daily = try daily.decided(tenant: tenant, in: db)
      let before = try CallbackTable.find(id, tenant: tenant, in: db)
      try Self.requireConcerned(initiator, with: before, in: db)
      let holder = try before.claimedBy.map {
        try PeopleTable.person($0, tenant: tenant, in: db).displayName
      }
      let claimed = try daily.callbacks.claim(
        before, by: initiator, holderName: holder ?? "", at: now)
      guard let worker = claimed.claimedBy else { throw Refusal.onlyStaffCallsBack }
      let visit = Visit(
        id: .random(), tenant: tenant, citizenID: before.citizen, workerID: worker, start: now,
        durationMinutes: daily.settings.callbackMinutes)
      try CallbackTable.save(claimed, visit: visit.id, policy: daily, in: db)
      let callback = CommittedCallback(
        details: try CallbackTable.details(of: claimed, policy: daily, at: now, in: db),
        previous: before)
      return try Self.bookNow(
        visit, action: "callback.call", callback: callback, policy: daily, by: initiator, at: now,
        events: events, in: db)
    }
  }

  /// A request.
  public func callback(
    _ id: CallbackID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> CallbackDetails {
    let daily = daily
    return try await read { db in
      let daily = try daily.decided(tenant: tenant, in: db)
      let request = try CallbackTable.find(id, tenant: tenant, in: db)
      return try CallbackTable.details(of: request, policy: daily, at: now, in: db)
    }
  }

  /// Open requests, in the order they should be taken.
  public func openCallbacks(
    tenant: TenantID, worker: PersonID?, at now: UTCMilliseconds
  ) async throws(StoreError) -> [CallbackDetails] {
    let daily = daily
    return try await read { db in
      let daily = try daily.decided(tenant: tenant, in: db)
      let requests = try Row.fetchAll(
        db,
        sql: """
          SELECT body FROM callback c WHERE tenant = ?1 AND isOpen = 1 AND (?2 IS NULL
            OR team IN (SELECT team FROM teamMember WHERE tenant = ?1 AND person = ?2)
            OR NOT EXISTS (
              SELECT 1 FROM teamMember m WHERE m.tenant = ?1 AND m.team = c.team))
          """, arguments: [tenant.rawValue, worker?.rawValue]
      ).map { try $0.json("body", as: CallbackRequest.self) }
      return try CallbackRequest.inOrder(requests, at: now).map {
        try CallbackTable.details(of: $0, policy: daily, at: now, in: db)
      }
    }
  }

  /// A citizen's newest request.
  public func latestCallback(
    of citizen: PersonID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> CallbackDetails? {
    let daily = daily
    return try await read { db in
      let daily = try daily.decided(tenant: tenant, in: db)
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT body FROM callback WHERE tenant = ? AND citizen = ?
          ORDER BY createdAt DESC, isOpen DESC LIMIT 1
          """, arguments: [tenant.rawValue, citizen.rawValue])
      return try row.map {
        let request = try $0.json("body", as: CallbackRequest.self)
        return try CallbackTable.details(of: request, policy: daily, at: now, in: db)
      }
    }
  }

  /// Whether anybody of a citizen's team answers now.
  public func contact(
    of citizen: PersonID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> ContactState {
    let daily = daily
    return try await read { db in
      let daily = try daily.decided(tenant: tenant, in: db)
      let team = try DutyTable.team(of: citizen, tenant: tenant, in: db)
      return ContactState(
        hours: daily.hours(of: team, from: now), emergencyNumber: daily.settings.emergencyNumber,
        at: now)
    }
  }

  /// Requests that time alone changes by `now`.
  public func dueCallbacks(
    at now: UTCMilliseconds
  ) async throws(StoreError) -> [(tenant: TenantID, id: CallbackID)] {
    try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT tenant, id FROM callback WHERE wakeAt <= ? ORDER BY wakeAt LIMIT 500",
        arguments: [now.rawValue]
      ).map { (tenant: $0.id("tenant"), id: $0.id("id")) }
    }
  }

  private func commitCallback(
    _ body: @escaping @Sendable (Database) throws -> (CommittedCallback, hasEvents: Bool)
  ) async throws(StoreError) -> CommittedCallback {
    let (committed, hasEvents) = try await write(body)
    if hasEvents { signals.fire() }
    return committed
  }

  /// A worker acts on requests of the teams she serves; to others they do not exist.
  private static func requireConcerned(
    _ initiator: Initiator, with request: CallbackRequest, in db: Database
  ) throws {
    guard initiator.role?.givesSupport == true, let worker = initiator.person else { return }
    if request.claimedBy == worker { return }
    // What nobody of the team took is carried to every lead.
    if initiator.role == .teamLead, request.escalation == .lead { return }
    guard
      try DutyTable.serves(worker, team: request.team, tenant: request.tenant, in: db)
    else { throw StoreError.notFound }
  }

  /// Writes what goes with a change: the row, the audit log and the events.
  private static func finish(
    _ request: CallbackRequest, previous: CallbackRequest?, action: String, policy: DailyPolicy,
    by initiator: Initiator, at now: UTCMilliseconds, events: CallbackEventMaker, in db: Database
  ) throws -> (CommittedCallback, hasEvents: Bool) {
    let committed = CommittedCallback(
      details: try CallbackTable.details(of: request, policy: policy, at: now, in: db),
      previous: previous)
    guard committed.isChanged else { return (committed, false) }
    try CallbackTable.save(request, policy: policy, in: db)
    for step in request.steps(since: previous) {
      try UnansweredTable.tell(request, carriedTo: step, at: now, in: db)
    }
    if initiator.person != nil {
      try AuditTable.append(
        AuditDraft(action: action, subject: request.citizen, detail: request.id.rawValue),
        tenant: request.tenant, by: initiator, at: now, in: db)
    }
    let written = try EventTable.append(
      events(committed), tenant: request.tenant, at: now, in: db)
    return (committed, !written.isEmpty)
  }
}
