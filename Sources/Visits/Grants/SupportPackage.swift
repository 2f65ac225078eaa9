/// Names a package of the municipality's own ("1", "moderat").
public struct PackageID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// A package of support (A13): how much a week, and in what mix unless something else is agreed.
/// The municipality's own data, name and all.
public struct SupportPackage: Hashable, Sendable, Codable {
  /// One form's share of a package.
  public struct Share: Hashable, Sendable, Codable {
    /// The form.
    public var form: VisitForm
    /// Its share of the weekly minutes in per cent.
    public var percent: Int

    /// A share.
    public init(_ form: VisitForm, percent: Int) {
      self.form = form
      self.percent = percent
    }
  }

  /// The package's id.
  public var id: PackageID
  /// What the municipality calls it.
  public var name: String
  /// The fewest minutes a week.
  public var fewestMinutes: Int
  /// The most minutes a week.
  public var mostMinutes: Int
  /// Minutes a week unless something else is decided.
  public var usualMinutes: Int
  /// The mix, the primary form first.
  public var mix: [Share]

  /// A package.
  public init(
    id: PackageID, name: String, fewestMinutes: Int, mostMinutes: Int, usualMinutes: Int,
    mix: [Share]
  ) {
    self.id = id
    self.name = name
    self.fewestMinutes = fewestMinutes
    self.mostMinutes = mostMinutes
    self.usualMinutes = usualMinutes
    self.mix = mix
  }

  /// The terms it comes with on a paragraph: where groups cannot be given, they are left out.
  public func terms(under basis: LegalBasis) -> GrantTerms {
    GrantTerms(forms: Set(shares(under: basis).map(\.form)), weeklyMinutes: usualMinutes)
  }

  /// Minutes a week by form, adding up to `weeklyMinutes`; what rounding leaves goes to the primary
  /// form, and so does the group's share where groups cannot be given.
  public func minutes(of weeklyMinutes: Int, under basis: LegalBasis) -> [(VisitForm, Int)] {
    let shares = shares(under: basis)
    guard let primary = shares.first else { return [] }
    let budget = min(max(weeklyMinutes, 0), 10_080)
    var parts = shares.map { ($0.form, budget * min(max($0.percent, 0), 100) / 100) }
    let others = parts.dropFirst().reduce(0) { $0 + $1.1 }
    parts[0] = (primary.form, max(0, budget - others))
    return parts
  }

  private func shares(under basis: LegalBasis) -> [Share] {
    basis.allowsGroups ? mix : mix.filter { $0.form != .group }
  }
}
