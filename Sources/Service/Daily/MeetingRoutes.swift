import FoundationEssentials
import HTTPTypes
import Hummingbird
import Store
import Visits

/// A group's meetings, their plans and their rooms.
struct MeetingRoutes: Sendable {
  /// Meetings that can be laid at once: a year of weeks.
  private static let mostMeetings = 53

  let store: any BesoegStore
  let coordinator: RelayCoordinator
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("groups/{group}/meetings", use: list)
    group.post("groups/{group}/meetings", use: create)
    group.get("meetings/{meeting}", use: read)
    group.put("meetings/{meeting}/plan", use: setPlan)
    group.post("meetings/{meeting}/take-over", use: takeOver)
    group.post("meetings/{meeting}/steps", use: addStep)
    group.get("visits/{visit}/room", use: room)
  }

  private struct NewMeetings: Decodable {
    var start: APITime
    var durationMinutes: Int?
    var facilitatorId: String?
    var count: Int?
    /// Weeks from one meeting to the next: 2 for weeks by turns with the group and alone (B2).
    var everyWeeks: Int?
    /// Where it meets, face to face (B21).
    var room: String?
  }

  private struct NewStep: Decodable {
    var citizenId: String
    var text: String
  }

  @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try staff(context)
    try await store.requireServing(group: try group(context), caller)
    let meetings = try await store.meetings(of: try group(context), tenant: caller.tenant)
    let sight = try await store.sight(of: caller)
    return try ServiceJSON.response([
      "meetings": meetings.map { document($0, for: caller, sight) }
    ])
  }

  @Sendable private func create(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try staff(context)
    let body = try await request.json(NewMeetings.self, context: context)
    let (count, step) = (body.count ?? 1, body.everyWeeks ?? 1)
    try require(count, in: 1...Self.mostMeetings, field: "count")
    try require(step, in: 1...8, field: "everyWeeks")
    let facilitator = try body.facilitatorId ?? caller.workerID(orMissing: "facilitatorId")
    let group = try group(context)
    try await store.requireServing(group: group, caller)
    try await TeamAccess(store: store).requirePlanning(
      caller, for: PersonID(rawValue: facilitator))
    // The same time on the clock each week, also where it is changed between.
    let first = LocalDateTime(body.start.value)
    let meetings = (0..<count).map { index in
      let start =
        index == 0
        ? body.start.value
        : LocalDateTime(first.date.adding(days: 7 * step * index), first.time).utc
      return GroupMeeting(
        id: .random(), group: group, start: start,
        durationMinutes: body.durationMinutes ?? GroupMeeting.usualMinutes,
        facilitator: PersonID(rawValue: facilitator), roomID: body.room.map(RoomID.init(rawValue:)))
    }
    let made = try await store.addMeetings(
      meetings, tenant: caller.tenant, by: caller.initiator, at: clock.now(),
      events: VisitEvents.drafts)
    let sight = try await store.sight(of: caller)
    return try ServiceJSON.response(
      ["meetings": made.map { document($0, for: caller, sight) }], status: .created)
  }

  @Sendable private func read(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let details = try await store.meeting(try meeting(context), tenant: caller.tenant)
    var document: MeetingDocument
    var steps = try await store.steps(for: details.meeting.id, tenant: caller.tenant)
    if caller.role == .citizen {
      guard details.roster.contains(where: { $0.id == caller.id }) else {
        throw Problem(.notFound)
      }
      document = MeetingDocument(details)
      document.hidePlanForFacilitator()
      // What the others set out to do is between them and who leads the meeting.
      steps.removeAll { $0.citizen != caller.id }
    } else {
      try await store.requireServing(meeting: details.meeting.id, staff(context))
      document = self.document(details, for: caller, try await store.sight(of: caller))
      steps = try await readable(steps, by: caller)
    }
    document.steps = steps.map { StepDocument($0) }
    return try ServiceJSON.response(document)
  }

  /// The steps whose citizens' notes the caller may read; each look is logged. Others see the meeting
  /// without them.
  private func readable(_ steps: [NextStep], by caller: Caller) async throws -> [NextStep] {
    var readable: [NextStep] = []
    for step in steps {
      do throws(StoreError) {
        let request = AccessRequest(step.citizen, .notes, reason: caller.reason)
        try await store.access(
          request, tenant: caller.tenant, by: caller.initiator, at: caller.askedAt)
        readable.append(step)
      } catch {
        guard case .refused = error else { throw error }
      }
    }
    return readable
  }

  /// A meeting as the caller may know it: who leads it knows who comes.
  private func document(
    _ details: MeetingDetails, for caller: Caller, _ sight: Sight
  ) -> MeetingDocument {
    details.facilitator.id == caller.id
      ? MeetingDocument(details) : MeetingDocument(details, for: sight)
  }

  @Sendable private func setPlan(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try staff(context)
    let body = try await request.json(PlanDocument.self, context: context)
    try await store.requireServing(meeting: try meeting(context), caller)
    let changed = try await store.setPlan(
      try body.plan(), of: try meeting(context), tenant: caller.tenant, by: caller.initiator,
      at: clock.now())
    return try ServiceJSON.response(
      document(changed, for: caller, try await store.sight(of: caller)))
  }

  /// One action: the caller leads the meeting, and has everything it takes before them (D5).
  @Sendable private func takeOver(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead)
    let taken = try await store.takeOver(
      try meeting(context), tenant: caller.tenant, by: caller.initiator, at: clock.now(),
      events: VisitEvents.drafts)
    var document = MeetingDocument(taken.meeting)
    document.steps = taken.steps.map { StepDocument($0) }
    return try ServiceJSON.response(document)
  }

  @Sendable private func addStep(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try staff(context)
    let body = try await request.json(NewStep.self, context: context)
    let meeting = try meeting(context)
    try await store.requireServing(meeting: meeting, caller)
    do {
      let step = try NextStep(
        meeting: meeting, citizen: PersonID(rawValue: body.citizenId), text: body.text)
      try await store.addStep(step, tenant: caller.tenant, by: caller.initiator, at: clock.now())
    } catch let refusal as Refusal {
      throw Problem(refusal: refusal)
    }
    return Response(status: .noContent)
  }

  /// Who is in the room now, shown before anybody joins, the same to everybody (D10).
  @Sendable private func room(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let role = try context.requireCaller().role
    let details = try await store.visible(context)
    let present = await coordinator.present(in: details.visit.id)
    let guests = Set(details.observers.map(\.id))
    let occupants = (details.people + details.observers).filter { present.contains($0.id) }
      .map { person in
        RoomOccupant(
          person: person.id, displayName: person.displayName,
          part: person.id == details.visit.workerID
            ? .facilitator : guests.contains(person.id) ? .observer : .member)
      }
    return try ServiceJSON.response(
      RoomDocument(
        RoomPreview(occupants: occupants, roster: details.visit.participants), for: role))
  }

  private func staff(_ context: ServiceContext) throws -> Caller {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead, .operations)
    return caller
  }

  private func group(_ context: ServiceContext) throws -> GroupID {
    GroupID(rawValue: try context.parameter("group"))
  }

  private func meeting(_ context: ServiceContext) throws -> GroupMeetingID {
    GroupMeetingID(rawValue: try context.parameter("meeting"))
  }

  private func require(_ value: Int, in range: ClosedRange<Int>, field: String) throws {
    guard range.contains(value) else {
      throw Problem(
        .outOfRange,
        [
          "field": field, "least": String(range.lowerBound), "most": String(range.upperBound),
        ])
    }
  }
}

extension RelayCoordinator {
  /// Who is in a visit's room now.
  func present(in visit: VisitID) -> Set<PersonID> { Set(rooms[visit]?.call.present ?? []) }
}
