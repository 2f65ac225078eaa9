import GRDB
import Visits

/// One command on a series at work, on the visits laid.
struct SeriesChange {
  let command: SeriesCommand
  let before: SeriesTable.Stored
  let outcome: SeriesOutcome
  let rules: VisitRules
  let initiator: Initiator
  let now: UTCMilliseconds

  func carryOut(in db: Database) throws -> CommittedSeries {
    if let touched = outcome.touched, let series = outcome.series {
      return try touch(touched, series, in: db)
    }
    if let cut = outcome.replacedFrom { return try replace(from: cut, in: db) }
    return CommittedSeries(
      series: try SeriesTable.details(of: before, in: db), changed: [], orphans: outcome.orphans)
  }

  /// One occurrence becomes otherwise.
  private func touch(
    _ original: LocalDateTime, _ series: Series, in db: Database
  ) throws -> CommittedSeries {
    var layer = try SeriesLayer(series, rules: rules, by: initiator, at: now, in: db)
    layer.isSingle = true
    let occurrence = series.occurrence(original)
    var old = try SeriesTable.visit(
      of: series.id, original: original, tenant: series.tenant, in: db)
    if old == nil, occurrence.change != .cancelled {
      old = try SeriesTable.spent(occurrence, of: series, in: db)
    }
    if let old, occurrence.change == .cancelled {
      guard old.state == .booked || old.state == .missed else { throw Refusal.visitInProgress }
      try layer.callOff(old, in: db)
    } else if let old {
      guard old.state != .ringing, old.state != .active, old.state != .ended else {
        throw Refusal.visitInProgress
      }
      try SeriesTable.release([old], in: db)
      // Judged without itself: what it takes is about to be something else.
      layer.checks = try BookingChecks(
        citizen: old.citizenID, workers: [occurrence.workerID], tenant: old.tenant, from: now,
        in: db)
      try layer.lay(
        occurrence, of: series, over: old.released, isBack: old.state == .cancelled, in: db)
      if let refusal = layer.gaps.first?.refusal { throw refusal }
      try AbsenceTable.followUp(
        try VisitTable.visit(old.id, tenant: old.tenant, in: db), from: old, at: now, in: db)
    } else if original.date <= before.laidThrough, occurrence.change != .cancelled {
      try layer.lay(occurrence, of: series, in: db)
      if let refusal = layer.gaps.first?.refusal { throw refusal }
    }
    try SeriesTable.put(series, laidThrough: before.laidThrough, at: now, in: db)
    let stored = SeriesTable.Stored(series: series, laidThrough: before.laidThrough)
    return CommittedSeries(
      series: try SeriesTable.details(of: stored, in: db), changed: layer.laid, orphans: [])
  }

  /// "This and all that follow" become otherwise, or end: the visits laid from `cut` on are laid anew
  /// on their days, so that they keep their names, and called off where their day has none. What was
  /// called off stays so: the series knows of it, see `SeriesTable.asItStands`.
  private func replace(from cut: LocalDateTime, in db: Database) throws -> CommittedSeries {
    let series = before.series
    // Changed from its first occurrence on, a series keeps its name.
    var target: Series?
    if case .split = command { target = outcome.following ?? outcome.series }
    let all = try SeriesTable.visits(of: series.id, tenant: series.tenant, from: cut, in: db)
    let laid = all.filter { $0.visit.state == .booked || $0.visit.state == .missed }
    try SeriesTable.release(laid.map(\.visit), in: db)
    var byDay = Dictionary(grouping: laid) { $0.original.date }
    // Moved to before its day, and held or going on: it is not laid a second time.
    var held = Dictionary(
      grouping: all.filter { [.ringing, .active, .ended].contains($0.visit.state) }
    ) { $0.original.date }
    var layer = try SeriesLayer(
      target ?? series, rules: rules, by: initiator, at: now, in: db)
    let horizon = SeriesLayer.horizon(rules, at: now)
    if let target {
      for original in target.recurrence.occurrences(from: cut.date, through: horizon)
      where original.utc >= now {
        if let visit = held[original.date]?.popLast()?.visit {
          try SeriesTable.place(visit, at: original, in: target, in: db)
          continue
        }
        let old = byDay[original.date]?.first
        if old != nil { byDay[original.date]?.removeFirst() }
        let occurrence = target.occurrence(original)
        guard occurrence.change != .cancelled else {
          if let old { byDay[original.date, default: []].append(old) }
          continue
        }
        let spent = old == nil ? try SeriesTable.spent(occurrence, of: target, in: db) : nil
        let gaps = layer.gaps.count
        try layer.lay(
          occurrence, of: target, over: old?.visit.released ?? spent, isBack: spent != nil,
          in: db)
        // Not laid anew, it is called off below, so that its ledger says so.
        if let old, layer.gaps.count > gaps { byDay[original.date, default: []].append(old) }
      }
      try layer.requireWhole(skipping: false)
    }
    for left in byDay.values.joined().sorted(by: { $0.original < $1.original }) {
      try layer.callOff(left.visit, in: db)
    }
    return try stored(layer, target, horizon: horizon, in: db)
  }

  private func stored(
    _ layer: SeriesLayer, _ target: Series?, horizon: LocalDate, in db: Database
  ) throws -> CommittedSeries {
    var committed = CommittedSeries(
      series: nil, following: nil, changed: layer.laid, orphans: outcome.orphans)
    if let earlier = outcome.series, earlier.id != target?.id {
      let through = SeriesLayer.laidThrough(earlier, horizon: before.laidThrough)
      try SeriesTable.put(earlier, laidThrough: through, at: now, in: db)
      committed.series = try SeriesTable.details(
        of: SeriesTable.Stored(series: earlier, laidThrough: through), in: db)
    } else if outcome.series == nil {
      try SeriesTable.put(
        before.series, laidThrough: SeriesTable.allLaid, isOver: true, at: now, in: db)
    }
    if let target {
      let after = try SQLiteStore.store(layer, target, horizon: horizon, at: now, in: db)
      let details = try SeriesTable.details(of: after, in: db)
      if target.id == before.series.id {
        committed.series = details
      } else {
        committed.following = details
      }
    }
    return committed
  }
}

extension Visit {
  /// The visit as it stands while its time is given free.
  fileprivate var released: Visit {
    var visit = self
    visit.state = .cancelled
    return visit
  }
}
