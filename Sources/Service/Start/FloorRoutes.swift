import HTTPTypes
import Hummingbird
import Logging
import Store
import Visits

/// Sharing the time to speak in a meeting: hands, rounds, and for the facilitator alone how much
/// each has spoken (D2, D9).
struct FloorRoutes: Sendable {
  let store: any BesoegStore
  let coordinator: RelayCoordinator

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("visits/{visit}/floor", use: read)
    group.post("visits/{visit}/hand", use: hand)
    group.post("visits/{visit}/round", use: begin)
    group.post("visits/{visit}/round/next", use: next)
    group.post("visits/{visit}/round/end", use: end)
  }

  private struct Hand: Decodable {
    var isUp: Bool?
  }

  private struct NewRound: Decodable {
    var question: String?
  }

  private struct Turn: Decodable {
    /// Whether who has the turn would rather have it last.
    var asksAgain: Bool?
  }

  @Sendable private func read(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    try await changed(context) { _, _, _ in }
  }

  @Sendable private func hand(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(Hand.self, context: context)
    return try await changed(context) { floor, caller, _ in
      floor.raise(body.isUp ?? true, by: caller.id)
    }
  }

  @Sendable private func begin(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(NewRound.self, context: context)
    return try await led(context) { floor, caller, present in
      try floor.beginRound(
        body.question, among: present.filter { $0 != caller.id }, at: caller.askedAt)
    }
  }

  @Sendable private func next(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let body = try await request.json(Turn.self, context: context)
    return try await led(context) { floor, _, _ in
      try floor.nextTurn(asksAgain: body.asksAgain ?? false)
    }
  }

  @Sendable private func end(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    try await led(context) { floor, _, _ in floor.endRound() }
  }

  private typealias Change = @Sendable (inout MeetingFloor, Caller, [PersonID]) throws -> Void

  /// Changes the floor on behalf of whoever leads the meeting.
  private func led(_ context: ServiceContext, _ change: @escaping Change) async throws -> Response {
    let caller = try context.requireCaller()
    let details = try await participant(context)
    guard details.visit.workerID == caller.id else {
      throw Problem(refusal: .facilitatorLeads)
    }
    return try await apply(change, to: details, caller)
  }

  private func changed(
    _ context: ServiceContext, _ change: @escaping Change
  ) async throws -> Response {
    try await apply(change, to: participant(context), context.requireCaller())
  }

  private func apply(
    _ change: Change, to details: VisitDetails, _ caller: Caller
  ) async throws -> Response {
    do {
      let document = try await coordinator.changeFloor(of: details, by: caller, change)
      return try ServiceJSON.response(document)
    } catch let refusal as Refusal {
      throw Problem(refusal: refusal)
    }
  }

  /// The visit in the path, of which the caller is one. To others it has no floor.
  private func participant(_ context: ServiceContext) async throws -> VisitDetails {
    let caller = try context.requireCaller()
    let details = try await store.visit(
      VisitID(rawValue: try context.parameter("visit")), tenant: caller.tenant)
    guard details.visit.participants.contains(caller.id) else { throw Problem(.notFound) }
    return details
  }
}

/// The floor as one of those in the room sees it. What each has spoken is the facilitator's alone.
struct FloorDocument: Encodable, Sendable {
  struct Round: Encodable, Sendable {
    var question: String?
    var current: PersonName?
    var left: [PersonName]
    var done: [PersonName]
  }

  struct Share: Encodable, Sendable {
    var person: PersonName
    var seconds: Int
    var percent: Int
  }

  var visit: String
  /// Whether one's own hand is up.
  var handIsUp: Bool
  var round: Round?
  /// Raised hands, who has spoken least first; for the facilitator.
  var hands: [PersonName]?
  /// What each has spoken, the least first; for the facilitator.
  var shares: [Share]?
  /// Whom the facilitator could ask for a word; not there while time is shared well enough.
  var quiet: PersonName?

  init(
    _ floor: MeetingFloor, of details: VisitDetails, present: [PersonID], for person: PersonID,
    at now: UTCMilliseconds
  ) {
    let names = Dictionary(details.people.map { ($0.id, PersonName($0)) }) { first, _ in first }
    func named(_ people: [PersonID]) -> [PersonName] { people.compactMap { names[$0] } }
    visit = details.visit.id.rawValue
    handIsUp = floor.hands.contains(person)
    round = floor.round.map { round in
      Round(
        question: round.question, current: round.current.flatMap { names[$0] },
        left: named(round.left), done: named(round.done))
    }
    guard person == details.visit.workerID else { return }
    hands = named(floor.handsInOrder(at: now))
    quiet = floor.quiet(among: present.filter { $0 != person }, at: now).flatMap { names[$0] }
    shares = floor.shares(of: present, at: now).compactMap { share in
      names[share.person].map {
        Share(person: $0, seconds: share.seconds, percent: share.percent)
      }
    }
  }
}

extension RelayCoordinator {
  /// Changes a room's floor, keeps it and tells those in the room. A room in which nobody is has an
  /// empty one.
  func changeFloor(
    of details: VisitDetails, by caller: Caller,
    _ change: @Sendable (inout MeetingFloor, Caller, [PersonID]) throws -> Void
  ) async throws -> FloorDocument {
    let id = details.visit.id
    return try await exclusively(id) {
      let present = rooms[id]?.members ?? []
      let before = rooms[id]?.floor ?? MeetingFloor()
      var floor = before
      // Who has left the room has no turn in it.
      let waiting = Set(floor.hands + (floor.round?.left ?? []))
      for gone in waiting where rooms[id]?.hasLeft(gone) ?? true { floor.left(gone) }
      try change(&floor, caller, present)
      if floor != before, rooms[id] != nil {
        rooms[id]?.floor = floor
        for person in present {
          let view = FloorDocument(
            floor, of: details, present: present, for: person, at: caller.askedAt)
          send("floor", view, to: person, tenant: details.visit.tenant)
        }
        await keep(floor.settled(at: caller.askedAt), of: details.visit)
      }
      return FloorDocument(
        floor, of: details, present: present, for: caller.id, at: caller.askedAt)
    }
  }

  /// Keeps a floor through a restart. A meeting goes on without a store: the floor is whole in memory,
  /// and is written with the next change.
  private func keep(_ floor: MeetingFloor, of visit: Visit) async {
    do {
      try await store.keepFloor(floor, of: visit.id, tenant: visit.tenant)
    } catch {
      logger.warning(
        "A meeting's floor was not kept", metadata: ["visit": "\(visit.id)", "error": "\(error)"])
    }
  }
}

extension RelayCoordinator.Room {
  /// Those of the meeting who are in the room, in a stable order; who looks on has no turn.
  var members: [PersonID] {
    let people = Set(details.visit.participants)
    return call.present.filter(people.contains)
  }

  /// Whether somebody has gone. Who was in the room before this service started, and of whom no relay
  /// has spoken since, is taken to be there still, and so is who was asked to join again: neither did
  /// anything, and neither loses the word.
  func hasLeft(_ person: PersonID) -> Bool {
    if let one = call.participants[person] {
      if one.session != nil || one.rejoinDue != nil { return false }
      if one.endedSession != nil { return true }
    }
    return !presumed.contains(person)
  }

  /// The floor for a stream that has just opened; nil where nothing goes on on it.
  func openFloor(for caller: Caller) -> FloorDocument? {
    guard details.visit.participants.contains(caller.id), !hasLeft(caller.id),
      floor.round != nil || !floor.hands.isEmpty
    else { return nil }
    return FloorDocument(
      floor, of: details, present: members, for: caller.id, at: caller.askedAt)
  }
}
