import GRDB
public import Visits

extension SQLiteStore: ReminderStore {
  /// What a person wants to be told.
  public func reminders(
    of person: PersonID, tenant: TenantID
  ) async throws(StoreError) -> PersonReminders? {
    try await read { try ReminderTable.plan(of: person, tenant: tenant, in: $0) }
  }

  /// Sets it.
  public func setReminders(
    _ reminders: PersonReminders, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await write { db in
      var reminders = reminders
      let person = reminders.plan.person
      let role = try PeopleTable.person(person, tenant: tenant, in: db).role
      reminders.plan = try reminders.plan.checked(for: role)
      for channel in ReminderChannel.allCases
      where reminders.plan.channels.contains(channel) && reminders.addresses[channel] == nil {
        throw Refusal.reminderNeedsAddress(channel)
      }
      try ReminderTable.write(reminders, tenant: tenant, in: db)
      try ReminderTable.follow(planOf: person, tenant: tenant, at: now, in: db)
      try AuditTable.append(
        AuditDraft(action: "reminders.set", subject: person), tenant: tenant, by: initiator,
        at: now, in: db)
    }
  }

  /// Every message about a visit.
  public func messages(
    about visit: VisitID, tenant: TenantID
  ) async throws(StoreError) -> [Reminder] {
    try await read { db in
      try VisitTable.requireVisit(visit, tenant: tenant, in: db)
      return try ReminderTable.messages(about: visit, tenant: tenant, in: db)
    }
  }

  /// Messages that failed, or may have.
  public func troubledMessages(
    tenant: TenantID, worker: PersonID?, at now: UTCMilliseconds
  ) async throws(StoreError) -> [Reminder] {
    try await read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT r.body FROM reminder r JOIN visit v ON v.tenant = r.tenant AND v.id = r.visit
          WHERE r.tenant = ?1 AND r.state IN ('failed', 'uncertain') AND v.start > ?2
            AND (?3 IS NULL OR v.worker = ?3)
          ORDER BY v.start, r."key"
          """, arguments: [tenant.rawValue, now.rawValue, worker?.rawValue]
      ).map { try StoredJSON.value($0, as: Reminder.self) }
    }
  }

  /// Takes up messages that are due.
  public func takeDueMessages(
    at now: UTCMilliseconds, limit: Int
  ) async throws(StoreError) -> [DueMessage] {
    // Most of the time there is nothing, and no writer need wait for that answer.
    guard let wake = try await nextMessageWake(), wake <= now else { return [] }
    return try await write { db in
      var taken: [DueMessage] = []
      for waiting in try ReminderTable.due(at: now, limit: limit, in: db) {
        let put = waiting.recovered(at: now) ?? waiting
        let visit = try VisitTable.visit(put.visit, tenant: put.tenant, in: db)
        let next = put.begun(visit: visit, at: now) ?? put
        if next != waiting { try ReminderTable.write(next, at: now, in: db) }
        guard next.state == .sending, next != waiting else { continue }
        let plan = try ReminderTable.plan(of: next.person, tenant: next.tenant, in: db)
        taken.append(
          DueMessage(reminder: next, address: plan?.addresses[next.channel] ?? ""))
      }
      return taken
    }
  }

  /// Writes what became of a message.
  @discardableResult
  public func tell(
    _ news: MessageNews, of key: ReminderKey, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> Reminder? {
    try await write { db in
      let reminder = try ReminderTable.message(key, tenant: tenant, in: db)
      let next: Reminder?
      switch news {
      case .handOver(let attempt):
        let visit = try VisitTable.visit(reminder.visit, tenant: tenant, in: db)
        next = reminder.handedOver(attempt: attempt, visit: visit, at: now)
      case .accepted(let attempt, let reference):
        next = reminder.accepted(attempt: attempt, reference: reference, at: now)
      case .refused(let attempt, let failure, let isFinal):
        next = reminder.refused(attempt: attempt, failure: failure, isFinal: isFinal, at: now)
      case .reported(let delivered, let failure):
        next = reminder.reported(delivered: delivered, failure: failure, at: now)
      }
      if let next { try ReminderTable.write(next, at: now, in: db) }
      return next
    }
  }

  /// When the next message needs a look.
  public func nextMessageWake() async throws(StoreError) -> UTCMilliseconds? {
    try await read { db in
      try Int64.fetchOne(db, sql: "SELECT MIN(wake) FROM reminder WHERE wake IS NOT NULL")
        .map(UTCMilliseconds.init(rawValue:))
    }
  }
}
