public import CallQuality
import GRDB
public import Visits

extension SQLiteStore: VisitStore {
  /// Books a visit.
  public func book(
    _ request: BookingRequest, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping EventMaker
  ) async throws(StoreError) -> CommittedVisit {
    let (rules, daily) = (rules, daily)
    return try await commit { db in
      let wanted = Visit(
        id: request.id, tenant: tenant, citizenID: request.citizenID, workerID: request.workerID,
        start: request.start, durationMinutes: request.durationMinutes, form: request.form,
        mediaMode: request.mediaMode, roomID: request.room)
      if let known = try VisitTable.find(wanted.id, tenant: tenant, in: db) {
        guard known.isSameBooking(as: wanted) else { throw StoreError.conflict }
        return CommittedVisit(
          details: try VisitTable.details(of: known, in: db), previous: known, entries: [])
      }
      var details = try VisitTable.details(of: wanted, in: db)
      let checks = try BookingChecks(for: wanted, in: db)
      let change = try checks.rules(rules, for: wanted).book(
        BookingProposal(
          visit: wanted, citizen: details.citizen, worker: details.worker, initiator: initiator,
          now: now))
      try checks.requireFree(details, in: db)
      details.visit = change.visit
      try VisitTable.insert(change.visit, at: now, in: db)
      return try Self.finish(
        change, action: "visit.book", details: details, previous: nil, daily: daily,
        by: initiator, at: now, events: events, in: db)
    }
  }

  /// Applies a command to a visit.
  public func apply(
    _ command: VisitCommand, to id: VisitID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping EventMaker
  ) async throws(StoreError) -> CommittedVisit {
    let (rules, daily) = (rules, daily)
    return try await commit { db in
      let visit = try VisitTable.visit(id, tenant: tenant, in: db)
      var details = try VisitTable.details(of: visit, in: db)
      let moved = command.moving(visit)
      let checks = try moved.map { try BookingChecks(for: $0, replacing: visit, in: db) }
      var applied = try checks?.rules(rules.offering(visit), for: moved ?? visit) ?? rules
      if let person = initiator.person, !visit.participants.contains(person) {
        applied.colleagues = try TeamTable.colleagues(of: person, tenant: tenant, in: db)
      }
      applied.observers = Set(details.observers.map(\.id))
      let change = try applied.apply(
        command, to: visit, citizen: details.citizen, worker: details.worker, by: initiator,
        at: now)
      details.visit = change.visit
      if change.visit.start != visit.start || change.visit.end != visit.end {
        try checks?.requireFree(details, in: db)
      }
      if change.visit != visit {
        try VisitTable.update(change.visit, from: visit, at: now, in: db)
        try AbsenceTable.followUp(change.visit, from: visit, at: now, in: db)
      }
      return try Self.finish(
        change, action: "visit.\(command.name)", details: details, previous: visit, daily: daily,
        cancellation: command.cancellation(by: initiator), by: initiator, at: now, events: events,
        in: db)
    }
  }

  /// A visit with its people.
  public func visit(_ id: VisitID, tenant: TenantID) async throws(StoreError) -> VisitDetails {
    let judged = try await read { db in
      let visit = try VisitTable.visit(id, tenant: tenant, in: db)
      var judged = try JudgedVisits(judging: [VisitTable.details(of: visit, in: db)], in: db)
      return (details: judged.visits.removeFirst(), fresh: judged.fresh)
    }
    await keep(judged.fresh)
    return judged.details
  }

  /// Visits that overlap a span of time.
  public func visits(
    tenant: TenantID, from: UTCMilliseconds, to: UTCMilliseconds, of person: PersonID?
  ) async throws(StoreError) -> [VisitDetails] {
    let judged = try await read { db in
      var people = PeopleTable.Cache()
      let visits = try Row.fetchAll(
        db,
        sql: """
          SELECT * FROM visit
          WHERE tenant = ?1 AND start < ?3 AND start > ?2 - ?5 AND start + minutes * 60000 > ?2
            AND (?4 IS NULL OR citizen = ?4 OR worker = ?4 OR (form = 'group' OR invited = 1) AND EXISTS (
              SELECT 1 FROM participant p
              WHERE p.tenant = ?1 AND p.visit = visit.id AND p.person = ?4))
          ORDER BY start, id
          """,
        arguments: [
          tenant.rawValue, from.rawValue, to.rawValue, person?.rawValue,
          Int64(Visit.longestMinutes) * 60_000,
        ]
      ).map { try VisitTable.details(of: VisitTable.visit($0, in: db), people: &people, in: db) }
      return try JudgedVisits(judging: visits, in: db)
    }
    await keep(judged.fresh)
    return judged.visits
  }

  /// Visits that ring or are going on.
  public func liveVisits() async throws(StoreError) -> [VisitDetails] {
    try await read { db in
      try Row.fetchAll(
        db,
        sql: "SELECT * FROM visit WHERE state IN ('ringing', 'active') ORDER BY tenant, start, id"
      ).map { try VisitTable.details(of: VisitTable.visit($0, in: db), in: db) }
    }
  }

