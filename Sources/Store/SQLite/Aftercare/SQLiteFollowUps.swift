import GRDB
public import Visits

extension SQLiteStore {
  /// Follow-ups that go on.
  public func followUps(
    of workers: Set<PersonID>, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> [NoShowPath] {
    try await read { db in
      try String.fetchAll(
        db, sql: "SELECT body FROM followUp WHERE tenant = ? AND isOpen = 1",
        arguments: [tenant.rawValue]
      ).map { NoShowRules().advance(try StoredJSON.value($0, as: NoShowPath.self), to: now) }
        .filter { workers.contains($0.worker) }
        .sorted { ($0.due, $0.visit.rawValue) < ($1.due, $1.visit.rawValue) }
    }
  }

  /// The follow-up of one visit.
  public func followUp(
    of visit: VisitID, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> NoShowPath {
    try await read { db in
      NoShowRules().advance(try FollowUpTable.path(visit, tenant: tenant, in: db), to: now)
    }
  }

  /// Does something in a follow-up.
  public func apply(
    _ command: NoShowCommand, toFollowUpOf visit: VisitID, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> NoShowPath {
    try await write { db in
      let known = try FollowUpTable.path(visit, tenant: tenant, in: db)
      if case .handOver(let worker) = command {
        let person = try PeopleTable.person(worker, tenant: tenant, in: db)
        guard person.role.givesSupport else {
          throw Refusal.notASupportWorker(name: person.displayName)
        }
      }
      let path = try NoShowRules().apply(command, to: known, by: initiator, at: now)
      try FollowUpTable.write(path, tenant: tenant, in: db)
      try PostTable.alert(path, tenant: tenant, at: now, in: db)
      try AuditTable.append(
        AuditDraft(
          action: "follow-up.\(command.name)", subject: path.citizen, visit: visit,
          detail: path.ending?.rawValue ?? path.step.rawValue),
        tenant: tenant, by: initiator, at: now, in: db)
      return path
    }
  }

  /// Lets time pass for all follow-ups.
  public func advanceFollowUps(
    at now: UTCMilliseconds, events: @escaping @Sendable (NoShowPath, Person) -> [EventDraft]
  ) async throws(StoreError) {
    let isWaiting = try await read { db in
      try Bool.fetchOne(
        db, sql: "SELECT EXISTS (SELECT 1 FROM followUp WHERE due <= ?)",
        arguments: [now.rawValue]) ?? false
    }
    guard isWaiting else { return }
    let told = try await write { db in
      var told = false
      let rows = try Row.fetchAll(
        db, sql: "SELECT tenant, body FROM followUp WHERE due <= ?", arguments: [now.rawValue])
      for row in rows {
        let tenant: TenantID = row.id("tenant")
        let known = try StoredJSON.value(row["body"], as: NoShowPath.self)
        let path = NoShowRules().advance(known, to: now)
        guard path != known else { continue }
        try FollowUpTable.write(path, tenant: tenant, in: db)
        try PostTable.alert(path, tenant: tenant, at: now, in: db)
        let citizen = try PeopleTable.person(path.citizen, tenant: tenant, in: db)
        let stored = try EventTable.append(
          events(path, citizen), tenant: tenant, at: now, in: db)
        told = told || !stored.isEmpty
      }
      return told
    }
    if told { signals.fire() }
  }
}

extension NoShowCommand {
  /// The command's stable name, as the audit log has it.
  fileprivate var name: String {
    switch self {
    case .tried(let way, let reached): "\(reached ? "reached" : "tried")-\(way.rawValue)"
    case .writeReadiness: "readiness"
    case .handOver: "hand-over"
    case .close: "close"
    }
  }
}
