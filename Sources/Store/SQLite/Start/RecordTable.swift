import GRDB
import Visits

/// Rows of the tables that `RecordKind` names.
enum RecordTable {
  static func find<Record: KeptRecord>(
    _ type: Record.Type, _ id: String, tenant: TenantID, in db: Database
  ) throws -> Record? {
    try Row.fetchOne(
      db.cachedStatement(
        sql: "SELECT body FROM \(type.kind.rawValue) WHERE tenant = ? AND id = ?"),
      arguments: [tenant.rawValue, id]
    )?.body(as: Record.self)
  }

  static func all<Record: KeptRecord>(
    _ type: Record.Type, tenant: TenantID, of person: PersonID?, openOnly: Bool, in db: Database
  ) throws -> [Record] {
    var sql = "SELECT body FROM \(type.kind.rawValue) WHERE tenant = ?"
    var arguments: StatementArguments = [tenant.rawValue]
    if let person {
      sql += " AND person = ?"
      arguments += [person.rawValue]
    }
    if openOnly { sql += " AND isOpen = 1" }
    return try Row.fetchAll(
      db.cachedStatement(sql: sql + " ORDER BY changedAt DESC, id"), arguments: arguments
    ).map { try $0.body(as: Record.self) }
  }

  static func put<Record: KeptRecord>(_ record: Record, in db: Database) throws {
    // A person of another municipality's does not exist here.
    if let person = record.person {
      _ = try PeopleTable.person(person, tenant: record.tenant, in: db)
    }
    try db.execute(
      sql: """
        INSERT INTO \(Record.kind.rawValue) (tenant, id, person, isOpen, changedAt, body)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, id) DO UPDATE SET person = excluded.person,
          isOpen = excluded.isOpen, changedAt = excluded.changedAt, body = excluded.body
        """,
      arguments: [
        record.tenant.rawValue, record.recordID, record.person?.rawValue, record.isOpen,
        record.recordChangedAt.rawValue, try JSONColumn.text(record),
      ])
  }

  /// Takes a record away and says whom it was about; nil where there was none.
  static func remove<Record: KeptRecord>(
    _ type: Record.Type, _ id: String, tenant: TenantID, in db: Database
  ) throws -> Record? {
    guard let record = try find(type, id, tenant: tenant, in: db) else { return nil }
    try db.execute(
      sql: "DELETE FROM \(type.kind.rawValue) WHERE tenant = ? AND id = ?",
      arguments: [tenant.rawValue, id])
    return record
  }
}