  /// Throws unless the person may enter the visit's room now.
  public func checkJoin(
    _ id: VisitID, tenant: TenantID, by initiator: Initiator
  ) async throws(StoreError) -> VisitDetails {
    let given = rules
    return try await read { db in
      let visit = try VisitTable.visit(id, tenant: tenant, in: db)
      var rules = given
      let (agreed, others) = try ObserverTable.observers(at: visit, in: db)
      rules.observers = Set(agreed)
      if let person = initiator.person, others.contains(person) {
        throw Refusal.observerNotAgreed
      }
      try rules.checkJoin(visit, by: initiator)
      return try VisitTable.details(of: visit, in: db)
    }
  }

  /// The verdict as the ledger and the samples stand now.
  public func verdict(
    of id: VisitID, tenant: TenantID
  ) async throws(StoreError) -> Verdict {
    let judged = try await read { db in
      try VerdictTable.judge(VisitTable.visit(id, tenant: tenant, in: db), in: db)
    }
    await keep(judged.fresh.map { [$0] } ?? [])
    return judged.verdict
  }

  /// Keeps judgements to save work next time. That may fail: a full or locked database is no reason
  /// to withhold the answer.
  private func keep(_ judgements: [VerdictTable.Judgement]) async {
    guard !judgements.isEmpty else { return }
    _ = try? await write { db in
      for judgement in judgements { try VerdictTable.keep(judgement, in: db) }
    }
  }

  /// One transaction that ends in a committed visit, and then a word to whoever reads events.
  func commit(
    _ body: @escaping @Sendable (Database) throws -> CommittedVisit
  ) async throws(StoreError) -> CommittedVisit {
    let committed = try await write(body)
    if !committed.events.isEmpty { signals.fire() }
    return committed
  }

  /// Writes what goes with a change: ledger, audit log and events.
  static func finish(
    _ change: VisitChange, action: String, details: VisitDetails, previous: Visit?,
    daily: DailyPolicy, callback: CommittedCallback? = nil,
    queue: CommittedQueue? = nil, cancellation: Cancellation? = nil, by initiator: Initiator,
    at now: UTCMilliseconds, events: EventMaker, in db: Database
  ) throws -> CommittedVisit {
    var committed = CommittedVisit(
      details: details, previous: previous,
      entries: try LedgerTable.append(change.entries, to: change.visit, in: db))
    guard !committed.entries.isEmpty else { return committed }
    try GroupTable.follow(change.visit, from: previous, in: db)
    committed.callback =
      try callback
      ?? CallbackTable.follow(change.visit, from: previous, policy: daily, at: now, in: db)
    committed.queue =
      try queue ?? followQueue(change.visit, from: previous, policy: daily, at: now, in: db)
    if committed.entries.contains(where: { $0.kind == .rung }) {
      committed.autoAnswers = try AutoAnswerTable.answers(to: change.visit, at: now, in: db)
    }
    if initiator.person != nil {
      try AuditTable.append(
        AuditDraft(action: action, subject: details.citizen.id, visit: change.visit.id),
        tenant: change.visit.tenant, by: initiator, at: now, in: db)
    }
    if let last = committed.entries.last {
      try ReminderTable.follow(
        change.visit, before: previous, sequence: last.sequence, by: initiator, at: now, in: db)
      try PostTable.follow(
        committed.details, before: previous, sequence: last.sequence, at: now, in: db)
      let after = try OutcomeTable.follow(
        change.visit, before: previous, cancellation, by: initiator, at: now, in: db)
      committed.outcome = after.outcome
      committed.followUp = after.followUp
    }
    committed.events = try EventTable.append(
      events(committed), tenant: change.visit.tenant, at: now, in: db)
    return committed
  }
}

extension Visit {
  /// Whether a repeated request asks for what is booked already.
  fileprivate func isSameBooking(as other: Visit) -> Bool {
    citizenID == other.citizenID && workerID == other.workerID && start == other.start
      && durationMinutes == other.durationMinutes && form == other.form
      && mediaMode == other.mediaMode && roomID == other.roomID
  }
}

extension VisitCommand {
  /// Who wants it called off, and why. A citizen speaks for nobody else.
  fileprivate func cancellation(by initiator: Initiator) -> Cancellation? {
    guard case .cancel(_, var cancellation) = self else { return nil }
    if initiator.role == .citizen { cancellation.by = nil }
    return cancellation
  }

  /// The visit as it would become, where the command changes when it is.
  fileprivate func moving(_ visit: Visit) -> Visit? {
    guard case .move(let start, let minutes) = self else { return nil }
    var moved = visit
    moved.start = start ?? visit.start
    moved.durationMinutes = minutes ?? visit.durationMinutes
    return moved
  }
}

/// Visits with their verdicts where they are over, and those verdicts that are worth keeping.
private struct JudgedVisits {
  var visits: [VisitDetails] = []
  var fresh: [VerdictTable.Judgement] = []

  init(judging all: [VisitDetails], in db: Database) throws {
    for var details in all {
      switch details.visit.state {
      case .ended, .missed:
        let judged = try VerdictTable.judge(details.visit, in: db)
        details.verdict = judged.verdict
        if let judgement = judged.fresh { fresh.append(judgement) }
      case .booked, .ringing, .active, .cancelled: break
      }
      visits.append(details)
    }
  }
}
