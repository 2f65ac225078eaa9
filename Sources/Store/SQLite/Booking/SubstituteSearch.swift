import GRDB
import Visits

/// Looks for colleagues who could hold a visit.
enum SubstituteSearch {
  static func candidates(for visit: Visit, in db: Database) throws -> [SubstituteCandidate] {
    let tenant = visit.tenant
    let plan = try TeamTable.plan(of: visit.citizenID, tenant: tenant, in: db)
    var pool = SubstitutePool()
    pool.backups = [plan.circle.backup, plan.circle.primaryWorker].compactMap(\.self)
    pool.team = try TeamTable.workers(around: visit.citizenID, tenant: tenant, in: db)
    let window = TimeWindow(start: visit.start, end: visit.end)
    let monday = LocalDate(visit.start).monday
    let week = TimeWindow(
      start: LocalDateTime(monday, .midnight).utc,
      end: LocalDateTime(monday.adding(days: 7), .midnight).utc)
    for worker in Set(pool.team + pool.backups) {
      let visits = try VisitTable.occupying(worker, in: week, tenant: tenant, in: db)
      pool.busy[worker] = TimeWindows(
        visits.filter { $0.id != visit.id }.map { TimeWindow(start: $0.start, end: $0.end) })
      // Who has a rota this week is asked inside it; who plans their own week is asked always (B8).
      let shifts = try DutyTable.shifts(of: worker, in: week, tenant: tenant, in: db)
      if !shifts.isEmpty { pool.duty[worker] = TimeWindows(shifts.map(\.window)) }
      pool.weekMinutes[worker] = visits.reduce(0) { $0 + $1.durationMinutes }
      pool.absences += try AbsenceTable.absences(
        of: worker, tenant: tenant, from: window.start, in: db)
    }
    for row in try Row.fetchAll(
      db,
      sql: """
        SELECT worker, COUNT(*) AS held FROM visit
        WHERE tenant = ? AND citizen = ? AND state = 'ended' GROUP BY worker
        """, arguments: [tenant.rawValue, visit.citizenID.rawValue])
    { pool.heldBefore[row.id("worker")] = row["held"] }
    return pool.candidates(for: visit)
  }

  static func details(
    of tasks: [AbsenceTask], tenant: TenantID, in db: Database
  ) throws -> [AbsenceTaskDetails] {
    var people = PeopleTable.Cache()
    return try tasks.map { task in
      let visit = try VisitTable.visit(task.visit, tenant: tenant, in: db)
      return AbsenceTaskDetails(
        task: task, visit: try VisitTable.details(of: visit, people: &people, in: db),
        absence: try AbsenceTable.absence(task.absence, tenant: tenant, in: db),
        candidates: try candidates(for: visit, in: db))
    }
  }
}
