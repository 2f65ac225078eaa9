import GRDB
public import Visits

extension SQLiteStore: PeopleStore {
  /// Creates a municipality.
  public func addTenant(_ tenant: Tenant) async throws(StoreError) {
    try await write { db in
      try db.execute(
        sql: "INSERT INTO tenant (id, name, createdAt) VALUES (?, ?, ?)",
        arguments: [tenant.id.rawValue, tenant.name, tenant.createdAt.rawValue])
    }
  }

  /// All municipalities, by name.
  public func tenants() async throws(StoreError) -> [Tenant] {
    try await read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM tenant ORDER BY name, id").map { row in
        Tenant(id: row.id("id"), name: row["name"], createdAt: row.time("createdAt"))
      }
    }
  }

  /// Creates a person and says so in the audit log.
  public func addPerson(_ person: Person, by initiator: Initiator) async throws(StoreError) {
    try await write { db in
      try db.execute(
        sql: """
          INSERT INTO person (tenant, id, role, displayName, createdAt) VALUES (?, ?, ?, ?, ?)
          """,
        arguments: [
          person.tenant.rawValue, person.id.rawValue, person.role.rawValue, person.displayName,
          person.createdAt.rawValue,
        ])
      try AuditTable.append(
        AuditDraft(action: "person.create", subject: person.id, detail: person.role.rawValue),
        tenant: person.tenant, by: initiator, at: person.createdAt, in: db)
    }
  }

  /// A person.
  public func person(_ id: PersonID, tenant: TenantID) async throws(StoreError) -> Person {
    try await read { try PeopleTable.person(id, tenant: tenant, in: $0) }
  }

  /// People by name.
  public func people(tenant: TenantID, role: Role?) async throws(StoreError) -> [Person] {
    try await read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT * FROM person WHERE tenant = ?1 AND (?2 IS NULL OR role = ?2)
          ORDER BY displayName, id
          """, arguments: [tenant.rawValue, role?.rawValue]
      ).map(PeopleTable.person)
    }
  }

  /// Gives access on a device and says so in the audit log.
  public func addDevice(_ device: Device, by initiator: Initiator) async throws(StoreError) {
    try await write { db in
      _ = try PeopleTable.person(device.person, tenant: device.tenant, in: db)
      try db.execute(
        sql: """
          INSERT INTO device (tenant, id, person, label, createdAt, revokedAt)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          device.tenant.rawValue, device.id.rawValue, device.person.rawValue, device.label,
          device.createdAt.rawValue, device.revokedAt?.rawValue,
        ])
      try AuditTable.append(
        AuditDraft(action: "device.create", subject: device.person, detail: device.id.rawValue),
        tenant: device.tenant, by: initiator, at: device.createdAt, in: db)
    }
  }

  /// A device, revoked or not.
  public func device(_ id: DeviceID, tenant: TenantID) async throws(StoreError) -> Device {
    try await read { try PeopleTable.device(id, tenant: tenant, in: $0) }
  }

  /// A person's devices, oldest first.
  public func devices(
    of person: PersonID, tenant: TenantID
  ) async throws(StoreError) -> [Device] {
    try await read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM device WHERE tenant = ? AND person = ? ORDER BY createdAt, id",
        arguments: [tenant.rawValue, person.rawValue]
      ).map(PeopleTable.device)
    }
  }

  /// Takes access back and says so in the audit log.
  public func revokeDevice(
    _ id: DeviceID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await write { db in
      let device = try PeopleTable.device(id, tenant: tenant, in: db)
      guard device.revokedAt == nil else { return }
      try db.execute(
        sql: "UPDATE device SET revokedAt = ? WHERE tenant = ? AND id = ?",
        arguments: [now.rawValue, tenant.rawValue, id.rawValue])
      try AuditTable.append(
        AuditDraft(action: "device.revoke", subject: device.person, detail: id.rawValue),
        tenant: tenant, by: initiator, at: now, in: db)
    }
  }
}

/// Rows of `person` and `device`.
enum PeopleTable {
  /// People read in one transaction, each once: a year's list has thousands of visits and a few
  /// hundred people.
  struct Cache {
    private struct Key: Hashable {
      var tenant: TenantID
      var person: PersonID
    }

    private var people: [Key: Person] = [:]

    mutating func person(_ id: PersonID, tenant: TenantID, in db: Database) throws -> Person {
      let key = Key(tenant: tenant, person: id)
      if let known = people[key] { return known }
      let person = try PeopleTable.person(id, tenant: tenant, in: db)
      people[key] = person
      return person
    }
  }

  static func person(_ id: PersonID, tenant: TenantID, in db: Database) throws -> Person {
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT * FROM person WHERE tenant = ? AND id = ?"),
      arguments: [tenant.rawValue, id.rawValue])
    guard let row else { throw StoreError.notFound }
    return try person(row)
  }

  static func person(_ row: Row) throws -> Person {
    Person(
      id: row.id("id"), tenant: row.id("tenant"), role: try row.value("role", as: Role.self),
      displayName: row["displayName"], createdAt: row.time("createdAt"))
  }

  static func device(_ id: DeviceID, tenant: TenantID, in db: Database) throws -> Device {
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT * FROM device WHERE tenant = ? AND id = ?"),
      arguments: [tenant.rawValue, id.rawValue])
    guard let row else { throw StoreError.notFound }
    return device(row)
  }

  static func device(_ row: Row) -> Device {
    Device(
      id: row.id("id"), tenant: row.id("tenant"), person: row.id("person"), label: row["label"],
      createdAt: row.time("createdAt"), revokedAt: row.optionalTime("revokedAt"))
  }
}
