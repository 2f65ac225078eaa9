import GRDB
public import Visits

// Telling the next citizen that a visit begins later (B17).
extension SQLiteStore {
  /// Tells the citizens of the next visit of a delay.
  public func announceDelay(
    minutes: Int, of id: VisitID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping DelayEventMaker
  ) async throws(StoreError) -> AnnouncedDelay {
    let announced = try await write { db in
      let visit = try VisitTable.visit(id, tenant: tenant, in: db)
      let known = try DelayTable.notices(of: visit, in: db)
      let new = try Overrun.announce(minutes, for: visit, notices: known, by: initiator, at: now)
      // Nothing new is said only where as much was said before.
      let told = known.filter { $0.holds(for: visit) }.max { $0.minutes < $1.minutes }
      guard let notice = new ?? told else { throw StoreError.notFound }
      if new != nil {
        try DelayTable.add(notice, to: visit, sequence: Int64(known.count) + 1, at: now, in: db)
        try AuditTable.append(
          AuditDraft(action: "visit.delay", subject: notice.citizen, visit: id), tenant: tenant,
          by: initiator, at: now, in: db)
      }
      let announced = AnnouncedDelay(
        notice: notice, isNew: new != nil, details: try VisitTable.details(of: visit, in: db),
        messaged: try DelayTable.messaged(of: notice, tenant: tenant, in: db))
      if announced.isNew {
        _ = try EventTable.append(events(announced), tenant: tenant, at: now, in: db)
      }
      return announced
    }
    if announced.isNew { signals.fire() }
    return announced
  }
}

/// Rows of `delayNotice`, and the messages that go with them.
private enum DelayTable {
  static func notices(of visit: Visit, in db: Database) throws -> [DelayNotice] {
    try Row.fetchAll(
      db, sql: "SELECT body FROM delayNotice WHERE tenant = ? AND visit = ?",
      arguments: [visit.tenant.rawValue, visit.id.rawValue]
    ).map { try $0.body(as: DelayNotice.self) }
  }

  /// Writes the notice and, for everybody who wants to be told of changes, a message.
  static func add(
    _ notice: DelayNotice, to visit: Visit, sequence: Int64, at now: UTCMilliseconds,
    in db: Database
  ) throws {
    try db.execute(
      sql: "INSERT INTO delayNotice (tenant, visit, start, minutes, body) VALUES (?, ?, ?, ?, ?)",
      arguments: [
        visit.tenant.rawValue, visit.id.rawValue, notice.start.rawValue, notice.minutes,
        try JSONColumn.text(notice),
      ])
    let existing = try ReminderTable.messages(about: visit.id, tenant: visit.tenant, in: db)
    for person in visit.participants {
      guard let plan = try ReminderTable.plan(of: person, tenant: visit.tenant, in: db)?.plan
      else { continue }
      for message in ReminderRules.delay(
        notice, of: visit, sequence: sequence, plan: plan, existing: existing, at: now)
      {
        try ReminderTable.write(message, at: now, in: db)
      }
    }
  }

  /// Who has a message of at least this delay that did not fail.
  static func messaged(
    of notice: DelayNotice, tenant: TenantID, in db: Database
  ) throws -> Set<PersonID> {
    Set(
      try ReminderTable.messages(about: notice.visit, tenant: tenant, in: db).filter {
        $0.kind == .delayed && $0.visitStart == notice.start && $0.minutes >= notice.minutes
          && !$0.state.needsAttention && $0.state != .cancelled
      }.map(\.person))
  }
}
