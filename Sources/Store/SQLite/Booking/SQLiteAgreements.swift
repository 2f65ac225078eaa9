import GRDB
public import Visits

extension SQLiteStore: AbsenceStore {
  /// Holds a visit another way at the same time.
  public func convert(
    _ id: VisitID, to target: ConversionTarget, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping EventMaker
  ) async throws(StoreError) -> CommittedVisit {
    let (rules, daily) = (rules, daily)
    return try await commit { db in
      let before = try VisitTable.visit(id, tenant: tenant, in: db)
      let checks = try BookingChecks(for: before, in: db)
      var colleagues: Set<PersonID> = []
      if let person = initiator.person {
        colleagues = try TeamTable.colleagues(of: person, tenant: tenant, in: db)
      }
      if target == .video {
        let details = try VisitTable.details(of: before, in: db)
        try checks.screen.check(
          BookingProposal(
            visit: before.shown(), citizen: details.citizen, worker: details.worker,
            initiator: initiator, now: now, previous: before))
      }
      let change = try VisitConversion.convert(
        before, to: target, allowed: checks.conversions(of: before), colleagues: colleagues,
        by: initiator, at: now)
      guard !change.entries.isEmpty else {
        return CommittedVisit(
          details: try VisitTable.details(of: before, in: db), previous: before, entries: [])
      }
      var carried = try Self.carryOut(
        change, from: before, rules: rules, daily: daily, action: "visit.convert", by: initiator,
        at: now,
        in: db
      ).visit
      carried.events = try EventTable.append(events(carried), tenant: tenant, at: now, in: db)
      return carried
    }
  }

