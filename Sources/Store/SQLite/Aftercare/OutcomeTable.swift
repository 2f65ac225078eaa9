import GRDB
import Visits

/// Rows of `outcome`, which only grow, and of `followUp`.
enum OutcomeTable {
  static func outcomes(
    of visit: VisitID, tenant: TenantID, in db: Database
  ) throws -> [VisitOutcome] {
    try String.fetchAll(
      db, sql: "SELECT body FROM outcome WHERE tenant = ? AND visit = ? ORDER BY revision",
      arguments: [tenant.rawValue, visit.rawValue]
    ).map { try StoredJSON.value($0, as: VisitOutcome.self) }
  }

  static func last(
    of visit: VisitID, tenant: TenantID, in db: Database
  ) throws -> VisitOutcome? {
    try String.fetchOne(
      db,
      sql: """
        SELECT body FROM outcome WHERE tenant = ? AND visit = ? ORDER BY revision DESC LIMIT 1
        """, arguments: [tenant.rawValue, visit.rawValue]
    ).map { try StoredJSON.value($0, as: VisitOutcome.self) }
  }

  static func append(_ outcome: VisitOutcome, tenant: TenantID, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO outcome (tenant, visit, revision, citizen, kind, at, body)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        tenant.rawValue, outcome.visit.rawValue, outcome.revision, outcome.citizen.rawValue,
        outcome.kind.rawValue, outcome.recordedAt.rawValue, try StoredJSON.text(outcome),
      ])
  }

  /// SQL for whether an outcome `o` is about the time that its visit `v` has now. Rung in vain and
  /// moved, a visit lies ahead again whatever became of it the first time.
  static let isAboutPresentTime = "(v.state <> 'booked' OR o.at >= v.start)"

  /// SQL for the minutes that the last outcome of a visit `v` says were delivered; null without one.
  static let delivered = """
    (SELECT json_extract(o.body, '$.deliveredMinutes') FROM outcome o
      WHERE o.tenant = v.tenant AND o.visit = v.id AND \(isAboutPresentTime)
      ORDER BY o.revision DESC LIMIT 1)
    """

  /// What the ledger knows of a visit.
  static func known(
    _ visit: Visit, at now: UTCMilliseconds, in db: Database
  ) throws -> VisitOutcome? {
    let ledger = try LedgerTable.entries(of: visit.id, tenant: visit.tenant, in: db)
    return OutcomeRules().outcome(
      of: visit, facts: CallFacts(of: visit, ledger: ledger), at: now)
  }

  /// How many visits in a row the citizen has not answered, not counting `visit`. What was called
  /// off neither counts nor breaks the row.
  static func unansweredInARow(before visit: Visit, in db: Database) throws -> Int {
    let kinds = try String.fetchAll(
      db,
      sql: """
        SELECT o.kind FROM visit v JOIN outcome o ON o.tenant = v.tenant AND o.visit = v.id
          AND o.revision = (SELECT MAX(revision) FROM outcome
            WHERE tenant = v.tenant AND visit = v.id)
        WHERE v.tenant = ? AND v.citizen = ? AND v.id <> ? AND v.start <= ?
          AND o.kind <> 'cancelled'
        ORDER BY v.start DESC LIMIT 50
        """,
      arguments: [
        visit.tenant.rawValue, visit.citizenID.rawValue, visit.id.rawValue, visit.start.rawValue,
      ])
    return kinds.prefix { $0 == OutcomeKind.notAnswered.rawValue }.count
  }

  // MARK: With each change of a visit

  /// Writes the outcome that a visit's new state has, and opens or goes on with its follow-up.
  /// `cancellation` is what was said where it was called off.
  static func follow(
    _ visit: Visit, before: Visit?, _ cancellation: Cancellation?, by initiator: Initiator,
    at now: UTCMilliseconds, in db: Database
  ) throws -> (outcome: VisitOutcome?, followUp: NoShowPath?) {
    guard let before, before.state != visit.state else { return (nil, nil) }
    switch visit.state {
    case .ended, .missed, .cancelled: break
    case .active: return (nil, try reached(visit, at: now, in: db))
    case .booked, .ringing: return (nil, nil)
    }
    guard var outcome = try known(visit, at: now, in: db) else { return (nil, nil) }
    let last = try last(of: visit.id, tenant: visit.tenant, in: db)
    outcome.revision = (last?.revision ?? 0) + 1
    if outcome.kind == .cancelled, let cancellation {
      outcome.cancelledBy = cancellation.by ?? outcome.cancelledBy
      outcome.reason = cancellation.because
      if cancellation != Cancellation() { outcome.recordedBy = initiator.person }
    }
    try append(outcome, tenant: visit.tenant, in: db)
    if var known = try FollowUpTable.find(visit.id, tenant: visit.tenant, in: db) {
      guard known.isOpen, visit.state == .missed else { return (outcome, nil) }
      // One who said no thank you this time is there, and no partner need be told.
      known.cause = outcome.notAnswered
      let path = try NoShowRules().apply(
        .tried(.ring, reached: false), to: known, by: .system, at: now)
      try FollowUpTable.write(path, tenant: visit.tenant, in: db)
      return (outcome, path)
    }
    let inARow = try unansweredInARow(before: visit, in: db)
    guard let path = NoShowRules().open(after: outcome, inARow: inARow, at: now) else {
      return (outcome, nil)
    }
    try FollowUpTable.write(path, tenant: visit.tenant, in: db)
    return (outcome, path)
  }

  /// The citizen answered after all: nothing more pleasant can happen to a follow-up.
  private static func reached(
    _ visit: Visit, at now: UTCMilliseconds, in db: Database
  ) throws -> NoShowPath? {
    guard let path = try FollowUpTable.find(visit.id, tenant: visit.tenant, in: db), path.isOpen
    else { return nil }
    let settled = try NoShowRules().apply(
      .tried(.ring, reached: true), to: path, by: .system, at: now)
    try FollowUpTable.write(settled, tenant: visit.tenant, in: db)
    return settled
  }
}

/// Rows of `followUp`.
enum FollowUpTable {
  static func find(
    _ visit: VisitID, tenant: TenantID, in db: Database
  ) throws -> NoShowPath? {
    try String.fetchOne(
      db, sql: "SELECT body FROM followUp WHERE tenant = ? AND visit = ?",
      arguments: [tenant.rawValue, visit.rawValue]
    ).map { try StoredJSON.value($0, as: NoShowPath.self) }
  }

  static func path(_ visit: VisitID, tenant: TenantID, in db: Database) throws -> NoShowPath {
    guard let path = try find(visit, tenant: tenant, in: db) else { throw StoreError.notFound }
    return path
  }

  static func write(_ path: NoShowPath, tenant: TenantID, in db: Database) throws {
    // When time alone changes it next: at the step's end, or when the lead is to have it as well.
    let due = path.isOpen && path.escalatedAt == nil ? path.due.rawValue : nil
    try db.execute(
      sql: """
        INSERT INTO followUp (tenant, visit, citizen, worker, isOpen, due, at, body)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (tenant, visit) DO UPDATE SET worker = excluded.worker,
          isOpen = excluded.isOpen, due = excluded.due, body = excluded.body
        """,
      arguments: [
        tenant.rawValue, path.visit.rawValue, path.citizen.rawValue, path.worker.rawValue,
        path.isOpen, due, path.openedAt.rawValue, try StoredJSON.text(path),
      ])
  }
}
