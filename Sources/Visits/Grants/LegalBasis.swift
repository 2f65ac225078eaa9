/// The paragraph of the Danish Act on Social Services (serviceloven) that a grant rests on.
public enum LegalBasis: String, Codable, Sendable, Hashable, CaseIterable {
  /// § 82 b: individual support for a limited time, to prevent that things get worse. Never given
  /// as group support (A3), and no appeal (A11).
  case section82b = "82b"
  /// § 85: support without a fixed end. What changes in it takes a new decision first (A10), which
  /// can be appealed within four weeks (A11).
  case section85 = "85"

  /// Whether a change of form or extent waits for a case worker's decision (A10).
  public var changesNeedDecision: Bool { self == .section85 }

  /// Whether support under it may be given in a group (A3).
  public var allowsGroups: Bool { self == .section85 }

  /// The paragraph as written in Danish and English.
  public var paragraph: String { self == .section82b ? "§ 82 b" : "§ 85" }
}