  /// What a person can do themselves about a visit.
  public func ways(
    of id: VisitID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> VisitWays {
    try await read { db in
      let visit = try VisitTable.visit(id, tenant: tenant, in: db)
      let checks = try BookingChecks(for: visit, in: db)
      var allowed = checks.conversions(of: visit)
      let details = try VisitTable.details(of: visit, in: db)
      do throws(Refusal) {
        try checks.screen.check(
          BookingProposal(
            visit: visit.shown(), citizen: details.citizen, worker: details.worker,
            initiator: initiator, now: now, previous: visit))
      } catch {
        // They have said no to pictures: none is offered.
        allowed.remove(.video)
      }
      var colleagues: Set<PersonID> = []
      if let person = initiator.person {
        colleagues = try TeamTable.colleagues(of: person, tenant: tenant, in: db)
      }
      return VisitWays(
        of: visit, allowed: allowed, colleagues: colleagues, by: initiator, at: now)
    }
  }

  /// Puts two or three times to a citizen. Each must be one that could be booked now.
  public func offer(
    _ id: TimeProposalID, visit: Visit, starts: [UTCMilliseconds], by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping ProposalEventMaker
  ) async throws(StoreError) -> CommittedProposal {
    let rules = rules
    return try await commitProposal(tenant: visit.tenant, at: now, events) { db in
      let freed = try AbsenceTable.freedTime(
        tenant: visit.tenant, workers: [visit.workerID], at: now, in: db)
      let proposal = try TimeProposal.offer(
        id: id, visit: visit, starts: starts,
        isFreed: starts.allSatisfy { start in
          let wanted = TimeWindow(start: start, minutes: visit.durationMinutes)
          return freed.contains { $0.window.contains(wanted) }
        }, by: initiator, at: now)
      let before = try VisitTable.find(visit.id, tenant: visit.tenant, in: db)
      for start in proposal.starts {
        var wanted = visit
        wanted.start = start
        let details = try VisitTable.details(of: wanted, in: db)
        let checks = try BookingChecks(for: wanted, replacing: before, in: db)
        try checks.rules(rules, for: wanted).policy.check(
          BookingProposal(
            visit: wanted, citizen: details.citizen, worker: details.worker,
            initiator: initiator, now: now, previous: before))
        try checks.requireFree(details, in: db)
      }
      try ProposalTable.put(proposal, in: db)
      try AuditTable.append(
        AuditDraft(action: "proposal.offer", subject: visit.citizenID, detail: id.rawValue),
        tenant: visit.tenant, by: initiator, at: now, in: db)
      return CommittedProposal(proposal: proposal)
    }
  }

  /// The citizen's answer.
  public func answer(
    _ id: TimeProposalID, choosing start: UTCMilliseconds?, note: String?, tenant: TenantID,
    by initiator: Initiator, at now: UTCMilliseconds, events: @escaping ProposalEventMaker
  ) async throws(StoreError) -> CommittedProposal {
    let (rules, daily) = (rules, daily)
    return try await commitProposal(tenant: tenant, at: now, events) { db in
      let proposal = try ProposalTable.proposal(id, tenant: tenant, in: db).lapsing(at: now)
      guard let start else {
        let declined = try proposal.declining(note: note, by: initiator)
        try ProposalTable.put(declined, in: db)
        return CommittedProposal(proposal: declined)
      }
      let busy = try ProposalTable.busy(for: proposal, picking: start, in: db)
      let (chosen, visit) = try proposal.choosing(start, busy: busy, by: initiator, at: now)
      guard chosen != proposal else { return CommittedProposal(proposal: proposal) }
      try ProposalTable.put(chosen, in: db)
      // Who was waiting for a time has one (B15).
      _ = try RecordTable.remove(
        KeptWish.self, visit.citizenID.rawValue, tenant: tenant, in: db)
      var committed = CommittedProposal(proposal: chosen)
      committed.visit = try Self.carryOut(
        booked: visit, rules: rules, daily: daily, by: initiator, at: now, in: db)
      return committed
    }
  }

  /// Proposals of or to a person that are not answered yet, with the times of windows from a day on.
  public func proposals(
    of person: PersonID, from day: LocalDate?, tenant: TenantID, at now: UTCMilliseconds
  ) async throws(StoreError) -> [TimeProposal] {
    let rules = rules
    return try await read { db in
      var open = try Row.fetchAll(
        db, sql: "SELECT body FROM timeProposal WHERE tenant = ? AND state = 'open'",
        arguments: [tenant.rawValue]
      ).map { try $0.body(as: TimeProposal.self).lapsing(at: now) }
        .filter {
          $0.state == .open && ($0.visit.citizenID == person || $0.proposedBy == person)
        }
      for index in open.indices {
        open[index].starts = try PickTimes.shown(
          open[index], from: day, rules: rules, at: now, in: db)
      }
      return open.sorted { ($0.visit.start, $0.id.rawValue) < ($1.visit.start, $1.id.rawValue) }
    }
  }

  /// Books the visit the citizen chose, or moves the one that was there.
  private static func carryOut(
    booked visit: Visit, rules: VisitRules, daily: DailyPolicy, by initiator: Initiator,
    at now: UTCMilliseconds,
    in db: Database
  ) throws -> CommittedVisit {
    let entry = { (kind: LedgerKind) in
      LedgerDraft(
        at: now, kind: kind, participant: initiator.person, cause: .chosen,
        device: initiator.device)
    }
    if let before = try VisitTable.find(visit.id, tenant: visit.tenant, in: db) {
      var moved = before
      moved.start = visit.start
      moved.state = .booked
      return try carryOut(
        VisitChange(visit: moved, entries: [entry(.moved)]), from: before, rules: rules,
        daily: daily,
        action: "proposal.choose", by: initiator, at: now, in: db
      ).visit
    }
    let details = try VisitTable.details(of: visit, in: db)
    let checks = try BookingChecks(for: visit, in: db)
    let change = try checks.rules(rules, for: visit).book(
      BookingProposal(
        visit: visit, citizen: details.citizen, worker: details.worker, initiator: .system,
        now: now))
    try checks.requireFree(details, in: db)
    try VisitTable.insert(change.visit, at: now, in: db)
    return try finish(
      VisitChange(visit: change.visit, entries: [entry(.booked)]), action: "proposal.choose",
      details: details, previous: nil, daily: daily, by: initiator, at: now, events: { _ in [] },
      in: db)
  }

  /// One transaction that ends in a proposal, and then a word to whoever reads events.
  func commitProposal(
    tenant: TenantID, at now: UTCMilliseconds, _ events: @escaping ProposalEventMaker,
    _ body: @escaping @Sendable (Database) throws -> CommittedProposal
  ) async throws(StoreError) -> CommittedProposal {
    let (committed, hasEvents) = try await write { db in
      let committed = try body(db)
      let stored = try EventTable.append(events(committed), tenant: tenant, at: now, in: db)
      return (committed, !stored.isEmpty)
    }
    if hasEvents { signals.fire() }
    return committed
  }
}

/// Rows of `timeProposal`.
enum ProposalTable {
  /// Those put to a citizen that are not answered.
  static func open(
    to citizen: PersonID, tenant: TenantID, in db: Database
  ) throws -> [TimeProposal] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT body FROM timeProposal WHERE tenant = ? AND citizen = ? AND state = 'open'
          """), arguments: [tenant.rawValue, citizen.rawValue]
    ).map { try $0.body(as: TimeProposal.self) }
  }

  static func proposal(
    _ id: TimeProposalID, tenant: TenantID, in db: Database
  ) throws -> TimeProposal {
    let row = try Row.fetchOne(
      db, sql: "SELECT body FROM timeProposal WHERE tenant = ? AND id = ?",
      arguments: [tenant.rawValue, id.rawValue])
    guard let row else { throw StoreError.notFound }
    return try row.body(as: TimeProposal.self)
  }

  static func put(_ proposal: TimeProposal, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO timeProposal (tenant, id, citizen, state, body) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (tenant, id) DO UPDATE SET state = excluded.state, body = excluded.body
        """,
      arguments: [
        proposal.visit.tenant.rawValue, proposal.id.rawValue,
        proposal.visit.citizenID.rawValue, proposal.state.rawValue,
        try JSONColumn.text(proposal),
      ])
  }

  /// When the worker or the citizen is busy around the times offered, or the one that was picked.
  static func busy(
    for proposal: TimeProposal, picking start: UTCMilliseconds, in db: Database
  ) throws -> TimeWindows {
    let visit = proposal.visit
    var busy: [TimeWindow] = []
    for start in proposal.window == nil ? proposal.starts : [start] {
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT start, "end" FROM participant
          WHERE tenant = ? AND person IN (?, ?) AND occupies = 1 AND visit <> ?
            AND start < ? AND start > ? AND "end" > ?
          """,
        arguments: [
          visit.tenant.rawValue, visit.workerID.rawValue, visit.citizenID.rawValue,
          visit.id.rawValue, start.adding(minutes: visit.durationMinutes).rawValue,
          start.adding(minutes: -Visit.longestMinutes).rawValue, start.rawValue,
        ])
      busy += rows.map { TimeWindow(start: $0.time("start"), end: $0.time("end")) }
    }
    return TimeWindows(busy)
  }
}

extension Visit {
  /// The visit as it would be with a picture.
  fileprivate func shown() -> Visit {
    var visit = self
    visit.form = .screen
    visit.mediaMode = .video
    return visit
  }
}

extension LedgerCause {
  /// The citizen chose the time among those proposed.
  static let chosen = LedgerCause(rawValue: "chosen")
}

extension BookingChecks {
  /// The ways a visit may be turned into: on screen and by phone are one form of support (001:
  /// "video- eller telefonopkald").
  func conversions(of visit: Visit) -> Set<ConversionTarget> {
    let all = Set(ConversionTarget.allCases)
    if visit.form == .screen { return all }
    if grants.grants.isEmpty { return grants.policy.visitsNeedGrant ? [] : all }
    let day = LocalDate(visit.start)
    let forms = grants.grant(on: day)?.terms(on: day)?.forms ?? []
    return forms.contains(.screen) ? all : []
  }
}
