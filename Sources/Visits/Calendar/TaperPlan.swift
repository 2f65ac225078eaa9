/// How a series of visits gets less and ends when its purpose is near (H12): weekly, then every other
/// week, then when the citizen asks for it.
public struct TaperPlan: Hashable, Sendable, Codable {
  /// From what day every other week; nil where that step is left out.
  public var fortnightlyFrom: LocalDate?
  /// From what day on demand only: the series ends, and the citizen books or asks to be called.
  public var onDemandFrom: LocalDate

  /// A plan.
  public init(fortnightlyFrom: LocalDate? = nil, onDemandFrom: LocalDate) {
    self.fortnightlyFrom = fortnightlyFrom
    self.onDemandFrom = onDemandFrom
  }

  /// The commands that carry it out, in order, each on what the one before left; or throws.
  ///
  /// - Parameter following: The name of the series of every other week.
  public func commands(
    for series: Series, following: SeriesID, at now: UTCMilliseconds
  ) throws(Refusal) -> [SeriesCommand] {
    guard onDemandFrom > LocalDate(now) else { throw .startsInThePast }
    guard let from = fortnightlyFrom else { return [.end(from: onDemandFrom)] }
    guard from < onDemandFrom else { throw .taperOutOfOrder }
    guard let rule = series.recurrence.rule, rule.frequency == .weekly, rule.interval == 1 else {
      throw .taperNeedsWeekly
    }
    let begin = max(LocalDateTime(from, .midnight), LocalDateTime(now.adding(milliseconds: 59_999)))
    guard let cut = series.recurrence.firstOccurrence(from: begin), cut.date < onDemandFrom else {
      throw .taperOutOfOrder
    }
    let lasting = RecurrenceRule(
      .weekly, interval: 2, on: rule.weekdays, ending: .never, weekStart: rule.weekStart)
    return [
      .split(at: cut, into: following, SeriesEdit(rule: lasting)), .end(from: onDemandFrom),
    ]
  }
}

extension Refusal {
  /// The steps are in no order.
  public static let taperOutOfOrder = Refusal(
    "taper-out-of-order", .invalid,
    da:
      "Hver anden uge skal begynde før den dag, hvor borgeren selv siger til, og der skal være et "
      + "besøg imellem.",
    en: "Every other week must begin before the day from which the citizen asks, with a visit in "
      + "between.")

  /// Only weekly visits become fortnightly.
  public static let taperNeedsWeekly = Refusal(
    "taper-needs-weekly", .conflict,
    da: "Kun et ugentligt forløb kan trappes ned til hver anden uge. Vælg kun slutdagen.",
    en: "Only a weekly series can be tapered to every other week. Give the last day only.")
}

extension Notice {
  /// What the citizen is told about the plan.
  public static func taper(_ plan: TaperPlan) -> Notice {
    let (end, endISO) = (plan.onDemandFrom.danish, plan.onDemandFrom.iso8601)
    guard let from = plan.fortnightlyFrom else {
      return Notice(
        "taper-end",
        da: "Fra den \(end) ses vi, når du siger til. Du kan altid bede om at blive ringet op.",
        en: "From \(endISO) we meet when you ask. You can always ask to be called.")
    }
    return Notice(
      "taper",
      da: "Fra den \(from.danish) ses vi hver anden uge, og fra den \(end), når du siger til. Du "
        + "kan altid bede om at blive ringet op.",
      en: "From \(from.iso8601) we meet every other week, and from \(endISO) when you ask. You can "
        + "always ask to be called.")
  }
}
