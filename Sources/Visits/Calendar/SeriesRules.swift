/// How "this and all that follow" are to be from some occurrence on. What is nil stays.
public struct SeriesEdit: Hashable, Sendable, Codable {
  /// The time of day.
  public var time: LocalTime?
  /// How it repeats, its ending included. The new rule begins in the week of the first occurrence
  /// it is for (H12: weekly becomes fortnightly).
  public var rule: RecurrenceRule?
  /// The length in minutes.
  public var durationMinutes: Int?
  /// Who visits.
  public var workerID: PersonID?
  /// How the visits are held.
  public var form: VisitForm?
  /// What carries them.
  public var mediaMode: MediaMode?

  /// An edit.
  public init(
    time: LocalTime? = nil, rule: RecurrenceRule? = nil, durationMinutes: Int? = nil,
    workerID: PersonID? = nil, form: VisitForm? = nil, mediaMode: MediaMode? = nil
  ) {
    self.time = time
    self.rule = rule
    self.durationMinutes = durationMinutes
    self.workerID = workerID
    self.form = form
    self.mediaMode = mediaMode
  }
}

/// What can be asked of a series.
public enum SeriesCommand: Hashable, Sendable {
  /// Change one occurrence; what is nil in the change stays as it is.
  case move(OccurrenceChange)
  /// Call one occurrence off.
  case cancel(LocalDateTime)
  /// Take back what was done to one occurrence.
  case restore(LocalDateTime)
  /// Let "this and all that follow" be otherwise, under a new id.
  case split(at: LocalDateTime, into: SeriesID, SeriesEdit)
  /// Let nothing take place from this day on. Occurrences count by their original times: one that
  /// was moved beyond the day stays, as was agreed.
  case end(from: LocalDate)

  /// The command's stable name, as the audit log has it.
  public var name: String {
    switch self {
    case .move: "move-occurrence"
    case .cancel: "cancel-occurrence"
    case .restore: "restore-occurrence"
    case .split: "split-series"
    case .end: "end-series"
    }
  }
}

/// What a command does to a series.
public struct SeriesOutcome: Hashable, Sendable {
  /// The series afterwards; nil where nothing of it is left.
  public var series: Series?
  /// The series that was split off.
  public var following: Series?
  /// From when on the visits already laid of the series are to be laid anew, or called off where
  /// they are in neither series any more; nil where only `touched` is affected.
  public var replacedFrom: LocalDateTime?
  /// The one occurrence that was changed.
  public var touched: LocalDateTime?
  /// Changes of single occurrences that the new rule has no occurrence for. What was agreed with
  /// the citizen about them ends here, so somebody must be told.
  public var orphans: [OccurrenceChange]
}

/// What may be done to a series, and what it does. Pure; time is given.
///
/// Nobody but a person changes a series: after visits that were not held the system rings, asks and
/// writes to-dos, but never calls anything off (H2).
public struct SeriesRules: Sendable {
  /// The most extra and left-out times a series carries: a year of days.
  public static let mostSingleDays = 366

  /// The rules.
  public init() {}

  /// Throws unless the series can be begun.
  public func checkNew(_ series: Series) throws(Refusal) {
    let recurrence = series.recurrence
    guard recurrence.extra.count + recurrence.except.count <= Self.mostSingleDays else {
      throw .seriesTooManyDays(most: Self.mostSingleDays)
    }
    guard recurrence.first != nil else { throw .seriesNeverHappens }
  }

