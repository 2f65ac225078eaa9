/// What somebody is in a meeting's room.
public enum RoomPart: String, Codable, Sendable, Hashable, CaseIterable {
  /// Leads it.
  case facilitator
  /// A citizen of the group.
  case member
  /// Somebody else: a trainee, a case worker, a relative. Always announced.
  case observer
}

/// Somebody in the room.
public struct RoomOccupant: Hashable, Sendable, Codable {
  /// Who.
  public var person: PersonID
  /// The name shown.
  public var displayName: String
  /// What they are in the room.
  public var part: RoomPart

  /// Somebody in the room.
  public init(person: PersonID, displayName: String, part: RoomPart) {
    self.person = person
    self.displayName = displayName
    self.part = part
  }
}

/// Who is in the room, shown before joining (D10), the same to everybody: nobody is left out of it.
public struct RoomPreview: Hashable, Sendable, Codable {
  /// Facilitator first, then members, then observers, each by name.
  public var occupants: [RoomOccupant]
  /// How many members are expected besides those who are there.
  public var expected: Int

  /// What is shown of a meeting with these people in the room.
  public init(occupants: [RoomOccupant], roster: [PersonID]) {
    let order: [RoomPart] = [.facilitator, .member, .observer]
    self.occupants = occupants.sorted { a, b in
      let (x, y) = (order.firstIndex(of: a.part) ?? 0, order.firstIndex(of: b.part) ?? 0)
      return (x, a.displayName, a.person.rawValue) < (y, b.displayName, b.person.rawValue)
    }
    expected = Set(roster).subtracting(occupants.map(\.person)).count
  }
}
