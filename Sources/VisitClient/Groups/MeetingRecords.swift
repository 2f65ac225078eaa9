public import FoundationEssentials

/// How a meeting's time to speak is shared, as one of those in the room sees it.
public struct FloorRecord: Codable, Sendable, Equatable {
  /// A round that goes on.
  public struct Round: Codable, Sendable, Equatable {
    /// What it is about.
    public var question: String?
    /// Whose turn it is.
    public var current: PersonReference?
    /// Who has not had their turn, the first of them has it now.
    public var left: [PersonReference]
    /// Who has had it.
    public var done: [PersonReference]
  }

  /// How much somebody has spoken.
  public struct Share: Codable, Sendable, Equatable {
    /// Who.
    public var person: PersonReference
    /// Seconds.
    public var seconds: Int
    /// Per cent of all that was said.
    public var percent: Int
  }

  /// The visit's id.
  public var visit: String
  /// Whether one's own hand is up.
  public var handIsUp: Bool
  /// The round; nil where none goes on.
  public var round: Round?
  /// Raised hands, who has spoken least first; for the facilitator.
  public var hands: [PersonReference]?
  /// What each has spoken, the least first; for the facilitator.
  public var shares: [Share]?
  /// Whom the facilitator could ask for a word.
  public var quiet: PersonReference?
}

/// Those who look on at a meeting, or are asked for.
public struct ObserverList: Codable, Sendable {
  /// One of them.
  public struct Observer: Codable, Sendable {
    /// Who.
    public var person: PersonReference
    /// Why.
    public var purpose: String
    /// `waiting`, `agreed` or `declined`.
    public var consent: String
    /// Members who have not answered; for those who give support.
    public var waiting: [PersonReference]?
  }

  /// The meeting's id.
  public var meeting: String
  /// What its group is called.
  public var groupName: String
  /// When it begins.
  public var start: Date
  /// The observers, by name.
  public var observers: [Observer]
}
