/// For whom a drop-in session is (A9: "borgere i socialpsykiatrien", "i den vestlige del … ikke
/// omfattet").
public struct DropInEligibility: Hashable, Sendable, Codable {
  /// For whom support is meant; empty for all.
  public var targetGroups: Set<TargetGroup>
  /// The areas it covers, as teams; empty for all.
  public var areas: Set<TeamID>
  /// Whether it is held on screen: then it is no farther from anywhere, and areas are not asked for.
  public var isVirtual: Bool

  /// Limits.
  public init(
    targetGroups: Set<TargetGroup> = [], areas: Set<TeamID> = [], isVirtual: Bool = true
  ) {
    self.targetGroups = targetGroups
    self.areas = areas
    self.isVirtual = isVirtual
  }

  /// Throws where the session is not for the visitor, saying where to turn instead.
  public func check(_ visitor: DropInVisitor) throws(Refusal) {
    // Of whom nothing is granted nothing is known: they are let in and counted (C9).
    if let group = visitor.targetGroup, !targetGroups.isEmpty, !targetGroups.contains(group) {
      throw .dropInForOthers
    }
    guard !isVirtual, !areas.isEmpty else { return }
    guard !areas.isDisjoint(with: visitor.teams) else { throw .dropInElsewhere }
  }
}

/// What a session's limits are held against.
public struct DropInVisitor: Hashable, Sendable {
  /// For whom the citizen's support is; nil without a grant.
  public var targetGroup: TargetGroup?
  /// The citizen's teams.
  public var teams: Set<TeamID>

  /// A visitor.
  public init(targetGroup: TargetGroup? = nil, teams: Set<TeamID> = []) {
    self.targetGroup = targetGroup
    self.teams = teams
  }
}

/// Talks without a referral: how many there were, of how many (C9: "op til tre afklarende samtaler").
public struct ClarifyingTalks: Hashable, Sendable {
  /// Talks the citizen has had since their last grant, or ever.
  public var held: Int
  /// Whether they count: for somebody with a grant they do not.
  public var isLimited: Bool

  /// Talks.
  public init(held: Int, isLimited: Bool) {
    self.held = held
    self.isLimited = isLimited
  }

  /// How many are left; nil where they do not count.
  public var left: Int? {
    isLimited ? max(0, DropInQueue.talksWithoutGrant - held) : nil
  }
}

extension Refusal {
  /// The session is for another target group.
  public static let dropInForOthers = Refusal(
    "drop-in-for-others", .conflict,
    da:
      "Rådgivningen er for en anden målgruppe. Bed os ringe til dig, så finder vi den rette hjælp.",
    en: "This advice is for another group. Ask us to ring you and we will find the right help.")

  /// The session is held too far away, and on no screen.
  public static let dropInElsewhere = Refusal(
    "drop-in-elsewhere", .conflict,
    da: """
      Rådgivningen holdes kun for et andet område. Kom til den, der holdes på skærm, \
      eller bed os ringe til dig.
      """,
    en: """
      This advice is held for another area only. Come to the one held on screen, \
      or ask us to ring you.
      """)
}
