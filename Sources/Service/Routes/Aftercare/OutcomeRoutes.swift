import Hummingbird
import Store
import Visits

/// What became of visits, notes against goals, and the goals themselves.
struct OutcomeRoutes: Sendable {
  /// Notes in one answer.
  private static let mostNotes = 100

  let store: any BesoegStore

  func add(to group: RouterGroup<ServiceContext>) {
    group.get("visits/{visit}/outcome", use: readOutcomes)
    group.put("visits/{visit}/outcome", use: writeOutcome)
    group.get("visits/{visit}/note", use: readNote)
    group.put("visits/{visit}/note", use: writeNote)
    group.get("outcomes/missing", use: readMissing)
    group.get("citizens/{citizen}/notes", use: readNotes)
    group.get("citizens/{citizen}/goals", use: readGoals)
    group.post("citizens/{citizen}/goals", use: addGoal)
    group.post("citizens/{citizen}/goals/{goal}/close", use: closeGoal)
  }

  private struct NewGoal: Decodable {
    var wording: String
    var reference: String?
  }

  private struct Closing: Decodable {
    var state: String
  }

  @Sendable private func readOutcomes(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let visit = try await store.visible(context, .notes).visit
    let outcomes = try await store.outcomes(of: visit.id, tenant: visit.tenant)
    return try ServiceJSON.response(["outcomes": outcomes.map { OutcomeDocument($0) }])
  }

  @Sendable private func writeOutcome(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let (visit, caller) = try await writable(context)
    let body = try await request.json(OutcomeBody.self, context: context)
    let outcome = try await store.record(
      try body.report(), of: visit.id, tenant: visit.tenant, by: caller.initiator,
      at: caller.askedAt, events: VisitEvents.drafts)
    return try ServiceJSON.response(OutcomeDocument(outcome))
  }

  @Sendable private func readMissing(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    try caller.require(.supportWorker, .teamLead)
    let visits = try await store.visitsWithoutOutcome(
      of: caller.id, tenant: caller.tenant, at: caller.askedAt)
    return try ServiceJSON.response(["visits": visits.map { VisitDocument($0) }])
  }

  @Sendable private func readNote(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let visit = try await store.visible(context, .notes).visit
    guard let note = try await store.note(of: visit.id, tenant: visit.tenant) else {
      throw Problem(.notFound)
    }
    return try ServiceJSON.response(NoteDocument(note))
  }

  @Sendable private func writeNote(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let (visit, caller) = try await writable(context)
    let body = try await request.json(NoteBody.self, context: context)
    let change = try await store.write(
      try body.draft(), of: visit.id, tenant: visit.tenant, by: caller.initiator,
      at: caller.askedAt)
    return try ServiceJSON.response(NoteDocument(change.note, notices: change.notices))
  }

  @Sendable private func readNotes(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let citizen = try await store.citizen(context, .notes)
    let notes = try await store.notes(
      about: citizen, tenant: context.requireCaller().tenant, limit: Self.mostNotes)
    return try ServiceJSON.response(["notes": notes.map { NoteDocument($0) }])
  }

  @Sendable private func readGoals(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let citizen = try await store.citizen(context, .notes)
    let goals = try await store.goals(of: citizen, tenant: context.requireCaller().tenant)
    return try ServiceJSON.response(["goals": goals.map { GoalDocument($0) }])
  }

  @Sendable private func addGoal(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let citizen = try await store.citizen(context, .notes, .write)
    let body = try await request.json(NewGoal.self, context: context)
    let goal = try await store.addGoal(
      body.wording,
      reference: try body.reference.map {
        try RequestText.checked($0, field: "reference", most: 200)
      }, of: citizen, tenant: caller.tenant, by: caller.initiator, at: caller.askedAt)
    return try ServiceJSON.response(GoalDocument(goal), status: .created)
  }

  @Sendable private func closeGoal(_ request: Request, _ context: ServiceContext) async throws
    -> Response
  {
    let caller = try context.requireCaller()
    let citizen = try await store.citizen(context, .notes, .write)
    let body = try await request.json(Closing.self, context: context)
    let goal = try await store.closeGoal(
      GoalID(rawValue: try context.parameter("goal")), of: citizen,
      as: try RequestText.choice(body.state, field: "state"), tenant: caller.tenant,
      by: caller.initiator, at: caller.askedAt)
    return try ServiceJSON.response(GoalDocument(goal))
  }

  /// The visit in the path, whose citizen's notes the caller writes.
  private func writable(_ context: ServiceContext) async throws -> (Visit, Caller) {
    let caller = try context.requireCaller()
    let visit = try await store.concerned(context).visit
    try await store.access(.notes, .write, of: visit.citizenID, by: caller)
    return (visit, caller)
  }
}
