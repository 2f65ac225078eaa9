import GRDB
public import Visits

extension SQLiteStore: PresenceStore {
  /// How far from now a visit counts for whose citizens' devices a worker sees, in minutes.
  private static let nearMinutes = 60 * 1440
  /// How far around now the rota is read, in minutes: a worker without a shift in these days is
  /// taken to have no rota.
  private static let rotaMinutes = 4 * 1440

  /// Writes down what is known of devices.
  public func saveDevices(_ devices: [SeenDevice]) async throws(StoreError) {
    guard !devices.isEmpty else { return }
    try await write { db in
      let statement = try db.makeStatement(
        sql: """
          INSERT INTO devicePresence (tenant, device, lastSeenAt, selfTestAt, selfTestPassed)
          VALUES (?1, ?2, ?3, ?4, ?5)
          ON CONFLICT (tenant, device) DO UPDATE SET
            lastSeenAt = MAX(lastSeenAt, excluded.lastSeenAt),
            selfTestPassed = CASE WHEN excluded.selfTestAt > COALESCE(selfTestAt, 0)
              THEN excluded.selfTestPassed ELSE selfTestPassed END,
            selfTestAt = CASE WHEN excluded.selfTestAt > COALESCE(selfTestAt, 0)
              THEN excluded.selfTestAt ELSE selfTestAt END
          """)
      for device in devices {
        guard let seen = device.presence.lastSeenAt else { continue }
        try statement.execute(arguments: [
          device.tenant.rawValue, device.presence.device.rawValue, seen.rawValue,
          device.presence.selfTestAt?.rawValue, device.presence.selfTestPassed,
        ])
      }
    }
  }

  /// Devices of citizens.
  public func devices(
    tenant: TenantID, servedBy worker: PersonID?, at now: UTCMilliseconds
  ) async throws(StoreError) -> [DeviceRecord] {
    try await read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT d.*, s.lastSeenAt, s.selfTestAt, s.selfTestPassed FROM device d
          JOIN person p ON p.tenant = d.tenant AND p.id = d.person AND p.role = 'citizen'
          LEFT JOIN devicePresence s ON s.tenant = d.tenant AND s.device = d.id
          WHERE d.tenant = ?1 AND d.revokedAt IS NULL AND (?2 IS NULL OR d.person IN (
            SELECT citizen FROM visit v
            WHERE v.tenant = ?1 AND v.start BETWEEN ?3 AND ?4 AND (v.worker = ?2
              OR v.worker IN (SELECT b.person FROM teamMember a
                JOIN teamMember b ON b.tenant = a.tenant AND b.team = a.team
                WHERE a.tenant = ?1 AND a.person = ?2))))
          ORDER BY p.displayName, d.createdAt, d.id
          """,
        arguments: [
          tenant.rawValue, worker?.rawValue, now.adding(minutes: -Self.nearMinutes).rawValue,
          now.adding(minutes: Self.nearMinutes).rawValue,
        ]
      ).map { row in
        let device = PeopleTable.device(row)
        return DeviceRecord(
          device: device, person: try PeopleTable.person(device.person, tenant: tenant, in: db),
          presence: DevicePresence(
            device: device.id, lastSeenAt: row.optionalTime("lastSeenAt"),
            selfTestAt: row.optionalTime("selfTestAt"), selfTestPassed: row["selfTestPassed"]))
      }
    }
  }

  /// Everybody who gives support.
  public func workers(
    tenant: TenantID, colleaguesOf worker: PersonID?, at now: UTCMilliseconds
  ) async throws(StoreError) -> [WorkerRecord] {
    try await read { db in
      let shifts = try Self.shifts(
        tenant: tenant, from: now.adding(minutes: -Self.rotaMinutes),
        to: now.adding(minutes: Self.rotaMinutes), in: db)
      let own = Dictionary(grouping: shifts, by: \.worker)
      let busy = Set(
        try String.fetchAll(
          db,
          sql: "SELECT worker FROM visit WHERE state IN ('ringing', 'active') AND tenant = ?",
          arguments: [tenant.rawValue]))
      return try Row.fetchAll(
        db,
        sql: """
          SELECT * FROM person p WHERE tenant = ?1 AND role IN ('supportWorker', 'teamLead')
            AND (?2 IS NULL OR id = ?2
              OR NOT EXISTS (SELECT 1 FROM teamMember WHERE tenant = ?1 AND person = ?2)
              OR EXISTS (SELECT 1 FROM teamMember a
                JOIN teamMember b ON b.tenant = a.tenant AND b.team = a.team
                WHERE a.tenant = ?1 AND a.person = ?2 AND b.person = p.id))
          ORDER BY displayName, id
          """, arguments: [tenant.rawValue, worker?.rawValue]
      ).map { row in
        let person = try PeopleTable.person(row)
        return WorkerRecord(
          worker: person, shifts: own[person.id] ?? [],
          isInVisit: busy.contains(person.id.rawValue))
      }
    }
  }

  /// Puts shifts on the rota.
  public func addShifts(
    _ shifts: [DutyShift], tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await write { db in
      for shift in shifts {
        let person = try PeopleTable.person(shift.worker, tenant: tenant, in: db)
        guard person.role.givesSupport else {
          throw Refusal.notASupportWorker(name: person.displayName)
        }
        try db.execute(
          sql: """
            INSERT OR IGNORE INTO dutyRota (tenant, team, person, kind, start, "end")
            VALUES (?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            tenant.rawValue, shift.team.rawValue, shift.worker.rawValue, shift.kind.rawValue,
            shift.window.start.rawValue, shift.window.end.rawValue,
          ])
        try AuditTable.append(
          AuditDraft(action: "rota.add", subject: shift.worker, detail: shift.kind.rawValue),
          tenant: tenant, by: initiator, at: now, in: db)
      }
    }
  }

  /// Takes a shift off the rota.
  public func removeShift(
    _ shift: DutyShift, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) {
    try await write { db in
      try db.execute(
        sql: """
          DELETE FROM dutyRota
          WHERE tenant = ? AND team = ? AND person = ? AND kind = ? AND start = ?
          """,
        arguments: [
          tenant.rawValue, shift.team.rawValue, shift.worker.rawValue, shift.kind.rawValue,
          shift.window.start.rawValue,
        ])
      guard db.changesCount > 0 else { return }
      try AuditTable.append(
        AuditDraft(action: "rota.remove", subject: shift.worker, detail: shift.kind.rawValue),
        tenant: tenant, by: initiator, at: now, in: db)
    }
  }

  /// Shifts that overlap a span of time.
  public func shifts(
    tenant: TenantID, from: UTCMilliseconds, to: UTCMilliseconds
  ) async throws(StoreError) -> [DutyShift] {
    try await read { try Self.shifts(tenant: tenant, from: from, to: to, in: $0) }
  }

  private static func shifts(
    tenant: TenantID, from: UTCMilliseconds, to: UTCMilliseconds, in db: Database
  ) throws -> [DutyShift] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT * FROM dutyRota WHERE tenant = ? AND "end" > ? AND start < ?
        ORDER BY start, team, person
        """, arguments: [tenant.rawValue, from.rawValue, to.rawValue]
    ).map(DutyTable.shift)
  }
}
