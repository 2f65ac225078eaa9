import GRDB
public import Visits

extension SQLiteStore {
  /// Visits with a picture, still booked, of citizens who have said no to pictures.
  public func screenTodos(
    tenant: TenantID, workers: Set<PersonID>?, at now: UTCMilliseconds
  ) async throws(StoreError) -> [VisitDetails] {
    try await read { db in
      let from = now.adding(minutes: -Visit.longestMinutes).rawValue
      let picture = "v.form = 'screen' AND v.mediaMode = 'video' AND v.state = 'booked'"
      let start = "JOIN screenStart s ON s.tenant = v.tenant AND s.id = v.citizen"
      var rows: [Row] = []
      if let workers {
        // A worker's own time is indexed; a municipality's starts are many.
        for worker in workers.sorted(by: { $0.rawValue < $1.rawValue }) {
          rows += try Row.fetchAll(
            db.cachedStatement(
              sql: """
                SELECT v.*, s.body FROM participant p
                JOIN visit v ON v.tenant = p.tenant AND v.id = p.visit \(start)
                WHERE p.tenant = ? AND p.person = ? AND p.occupies = 1 AND p.start > ?
                  AND v.worker = p.person AND \(picture)
                """), arguments: [tenant.rawValue, worker.rawValue, from])
        }
      } else {
        rows = try Row.fetchAll(
          db,
          sql: """
            SELECT v.*, s.body FROM visit v \(start)
            WHERE v.tenant = ? AND v.start > ? AND \(picture)
            """, arguments: [tenant.rawValue, from])
      }
      var people = PeopleTable.Cache()
      return try rows.compactMap { row -> VisitDetails? in
        let visit = try VisitTable.visit(row, in: db)
        guard try row.body(as: ScreenStart.self).asksAbout(visit, at: now) else { return nil }
        return try VisitTable.details(of: visit, people: &people, in: db)
      }.sorted { ($0.visit.start, $0.visit.id.rawValue) < ($1.visit.start, $1.visit.id.rawValue) }
    }
  }

  /// Records what was agreed about one of them, and does it.
  public func settle(
    _ visit: VisitID, of citizen: PersonID, _ remedy: ScreenRemedy, way: AgreementWay,
    tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping EventMaker
  ) async throws(StoreError) -> CommittedVisit {
    let (rules, daily) = (rules, daily)
    return try await commit { db in
      let before = try VisitTable.visit(visit, tenant: tenant, in: db)
      guard before.citizenID == citizen else { throw StoreError.notFound }
      let start =
        try RecordTable.find(ScreenStart.self, citizen.rawValue, tenant: tenant, in: db)
        ?? ScreenStart(tenant: tenant, citizen: citizen)
      let settled = try start.settling(before, remedy, way: way, by: initiator, at: now)
      let action = "start.settle-\(remedy.kind.rawValue)"
      if settled.start != start { try RecordTable.put(settled.start, in: db) }
      guard let change = settled.change else {
        if settled.start != start {
          try AuditTable.append(
            AuditDraft(action: action, subject: citizen, visit: visit), tenant: tenant,
            by: initiator, at: now, in: db)
        }
        return CommittedVisit(
          details: try VisitTable.details(of: before, in: db), previous: before, entries: [])
      }
      var carried = try Self.carryOut(
        change, from: before, rules: rules, daily: daily, action: action, by: initiator, at: now,
        in: db
      ).visit
      carried.events = try EventTable.append(events(carried), tenant: tenant, at: now, in: db)
      return carried
    }
  }
}
