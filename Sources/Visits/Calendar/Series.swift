/// What was done to one occurrence of a series.
public struct OccurrenceChange: Hashable, Sendable, Codable {
  /// What became of it.
  public enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
    /// It takes place, but otherwise than the series says.
    case moved
    /// It does not take place.
    case cancelled
  }

  /// The time the series gives it, by which it is known.
  public var original: LocalDateTime
  /// What became of it.
  public var kind: Kind
  /// When it begins; nil where that is unchanged.
  public var start: UTCMilliseconds?
  /// Its length; nil where that is unchanged.
  public var durationMinutes: Int?
  /// Who visits instead (B11, B12); nil where that is unchanged.
  public var workerID: PersonID?
  /// How it is held instead (B16); nil where that is unchanged.
  public var form: VisitForm?
  /// What carries it instead; nil where that is unchanged.
  public var mediaMode: MediaMode?

  /// A change.
  public init(
    original: LocalDateTime, kind: Kind, start: UTCMilliseconds? = nil,
    durationMinutes: Int? = nil, workerID: PersonID? = nil, form: VisitForm? = nil,
    mediaMode: MediaMode? = nil
  ) {
    self.original = original
    self.kind = kind
    self.start = start
    self.durationMinutes = durationMinutes
    self.workerID = workerID
    self.form = form
    self.mediaMode = mediaMode
  }
}

/// How long a series' visits are on one day of the week.
public struct DayLength: Hashable, Sendable, Codable {
  /// The day.
  public var day: Weekday
  /// The length in minutes.
  public var minutes: Int

  /// A length.
  public init(day: Weekday, minutes: Int) {
    self.day = day
    self.minutes = minutes
  }
}

/// Visits that repeat (forløb; B1, B2).
public struct Series: Hashable, Sendable, Codable {
  /// The series' id.
  public var id: SeriesID
  /// The municipality.
  public var tenant: TenantID
  /// Who is visited; nil in a group's series, whose roster is the group's.
  public var citizenID: PersonID?
  /// Who visits.
  public var workerID: PersonID
  /// The room it takes place in; nil where none is needed.
  public var roomID: RoomID?
  /// How its visits are held.
  public var form: VisitForm
  /// What carries them.
  public var mediaMode: MediaMode
  /// When they take place.
  public var recurrence: Recurrence
  /// How long each is planned to take, in minutes.
  public var durationMinutes: Int
  /// Days on which they are longer or shorter: a week's support in unequal parts (A15).
  public var lengths: [DayLength]
  /// What was done to single occurrences, in the order of their original times.
  public internal(set) var changes: [OccurrenceChange]
  /// Counts the changes made, from 0: RFC 5545's `SEQUENCE`.
  public var revision: Int
  /// The series this one was split off; nil where it began by itself.
  public var continues: SeriesID?

  /// A series nothing has been done to yet.
  public init(
    id: SeriesID, tenant: TenantID, citizenID: PersonID?, workerID: PersonID,
    roomID: RoomID? = nil, form: VisitForm = .screen, mediaMode: MediaMode = .video,
    recurrence: Recurrence, durationMinutes: Int, lengths: [DayLength] = []
  ) {
    self.id = id
    self.tenant = tenant
    self.citizenID = citizenID
    self.workerID = workerID
    self.roomID = roomID
    self.form = form
    self.mediaMode = mediaMode
    self.recurrence = recurrence
    self.durationMinutes = durationMinutes
    self.lengths = lengths
    changes = []
    revision = 0
    continues = nil
  }

  /// What was done to the occurrence; nil where nothing was.
  public func change(of original: LocalDateTime) -> OccurrenceChange? {
    let index = insertionIndex(of: original)
    guard index < changes.count, changes[index].original == original else { return nil }
    return changes[index]
  }

  /// How long the series' visits are on a day of the week.
  public func minutes(on day: Weekday) -> Int {
    lengths.first { $0.day == day }?.minutes ?? durationMinutes
  }

