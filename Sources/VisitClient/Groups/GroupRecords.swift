public import FoundationEssentials

/// A group of citizens, as the service tells it.
public struct Group: Codable, Sendable, Hashable {
  /// The group's id.
  public var id: String
  /// What it is called.
  public var name: String
  /// How many it has room for.
  public var capacity: Int
  /// Its members, by name.
  public var members: [PersonReference]
  /// Pairs of citizens' ids who are not to be placed together; there for planners alone.
  public var keepApart: [[String]]?

  /// A group.
  public init(
    id: String, name: String, capacity: Int, members: [PersonReference],
    keepApart: [[String]]? = nil
  ) {
    self.id = id
    self.name = name
    self.capacity = capacity
    self.members = members
    self.keepApart = keepApart
  }
}

/// A group to make.
public struct NewGroup: Codable, Sendable {
  /// What it is called.
  public var name: String
  /// Whose it is; nil where nobody keeps teams.
  public var team: String?
  /// How many it has room for.
  public var capacity: Int
  /// What its members have in common.
  public var tags: [String]?
  /// Ages it is for; nil for all.
  public var ages: Ages?

  /// The youngest and the oldest whom a group is for.
  public struct Ages: Codable, Sendable, Hashable {
    /// The youngest.
    public var from: Int
    /// The oldest.
    public var to: Int

    /// The ages that `20-34` or `35+` says; nil where it says none.
    public init?(typed text: String) {
      let open = text.hasSuffix("+")
      let parts = text.split { "-–+".contains($0) }.compactMap { Int($0) }
      guard let from = parts.first, (0...120).contains(from), parts.count == (open ? 1 : 2)
      else { return nil }
      self.from = from
      to = open ? 120 : parts[1]
      guard (from...120).contains(to) else { return nil }
    }
  }

  /// A group.
  public init(
    name: String, team: String?, capacity: Int, tags: [String]? = nil, ages: Ages? = nil
  ) {
    self.name = name
    self.team = team
    self.capacity = capacity
    self.tags = tags
    self.ages = ages
  }
}

/// Meetings to lay, at the same time on the clock.
public struct NewMeetings: Codable, Sendable {
  /// The first.
  public var start: Date
  /// How long each is, in minutes; nil for the usual.
  public var durationMinutes: Int?
  /// Who leads them; nil means the caller.
  public var facilitatorId: String?
  /// How many.
  public var count: Int
  /// Weeks from one to the next.
  public var everyWeeks: Int
  /// Where they meet, face to face.
  public var room: String?

  /// Meetings.
  public init(
    start: Date, durationMinutes: Int?, facilitatorId: String?, count: Int, everyWeeks: Int,
    room: String? = nil
  ) {
    self.start = start
    self.durationMinutes = durationMinutes
    self.facilitatorId = facilitatorId
    self.count = count
    self.everyWeeks = everyWeeks
    self.room = room
  }
}

/// What a meeting is about.
public struct MeetingPlan: Codable, Sendable, Hashable {
  /// One point of a plan.
  public struct Point: Codable, Sendable, Hashable {
    /// How long it is meant to take.
    public var minutes: Int
    /// What is done.
    public var text: String

    /// A point.
    public init(minutes: Int, text: String) {
      self.minutes = minutes
      self.text = text
    }

    /// A point as it is typed, `20 Runde`; without a number it takes the time it takes.
    public init(typed: String) {
      let words = typed.split(separator: " ", maxSplits: 1)
      if words.count == 2, let minutes = Int(words[0]), minutes >= 0 {
        self.init(minutes: minutes, text: String(words[1]))
      } else {
        self.init(minutes: 0, text: typed)
      }
    }
  }

  /// The title.
  public var title: String
  /// What citizens are to take home.
  public var aims: [String]?
  /// What is done, in order.
  public var points: [Point]?
  /// What citizens are told beforehand.
  public var forCitizens: String

  /// A plan.
  public init(title: String, aims: [String]?, points: [Point]?, forCitizens: String) {
    self.title = title
    self.aims = aims
    self.points = points
    self.forCitizens = forCitizens
  }
}

/// A meeting of a group; its id is its visit's.
public struct GroupMeeting: Codable, Sendable, Hashable {
  /// What a citizen set out to do.
  public struct Step: Codable, Sendable, Hashable {
    /// The citizen's id.
    public var citizen: String
    /// What.
    public var text: String
  }

  /// The meeting's id.
  public var id: String
  /// What its group is called.
  public var groupName: String
  /// When it begins.
  public var start: Date
  /// How long it is planned to take.
  public var durationMinutes: Int
  /// `planned`, `active`, `held` or `cancelled`.
  public var state: String
  /// Who leads it.
  public var facilitator: PersonReference
  /// Who led it before somebody took over.
  public var tookOverFrom: PersonReference?
  /// Who comes.
  public var roster: [PersonReference]
  /// Its number in the course.
  public var number: Int?
  /// How many the course has.
  public var count: Int?
  /// What it is about; the facilitator's part.
  public var plan: MeetingPlan?
  /// Whether it lies where groups are best placed.
  public var isInTheAfternoon: Bool?
  /// What members set out to do; there when it was taken over.
  public var steps: [Step]?

  /// When it ends.
  public var end: Date { start.addingTimeInterval(Double(durationMinutes) * 60) }

  /// The one that goes on, or the last that was held; of a course that has not begun, the next.
  public static func latest(in meetings: [GroupMeeting], now: Date) -> GroupMeeting? {
    let held = meetings.filter { $0.state == "active" || $0.state == "held" }
    return held.max { $0.start < $1.start } ?? next(in: meetings, now: now)
  }

  /// The one that goes on, or the next to come, among a course's.
  public static func next(in meetings: [GroupMeeting], now: Date) -> GroupMeeting? {
    let open = meetings.filter { $0.state == "planned" || $0.state == "active" }
      .sorted { $0.start < $1.start }
    return open.first { $0.state == "active" } ?? open.first { $0.end > now }
  }
}

/// Who is in a room, the same to everybody.
public struct RoomRecord: Codable, Sendable, Hashable {
  /// Somebody in the room.
  public struct Occupant: Codable, Sendable, Hashable {
    /// Their id.
    public var id: String
    /// Their name.
    public var displayName: String
  }

  /// Who is there, the facilitator first.
  public var occupants: [Occupant]
  /// How many could come.
  public var expected: Int
}
