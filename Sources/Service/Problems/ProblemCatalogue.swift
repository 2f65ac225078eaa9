import FoundationEssentials

/// The texts of one kind of problem, with `{placeholders}`.
struct ProblemTexts: Codable, Sendable, Equatable {
  /// A short title, Danish.
  var title: String
  /// What happened and what to do, Danish.
  var danish: String
  /// The same, English.
  var english: String

  private enum CodingKeys: String, CodingKey {
    case title
    case danish = "da"
    case english = "en"
  }

  /// The texts with each `{name}` replaced by its value.
  func filled(with values: [String: String]) -> ProblemTexts {
    ProblemTexts(
      title: Self.fill(title, values), danish: Self.fill(danish, values),
      english: Self.fill(english, values))
  }

  private static func fill(_ text: String, _ values: [String: String]) -> String {
    // In one pass, so that a caller's value is never taken for a placeholder.
    text.replacing(/\{(\w+)\}/) { match in values[String(match.1)] ?? String(match.0) }
  }
}

/// The texts of every kind of problem, read once from the string catalogue.
struct ProblemCatalogue: Sendable {
  private let texts: [String: ProblemTexts]

  /// The catalogue that ships with the service.
  static let shared = ProblemCatalogue(json: PageResources.data("texts/problems.json"))

  /// A catalogue from its JSON text. A missing or broken file leaves an empty catalogue: a refusal
  /// with a poor text is better than no refusal.
  init(json: Data?) {
    texts =
      json.flatMap { try? JSONDecoder().decode([String: ProblemTexts].self, from: $0) } ?? [:]
  }

  /// The texts of `kind`.
  subscript(kind: ProblemKind) -> ProblemTexts {
    texts[kind.rawValue]
      ?? ProblemTexts(title: kind.rawValue, danish: kind.rawValue, english: kind.rawValue)
  }

  /// The names that the catalogue has texts for.
  var names: Set<String> { Set(texts.keys) }
}
