import GRDB
import Visits

/// Lays the visits of a series, each by all rules of booking, in the transaction it is given.
struct SeriesLayer {
  let rules: VisitRules
  let initiator: Initiator
  let now: UTCMilliseconds
  var checks: BookingChecks
  /// Whether it is about one occurrence, whose people are told that it changed.
  var isSingle = false
  /// Whether any of its people wants to be reminded of anything.
  private let hasReminders: Bool
  private var people = PeopleTable.Cache()
  /// What was laid or changed.
  private(set) var laid: [CommittedVisit] = []
  /// What could not be.
  private(set) var gaps: [(gap: SeriesGap, refusal: Refusal)] = []

  init(
    _ series: Series, rules: VisitRules, by initiator: Initiator, at now: UTCMilliseconds,
    in db: Database
  ) throws {
    guard let citizen = series.citizenID else { throw StoreError.conflict }
    self.rules = rules
    self.initiator = initiator
    self.now = now
    let workers = Set([series.workerID] + series.changes.compactMap(\.workerID))
    hasReminders = try ([citizen] + workers).contains {
      try ReminderTable.plan(of: $0, tenant: series.tenant, in: db) != nil
    }
    checks = try BookingChecks(
      citizen: citizen, workers: workers.sorted { $0.rawValue < $1.rawValue },
      tenant: series.tenant, from: now, in: db)
  }

  /// The last day visits are laid for: as far ahead as anything can be booked.
  static func horizon(_ rules: VisitRules, at now: UTCMilliseconds) -> LocalDate {
    LocalDate(now).adding(days: rules.policy.farthestDays - 1)
  }

  /// How far a series is laid that was laid through `horizon`.
  static func laidThrough(_ series: Series, horizon: LocalDate) -> LocalDate {
    guard let last = series.recurrence.lastDay, last <= horizon else { return horizon }
    return SeriesTable.allLaid
  }

  /// Lays the occurrence, or notes why it cannot be. `old` is the visit it takes the place of;
  /// `isBack` where that had been called off, and takes place again.
  mutating func lay(
    _ occurrence: Occurrence, of series: Series, over old: Visit? = nil, isBack: Bool = false,
    in db: Database
  ) throws {
    guard var visit = Visit(occurrence, of: series) else { return }
    guard visit.state != .cancelled else { return }
    if let old { visit.id = old.id }
    do {
      try check(visit, previous: old, in: db)
    } catch let refusal as Refusal {
      gaps.append(
        (SeriesGap(series: series.id, original: occurrence.original, refusal: refusal), refusal))
      return
    }
    let kind: LedgerKind = old == nil || isBack ? .booked : .moved
    if let old {
      try SeriesTable.takeOver(visit, from: old, original: occurrence.original, at: now, in: db)
    } else {
      try VisitTable.insert(visit, original: occurrence.original, at: now, in: db)
    }
    checks.add(visit)
    let isChanged = isBack || old.map { !$0.isHeldAs(visit) } ?? true
    try record(visit, previous: old, isChanged ? kind : nil, in: db)
  }

  /// Calls a laid visit off because its series has no place for it any more.
  mutating func callOff(_ visit: Visit, in db: Database) throws {
    var after = visit
    after.state = .cancelled
    try VisitTable.update(after, from: visit, at: now, in: db)
    try AbsenceTable.followUp(after, from: visit, at: now, in: db)
    try record(after, previous: visit, .cancelled, in: db)
  }

  /// Writes the ledger of a change and keeps it for the events.
  mutating func record(
    _ visit: Visit, previous: Visit?, _ kind: LedgerKind?, in db: Database
  ) throws {
    guard let kind else { return }
    let draft = LedgerDraft(
      at: now, kind: kind, participant: initiator.person, cause: .requested,
      device: initiator.device)
    let committed = CommittedVisit(
      details: try VisitTable.details(of: visit, people: &people, in: db), previous: previous,
      entries: try LedgerTable.append([draft], to: visit, in: db))
    // A visit of a series is reminded of, and told to the journal, as any other is. Of a whole series
    // that changes nobody gets a message a visit: somebody talks with the citizen about that.
    if let last = committed.entries.last {
      if hasReminders {
        try ReminderTable.follow(
          visit, before: isSingle ? previous : nil, sequence: last.sequence, by: initiator,
          at: now, in: db)
      }
      try PostTable.follow(
        committed.details, before: previous, sequence: last.sequence, at: now, in: db)
    }
    laid.append(committed)
  }

  private mutating func check(_ visit: Visit, previous: Visit?, in db: Database) throws {
    let details = try VisitTable.details(of: visit, people: &people, in: db)
    try checks.rules(rules, for: visit).policy.check(
      BookingProposal(
        visit: visit, citizen: details.citizen, worker: details.worker, initiator: initiator,
        now: now, previous: previous))
    try checks.requireFree(details, in: db)
  }

  /// Throws where what could not be laid is more than a day closed for a holiday, unless that was
  /// asked to be passed over.
  func requireWhole(skipping: Bool) throws {
    guard let first = gaps.first?.refusal else { return }
    let total = laid.count + gaps.count
    // Nothing of it: the rule's own words say it best.
    guard !laid.isEmpty else { throw first }
    if skipping { return }
    let serious = gaps.filter { $0.refusal.code != Refusal.closedOnHolidayCode }
    if let refusal = serious.first?.refusal {
      throw Refusal.seriesConflicts(count: serious.count, of: total, first: refusal)
    }
  }

  /// `series` without what could not be laid (RFC 5545's `EXDATE`).
  func withoutGaps(_ series: Series) -> Series {
    guard !gaps.isEmpty else { return series }
    var series = series
    let recurrence = series.recurrence
    series.recurrence = Recurrence(
      start: recurrence.start, rule: recurrence.rule, extra: recurrence.extra,
      except: recurrence.except + gaps.map(\.gap.original))
    return series
  }
}

extension Visit {
  /// Whether nobody notices a difference.
  fileprivate func isHeldAs(_ other: Visit) -> Bool {
    start == other.start && durationMinutes == other.durationMinutes
      && workerID == other.workerID && form == other.form && mediaMode == other.mediaMode
      && roomID == other.roomID
  }
}

extension SeriesTable {
  /// Gives a laid visit, whose time was given free before, its new place in a series.
  static func takeOver(
    _ visit: Visit, from old: Visit, original: LocalDateTime, at now: UTCMilliseconds,
    in db: Database
  ) throws {
    try VisitTable.update(visit, from: old, at: now, in: db)
    try db.execute(
      sql: "UPDATE visit SET original = ? WHERE tenant = ? AND id = ?",
      arguments: [original.text, visit.tenant.rawValue, visit.id.rawValue])
    // Named columns, so that the triggers look again.
    try db.execute(
      sql: """
        UPDATE participant SET occupies = 1, start = start, "end" = "end"
        WHERE tenant = ? AND visit = ?
        """, arguments: [visit.tenant.rawValue, visit.id.rawValue])
  }

  /// Gives the time of visits free for the length of a transaction that lays them anew.
  static func release(_ visits: [Visit], in db: Database) throws {
    for visit in visits {
      for table in ["participant", "roomTime"] {
        try db.execute(
          sql: "UPDATE \(table) SET occupies = 0 WHERE tenant = ? AND visit = ?",
          arguments: [visit.tenant.rawValue, visit.id.rawValue])
      }
      try db.execute(
        sql: "UPDATE visit SET state = 'cancelled' WHERE tenant = ? AND id = ?",
        arguments: [visit.tenant.rawValue, visit.id.rawValue])
    }
  }
}
