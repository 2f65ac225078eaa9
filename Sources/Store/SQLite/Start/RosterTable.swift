import GRDB
import Visits

/// A worker's citizens, read in one snapshot. Ten to eighteen of them: a few statements each.
enum RosterTable {
  static func roster(
    of worker: PersonID, tenant: TenantID, at now: UTCMilliseconds, in db: Database
  ) throws -> Roster {
    let person = try PeopleTable.person(worker, tenant: tenant, in: db)
    guard person.role.givesSupport else {
      throw Refusal.notASupportWorker(name: person.displayName)
    }
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT citizen, 1 AS isPrimary FROM careCircle WHERE tenant = ?1 AND primaryWorker = ?2
        UNION ALL SELECT citizen, 0 FROM careCircle
          WHERE tenant = ?1 AND backup = ?2 AND primaryWorker IS NOT ?2
        """, arguments: [tenant.rawValue, worker.rawValue])
    return Roster(
      worker: worker,
      lines: try rows.map { row in
        try line(
          row.id("citizen"), isPrimary: row["isPrimary"], tenant: tenant, at: now, in: db)
      },
      most: try SettingsTable.booking(tenant: tenant, in: db).mostCitizens)
  }

  private static func line(
    _ citizen: PersonID, isPrimary: Bool, tenant: TenantID, at now: UTCMilliseconds,
    in db: Database
  ) throws -> RosterLine {
    let start = try RecordTable.find(
      ScreenStart.self, citizen.rawValue, tenant: tenant, in: db)
    var line = RosterLine(
      citizen: try PeopleTable.person(citizen, tenant: tenant, in: db), isPrimary: isPrimary,
      start: start ?? ScreenStart(tenant: tenant, citizen: citizen))
    line.next = try time(
      """
      SELECT MIN(start) FROM participant
      WHERE tenant = ? AND person = ? AND occupies = 1 AND start > ?
      """, [tenant.rawValue, citizen.rawValue, now.rawValue], in: db)
    line.lastHeld = try time(
      "SELECT MAX(start) FROM visit WHERE tenant = ? AND citizen = ? AND state = 'ended'",
      [tenant.rawValue, citizen.rawValue], in: db)
    let today = LocalDate(now)
    let grants = try GrantTable.grants(of: citizen, tenant: tenant, in: db)
    if let grant = grants.first(where: { $0.covers(today) }) {
      let visits = try GrantTable.counted(of: citizen, from: today.monday, tenant: tenant, in: db)
      let week = MinutesAccount.weeks(of: grant, visits: visits, from: today, through: today).first
      line.grantEnd = grant.lastDay
      line.grantedMinutes = week?.granted
      line.bookedMinutes = week?.booked ?? 0
      let first = try time(
        """
        SELECT MIN(start) FROM visit
        WHERE tenant = ? AND citizen = ? AND form = 'screen' AND state = 'ended' AND start >= ?
        """,
        [
          tenant.rawValue, citizen.rawValue, LocalDateTime(grant.start, .midnight).utc.rawValue,
        ], in: db)
      line.trialDue = line.start.trial.due(
        for: grant, firstScreenVisit: first.map { LocalDate($0) })
    }
    line.openTasks =
      try Int.fetchOne(
        db,
        sql: """
          SELECT (SELECT COUNT(*) FROM parkedTopic
              WHERE tenant = ?1 AND person = ?2 AND isOpen = 1)
            + (SELECT COUNT(*) FROM homeVisitOrder
              WHERE tenant = ?1 AND person = ?2 AND isOpen = 1)
          """, arguments: [tenant.rawValue, citizen.rawValue]) ?? 0
    return line
  }

  private static func time(
    _ sql: String, _ arguments: StatementArguments, in db: Database
  ) throws -> UTCMilliseconds? {
    try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
      .map(UTCMilliseconds.init(rawValue:))
  }
}

/// Drop-in talks, counted among the visits that were held.
enum TalkTable {
  /// Talks since the citizen's last grant. They are limited for those without one, where support
  /// takes a grant at all.
  static func talks(
    of citizen: PersonID, tenant: TenantID, at now: UTCMilliseconds, in db: Database
  ) throws -> ClarifyingTalks {
    let today = LocalDate(now)
    let grants = try GrantTable.grants(of: citizen, tenant: tenant, in: db)
    let needsGrant = try SettingsTable.booking(tenant: tenant, in: db).grants.visitsNeedGrant
    let last = grants.compactMap(\.lastDay).filter { $0 < today }.max()
    let since = last.map { LocalDateTime($0.adding(days: 1), .midnight).utc.rawValue } ?? 0
    let held = try Int.fetchOne(
      db,
      sql: """
        SELECT COUNT(*) FROM visit
        WHERE tenant = ? AND citizen = ? AND form = 'dropIn' AND state = 'ended' AND start >= ?
        """, arguments: [tenant.rawValue, citizen.rawValue, since])
    return ClarifyingTalks(
      held: held ?? 0, isLimited: needsGrant && !grants.contains { $0.covers(today) })
  }

  /// What a session's limits are held against.
  static func visitor(
    _ citizen: PersonID, tenant: TenantID, at now: UTCMilliseconds, in db: Database
  ) throws -> DropInVisitor {
    let today = LocalDate(now)
    return DropInVisitor(
      targetGroup: try GrantTable.grants(of: citizen, tenant: tenant, in: db)
        .first { $0.covers(today) }?.targetGroup,
      teams: Set(try TeamTable.teams(of: citizen, tenant: tenant, in: db)))
  }
}
