/// Where a support worker is for an engagement, as far as travel goes.
public enum Place: Hashable, Sendable {
  /// Where the team works from: screen visits, phone calls, groups and the café.
  case base
  /// At a citizen's.
  case home(PersonID)

  /// Where a visit of this form to this citizen is held.
  public init(form: VisitForm, citizen: PersonID) {
    self = form == .physical ? .home(citizen) : .base
  }
}

/// Minutes on the road, kept per citizen and between pairs of citizens, so that no address ever goes
/// to a route service (I4).
public struct TravelTimes: Hashable, Sendable {
  /// Minutes between two citizens' homes, either way.
  public struct Pair: Hashable, Sendable, Codable {
    /// One citizen.
    public var a: PersonID
    /// The other.
    public var b: PersonID
    /// Minutes from one to the other.
    public var minutes: Int

    /// Minutes between two homes.
    public init(_ a: PersonID, _ b: PersonID, minutes: Int) {
      self.a = a
      self.b = b
      self.minutes = minutes
    }
  }

  /// Minutes from the base to a citizen nothing is known about.
  public let standardMinutes: Int
  /// The longest way from the base.
  private let longestFromBase: Int
  private let fromBase: [PersonID: Int]
  private let between: [Set<PersonID>: Int]

  /// The longest time believed, in minutes; what is longer is a slip of the finger.
  public static let longestMinutes = 240

  /// Travel times.
  public init(
    standardMinutes: Int = 15, fromBase: [PersonID: Int] = [:], between: [Pair] = []
  ) {
    func believed(_ minutes: Int) -> Int { min(max(minutes, 0), Self.longestMinutes) }
    self.standardMinutes = believed(standardMinutes)
    self.fromBase = fromBase.mapValues(believed)
    self.between = Dictionary(
      between.map { ([$0.a, $0.b], believed($0.minutes)) }, uniquingKeysWith: min)
    longestFromBase = max(self.fromBase.values.max() ?? 0, self.standardMinutes)
  }

  /// No travel at all.
  public static let none = TravelTimes(standardMinutes: 0)

  /// Minutes from one place to another. Between two homes it is the way by the base where no shorter
  /// one is known.
  public func minutes(from: Place, to: Place) -> Int {
    switch (from, to) {
    case (.base, .base): 0
    case (.base, .home(let citizen)), (.home(let citizen), .base):
      fromBase[citizen] ?? standardMinutes
    case (.home(let a), .home(let b)):
      if a == b {
        0
      } else {
        between[[a, b]] ?? minutes(from: from, to: .base) + minutes(from: .base, to: to)
      }
    }
  }

  /// No way takes longer.
  var longest: Int { max(2 * longestFromBase, between.values.max() ?? 0) }
}
