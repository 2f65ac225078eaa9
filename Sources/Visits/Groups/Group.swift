/// Names a group.
public struct GroupID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names one meeting of a group; also its room on the relay.
public struct GroupMeetingID: Identifier {
  /// The id as text.
  public let rawValue: String
  /// Wraps an id.
  public init(rawValue: String) { self.rawValue = rawValue }
}

/// Citizens who meet with a facilitator, for a course of meetings or every week (D1).
public struct Group: Hashable, Sendable, Codable {
  /// The group's id.
  public var id: GroupID
  /// The municipality.
  public var tenant: TenantID
  /// Whose group it is.
  public var team: TeamID
  /// What it is called; neutral enough to be seen by others.
  public var name: String
  /// How many citizens it has room for.
  public var capacity: Int
  /// Ages it is meant for; nil for all (D1: "20+", "35+").
  public var ages: ClosedRange<Int>?
  /// What its members have in common: interests, aims, area (D11, D12).
  public var tags: Set<String>
  /// How many people besides members and facilitator may be in the room (D10).
  public var mostObservers: Int

  /// Seventeen were counted; twenty is the headroom (D1). Also what a room carries.
  public static let mostMembers = 20

  /// A group.
  public init(
    id: GroupID, tenant: TenantID, team: TeamID, name: String, capacity: Int,
    ages: ClosedRange<Int>? = nil, tags: Set<String> = [], mostObservers: Int = 2
  ) {
    self.id = id
    self.tenant = tenant
    self.team = team
    self.name = name
    self.capacity = capacity
    self.ages = ages
    self.tags = tags
    self.mostObservers = mostObservers
  }

  /// The group, or why there cannot be one like it.
  public func checked() throws(Refusal) -> Group {
    var group = self
    group.name = try Person.checkedName(name)
    guard (2...Self.mostMembers).contains(capacity) else {
      throw .groupCapacity(most: Self.mostMembers)
    }
    group.mostObservers = min(max(0, mostObservers), 5)
    return group
  }
}

/// A citizen's membership.
public struct GroupMember: Hashable, Sendable, Codable {
  /// The group.
  public var group: GroupID
  /// The member.
  public var citizen: PersonID
  /// Since when.
  public var since: UTCMilliseconds
  /// Until when; nil while it lasts.
  public var until: UTCMilliseconds?

  /// A membership.
  public init(
    group: GroupID, citizen: PersonID, since: UTCMilliseconds, until: UTCMilliseconds? = nil
  ) {
    self.group = group
    self.citizen = citizen
    self.since = since
    self.until = until
  }

  /// Whether it lasts at `time`.
  public func lasts(at time: UTCMilliseconds) -> Bool {
    since <= time && (until.map { time < $0 } ?? true)
  }
}

/// Two citizens who are not to be placed together (D3). Known to planners alone: it is in no export
/// to, no list for and no refusal read by anybody else.
public struct KeepApart: Hashable, Sendable, Codable {
  /// One of them, the one whose id sorts first: the pair has one form.
  public let first: PersonID
  /// The other.
  public let second: PersonID
  /// Who entered it.
  public var by: PersonID
  /// When.
  public var at: UTCMilliseconds

  /// A pair, in either order; nil for one person twice.
  public init?(_ a: PersonID, _ b: PersonID, by: PersonID, at: UTCMilliseconds) {
    guard a != b else { return nil }
    first = a.rawValue < b.rawValue ? a : b
    second = a.rawValue < b.rawValue ? b : a
    self.by = by
    self.at = at
  }

  /// The one that `citizen` is to be kept apart from; nil when it is about others.
  public func other(than citizen: PersonID) -> PersonID? {
    if citizen == first { return second }
    return citizen == second ? first : nil
  }
}
