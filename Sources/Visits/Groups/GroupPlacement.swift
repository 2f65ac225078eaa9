/// Who is placed in which group (D1, D3, D11, D12). Whether the citizen's grant allows groups at all
/// is the grant's rule to say (A3).
public struct GroupPlacement: Sendable {
  /// The group.
  public var group: Group
  /// Its members, past ones too.
  public var members: [GroupMember]
  /// Pairs to keep apart, of the whole team.
  public var keepApart: [KeepApart]

  /// A placement question.
  public init(group: Group, members: [GroupMember], keepApart: [KeepApart]) {
    self.group = group
    self.members = members.filter { $0.group == group.id }
    self.keepApart = keepApart
  }

  /// Those who are members at `now`, by id.
  public func roster(at now: UTCMilliseconds) -> [PersonID] {
    Set(members.filter { $0.lasts(at: now) }.map(\.citizen)).sorted { $0.rawValue < $1.rawValue }
  }

  /// The membership that placing the citizen makes, or the one they have.
  ///
  /// - Parameters:
  ///   - age: The citizen's age, where known.
  ///   - isPlanner: Whether who asks may know of constraints. Who may not is told only that it
  ///     cannot be done and whom to ask; the same words as for a group that suits the citizen
  ///     badly for any other private reason.
  public func place(
    _ citizen: PersonID, age: Int?, isPlanner: Bool, by initiator: Initiator,
    at now: UTCMilliseconds
  ) throws(Refusal) -> GroupMember {
    if initiator.role == .citizen { throw .onlyStaffPlaces }
    _ = try initiator.requireBooker()
    if let present = members.first(where: { $0.citizen == citizen && $0.lasts(at: now) }) {
      return present
    }
    let roster = roster(at: now)
    // Before the group is said to be full: who comes back when there is room is told the same.
    guard conflicts(of: citizen, with: roster).isEmpty else {
      throw isPlanner ? .keptApart : .placementNotPossible
    }
    if let ages = group.ages, let age, !ages.contains(age) { throw .groupAges(ages) }
    guard roster.count < min(group.capacity, Group.mostMembers) else {
      throw .groupFull(capacity: group.capacity)
    }
    return GroupMember(group: group.id, citizen: citizen, since: now)
  }

  /// A new pair to keep apart, as entered by a planner, with the members it already concerns: the
  /// planner moves one of them; nobody is moved by itself.
  public func conflicts(of citizen: PersonID, with roster: [PersonID]) -> [PersonID] {
    let others = Set(keepApart.compactMap { $0.other(than: citizen) })
    return roster.filter(others.contains)
  }

  /// The constraints, for a planner; none for anybody else, as if there were none.
  public func visibleConstraints(isPlanner: Bool) -> [KeepApart] { isPlanner ? keepApart : [] }

  /// Groups that would suit a citizen, best first: those with room, of the citizen's age, without
  /// anybody to be kept apart from, by how much they have in common.
  public static func suggestions(
    for citizen: PersonID, age: Int?, tags: Set<String>, among placements: [GroupPlacement],
    at now: UTCMilliseconds
  ) -> [GroupID] {
    let suiting = placements.filter { placement in
      let roster = placement.roster(at: now)
      return !roster.contains(citizen) && roster.count < placement.group.capacity
        && placement.conflicts(of: citizen, with: roster).isEmpty
        && (age.flatMap { age in placement.group.ages.map { $0.contains(age) } } ?? true)
    }
    func common(_ placement: GroupPlacement) -> Int {
      placement.group.tags.intersection(tags).count
    }
    return suiting.sorted { a, b in
      let (x, y) = (common(a), common(b))
      return x != y ? x > y : a.group.id.rawValue < b.group.id.rawValue
    }.map(\.group.id)
  }
}
