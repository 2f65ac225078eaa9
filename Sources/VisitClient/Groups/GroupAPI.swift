import FoundationEssentials
import NIOHTTP1

// Groups and their meetings, as one person's device asks for them.
extension BesoegAPI {
  /// Groups by name.
  public func groups() async throws(ServiceError) -> [Group] {
    try await list(ServiceRequest(.GET, "/api/v1/groups"))
  }

  /// Makes a group.
  public func addGroup(_ group: NewGroup) async throws(ServiceError) -> Group {
    try await value(posting("/groups", group), retry: .brief)
  }

  /// Places a citizen, also in the meetings to come; `born` where the group is for some ages.
  public func place(
    _ citizen: String, in group: String, born: String? = nil
  ) async throws(ServiceError) -> Group {
    struct Body: Encodable {
      var citizenId: String
      var born: String?
    }
    return try await value(
      posting("/groups/\(segment(group))/members", Body(citizenId: citizen, born: born)),
      retry: .briefRepeatable)
  }

  /// Ends a membership, also in the meetings to come.
  public func leave(_ citizen: String, _ group: String) async throws(ServiceError) {
    let path = "/api/v1/groups/\(segment(group))/members/\(segment(citizen))"
    _ = try await reply(to: ServiceRequest(.DELETE, path), retry: .briefRepeatable)
  }

  /// Writes down that two are not to be placed together (planners).
  public func keepApart(_ a: String, _ b: String) async throws(ServiceError) {
    struct Body: Encodable { var citizenIds: [String] }
    _ = try await reply(
      to: posting("/groups/keep-apart", Body(citizenIds: [a, b])), retry: .briefRepeatable)
  }

  /// A group's meetings, by start.
  public func meetings(of group: String) async throws(ServiceError) -> [GroupMeeting] {
    try await list(ServiceRequest(.GET, "/api/v1/groups/\(segment(group))/meetings"))
  }

  /// A meeting, with what its members set out to do.
  public func meeting(_ id: String) async throws(ServiceError) -> GroupMeeting {
    try await value(
      ServiceRequest(.GET, "/api/v1/meetings/\(segment(id))"), retry: .briefRepeatable)
  }

  /// Lays meetings.
  public func lay(
    _ meetings: NewMeetings, of group: String
  ) async throws(ServiceError) -> [GroupMeeting] {
    let made: Wrapped<GroupMeeting> = try await value(
      posting("/groups/\(segment(group))/meetings", meetings), retry: .brief)
    return made.elements
  }

  /// Writes a meeting's plan.
  public func setPlan(
    _ plan: MeetingPlan, of meeting: String
  ) async throws(ServiceError) -> GroupMeeting {
    var request = posting("/meetings/\(segment(meeting))/plan", plan)
    request.method = .PUT
    return try await value(request, retry: .briefRepeatable)
  }

  /// Takes a meeting over, with everything it takes.
  public func takeOver(_ meeting: String) async throws(ServiceError) -> GroupMeeting {
    struct Body: Encodable {}
    return try await value(
      posting("/meetings/\(segment(meeting))/take-over", Body()), retry: .briefRepeatable)
  }

  /// Keeps what a citizen set out to do until next time.
  public func addStep(
    _ text: String, of citizen: String, at meeting: String
  ) async throws(ServiceError) {
    struct Body: Encodable {
      var citizenId: String
      var text: String
    }
    _ = try await reply(
      to: posting("/meetings/\(segment(meeting))/steps", Body(citizenId: citizen, text: text)),
      retry: .briefRepeatable)
  }

  /// Who is in a visit's room now.
  public func room(of visit: String) async throws(ServiceError) -> RoomRecord {
    try await value(
      ServiceRequest(.GET, "/api/v1/visits/\(segment(visit))/room"), retry: .briefRepeatable)
  }
}
