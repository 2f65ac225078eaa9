import GRDB
public import Visits

extension SQLiteStore {
  /// Lets a series get less and end as a plan says, in one transaction: the whole of it or nothing.
  public func taper(
    _ id: SeriesID, _ plan: TaperPlan, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds, events: @escaping SeriesEventMaker
  ) async throws(StoreError) -> CommittedSeries {
    let rules = rules
    return try await commitSeries(tenant: tenant, at: now, events) { db in
      let first = try SeriesTable.stored(id, tenant: tenant, in: db)
      guard !first.isOver else { throw Refusal.seriesNeverHappens }
      var whole = CommittedSeries(series: nil, following: nil, changed: [], orphans: [])
      var target = id
      for command in try plan.commands(for: first.series, following: .random(), at: now) {
        let stored = try SeriesTable.asItStands(
          SeriesTable.stored(target, tenant: tenant, in: db), at: now, in: db)
        let outcome = try SeriesRules().apply(command, to: stored.series, by: initiator, at: now)
        let done = try SeriesChange(
          command: command, before: stored, outcome: outcome, rules: rules, initiator: initiator,
          now: now
        ).carryOut(in: db)
        whole.changed += done.changed
        whole.orphans += done.orphans
        if target == id { whole.series = done.series } else { whole.following = done.series }
        if let following = done.following {
          whole.following = following
          target = following.series.id
        }
      }
      try AuditTable.append(
        AuditDraft(
          action: "series.taper", subject: first.series.citizenID, detail: id.rawValue),
        tenant: tenant, by: initiator, at: now, in: db)
      return whole
    }
  }
}
