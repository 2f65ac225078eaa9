public import Visits

/// What a municipality has decided about booking. Data, because municipalities differ and change.
public struct BookingSettings: Hashable, Sendable, Codable {
  /// What grants are held to, and whether visits need one.
  public var grants: GrantPolicy
  /// Which days are holidays.
  public var holidays: HolidayCalendar
  /// Minutes on the road to a citizen nothing else is known about; nil where no way is reckoned with.
  public var travelMinutes: Int?
  /// Minutes a worker has between two visits in a search for free time.
  public var bufferMinutes: Int
  /// How many citizens a worker is the known one of before somebody is warned (B7).
  public var mostCitizens: Int

  /// Settings; unless told otherwise visits need no grant and no way is reckoned with, as before
  /// anybody has entered any.
  public init(
    grants: GrantPolicy? = nil, holidays: HolidayCalendar = HolidayCalendar(),
    travelMinutes: Int? = nil, bufferMinutes: Int = 0, mostCitizens: Int = 18
  ) {
    var none = GrantPolicy()
    none.visitsNeedGrant = false
    self.grants = grants ?? none
    self.holidays = holidays
    self.travelMinutes = travelMinutes
    self.bufferMinutes = bufferMinutes
    self.mostCitizens = mostCitizens
  }

  private enum CodingKeys: String, CodingKey {
    case grants, holidays, travelMinutes, bufferMinutes, mostCitizens
  }

  /// Reads what is there; a municipality that says nothing about grants means that visits need one.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      grants: try values.decodeIfPresent(GrantPolicy.self, forKey: .grants) ?? GrantPolicy(),
      holidays: try values.decodeIfPresent(HolidayCalendar.self, forKey: .holidays)
        ?? HolidayCalendar(),
      travelMinutes: try values.decodeIfPresent(Int.self, forKey: .travelMinutes),
      bufferMinutes: try values.decodeIfPresent(Int.self, forKey: .bufferMinutes) ?? 0,
      mostCitizens: try values.decodeIfPresent(Int.self, forKey: .mostCitizens) ?? 18)
  }
}

/// Support workers and the citizens they share.
public struct Team: Hashable, Sendable, Codable {
  /// The team's id.
  public var id: TeamID
  /// What it is called.
  public var name: String
  /// Workers and citizens, in order of their ids.
  public var members: [PersonID]

  /// A team.
  public init(id: TeamID, name: String, members: [PersonID] = []) {
    self.id = id
    self.name = name
    self.members = members
  }
}

/// A room or a station that can be booked (B21).
public struct Room: Hashable, Sendable, Codable {
  /// The room's id.
  public var id: RoomID
  /// What it is called.
  public var name: String
  /// How many visits it has room for at a time ("højst af tre ad gangen").
  public var places: Int

  /// Within what the number of places lies.
  public static let placeCounts = 1...50

  /// A room.
  public init(id: RoomID, name: String, places: Int = 1) {
    self.id = id
    self.name = name
    self.places = places
  }

  /// Reads what is there; a room is for one visit at a time unless told otherwise.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      id: try values.decode(RoomID.self, forKey: .id),
      name: try values.decode(String.self, forKey: .name),
      places: try values.decodeIfPresent(Int.self, forKey: .places) ?? 1)
  }
}

/// What is kept about a citizen for booking: who is around them, and how they want it done.
public struct CitizenPlan: Hashable, Sendable, Codable {
  /// Who is around the citizen. Teams are read from the teams and not written here.
  public var circle: CareCircle
  /// Minutes on the road from the base; nil where the municipality's usual is reckoned with.
  public var travelMinutes: Int?
  /// Who decides on times (B19).
  public var scheduling: SchedulingMode

  /// A plan.
  public init(
    circle: CareCircle, travelMinutes: Int? = nil, scheduling: SchedulingMode = .workerSets
  ) {
    self.circle = circle
    self.travelMinutes = travelMinutes
    self.scheduling = scheduling
  }
}
