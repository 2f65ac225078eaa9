import Foundation
import GRDB
import Visits

/// Rows of `reminderPlan` and `reminder`.
enum ReminderTable {
  // MARK: Plans

  static func plan(
    of person: PersonID, tenant: TenantID, in db: Database
  ) throws -> PersonReminders? {
    try Row.fetchOne(
      db, sql: "SELECT * FROM reminderPlan WHERE tenant = ? AND person = ?",
      arguments: [tenant.rawValue, person.rawValue]
    ).map { row in
      var addresses: [ReminderChannel: String] = [:]
      for channel in ReminderChannel.allCases {
        let address: String? = row[channel.rawValue]
        addresses[channel] = address
      }
      return PersonReminders(
        plan: try StoredJSON.value(row["plan"], as: ReminderPlan.self), addresses: addresses)
    }
  }

  static func write(_ reminders: PersonReminders, tenant: TenantID, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO reminderPlan (tenant, person, plan, email, sms, webhook)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, person) DO UPDATE SET plan = excluded.plan, email = excluded.email,
          sms = excluded.sms, webhook = excluded.webhook
        """,
      arguments: [
        tenant.rawValue, reminders.plan.person.rawValue, try StoredJSON.text(reminders.plan),
        reminders.addresses[.email], reminders.addresses[.sms], reminders.addresses[.webhook],
      ])
  }

  // MARK: Messages

  /// Makes the messages about a visit fit what it is now.
  static func follow(
    _ after: Visit, before: Visit?, sequence: Int64, by initiator: Initiator,
    at now: UTCMilliseconds, in db: Database
  ) throws {
    guard before?.start != after.start || before?.state != after.state else { return }
    let plans = try after.participants.compactMap {
      try plan(of: $0, tenant: after.tenant, in: db)?.plan
    }
    let existing = try messages(about: after.id, tenant: after.tenant, in: db)
    if plans.isEmpty, existing.isEmpty { return }
    var changed = ReminderRules.reconcile(after, plans: plans, existing: existing, at: now)
    if let before {
      changed += ReminderRules.notices(
        from: before, to: after, sequence: sequence, plans: plans, existing: existing,
        by: initiator, at: now)
    }
    for reminder in changed { try write(reminder, at: now, in: db) }
  }

  /// Makes the messages about all of a person's coming visits fit their plan.
  static func follow(
    planOf person: PersonID, tenant: TenantID, at now: UTCMilliseconds, in db: Database
  ) throws {
    let visits = try Row.fetchAll(
      db,
      sql: """
        SELECT v.* FROM participant p JOIN visit v ON v.tenant = p.tenant AND v.id = p.visit
        WHERE p.tenant = ? AND p.person = ? AND p.occupies = 1 AND p.start > ?
        """, arguments: [tenant.rawValue, person.rawValue, now.rawValue]
    ).map { try VisitTable.visit($0, in: db) }
    for visit in visits {
      let plans = try visit.participants.compactMap {
        try plan(of: $0, tenant: tenant, in: db)?.plan
      }
      let existing = try messages(about: visit.id, tenant: tenant, in: db)
      for reminder in ReminderRules.reconcile(visit, plans: plans, existing: existing, at: now) {
        try write(reminder, at: now, in: db)
      }
    }
  }

  static func messages(
    about visit: VisitID, tenant: TenantID, in db: Database
  ) throws -> [Reminder] {
    try String.fetchAll(
      db,
      sql: "SELECT body FROM reminder WHERE tenant = ? AND visit = ? ORDER BY dueAt, \"key\"",
      arguments: [tenant.rawValue, visit.rawValue]
    ).map { try StoredJSON.value($0, as: Reminder.self) }
  }

  static func message(
    _ key: ReminderKey, tenant: TenantID, in db: Database
  ) throws -> Reminder {
    let body = try String.fetchOne(
      db, sql: "SELECT body FROM reminder WHERE tenant = ? AND \"key\" = ?",
      arguments: [tenant.rawValue, key.rawValue])
    guard let body else { throw StoreError.notFound }
    return try StoredJSON.value(body, as: Reminder.self)
  }

  /// Messages of all municipalities that need a look at `now`.
  static func due(at now: UTCMilliseconds, limit: Int, in db: Database) throws -> [Reminder] {
    try String.fetchAll(
      db, sql: "SELECT body FROM reminder WHERE wake <= ? ORDER BY wake LIMIT ?",
      arguments: [now.rawValue, limit]
    ).map { try StoredJSON.value($0, as: Reminder.self) }
  }

  static func write(_ reminder: Reminder, at now: UTCMilliseconds, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO reminder (tenant, "key", visit, person, state, dueAt, wake, changedAt, body)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, "key") DO UPDATE SET state = excluded.state, wake = excluded.wake,
          changedAt = excluded.changedAt, body = excluded.body
        """,
      arguments: [
        reminder.tenant.rawValue, reminder.key.rawValue, reminder.visit.rawValue,
        reminder.person.rawValue, reminder.state.rawValue, reminder.dueAt.rawValue,
        reminder.nextWake?.rawValue, now.rawValue, try StoredJSON.text(reminder),
      ])
  }
}

/// Values of the rules kept as JSON, where nothing is ever looked for by a part of them.
enum StoredJSON {
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func value<T: Decodable>(_ text: String, as type: T.Type) throws -> T {
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      // Written by a newer release, or damaged: an error, never a trap.
      throw StoreError.failed(code: -1, message: "\(type) cannot be read: \(error)")
    }
  }
}