  /// Where the occurrence's change is, or would have to be put.
  func insertionIndex(of original: LocalDateTime) -> Int {
    var low = 0
    var high = changes.count
    while low < high {
      let middle = (low + high) / 2
      if changes[middle].original < original { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Puts a change in place of the one there may be.
  mutating func put(_ change: OccurrenceChange) {
    let index = insertionIndex(of: change.original)
    if index < changes.count, changes[index].original == change.original {
      changes[index] = change
    } else {
      changes.insert(change, at: index)
    }
  }
}

/// One visit of a series, as it stands.
public struct Occurrence: Hashable, Sendable, Codable {
  /// The series.
  public var series: SeriesID
  /// The time the series gives it, by which it is known.
  public var original: LocalDateTime
  /// When it begins.
  public var start: UTCMilliseconds
  /// How long it is planned to take, in minutes.
  public var durationMinutes: Int
  /// Who visits.
  public var workerID: PersonID
  /// How it is held.
  public var form: VisitForm
  /// What carries it.
  public var mediaMode: MediaMode
  /// What was done to it; nil where it is as the series says.
  public var change: OccurrenceChange.Kind?

  /// The time it takes.
  public var window: TimeWindow { TimeWindow(start: start, minutes: durationMinutes) }

  /// The id of its visit: the same whenever it is worked out, so that laying a series twice lays
  /// each visit once.
  public var visitID: VisitID {
    VisitID(rawValue: "\(series.rawValue)-\(original.calendarText.lowercased())")
  }
}

extension Series {
  /// Takes over what was done to an occurrence's visit by itself, outside the series: moved, handed
  /// over, held another way or called off. That was agreed with the citizen and outlives a change of
  /// all that follow.
  public mutating func follow(_ visit: Visit, laidFor original: LocalDateTime) {
    let known = occurrence(original)
    let isCancelled = visit.state == .cancelled
    var change = change(of: original) ?? OccurrenceChange(original: original, kind: .moved)
    let before = change
    if visit.start != known.start { change.start = visit.start }
    if visit.durationMinutes != known.durationMinutes {
      change.durationMinutes = visit.durationMinutes
    }
    if visit.workerID != known.workerID { change.workerID = visit.workerID }
    if visit.form != known.form { change.form = visit.form }
    if visit.mediaMode != known.mediaMode { change.mediaMode = visit.mediaMode }
    change.kind = isCancelled ? .cancelled : .moved
    if change != before { put(change) }
  }

  /// The occurrence known by `original`, as it stands. Whether there is one is not looked into.
  public func occurrence(_ original: LocalDateTime) -> Occurrence {
    occurrence(original, changed: change(of: original))
  }

  private func occurrence(
    _ original: LocalDateTime, changed change: OccurrenceChange?
  ) -> Occurrence {
    Occurrence(
      series: id, original: original, start: change?.start ?? original.utc,
      durationMinutes: change?.durationMinutes ?? minutes(on: original.date.weekday),
      workerID: change?.workerID ?? workerID, form: change?.form ?? form,
      mediaMode: change?.mediaMode ?? mediaMode, change: change?.kind)
  }

  /// The occurrences that begin in `window`, in the order they begin: with those moved into it and
  /// without those moved away; the cancelled ones, at the time they would have had, only where
  /// asked for. Linear in the days of the window and the changes of the series.
  public func occurrences(
    startingIn window: TimeWindow, includingCancelled: Bool = false
  ) -> [Occurrence] {
    guard !window.isEmpty else { return [] }
    let first = LocalDate(window.start)
    let last = LocalDate(window.lastSecond)
    var found: [Occurrence] = []
    for original in recurrence.occurrences(from: first, through: last)
    where change(of: original)?.start == nil {
      found.append(occurrence(original))
    }
    for change in changes where change.start != nil {
      found.append(occurrence(change.original, changed: change))
    }
    return
      found
      .filter { window.contains($0.start) && (includingCancelled || $0.change != .cancelled) }
      .sorted { ($0.start, $0.original) < ($1.start, $1.original) }
  }

  /// The occurrences some of whose time lies in `window`, in the order they begin.
  public func occurrences(overlapping window: TimeWindow) -> [Occurrence] {
    let usual = lengths.reduce(durationMinutes) { max($0, $1.minutes) }
    let longest = changes.reduce(usual) { max($0, $1.durationMinutes ?? 0) }
    let wide = TimeWindow(start: window.start.adding(minutes: -longest), end: window.end)
    return occurrences(startingIn: wide).filter { $0.window.overlaps(window) }
  }
}

extension Visit {
  /// The visit that an occurrence of `series` is laid as; nil where the series is a group's, whose
  /// visits are made from its roster.
  public init?(_ occurrence: Occurrence, of series: Series) {
    guard let citizen = series.citizenID else { return nil }
    self.init(
      id: occurrence.visitID, tenant: series.tenant, citizenID: citizen,
      workerID: occurrence.workerID, start: occurrence.start,
      durationMinutes: occurrence.durationMinutes, form: occurrence.form,
      mediaMode: occurrence.mediaMode,
      state: occurrence.change == .cancelled ? .cancelled : .booked, seriesID: series.id,
      roomID: series.roomID)
  }
}
