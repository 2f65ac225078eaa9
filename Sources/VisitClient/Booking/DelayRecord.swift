/// A delay that was announced, and how each citizen of the visit hears of it (B17).
public struct DelayRecord: Codable, Sendable, Hashable {
  /// A citizen, and how they hear of it.
  public struct Told: Codable, Sendable, Hashable {
    /// Who, by id.
    public var id: String
    /// Who.
    public var displayName: String
    /// `screen`, `message` or `nothing`.
    public var by: String
  }

  /// By how much, in minutes, counted from the agreed start.
  public var minutes: Int
  /// How each citizen hears of it.
  public var told: [Told]

  /// A sentence for each citizen. Of one whom nothing reaches it never says that they know.
  public func lines(in texts: Texts) -> [String] {
    told.map { one in
      let key: TextKey =
        switch one.by {
        case "screen": .delayTold
        case "message": .delaySent
        default: .delayNotTold
        }
      return texts[key, ["name": one.displayName, "n": String(minutes)]]
    }
  }
}