  /// What a command does to `series`, or throws.
  public func apply(
    _ command: SeriesCommand, to series: Series, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> SeriesOutcome {
    guard initiator.role != nil else { throw .seriesNeedsAPerson }
    guard initiator.role != .citizen else { throw .onlyStaffBooks }
    switch command {
    case .move(let change): return try move(change, in: series, at: now)
    case .cancel(let original): return try cancel(original, in: series, at: now)
    case .restore(let original): return try restore(original, in: series, at: now)
    case .split(let cut, let id, let edit):
      return try split(series, at: cut, into: id, edit, now: now)
    case .end(let day): return try end(series, from: day, now: now)
    }
  }

  private func move(
    _ change: OccurrenceChange, in series: Series, at now: UTCMilliseconds
  ) throws(Refusal) -> SeriesOutcome {
    let present = try upcoming(change.original, of: series, at: now)
    guard present.change != .cancelled else { throw .occurrenceCancelled(present.start) }
    if let start = change.start, start < now { throw .startsInThePast }
    // A second move changes what it names and keeps the rest of the first.
    var merged = series.change(of: change.original) ?? change
    merged.kind = .moved
    merged.start = change.start ?? merged.start
    merged.durationMinutes = change.durationMinutes ?? merged.durationMinutes
    merged.workerID = change.workerID ?? merged.workerID
    merged.form = change.form ?? merged.form
    merged.mediaMode = change.mediaMode ?? merged.mediaMode
    return touch(series, change.original, merged)
  }

  private func cancel(
    _ original: LocalDateTime, in series: Series, at now: UTCMilliseconds
  ) throws(Refusal) -> SeriesOutcome {
    _ = try upcoming(original, of: series, at: now)
    // Whatever it had been moved to is kept: that is when it would have been.
    var change = series.change(of: original) ?? OccurrenceChange(original: original, kind: .moved)
    change.kind = .cancelled
    return touch(series, original, change)
  }

  private func restore(
    _ original: LocalDateTime, in series: Series, at now: UTCMilliseconds
  ) throws(Refusal) -> SeriesOutcome {
    _ = try upcoming(original, of: series, at: now)
    guard original.utc >= now else { throw .startsInThePast }
    return touch(series, original, nil)
  }

  /// Puts one occurrence's change in place, or takes it away.
  private func touch(
    _ series: Series, _ original: LocalDateTime, _ change: OccurrenceChange?
  ) -> SeriesOutcome {
    guard series.change(of: original) != change else {
      return SeriesOutcome(series: series, orphans: [])
    }
    var after = series
    if let change {
      after.put(change)
    } else {
      after.changes.removeAll { $0.original == original }
    }
    after.revision += 1
    return SeriesOutcome(series: after, touched: original, orphans: [])
  }

  /// The occurrence where there is one that has not begun.
  private func upcoming(
    _ original: LocalDateTime, of series: Series, at now: UTCMilliseconds
  ) throws(Refusal) -> Occurrence {
    guard series.recurrence.contains(original) else { throw .noSuchOccurrence(original) }
    let occurrence = series.occurrence(original)
    guard occurrence.start >= now else { throw .occurrenceBegun(occurrence.start) }
    return occurrence
  }

  private func split(
    _ series: Series, at cut: LocalDateTime, into id: SeriesID, _ edit: SeriesEdit,
    now: UTCMilliseconds
  ) throws(Refusal) -> SeriesOutcome {
    guard series.recurrence.contains(cut) else { throw .noSuchOccurrence(cut) }
    guard cut.utc >= now else { throw .occurrenceBegun(cut.utc) }
    guard var recurrence = series.recurrence.from(cut) else { throw .noSuchOccurrence(cut) }
    recurrence.apply(edit)
    guard recurrence.first != nil else { throw .seriesNeverHappens }

    var following = series
    following.recurrence = recurrence
    following.durationMinutes = edit.durationMinutes ?? series.durationMinutes
    // One length for all: the days' own are over.
    if edit.durationMinutes != nil { following.lengths = [] }
    following.workerID = edit.workerID ?? series.workerID
    following.form = edit.form ?? series.form
    following.mediaMode = edit.mediaMode ?? series.mediaMode
    let kept = carry(series.changes.filter { $0.original >= cut }, to: recurrence, edit)
    following.changes = kept.changes

    guard let earlier = series.recurrence.before(cut) else {
      // Nothing comes before: it is the whole series that is changed, and it keeps its name.
      following.revision += 1
      return SeriesOutcome(series: following, replacedFrom: cut, orphans: kept.orphans)
    }
    following.id = id
    following.continues = series.id
    following.revision = 0
    var before = series
    before.recurrence = earlier
    before.changes.removeAll { $0.original >= cut }
    before.revision += 1
    return SeriesOutcome(
      series: before, following: following, replacedFrom: cut, orphans: kept.orphans)
  }

  /// Carries changes of single occurrences over to a rule with other times: by the day they are of.
  private func carry(
    _ changes: [OccurrenceChange], to recurrence: Recurrence, _ edit: SeriesEdit
  ) -> (changes: [OccurrenceChange], orphans: [OccurrenceChange]) {
    var carried: [OccurrenceChange] = []
    var orphans: [OccurrenceChange] = []
    for change in changes {
      var moved = change
      if !recurrence.contains(change.original), let time = edit.time {
        moved.original.time = time
      }
      if recurrence.contains(moved.original), carried.last?.original != moved.original {
        carried.append(moved)
      } else {
        orphans.append(change)
      }
    }
    return (carried.sorted { $0.original < $1.original }, orphans)
  }

  private func end(
    _ series: Series, from day: LocalDate, now: UTCMilliseconds
  ) throws(Refusal) -> SeriesOutcome {
    guard day >= LocalDate(now) else { throw .startsInThePast }
    // Of today's, those that have begun have taken place: nothing of the minute that is passing.
    let cut = max(
      LocalDateTime(day, .midnight), LocalDateTime(now.adding(milliseconds: 59_999)))
    guard series.recurrence.from(cut) != nil else {
      return SeriesOutcome(series: series, orphans: [])
    }
    guard let recurrence = series.recurrence.before(cut) else {
      return SeriesOutcome(series: nil, replacedFrom: cut, orphans: [])
    }
    var after = series
    after.changes.removeAll { $0.original >= cut }
    after.recurrence = recurrence
    after.revision += 1
    return SeriesOutcome(series: after, replacedFrom: cut, orphans: [])
  }
}

extension Recurrence {
  /// Takes on an edit's time and rule; times that stood alone keep their day.
  fileprivate mutating func apply(_ edit: SeriesEdit) {
    let former = start.time
    let time = edit.time ?? former
    func shifted(_ times: [LocalDateTime]) -> [LocalDateTime] {
      times.map { $0.time == former ? LocalDateTime($0.date, time) : $0 }
    }
    var kept = rule
    if case .until(let end) = kept?.ending, time != former {
      // The same days at another time of day: the end is told as a time, and goes with it.
      let last = LocalDateTime(end)
      let day = last.time >= former ? last.date : last.date.adding(days: -1)
      kept?.ending = .until(LocalDateTime(day, time).utc)
    }
    self = Recurrence(
      start: LocalDateTime(start.date, time), rule: edit.rule ?? kept, extra: shifted(extra),
      except: shifted(except))
  }
}
