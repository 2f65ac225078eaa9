import GRDB
public import Visits

extension SQLiteStore {
  /// Opens a window in which a citizen picks a time. An open one of the same citizen makes way.
  public func openWindow(
    _ id: TimeProposalID, visit: Visit, window: PickWindow, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping ProposalEventMaker
  ) async throws(StoreError) -> CommittedProposal {
    let rules = rules
    return try await commitProposal(tenant: visit.tenant, at: now, events) { db in
      let tenant = visit.tenant
      let citizen = try PeopleTable.person(visit.citizenID, tenant: tenant, in: db)
      let plan = try TeamTable.plan(of: citizen.id, tenant: tenant, in: db)
      var wanted = visit
      wanted.start = max(window.span.start, now)
      var proposal = try TimeProposal.open(
        id: id, visit: wanted, window: window, mode: plan.scheduling, name: citizen.displayName,
        by: initiator, at: now)
      proposal.starts = try PickTimes.shown(proposal, from: nil, rules: rules, at: now, in: db)
      guard !proposal.starts.isEmpty else {
        // The rule that is in the way says more than that there is nothing.
        try PickTimes.requireAny(proposal, rules: rules, at: now, in: db)
        throw Refusal.nothingFreeToPick
      }
      for open in try ProposalTable.open(to: citizen.id, tenant: tenant, in: db)
      where open.window != nil && open.id != id {
        try ProposalTable.put(open.lapsed, in: db)
      }
      var kept = proposal
      // What is shown is looked up when it is shown.
      kept.starts = []
      try ProposalTable.put(kept, in: db)
      try AuditTable.append(
        AuditDraft(action: "proposal.open", subject: citizen.id, detail: id.rawValue),
        tenant: tenant, by: initiator, at: now, in: db)
      return CommittedProposal(proposal: proposal)
    }
  }
}

/// The times of a window that a citizen is shown.
enum PickTimes {
  /// Even times in 31 days and nights, and some: no search for a window is cut short.
  fileprivate static let most = 4000

  /// Those shown at once, from a day on; the proposal's own where the worker named them.
  static func shown(
    _ proposal: TimeProposal, from day: LocalDate?, rules: VisitRules, at now: UTCMilliseconds,
    in db: Database
  ) throws -> [UTCMilliseconds] {
    guard proposal.window != nil, proposal.state == .open else { return proposal.starts }
    return try Search(proposal, rules: rules, at: now, in: db).shown(from: day, in: db)
  }

  /// Throws what the rules say of the first free time, where they say anything.
  static func requireAny(
    _ proposal: TimeProposal, rules: VisitRules, at now: UTCMilliseconds, in db: Database
  ) throws {
    let search = try Search(proposal, rules: rules, at: now, in: db)
    guard let first = try search.free(from: nil, in: db).first else { return }
    try search.check(first)
  }

  private struct Search {
    let proposal: TimeProposal
    let window: PickWindow
    let rules: VisitRules
    let now: UTCMilliseconds
    let checks: BookingChecks
    let details: VisitDetails
    let before: Visit?

    init(
      _ proposal: TimeProposal, rules: VisitRules, at now: UTCMilliseconds, in db: Database
    ) throws {
      guard let window = proposal.window else { throw StoreError.notFound }
      let visit = proposal.visit
      before = try VisitTable.find(visit.id, tenant: visit.tenant, in: db)
      checks = try BookingChecks(for: visit, replacing: before, in: db)
      details = try VisitTable.details(of: visit, in: db)
      (self.proposal, self.window, self.rules, self.now) = (proposal, window, rules, now)
    }

    func shown(from day: LocalDate?, in db: Database) throws -> [UTCMilliseconds] {
      try window.shown(of: try free(from: day, in: db)) { start in
        do {
          try check(start)
          return true
        } catch is Refusal {
          // A time that may not be booked is not shown; why is said to who opens the window.
          return false
        }
      }
    }

    /// The worker's and the citizen's free times in the window.
    func free(from day: LocalDate?, in db: Database) throws -> [UTCMilliseconds] {
      let visit = proposal.visit
      let span = window.span
      let start = day.map { max(span.start, TimeWindow(day: $0).start) } ?? span.start
      let query = FreeSlotQuery(
        window: TimeWindow(start: start, end: span.end), durationMinutes: visit.durationMinutes,
        limit: PickTimes.most)
      let search = SlotSearch(
        citizen: visit.citizenID, workers: [visit.workerID], query: query, form: visit.form)
      return try SlotFinder(search, tenant: visit.tenant, at: now, in: db).slots(in: db)
        .filter { $0.window.start > now && window.contains($0.window) }.map(\.window.start)
    }

    /// Throws where the rules do not let the visit be booked then.
    func check(_ start: UTCMilliseconds) throws {
      var wanted = proposal.visit
      wanted.start = start
      try checks.rules(rules, for: wanted).policy.check(
        BookingProposal(
          visit: wanted, citizen: details.citizen, worker: details.worker, initiator: .system,
          now: now, previous: before))
    }
  }
}
