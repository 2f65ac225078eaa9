import GRDB
public import Visits

extension SQLiteStore: RetentionStore {
  /// The municipality's periods.
  public func retention(tenant: TenantID) async throws(StoreError) -> RetentionPolicy {
    try await read { try Self.policy(tenant, in: $0) }
  }

  private static func policy(_ tenant: TenantID, in db: Database) throws -> RetentionPolicy {
    let body = try String.fetchOne(
      db, sql: "SELECT body FROM retention WHERE tenant = ?", arguments: [tenant.rawValue])
    return try body.map { try StoredJSON.value($0, as: RetentionPolicy.self) } ?? .suggested
  }

  /// Decides the periods.
  public func setRetention(
    _ policy: RetentionPolicy, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await write { db in
      try db.execute(
        sql: """
          INSERT INTO retention (tenant, body) VALUES (?, ?)
          ON CONFLICT (tenant) DO UPDATE SET body = excluded.body
          """, arguments: [tenant.rawValue, try StoredJSON.text(policy)])
      try AuditTable.append(
        AuditDraft(action: "retention.set"), tenant: tenant, by: initiator, at: now, in: db)
    }
  }

  /// Deletes what its period is over for.
  public func purge(
    tenant: TenantID, isDry: Bool, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> [PurgeCount] {
    let steps = try await retention(tenant: tenant).purge(on: LocalDate(now))
    var counts: [PurgeCount] = []
    for step in steps {
      // Looking takes nobody's turn at writing; most nights there is nothing of most kinds.
      var rows = try await read {
        try PurgeTable.purge(step, tenant: tenant, isDry: true, in: $0)
      }
      if !isDry, rows > 0 {
        rows = try await write { db in
          let rows = try PurgeTable.purge(step, tenant: tenant, isDry: false, in: db)
          if rows > 0 {
            try AuditTable.append(
              AuditDraft(
                action: "purge.\(step.kind.rawValue)",
                detail: "\(rows) before \(step.before.iso8601)"),
              tenant: tenant, by: initiator, at: now, in: db)
          }
          return rows
        }
      }
      counts.append(PurgeCount(kind: step.kind, rows: rows, before: step.before))
    }
    return counts
  }

  /// Everything that is kept about one citizen.
  public func export(
    citizen: PersonID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> CitizenExport {
    try await write { db in
      try CircleTable.requireCitizen(citizen, tenant: tenant, in: db)
      var export = CitizenExport(
        citizen: try PeopleTable.person(citizen, tenant: tenant, in: db), at: now)
      for (table, condition) in ExportTable.conditions {
        let rows = try Row.fetchAll(
          db, sql: "SELECT t.* FROM \(table) t WHERE t.tenant = :tenant AND (\(condition))",
          arguments: ["tenant": tenant.rawValue, "citizen": citizen.rawValue])
        export.tables[table] = rows.map(ExportTable.values)
      }
      try AuditTable.append(
        AuditDraft(action: "citizen.export", subject: citizen), tenant: tenant, by: initiator,
        at: now, in: db)
      return export
    }
  }
}

/// Which rows are about a citizen.
enum ExportTable {
  /// A group's visit is about its other members too: of it each is shown their own lines.
  private static let ofVisit = """
    t.visit IN (SELECT id FROM visit v
      WHERE v.tenant = t.tenant AND v.citizen = :citizen AND v.form <> 'group')
    """

  /// Which rows of which table. Who is to be kept apart from whom (`keepApart`) is left out: it is about
  /// somebody else as much. So is a meeting's floor, which is gone when the meeting is over.
  static let conditions: KeyValuePairs<String, String> = [
    "device": "t.person = :citizen", "careCircle": "t.citizen = :citizen",
    "teamMember": "t.person = :citizen", "visit": "t.citizen = :citizen",
    "participant": "t.person = :citizen", "ledger": "\(ofVisit) OR t.participant = :citizen",
    "sample": ofVisit, "verdict": ofVisit, "outcome": "t.citizen = :citizen",
    "note": "t.citizen = :citizen", "goal": "t.citizen = :citizen",
    "followUp": "t.citizen = :citizen", "reminderPlan": "t.person = :citizen",
    "reminder": "t.person = :citizen", "accessLog": "t.citizen = :citizen",
    "supportGrant": "t.citizen = :citizen",
    "grantEntry": """
    t."grant" IN (SELECT id FROM supportGrant g
      WHERE g.tenant = t.tenant AND g.citizen = :citizen)
    """,
    "series": "t.citizen = :citizen",
    "seriesGap": """
    t.series IN (SELECT id FROM series s WHERE s.tenant = t.tenant AND s.citizen = :citizen)
    """,
    "timeProposal": "t.citizen = :citizen", "absenceTask": "t.citizen = :citizen",
    "delayNotice": ofVisit, "autoAnswer": "t.citizen = :citizen",
    "callback": "t.citizen = :citizen", "queueTicket": "t.citizen = :citizen",
    "groupMember": "t.citizen = :citizen", "groupStep": "t.citizen = :citizen",
    "observerAnswer": "t.citizen = :citizen",
    "screenStart": "t.person = :citizen", "equipment": "t.person = :citizen",
    "homeVisitOrder": "t.person = :citizen", "parkedTopic": "t.person = :citizen",
    "waitingWish": "t.person = :citizen", "consent": "t.citizen = :citizen",
    "disclosure": "t.citizen = :citizen",
    "copingCard": "t.citizen = :citizen", "scaleChoice": "t.citizen = :citizen",
    "scoreAnswer": "t.citizen = :citizen", "post": "t.citizen = :citizen",
    "audit": "t.subject = :citizen OR t.actor = :citizen",
  ]

  static func values(_ row: Row) -> [String: ExportValue] {
    var values: [String: ExportValue] = [:]
    for (column, value) in row where column != "tenant" {
      switch value.storage {
      case .null: values[column] = .null
      case .int64(let number): values[column] = .integer(number)
      case .double(let number): values[column] = .real(number)
      case .string(let text):
        values[column] = ["body", "plan"].contains(column) ? .json(text) : .text(text)
      case .blob: continue
      }
    }
    return values
  }
}
