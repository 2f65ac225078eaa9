import Store
import Visits

/// A meeting's plan as the API takes and shows it.
struct PlanDocument: Codable, Sendable {
  struct Point: Codable, Sendable {
    var minutes: Int
    var text: String
  }

  var title: String
  var aims: [String]?
  var points: [Point]?
  var forCitizens: String

  /// The most aims and points of one plan.
  private static let most = 30
  /// The longest text of a plan, in characters.
  private static let longest = 1000

  init(_ plan: MeetingPlan) {
    title = plan.title
    aims = plan.aims
    points = plan.points.map { Point(minutes: $0.minutes, text: $0.text) }
    forCitizens = plan.forCitizens
  }

  /// The plan, or why it cannot be one.
  func plan() throws -> MeetingPlan {
    let (aims, points) = (aims ?? [], points ?? [])
    for (field, count) in [("aims", aims.count), ("points", points.count)] where count > Self.most {
      throw Problem(.outOfRange, ["field": field, "least": "0", "most": String(Self.most)])
    }
    return MeetingPlan(
      title: try RequestText.checked(title, field: "title", most: 200),
      aims: try aims.map { try RequestText.checked($0, field: "aims", most: Self.longest) },
      points: try points.map {
        PlanPoint(
          minutes: max(0, min($0.minutes, 480)),
          text: try RequestText.checked($0.text, field: "points", most: Self.longest))
      },
      forCitizens: try RequestText.checked(forCitizens, field: "forCitizens", most: Self.longest))
  }
}

/// What a citizen set out to do.
struct StepDocument: Encodable, Sendable {
  var citizen: String
  /// The meeting it was agreed in.
  var meeting: String
  var text: String

  init(_ step: NextStep) {
    citizen = step.citizen.rawValue
    meeting = step.meeting.rawValue
    text = step.text
  }
}

/// A meeting as the API shows it. Its id is its visit's: ring it to open the room.
struct MeetingDocument: Encodable, Sendable {
  var id: String
  var group: String
  var groupName: String
  var start: APITime
  var durationMinutes: Int
  var state: MeetingState
  var facilitator: PersonName
  var tookOverFrom: PersonName?
  var roster: [PersonName]
  var number: Int?
  var count: Int?
  var plan: PlanDocument?
  /// What citizens are told beforehand.
  var forCitizens: String?
  var steps: [StepDocument]?
  /// Where it meets, face to face.
  var room: String?
  /// Whether it lies where groups are best placed (B20).
  var isInTheAfternoon: Bool

  /// A meeting as those in it see it.
  init(_ details: MeetingDetails) {
    self.init(details, for: Sight(known: Set(details.roster.map(\.id))))
  }

  /// A meeting as staff of a sight see it.
  init(_ details: MeetingDetails, for sight: Sight) {
    id = details.meeting.id.rawValue
    group = details.group.id.rawValue
    groupName = details.group.name
    start = APITime(details.meeting.start)
    durationMinutes = details.meeting.durationMinutes
    state = details.meeting.state
    facilitator = PersonName(details.facilitator)
    tookOverFrom = details.tookOverFrom.map { PersonName($0) }
    roster = details.roster.map { sight.name($0) }
    room = details.meeting.roomID?.rawValue
    isInTheAfternoon = details.meeting.isInTheAfternoon
    number = details.number
    count = details.count
    plan = details.meeting.plan.map { PlanDocument($0) }
    forCitizens = details.meeting.plan?.forCitizens
  }

  /// Leaves citizens what is written for them.
  mutating func hidePlanForFacilitator() { plan = nil }
}

/// Who is in a room.
struct RoomDocument: Encodable, Sendable {
  struct Occupant: Encodable, Sendable {
    var id: String
    var displayName: String
    var part: RoomPart
  }

  var occupants: [Occupant]
  var expected: Int

  init(_ preview: RoomPreview, for role: Role) {
    occupants = preview.occupants.map {
      Occupant(id: $0.person.rawValue, displayName: $0.displayName, part: $0.part)
    }
    // That somebody is in the room is what operations may know of it.
    if role == .operations {
      for index in occupants.indices where occupants[index].part != .facilitator {
        occupants[index].displayName = "#\(occupants[index].id.prefix(6))"
      }
    }
    expected = preview.expected
  }
}
