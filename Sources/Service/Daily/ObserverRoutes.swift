import HTTPTypes
import Hummingbird
import Store
import Visits

/// Those who look on at a group's meeting (D10): asked for by whoever leads it, let in by every
/// member, shown to everybody.
struct ObserverRoutes: Sendable {
  let store: any BesoegStore
  let coordinator: RelayCoordinator
  let clock: any ServiceClock

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("meetings/{meeting}/observers", use: list)
    group.post("meetings/{meeting}/observers", use: ask)
    group.post("meetings/{meeting}/observers/{person}/answer", use: answer)
    group.delete("meetings/{meeting}/observers/{person}", use: remove)
  }

  private struct NewObserver: Decodable {
    var personId: String
    var purpose: String
  }

  private struct Answer: Decodable {
    var isYes: Bool
    /// Whose, where somebody who gives support records what was said.
    var citizenId: String?
  }

  @Sendable private func list(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let found = try await store.observers(of: try meeting(context), tenant: caller.tenant)
    if !found.isFor(caller.id) {
      guard caller.role.givesSupport else { throw Problem(.notFound) }
      try await store.requireServing(meeting: found.meeting.meeting.id, caller)
    }
    return try ServiceJSON.response(ObserversDocument(found, for: caller))
  }

  @Sendable private func ask(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead)
    let body = try await request.json(NewObserver.self, context: context)
    let meeting = try meeting(context)
    try await store.requireServing(meeting: meeting, caller)
    let asked = try await store.askForObserver(
      PersonID(rawValue: body.personId),
      purpose: try RequestText.checked(
        body.purpose, field: "purpose", most: MeetingObserver.longestPurpose),
      at: meeting, tenant: caller.tenant, by: caller.initiator, at: clock.now(),
      events: ObserverEvents.drafts)
    return try ServiceJSON.response(
      ObserversDocument(asked, for: caller), status: .created,
      headers: [.location: "/api/v1/meetings/\(meeting)/observers"])
  }

  /// A yes or a no. A no during the meeting is kept to at once.
  @Sendable private func answer(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let body = try await request.json(Answer.self, context: context)
    let (meeting, person) = (try meeting(context), try person(context))
    let citizen = body.citizenId.map(PersonID.init(rawValue:)) ?? caller.id
    if caller.id == citizen {
      let before = try await store.observers(of: meeting, tenant: caller.tenant)
      guard before.isFor(caller.id) else { throw Problem(.notFound) }
    } else {
      try caller.require(.supportWorker, .teamLead)
      try await store.requireServing(meeting: meeting, caller)
    }
    let answered = try await store.answer(
      body.isYes, toObserver: person, of: citizen, at: meeting, tenant: caller.tenant,
      by: caller.initiator, at: clock.now(), events: ObserverEvents.drafts)
    if !answered.lets(in: person) { try await dismiss(person, from: meeting, caller) }
    return try ServiceJSON.response(ObserversDocument(answered, for: caller))
  }

  @Sendable private func remove(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let (meeting, person) = (try meeting(context), try person(context))
    if caller.id != person {
      try caller.require(.supportWorker, .teamLead)
      try await store.requireServing(meeting: meeting, caller)
    }
    _ = try await store.removeObserver(
      person, at: meeting, tenant: caller.tenant, by: caller.initiator, at: clock.now(),
      events: ObserverEvents.drafts)
    try await dismiss(person, from: meeting, caller)
    return Response(status: .noContent)
  }

  private func dismiss(
    _ person: PersonID, from meeting: GroupMeetingID, _ caller: Caller
  ) async throws {
    let details = try await store.visit(
      VisitID(rawValue: meeting.rawValue), tenant: caller.tenant)
    guard !details.visit.participants.contains(person) else { return }
    await coordinator.dismiss(person, from: details)
  }

  private func meeting(_ context: ServiceContext) throws -> GroupMeetingID {
    GroupMeetingID(rawValue: try context.parameter("meeting"))
  }

  private func person(_ context: ServiceContext) throws -> PersonID {
    PersonID(rawValue: try context.parameter("person"))
  }
}

extension ObservedMeeting {
  /// Whether somebody has to do with it: a member, the facilitator, or who is asked for.
  fileprivate func isFor(_ person: PersonID) -> Bool {
    meeting.roster.contains { $0.id == person } || meeting.facilitator.id == person
      || observers.contains { $0.person.id == person }
  }

  /// Whether somebody may look on now.
  fileprivate func lets(in person: PersonID) -> Bool {
    observers.contains { $0.person.id == person && $0.consent == .agreed }
  }
}

/// Those who look on as the API shows them. Who said no is shown to nobody; each member sees their
/// own answer, and whoever gives support whom there is still to ask.
struct ObserversDocument: Encodable, Sendable {
  struct Observer: Encodable, Sendable {
    var person: PersonName
    var purpose: String
    var consent: MeetingObserver.Consent
    /// One's own answer, for a member; not there before there is one.
    var ownAnswer: Bool?
    /// Members who have not answered; for those who give support.
    var waiting: [PersonName]?
  }

  var meeting: String
  var groupName: String
  var start: APITime
  var observers: [Observer]

  init(_ observed: ObservedMeeting, for caller: Caller) {
    meeting = observed.meeting.meeting.id.rawValue
    groupName = observed.meeting.group.name
    start = APITime(observed.meeting.meeting.start)
    observers = observed.observers.map { one in
      Observer(
        person: PersonName(one.person), purpose: one.asked.purpose, consent: one.consent,
        ownAnswer: one.asked.answers.first { $0.citizen == caller.id }?.isYes,
        waiting: caller.role.givesSupport ? one.waiting.map { PersonName($0) } : nil)
    }
  }
}

/// What is told when somebody is asked for, answered about, or does not look on after all.
enum ObserverEvents {
  private struct Event: Encodable {
    var meeting: String
    var person: PersonName?
    /// Not there when they do not look on after all.
    var consent: MeetingObserver.Consent?
  }

  static let drafts: ObserverEventMaker = { observed, person in
    let one = observed.observers.first { $0.person.id == person }
    let people = observed.meeting.roster.map(\.id) + [observed.meeting.facilitator.id, person]
    return [
      VisitEvents.draft(
        "observer",
        Event(
          meeting: observed.meeting.meeting.id.rawValue,
          person: one.map { PersonName($0.person) }, consent: one?.consent),
        Audience(people: Set(people)))
    ]
  }
}
