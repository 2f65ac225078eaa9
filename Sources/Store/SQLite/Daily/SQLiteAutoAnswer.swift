import GRDB
public import Visits

extension SQLiteStore: AutoAnswerStore {
  /// Records an agreement.
  public func recordAutoAnswer(
    _ agreement: AutoAnswerAgreement, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> AutoAnswerAgreement {
    try await write { db in
      let device = try PeopleTable.device(agreement.device, tenant: tenant, in: db)
      guard device.person == agreement.citizen else { throw StoreError.notFound }
      let checked = try agreement.checked(at: now)
      try AutoAnswerTable.save(checked, tenant: tenant, in: db)
      try AuditTable.append(
        AuditDraft(
          action: "auto-answer.record", subject: checked.citizen, detail: checked.device.rawValue),
        tenant: tenant, by: initiator, at: now, in: db)
      return checked
    }
  }

  /// The agreement for a device.
  public func autoAnswer(
    of device: DeviceID, tenant: TenantID
  ) async throws(StoreError) -> AutoAnswerAgreement? {
    try await read { try AutoAnswerTable.find(device, tenant: tenant, in: $0) }
  }

  /// Takes the consent back.
  public func withdrawAutoAnswer(
    of device: DeviceID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await write { db in
      guard var agreement = try AutoAnswerTable.find(device, tenant: tenant, in: db),
        agreement.withdrawnAt == nil
      else { return }
      agreement.withdrawnAt = now
      try AutoAnswerTable.save(agreement, tenant: tenant, in: db)
      try AuditTable.append(
        AuditDraft(
          action: "auto-answer.withdraw", subject: agreement.citizen, detail: device.rawValue),
        tenant: tenant, by: initiator, at: now, in: db)
    }
  }
}

/// Rows of `autoAnswer`.
enum AutoAnswerTable {
  static func find(
    _ device: DeviceID, tenant: TenantID, in db: Database
  ) throws -> AutoAnswerAgreement? {
    try Row.fetchOne(
      db, sql: "SELECT body FROM autoAnswer WHERE tenant = ? AND device = ?",
      arguments: [tenant.rawValue, device.rawValue]
    ).map { try $0.json("body", as: AutoAnswerAgreement.self) }
  }

  static func save(
    _ agreement: AutoAnswerAgreement, tenant: TenantID, in db: Database
  ) throws {
    try db.execute(
      sql: """
        INSERT INTO autoAnswer (tenant, device, citizen, body) VALUES (?, ?, ?, ?)
        ON CONFLICT (tenant, device) DO UPDATE SET body = excluded.body
        """,
      arguments: [
        tenant.rawValue, agreement.device.rawValue, agreement.citizen.rawValue,
        try JSONColumn.text(agreement),
      ])
  }

  /// The devices that answer a visit's ring by themselves, and when; empty for most.
  static func answers(
    to visit: Visit, at now: UTCMilliseconds, in db: Database
  ) throws -> [DeviceID: UTCMilliseconds] {
    var answers: [DeviceID: UTCMilliseconds] = [:]
    let rows = try Row.fetchAll(
      db, sql: "SELECT body FROM autoAnswer WHERE tenant = ? AND citizen = ?",
      arguments: [visit.tenant.rawValue, visit.citizenID.rawValue])
    for row in rows {
      let agreement = try row.json("body", as: AutoAnswerAgreement.self)
      let decision = agreement.decision(for: visit.workerID, on: agreement.device, at: now)
      if case .countDown(let until) = decision { answers[agreement.device] = until }
    }
    return answers
  }
}

extension Schema {
  /// Registers the migration of calls that answer themselves.
  static func registerAutoAnswer(in migrator: inout DatabaseMigrator) {
    migrator.registerMigration("2026-11 auto-answer") { db in
      try db.execute(
        sql: """
          CREATE TABLE autoAnswer (
            tenant TEXT NOT NULL,
            device TEXT NOT NULL,
            citizen TEXT NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (tenant, device),
            FOREIGN KEY (tenant, device) REFERENCES device (tenant, id),
            FOREIGN KEY (tenant, citizen) REFERENCES person (tenant, id)
          ) STRICT, WITHOUT ROWID;
          CREATE INDEX autoAnswerOfCitizen ON autoAnswer (tenant, citizen);
          """)
    }
  }
}
