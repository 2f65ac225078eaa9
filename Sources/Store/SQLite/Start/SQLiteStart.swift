import GRDB
public import Visits

extension SQLiteStore: StartStore {
  /// A record.
  public func record<Record: KeptRecord>(
    _ type: Record.Type, _ id: String, tenant: TenantID
  ) async throws(StoreError) -> Record? {
    try await read { try RecordTable.find(type, id, tenant: tenant, in: $0) }
  }

  /// Records, newest first.
  public func records<Record: KeptRecord>(
    _ type: Record.Type, tenant: TenantID, of person: PersonID?, openOnly: Bool
  ) async throws(StoreError) -> [Record] {
    try await read {
      try RecordTable.all(type, tenant: tenant, of: person, openOnly: openOnly, in: $0)
    }
  }

  /// Puts in a record's place what a rule makes of it.
  public func change<Record: KeptRecord>(
    _ type: Record.Type, _ id: String, tenant: TenantID, action: String, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping @Sendable (Record) -> [EventDraft],
    _ rule: @escaping @Sendable (Record?) throws -> Record
  ) async throws(StoreError) -> Record {
    let (after, hasEvents) = try await write { (db) -> (Record, Bool) in
      let before = try RecordTable.find(type, id, tenant: tenant, in: db)
      let after = try rule(before)
      guard after.tenant == tenant, after.recordID == id else { throw StoreError.conflict }
      guard after != before else { return (after, false) }
      try RecordTable.put(after, in: db)
      try AuditTable.append(
        AuditDraft(action: action, subject: after.person ?? before?.person, detail: id),
        tenant: tenant, by: initiator, at: now, in: db)
      let stored = try EventTable.append(events(after), tenant: tenant, at: now, in: db)
      return (after, !stored.isEmpty)
    }
    if hasEvents { signals.fire() }
    return after
  }

  /// Takes a record away.
  public func remove<Record: KeptRecord>(
    _ type: Record.Type, _ id: String, tenant: TenantID, action: String, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await write { db in
      guard let gone = try RecordTable.remove(type, id, tenant: tenant, in: db) else { return }
      try AuditTable.append(
        AuditDraft(action: action, subject: gone.person, detail: id), tenant: tenant,
        by: initiator, at: now, in: db)
    }
  }

  /// A worker's citizens.
  public func roster(
    of worker: PersonID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> Roster {
    try await read { try RosterTable.roster(of: worker, tenant: tenant, at: now, in: $0) }
  }

  /// Drop-in talks that a citizen has had without a grant.
  public func talks(
    of citizen: PersonID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> ClarifyingTalks {
    try await read { try TalkTable.talks(of: citizen, tenant: tenant, at: now, in: $0) }
  }

  /// How a worker uses screen visits.
  public func usage(
    of worker: PersonID, tenant: TenantID, from: UTCMilliseconds, to: UTCMilliseconds
  ) async throws(StoreError) -> WorkerUsage {
    try await read { db in
      var usage = WorkerUsage()
      for row in try Row.fetchAll(
        db,
        sql: """
          SELECT o.kind AS kind, COUNT(*) AS n FROM visit v
          JOIN outcome o ON o.tenant = v.tenant AND o.visit = v.id AND o.revision =
            (SELECT MAX(revision) FROM outcome x WHERE x.tenant = v.tenant AND x.visit = v.id)
          WHERE v.tenant = ? AND v.worker = ? AND v.form = 'screen' AND v.start >= ?
            AND v.start < ?
          GROUP BY o.kind
          """,
        arguments: [tenant.rawValue, worker.rawValue, from.rawValue, to.rawValue])
      { usage.outcomes[try row.value("kind", as: OutcomeKind.self)] = row["n"] }
      usage.practices = try RecordTable.all(
        ScreenStart.self, tenant: tenant, of: nil, openOnly: false, in: db
      ).flatMap(\.practices).count { $0.by == worker && $0.at >= from && $0.at < to }
      return usage
    }
  }

  /// What the municipality has agreed about screen visits.
  public func guidance(tenant: TenantID) async throws(StoreError) -> Guidance {
    try await read { db in
      let text = try String.fetchOne(
        db, sql: "SELECT body FROM setting WHERE tenant = ? AND name = 'guidance'",
        arguments: [tenant.rawValue])
      return try text.map { try JSONColumn.value(Guidance.self, from: $0) } ?? Guidance()
    }
  }

  /// Keeps it.
  public func setGuidance(
    _ guidance: Guidance, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await write { db in
      let guidance = try guidance.checked()
      for worker in guidance.keyWorkers {
        let person = try PeopleTable.person(worker, tenant: tenant, in: db)
        guard person.role.givesSupport else {
          throw Refusal.notASupportWorker(name: person.displayName)
        }
      }
      try db.execute(
        sql: """
          INSERT INTO setting (tenant, name, body) VALUES (?, 'guidance', ?)
          ON CONFLICT (tenant, name) DO UPDATE SET body = excluded.body
          """, arguments: [tenant.rawValue, try JSONColumn.text(guidance)])
      try AuditTable.append(
        AuditDraft(action: "guidance.set"), tenant: tenant, by: initiator, at: now, in: db)
    }
  }
}
