/// What is decided about one scale for one citizen: it does not suit everyone (002 l.5032), and too
/// many of them make things worse (l.4784).
public struct ScaleChoice: Hashable, Sendable, Codable {
  /// The scale.
  public var scale: ScoreScaleID
  /// The citizen.
  public var citizen: PersonID
  /// Whether it is offered.
  public var isOffered: Bool
  /// Why not, in words.
  public var reason: String?
  /// When somebody last talked with the citizen about the curve.
  public var talkedAt: UTCMilliseconds?

  /// A choice.
  public init(
    scale: ScoreScaleID, citizen: PersonID, isOffered: Bool = true, reason: String? = nil,
    talkedAt: UTCMilliseconds? = nil
  ) {
    self.scale = scale
    self.citizen = citizen
    self.isOffered = isOffered
    self.reason = reason
    self.talkedAt = talkedAt
  }
}

/// What a citizen's course means for the scales that follow it.
public struct ScaleCourse: Hashable, Sendable {
  /// The first day of the course that runs.
  public var start: LocalDate
  /// Its package.
  public var package: PackageID?

  /// A course.
  public init(start: LocalDate, package: PackageID?) {
    self.start = start
    self.package = package
  }

  /// The course among a citizen's grants that runs on `day`; the oldest, where several do.
  public init?(of grants: some Sequence<Grant>, on day: LocalDate) {
    let running = grants.filter { $0.covers(day) && $0.closing == nil }
    guard let first = running.min(by: { $0.start < $1.start }) else { return nil }
    self.init(start: first.start, package: first.package)
  }
}

extension ScoreRules {
  /// The most lines of a scale: more than ten minutes' worth nobody answers.
  public static let mostItems = 20
  /// The longest text of a line, in characters.
  public static let longestPrompt = 300

  /// The scale as it may be used, or why not.
  public func checked(_ scale: ScoreScale) throws(Refusal) -> ScoreScale {
    var scale = scale
    guard let title = try OutcomeRules.note(scale.title, longest: Self.longestPrompt),
      (1...Self.mostItems).contains(scale.items.count),
      Set(scale.items.map(\.id)).count == scale.items.count
    else { throw .scaleIncomplete(most: Self.mostItems) }
    scale.title = title
    for index in scale.items.indices {
      let item = scale.items[index]
      guard let prompt = try OutcomeRules.note(item.prompt, longest: Self.longestPrompt) else {
        throw .scaleIncomplete(most: Self.mostItems)
      }
      scale.items[index].prompt = prompt
      scale.items[index].low = try OutcomeRules.note(item.low, longest: Self.longestPrompt) ?? ""
      scale.items[index].high = try OutcomeRules.note(item.high, longest: Self.longestPrompt) ?? ""
    }
    guard scale.lowest >= 0, scale.lowest < scale.highest, scale.highest <= 1000,
      (0...3660).contains(scale.daysBetween), (1...100).contains(scale.fallPercent ?? 1),
      (1...3660).contains(scale.firstWithinDays ?? 1)
    else { throw .scaleOutOfRange }
    return scale
  }

  /// Whether the citizen is asked at all.
  public func isOffered(
    _ scale: ScoreScale, choice: ScaleChoice?, course: ScaleCourse?
  ) -> Bool {
    guard !scale.isRetired, choice?.isOffered ?? true else { return false }
    if let package = course?.package, scale.notForPackages.contains(package) { return false }
    return scale.firstWithinDays == nil || course != nil
  }

  /// Until when an indicator that follows the course is to be answered; nil where nothing is.
  public func deadline(
    _ scale: ScoreScale, answers: some Sequence<ScoreAnswer>, course: ScaleCourse?
  ) -> LocalDate? {
    guard let first = scale.firstWithinDays, let course else { return nil }
    let last = answers.lazy.filter { $0.scale == scale.id && !$0.isSkipped }
      .map { LocalDate($0.at) }.filter { $0 >= course.start }.max()
    guard let last else { return course.start.adding(days: first) }
    // Once, where it is not to be repeated.
    return scale.daysBetween == 0 ? nil : last.adding(days: scale.daysBetween)
  }

  /// Days before its deadline from which an indicator is asked for.
  public static let indicatorNoticeDays = 28

  /// Whether to show `scale` in a visit on `day`.
  public func isAsked(
    _ scale: ScoreScale, answers: [ScoreAnswer], choice: ScaleChoice?, course: ScaleCourse?,
    on day: LocalDate
  ) -> Bool {
    guard isOffered(scale, choice: choice, course: course) else { return false }
    guard scale.firstWithinDays != nil else { return isDue(scale, answers: answers, on: day) }
    guard let deadline = deadline(scale, answers: answers, course: course) else { return false }
    let skipped = answers.filter { $0.scale == scale.id }.map { LocalDate($0.at) }.max()
    // Skipped this week: one who did not want to is left alone for a while.
    if let skipped, skipped.days(until: day) < 7 { return false }
    let isFirst = !answers.contains { $0.scale == scale.id && !$0.isSkipped }
    return isFirst || deadline.adding(days: -Self.indicatorNoticeDays) <= day
  }

  /// Whether somebody is to talk with the citizen about a curve that fell, and has not yet.
  public func needsTalk(
    _ scale: ScoreScale, answers: [ScoreAnswer], choice: ScaleChoice?
  ) -> Bool {
    guard isReasonToTalk(scale, answers: answers),
      let last = answers.filter({ $0.scale == scale.id && !$0.isSkipped }).map(\.at).max()
    else { return false }
    return choice?.talkedAt.map { $0 < last } ?? true
  }
}

extension Refusal {
  /// A scale needs words.
  public static func scaleIncomplete(most: Int) -> Refusal {
    Refusal(
      "scale-incomplete", .invalid,
      da: "En skala skal have en titel og mellem 1 og \(most) linjer, hver med sin egen tekst.",
      en: "A scale needs a title and between 1 and \(most) lines, each with a text of its own.")
  }

  /// A scale's numbers make no sense.
  public static let scaleOutOfRange = Refusal(
    "scale-out-of-range", .invalid,
    da: "Skalaens laveste tal skal være under det højeste, og dage og procent skal kunne passe.",
    en: "The scale's lowest mark must be below its highest, and its days and per cent must fit.")

  /// It is switched off for this citizen.
  public static let scaleNotOffered = Refusal(
    "scale-not-offered", .conflict,
    da: "Skalaen bruges ikke til den borger.",
    en: "The scale is not used with this citizen.")
}

extension Refusal {
  /// Its lines were answered and stay what they are.
  public static let scaleIsAnswered = Refusal(
    "scale-is-answered", .conflict,
    da: "Skalaen er allerede brugt, så linjer og tal kan ikke ændres. Opret en ny skala.",
    en: "The scale is in use already, so its lines and marks cannot change. Create a new scale.")
}
