/// Names a score scale of the municipality's own.
public struct ScoreScaleID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// A set of questions answered on a line, before or after a visit (H8, H9).
///
/// The mechanism only: the well-known texts are licensed, so every word is the municipality's own
/// data, and none comes with the program.
public struct ScoreScale: Hashable, Sendable, Codable {
  /// One line to mark.
  public struct Item: Hashable, Sendable, Codable {
    /// Its name within the scale.
    public var id: String
    /// What is asked.
    public var prompt: String
    /// What the low end says.
    public var low: String
    /// What the high end says.
    public var high: String

    /// A line.
    public init(id: String, prompt: String, low: String, high: String) {
      self.id = id
      self.prompt = prompt
      self.low = low
      self.high = high
    }
  }

  /// When in a visit it is shown.
  public enum Moment: String, Codable, Sendable, Hashable, CaseIterable {
    /// At its beginning.
    case beginning
    /// At its end.
    case end
  }

  /// The scale's id.
  public var id: ScoreScaleID
  /// What it is called.
  public var title: String
  /// The lines.
  public var items: [Item]
  /// The lowest mark.
  public var lowest: Int
  /// The highest mark.
  public var highest: Int
  /// When it is shown.
  public var moment: Moment
  /// The fewest days between two times. "For hyppige evalueringer kan give nederlag" (002 l.4784).
  public var daysBetween: Int
  /// A fall of the mean between two times, in per cent of the range, that is a reason to talk; nil
  /// for none.
  public var fallPercent: Int?
  /// For an indicator that follows a course and not each visit (H9): within how many days of the
  /// course's start it is answered first, `daysBetween` after that again. Nil for a scale of visits.
  public var firstWithinDays: Int?
  /// Packages whose citizens are not asked (H9: "ikke for pakke 1").
  public var notForPackages: Set<PackageID>
  /// Whether it is no longer asked. What was answered stays.
  public var isRetired: Bool

  /// A scale.
  public init(
    id: ScoreScaleID, title: String, items: [Item], lowest: Int = 0, highest: Int = 100,
    moment: Moment, daysBetween: Int = 0, fallPercent: Int? = nil, firstWithinDays: Int? = nil,
    notForPackages: Set<PackageID> = [], isRetired: Bool = false
  ) {
    self.id = id
    self.title = title
    self.items = items
    self.lowest = lowest
    self.highest = highest
    self.moment = moment
    self.daysBetween = daysBetween
    self.fallPercent = fallPercent
    self.firstWithinDays = firstWithinDays
    self.notForPackages = notForPackages
    self.isRetired = isRetired
  }
}

/// One time a scale was answered, or skipped: nobody has to.
public struct ScoreAnswer: Hashable, Sendable, Codable {
  /// The scale.
  public var scale: ScoreScaleID
  /// Who answered.
  public var citizen: PersonID
  /// In which visit.
  public var visit: VisitID
  /// When.
  public var at: UTCMilliseconds
  /// The marks, in the order of the scale's lines; nil for a line left out. Empty where all was
  /// skipped.
  public var marks: [Int?]

  /// An answer.
  public init(
    scale: ScoreScaleID, citizen: PersonID, visit: VisitID, at: UTCMilliseconds, marks: [Int?]
  ) {
    self.scale = scale
    self.citizen = citizen
    self.visit = visit
    self.at = at
    self.marks = marks
  }

  /// Whether nothing was marked.
  public var isSkipped: Bool { marks.allSatisfy { $0 == nil } }

  /// The mean of what was marked; nil where nothing was.
  public var mean: Double? {
    let marked = marks.compactMap { $0 }
    return marked.isEmpty ? nil : Double(marked.reduce(0, +)) / Double(marked.count)
  }
}

/// Scales in use.
public struct ScoreRules: Sendable {
  /// Rules.
  public init() {}

  /// Whether to show `scale` on `day` to one who answered `answers` before. A skipped time counts:
  /// one who did not want to is not asked again at once.
  public func isDue(
    _ scale: ScoreScale, answers: some Sequence<ScoreAnswer>, on day: LocalDate
  ) -> Bool {
    let last = answers.lazy.filter { $0.scale == scale.id }.map(\.at).max()
    guard let last else { return true }
    let since = LocalDate(last).days(until: day)
    return since >= max(scale.daysBetween, 0)
  }

  /// An answer, or throws. The citizen answers, or the worker marks what the citizen says.
  public func record(
    _ marks: [Int?], on scale: ScoreScale, in visit: Visit, by initiator: Initiator,
    at now: UTCMilliseconds
  ) throws(Refusal) -> ScoreAnswer {
    if initiator.person != visit.citizenID { try OutcomeRules.requireWorker(initiator, of: visit) }
    guard marks.isEmpty || marks.count == scale.items.count else { throw .marksDoNotFit }
    for mark in marks {
      guard let mark else { continue }
      guard mark >= scale.lowest, mark <= scale.highest else {
        throw .markOutOfRange(lowest: scale.lowest, highest: scale.highest)
      }
    }
    return ScoreAnswer(
      scale: scale.id, citizen: visit.citizenID, visit: visit.id, at: now, marks: marks)
  }

  /// The curve: the mean of each time something was marked, in order of time.
  public func curve(
    _ scale: ScoreScale, answers: some Sequence<ScoreAnswer>
  ) -> [(at: UTCMilliseconds, mean: Double)] {
    answers.filter { $0.scale == scale.id }
      .compactMap { answer in answer.mean.map { (at: answer.at, mean: $0) } }
      .sorted { $0.at < $1.at }
  }

  /// Whether the last time fell so far below the one before that it is a reason to talk.
  public func isReasonToTalk(
    _ scale: ScoreScale, answers: some Sequence<ScoreAnswer>
  ) -> Bool {
    guard let percent = scale.fallPercent, scale.highest > scale.lowest else { return false }
    let curve = curve(scale, answers: answers).suffix(2)
    guard curve.count == 2, let first = curve.first, let last = curve.last else { return false }
    let range = Double(scale.highest) - Double(scale.lowest)
    return first.mean - last.mean >= range * Double(percent) / 100
  }
}
