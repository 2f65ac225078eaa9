public import Visits

/// A group with its roster as it stands.
public struct GroupDetails: Hashable, Sendable {
  /// The group.
  public var group: Group
  /// Its members, by name.
  public var members: [Person]
  /// Pairs of its members and of anybody in the municipality who are to be kept apart; empty for
  /// whoever is no planner.
  public var keepApart: [KeepApart]
}

/// A meeting with the people in it.
public struct MeetingDetails: Hashable, Sendable {
  /// The meeting. Its id is its visit's.
  public var meeting: GroupMeeting
  /// The group.
  public var group: Group
  /// Who leads it.
  public var facilitator: Person
  /// Who led it before somebody took over.
  public var tookOverFrom: Person?
  /// Who comes, by name.
  public var roster: [Person]
  /// The number among those that are held, from 1, and how many there are; nil where called off.
  public var number: Int?
  /// How many meetings the course has.
  public var count: Int?
}

/// Groups (D1–D12): rosters, courses of meetings, and who is not placed together.
public protocol GroupStore: Sendable {
  /// Makes a group, with a line in the audit log.
  func addGroup(
    _ group: Group, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError)
  /// Groups by name; `isPlanner` says whether constraints may be known.
  func groups(
    tenant: TenantID, isPlanner: Bool, at now: UTCMilliseconds
  ) async throws(StoreError) -> [GroupDetails]
  /// A group.
  func group(
    _ id: GroupID, tenant: TenantID, isPlanner: Bool, at now: UTCMilliseconds
  ) async throws(StoreError) -> GroupDetails

  /// Places a citizen, also in the meetings to come. Placing twice changes nothing. `age` is asked
  /// where the group is for some ages, and kept nowhere.
  func place(
    _ citizen: PersonID, age: Int?, in group: GroupID, tenant: TenantID, isPlanner: Bool,
    by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError) -> GroupDetails
  /// Groups that would suit a citizen, best first (D11, D12): of these teams, or of all where nil.
  func groupSuggestions(
    for citizen: PersonID, age: Int?, tags: Set<String>, teams: Set<TeamID>?, tenant: TenantID,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> [GroupDetails]
  /// Ends a membership, also in the meetings to come.
  func leaveGroup(
    _ citizen: PersonID, _ group: GroupID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError)
  /// Writes down that two are not to be placed together (D3). For planners; the audit log names
  /// neither.
  func keepApart(
    _ a: PersonID, _ b: PersonID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError)

  /// Books meetings of a group, each as a visit with its room, and returns them; nobody is booked
  /// twice. Of several, what falls on a closed holiday is left out.
  func addMeetings(
    _ meetings: [GroupMeeting], tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping EventMaker
  ) async throws(StoreError) -> [MeetingDetails]
  /// A group's meetings, by start.
  func meetings(
    of group: GroupID, tenant: TenantID
  ) async throws(StoreError) -> [MeetingDetails]
  /// A meeting.
  func meeting(
    _ id: GroupMeetingID, tenant: TenantID
  ) async throws(StoreError) -> MeetingDetails
  /// What its members set out to do (D7): in the last meeting that was held before it, and in it.
  func steps(
    for meeting: GroupMeetingID, tenant: TenantID
  ) async throws(StoreError) -> [NextStep]
  /// Writes a meeting's plan (D4).
  func setPlan(
    _ plan: MeetingPlan, of meeting: GroupMeetingID, tenant: TenantID, by initiator: Initiator,
    at now: UTCMilliseconds
  ) async throws(StoreError) -> MeetingDetails
  /// A worker of the team takes a meeting over: they lead it, enter its room as its worker, and have
  /// plan, roster and next steps before them, in one transaction (D5).
  func takeOver(
    _ meeting: GroupMeetingID, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds,
    events: @escaping EventMaker
  ) async throws(StoreError) -> (meeting: MeetingDetails, steps: [NextStep])
  /// Keeps what a citizen set out to do until the next meeting (D7).
  func addStep(
    _ step: NextStep, tenant: TenantID, by initiator: Initiator, at now: UTCMilliseconds
  ) async throws(StoreError)
}
