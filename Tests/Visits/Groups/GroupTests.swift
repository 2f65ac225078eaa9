import Testing
import Visits

@Suite struct GroupTests {
  static let now = Example.start
  static let group = Group(
    id: GroupID(rawValue: "torsdag"), tenant: Example.tenant, team: TeamID(rawValue: "vest"),
    name: "Torsdag", capacity: 20)
  static let anne = Example.visit.workerID
  static let bo = PersonID(rawValue: "bo")

  static func citizen(_ number: Int) -> PersonID { PersonID(rawValue: "c\(number)") }

  static func placement(
    _ count: Int, in group: Group = group, apart: [(Int, Int)] = []
  ) -> GroupPlacement {
    GroupPlacement(
      group: group,
      members: (0..<count).map { GroupMember(group: group.id, citizen: citizen($0), since: now) },
      keepApart: apart.compactMap { KeepApart(citizen($0.0), citizen($0.1), by: anne, at: now) })
  }

  static func place(
    _ number: Int, in placement: GroupPlacement, age: Int? = nil, planner: Bool = false
  ) throws -> GroupMember {
    try placement.place(
      citizen(number), age: age, isPlanner: planner, by: Example.worker, at: now)
  }

  @Test func twentyHaveRoomAndTheNextHasNot() throws {
    #expect(try Self.place(19, in: Self.placement(19)).citizen == Self.citizen(19))
    #expect(throws: Refusal.groupFull(capacity: 20)) {
      try Self.place(20, in: Self.placement(20))
    }
    #expect(try Self.place(3, in: Self.placement(20)).since == Self.now, "a member already")
    var large = Self.group
    large.capacity = 21
    #expect(throws: Refusal.groupCapacity(most: 20)) { try large.checked() }
    var left = Self.placement(20)
    left.members[4].until = Self.now
    #expect(try Self.place(20, in: left).citizen == Self.citizen(20))
  }

  @Test func onlyAPlannerLearnsThatTwoAreKeptApart() throws {
    let placement = Self.placement(5, apart: [(2, 9)])
    #expect(throws: Refusal.keptApart) { try Self.place(9, in: placement, planner: true) }
    #expect(throws: Refusal.placementNotPossible) { try Self.place(9, in: placement) }
    #expect(placement.visibleConstraints(isPlanner: false).isEmpty)
    #expect(placement.visibleConstraints(isPlanner: true).count == 1)
    // Neither name is in any text, and the pair has one form.
    for text in [Refusal.placementNotPossible.danish, Refusal.placementNotPossible.english] {
      #expect(!text.contains("sammen") && !text.contains("apart"))
    }
    let pair = KeepApart(Self.citizen(9), Self.citizen(2), by: Self.anne, at: Self.now)
    #expect(pair == placement.keepApart.first)
    #expect(KeepApart(Self.bo, Self.bo, by: Self.anne, at: Self.now) == nil)
    // Who is not concerned notices nothing, and who has left no longer counts.
    #expect(throws: Never.self) { try Self.place(8, in: placement) }
    var left = placement
    left.members[2].until = Self.now
    #expect(throws: Never.self) { try Self.place(9, in: left) }
  }

  @Test func groupsAreSuggestedByWhatPeopleShare() throws {
    var music = Self.group
    music.id = GroupID(rawValue: "musik")
    music.tags = ["musik", "mad"]
    var young = Self.group
    young.id = GroupID(rawValue: "unge")
    young.ages = 20...34
    young.tags = ["musik", "mad", "ude"]
    let apart = Self.placement(3, in: Self.group, apart: [(1, 9)])
    let placements = [apart, Self.placement(2, in: music), Self.placement(2, in: young)]
    func suggested(_ number: Int, age: Int) -> [String] {
      GroupPlacement.suggestions(
        for: Self.citizen(number), age: age, tags: ["musik", "mad", "ude"], among: placements,
        at: Self.now
      ).map(\.rawValue)
    }
    #expect(suggested(9, age: 30) == ["unge", "musik"])
    #expect(suggested(8, age: 50) == ["musik", "torsdag"])
    #expect(throws: Refusal.groupAges(20...34)) {
      try Self.place(8, in: Self.placement(2, in: young), age: 35)
    }
  }

  static func course() -> MeetingCourse {
    MeetingCourse(
      meetings: (1...4).map { number in
        GroupMeeting(
          id: GroupMeetingID(rawValue: "m\(number)"), group: group.id,
          start: now.adding(minutes: number * 10_080), facilitator: anne,
          plan: MeetingPlan(title: "Gang \(number)", forCitizens: "Vi tales ved."))
      })
  }

  static func takeOver(
    _ course: inout MeetingCourse, by worker: PersonID, team: Set<PersonID>? = nil
  ) throws -> MeetingHandover {
    let step = try NextStep(
      meeting: GroupMeetingID(rawValue: "m1"), citizen: citizen(1), text: "ringe til banken")
    return try course.takeOver(
      GroupMeetingID(rawValue: "m2"), placement: placement(17), steps: [step],
      team: team ?? [anne, bo, PersonID(rawValue: "eva")], holderName: "Bo",
      by: .person(worker, role: .supportWorker, device: nil), at: now)
  }

  @Test func aSubstituteGetsPlanRosterAndRightsInOneStep() throws {
    var meetings = Self.course().meetings
    meetings[0].state = .held
    var course = MeetingCourse(meetings: meetings)
    let handover = try Self.takeOver(&course, by: Self.bo)
    #expect(handover.meeting.facilitator == Self.bo && handover.meeting.plan?.title == "Gang 2")
    #expect(handover.roster.count == 17 && handover.steps.map(\.text) == ["ringe til banken"])
    #expect(try Self.takeOver(&course, by: Self.bo) == handover, "again changes nothing")
    #expect(throws: Refusal.meetingTaken(by: "Bo")) {
      try Self.takeOver(&course, by: PersonID(rawValue: "eva"))
    }
    #expect(try Self.takeOver(&course, by: Self.anne).meeting.tookOverFrom == nil, "well again")
    #expect(throws: Refusal.notYourTeamsGroup) {
      try Self.takeOver(&course, by: Self.bo, team: [Self.anne])
    }
    #expect(course.meetings[2].facilitator == Self.anne, "one meeting, not the course")
  }

  @Test func aMeetingCalledOffLosesNothingOfTheCourse() throws {
    var course = Self.course()
    let second = GroupMeetingID(rawValue: "m2")
    let over = course.callOff(second)
    #expect(course.meetings.map { $0.plan?.title } == ["Gang 1", nil, "Gang 2", "Gang 3"])
    #expect(over?.title == "Gang 4")
    #expect(course.number(of: second) == nil)
    #expect(course.number(of: GroupMeetingID(rawValue: "m3"))?.number == 2)
    #expect(course.callOff(second) == nil)
    #expect(course.meetings.map { $0.plan?.title } == ["Gang 1", nil, "Gang 2", "Gang 3"])
  }

  @Test func whoIsInTheRoomIsShownBeforeJoining() throws {
    func occupant(_ name: String, _ part: RoomPart) -> RoomOccupant {
      RoomOccupant(person: PersonID(rawValue: name), displayName: name, part: part)
    }
    let inside = [
      occupant("gæst", .observer), occupant("c1", .member), occupant("anne", .facilitator),
    ]
    let preview = RoomPreview(occupants: inside, roster: (0..<3).map(Self.citizen))
    #expect(preview.occupants.map(\.displayName) == ["anne", "c1", "gæst"])
    #expect(preview.expected == 2)
  }
}
