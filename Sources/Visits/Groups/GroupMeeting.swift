/// One point of a meeting's plan.
public struct PlanPoint: Hashable, Sendable, Codable {
  /// How long it is meant to take, in minutes.
  public var minutes: Int
  /// What is done.
  public var text: String

  /// A point.
  public init(minutes: Int, text: String) {
    self.minutes = minutes
    self.text = text
  }
}

/// What a meeting is about, written so that a colleague can take over without a word more (D4, D5).
public struct MeetingPlan: Hashable, Sendable, Codable {
  /// The meeting's title.
  public var title: String
  /// What citizens are to take home from it: the learning aims.
  public var aims: [String]
  /// What is done, in order. For the facilitator.
  public var points: [PlanPoint]
  /// What citizens are told beforehand, in plain words.
  public var forCitizens: String

  /// A plan.
  public init(title: String, aims: [String] = [], points: [PlanPoint] = [], forCitizens: String) {
    self.title = title
    self.aims = aims
    self.points = points
    self.forCitizens = forCitizens
  }
}

/// Where a meeting is in its life.
public enum MeetingState: String, Codable, Sendable, Hashable, CaseIterable {
  /// To come.
  case planned
  /// Going on.
  case active
  /// Over.
  case held
  /// Called off.
  case cancelled
}

/// One meeting of a group.
public struct GroupMeeting: Hashable, Sendable, Codable {
  /// The meeting's id; also its room's.
  public var id: GroupMeetingID
  /// The group.
  public var group: GroupID
  /// When it begins.
  public var start: UTCMilliseconds
  /// How long it is planned to take, in minutes.
  public var durationMinutes: Int
  /// Who leads it.
  public var facilitator: PersonID
  /// The room it meets in, where it meets face to face.
  public var roomID: RoomID?
  /// Who led it before somebody took over; nil when nobody did.
  public var tookOverFrom: PersonID?
  /// When that was.
  public var tookOverAt: UTCMilliseconds?
  /// What it is about; nil where nothing is planned.
  public var plan: MeetingPlan?
  /// Where it is in its life.
  public var state: MeetingState

  /// "En gang om ugen i 2 timer" (D6).
  public static let usualMinutes = 120

  /// A meeting to come.
  public init(
    id: GroupMeetingID, group: GroupID, start: UTCMilliseconds,
    durationMinutes: Int = Self.usualMinutes, facilitator: PersonID, roomID: RoomID? = nil,
    plan: MeetingPlan? = nil
  ) {
    self.id = id
    self.group = group
    self.start = start
    self.durationMinutes = durationMinutes
    self.facilitator = facilitator
    self.roomID = roomID
    self.plan = plan
    state = .planned
  }

  /// The time it takes.
  public var window: TimeWindow { TimeWindow(start: start, minutes: durationMinutes) }

  /// Whether it lies in the afternoon, where groups are best placed (B20). Advice, not a rule.
  public var isInTheAfternoon: Bool { (12..<17).contains(CopenhagenTime(start).hour) }
}

/// A citizen's next step from one meeting to the next (D7). Seen by the citizen and the
/// facilitator.
public struct NextStep: Hashable, Sendable, Codable {
  /// The meeting it was agreed in.
  public var meeting: GroupMeetingID
  /// Whose step.
  public var citizen: PersonID
  /// What it is, in the citizen's words.
  public var text: String

  /// A step, or why it cannot be kept.
  public init(meeting: GroupMeetingID, citizen: PersonID, text: String) throws(Refusal) {
    guard let text = try PersonalNumber.checked(text, longest: 200) else { throw .nothingWritten }
    self.meeting = meeting
    self.citizen = citizen
    self.text = text
  }
}

/// What whoever takes a meeting over gets, all at once (D5).
public struct MeetingHandover: Hashable, Sendable, Codable {
  /// The meeting, with its new facilitator and its plan.
  public var meeting: GroupMeeting
  /// Who comes.
  public var roster: [PersonID]
  /// What each member set out to do since the last meeting.
  public var steps: [NextStep]
}

/// A course of meetings (D6).
public struct MeetingCourse: Sendable {
  /// The meetings, by start.
  public private(set) var meetings: [GroupMeeting]

  /// The course of these meetings, in any order.
  public init(meetings: [GroupMeeting]) {
    self.meetings = meetings.sorted { ($0.start, $0.id.rawValue) < ($1.start, $1.id.rawValue) }
  }

  /// The number of a meeting among those that are held, from 1, and how many there are; nil for a
  /// meeting that is called off.
  public func number(of id: GroupMeetingID) -> (number: Int, count: Int)? {
    let counting = meetings.filter { $0.state != .cancelled }
    guard let index = counting.firstIndex(where: { $0.id == id }) else { return nil }
    return (index + 1, counting.count)
  }

  /// A worker takes a meeting over, in one step: they lead it, and have plan, roster and steps
  /// before them. Taking it again changes nothing.
  ///
  /// - Parameters:
  ///   - team: The team's workers: any of them may ("alle skal kunne træde til", B13).
  ///   - holderName: The name of who leads it now, for one who comes second.
  public mutating func takeOver(
    _ id: GroupMeetingID, placement: GroupPlacement, steps: [NextStep], team: Set<PersonID>,
    holderName: String, by initiator: Initiator, at now: UTCMilliseconds
  ) throws(Refusal) -> MeetingHandover {
    guard let worker = initiator.supporter, team.contains(worker) else { throw .notYourTeamsGroup }
    guard let index = meetings.firstIndex(where: { $0.id == id }) else { throw .noSuchMeeting }
    switch meetings[index].state {
    case .held, .cancelled: throw .meetingOver
    case .planned, .active: break
    }
    if meetings[index].facilitator != worker {
      // Somebody stood in already: two colleagues who read the same message are not to replace
      // each other. The one who leads the course may take it back.
      if let original = meetings[index].tookOverFrom, original != worker {
        throw .meetingTaken(by: holderName)
      }
      let back = meetings[index].tookOverFrom == worker
      meetings[index].tookOverFrom = back ? nil : meetings[index].facilitator
      meetings[index].tookOverAt = back ? nil : now
      meetings[index].facilitator = worker
    }
    let meeting = meetings[index]
    let last = meetings[..<index].last { $0.state == .held }
    return MeetingHandover(
      meeting: meeting, roster: placement.roster(at: meeting.start),
      steps: steps.filter { $0.meeting == last?.id })
  }

  /// The meetings whose next steps belong before whoever looks at a meeting: the last that was held
  /// before it, and itself.
  public func meetingsWithSteps(for id: GroupMeetingID) -> Set<GroupMeetingID> {
    guard let index = meetings.firstIndex(where: { $0.id == id }) else { return [] }
    let last = meetings[..<index].last { $0.state == .held }
    return Set([last?.id, id].compactMap(\.self))
  }

  /// A meeting is called off, by whoever may: see `VisitRules`. What it was about is not lost: its
  /// plan goes to the next meeting, whose plan goes to the one after, and the last plan is returned
  /// for a meeting to be added.
  public mutating func callOff(_ id: GroupMeetingID) -> MeetingPlan? {
    guard let index = meetings.firstIndex(where: { $0.id == id }) else { return nil }
    var carried = meetings[index].plan
    meetings[index].state = .cancelled
    meetings[index].plan = nil
    for next in meetings.indices where next > index && meetings[next].state == .planned {
      guard carried != nil else { break }
      (meetings[next].plan, carried) = (carried, meetings[next].plan)
    }
    return carried
  }
}
