/// A point of a coping card.
public struct CardPoint: Hashable, Sendable, Codable {
  /// What it is about, such as "Det hjælper mig".
  public var title: String
  /// What it says, in the citizen's words.
  public var text: String

  /// A point.
  public init(title: String, text: String) {
    self.title = title
    self.text = text
  }
}

/// A citizen's own plan for hard days (mestringskort, "akutark"; H14, E24): what shows that it gets
/// hard, what helps, whom to ring.
///
/// It is the citizen's: she writes it, alone or with her worker. Whoever else opens it says why, and
/// she can see who did.
public struct CopingCard: Hashable, Sendable, Codable {
  /// The most points.
  public static let mostPoints = 12
  /// The longest title, in characters.
  public static let longestTitle = 60
  /// The longest text of a point, in characters.
  public static let longestText = 400

  /// Whose card.
  public var citizen: PersonID
  /// The points, in the citizen's order.
  public var points: [CardPoint]
  /// When it was written last.
  public var at: UTCMilliseconds
  /// Who wrote it: the citizen, or a worker together with her.
  public var by: PersonID
  /// 1 for the first, one more with each change.
  public var revision: Int

  /// The card as it may be written over `previous`, or throws.
  ///
  /// - Parameter seen: The revision that the writer had before them, so that citizen and worker do
  ///   not write over each other; nil for the first.
  public init(
    _ points: [CardPoint], of citizen: PersonID, over previous: CopingCard?, seen: Int?,
    by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) {
    guard let writer = initiator.person else { throw .notYourRecord }
    guard (previous?.revision ?? 0) == (seen ?? 0) else { throw .cardChangedMeanwhile }
    guard points.count <= Self.mostPoints else { throw .cardTooLong(most: Self.mostPoints) }
    var kept: [CardPoint] = []
    for point in points {
      let title = try OutcomeRules.note(point.title, longest: Self.longestTitle)
      let text = try OutcomeRules.note(point.text, longest: Self.longestText)
      // A point without words is one that was left empty.
      guard let text else { continue }
      kept.append(CardPoint(title: title ?? "", text: text))
    }
    self.citizen = citizen
    self.points = kept
    at = now
    by = writer
    revision = (previous?.revision ?? 0) + 1
  }
}

extension Refusal {
  /// Somebody wrote in between.
  public static let cardChangedMeanwhile = Refusal(
    "card-changed-meanwhile", .conflict,
    da: "Kortet er blevet ændret, siden du åbnede det. Åbn det igen, og skriv din ændring ind.",
    en: "The card has changed since you opened it. Open it again and enter your change.")

  /// More points than anybody reads on a hard day.
  public static func cardTooLong(most: Int) -> Refusal {
    Refusal(
      "card-too-long", .invalid,
      da: "Kortet kan have højst \(most) punkter. Vælg dem, der hjælper mest.",
      en: "The card can have at most \(most) points. Choose those that help most.")
  }
}
